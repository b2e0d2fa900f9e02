"""Model cards: Markdown with facts in YAML before it, as Hugging Face has them.

https://huggingface.co/docs/hub/model-cards
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geocairn.artifacts.files import opened
from geocairn.errors import ArtifactError

__all__ = ["Card", "read_card"]

_LARGEST = 4 << 20
_LARGEST_FACTS = 256 << 10
_FENCE = "---"


@dataclass(frozen=True, slots=True)
class Card:
    """A card.

    Attributes:
        facts: What stands before the text; empty where nothing does.
        text: The text, in Markdown.
    """

    facts: dict[str, Any]
    text: str


def read_card(path: Path) -> Card:
    """Read a model card.

    Raises:
        ArtifactError: If it is no UTF-8, or its facts are no plain YAML.
        InputError: If it cannot be read.
    """
    with opened(path, largest=_LARGEST) as data:
        try:
            text = data[:].decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ArtifactError(
                f"is not UTF-8 at byte {error.start:,}",
                where=str(path),
                remedy="Save the card as UTF-8.",
            ) from None
    lines = text.splitlines(keepends=True)
    if not lines or lines[0].strip() != _FENCE:
        return Card({}, text)
    for number, line in enumerate(lines[1:], start=1):
        if line.strip() == _FENCE:
            facts = _facts("".join(lines[1:number]), where=str(path))
            return Card(facts, "".join(lines[number + 1 :]).lstrip("\n"))
    return Card({}, text)


def _facts(text: str, *, where: str) -> dict[str, Any]:
    import yaml

    class Plain(yaml.SafeLoader):  # type: ignore[misc]
        """Plain values only: an alias lets a few lines unfold to gigabytes."""

        def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
            if self.check_event(yaml.AliasEvent):
                raise yaml.composer.ComposerError(
                    None, None, "aliases are not taken", self.peek_event().start_mark
                )
            return super().compose_node(parent, index)

    try:
        if len(text) > _LARGEST_FACTS:
            raise yaml.YAMLError(f"they have {len(text):,} characters")
        found = yaml.load(text, Loader=Plain)  # noqa: S506 - a loader that is safer than safe
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ArtifactError(
            f"its facts are not YAML that can be read: {reason}",
            where=where,
            remedy=f"Correct what stands between the lines {_FENCE}.",
        ) from None
    return found if isinstance(found, dict) else {}
