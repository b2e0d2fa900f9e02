"""Gathers the texts of templates, scripts and this package into the catalogues of all languages.

    python -m geocairn.compile.pages.catalogue

New texts come in without a translation, and those that nobody uses go. A new language is a new file
``site/locale/<code>/LC_MESSAGES/geocairn.po``; empty will do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

__all__ = ["gather", "texts_of", "update"]

_KEYWORDS: dict[str, Any] = {"t": None, "tn": (1, 2)}
_SOURCES = (
    ("site/templates", "*.html", "jinja2.ext:babel_extract"),
    ("site/assets/js", "*.js", "javascript"),
    ("builder/geocairn/compile/pages", "*.py", "python"),
    ("builder/geocairn/build", "pages.py", "python"),
)
_COMMENT = re.compile(r"^\s*(?://|/?\*).*$", re.MULTILINE)
_LITERAL = r"""('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")"""
_CALL = re.compile(rf"(?<![\w.])(tn?)\(\s*{_LITERAL}(?:\s*,\s*{_LITERAL})?")
_ESCAPE = re.compile(r"\\(.)")
# A fixed date, so that a catalogue changes only when its texts do.
_MADE = datetime(2026, 1, 1, tzinfo=UTC)


def texts_of(path: Path, method: str) -> Iterator[tuple[int, str | tuple[str, ...]]]:
    """Line and text of each call of ``t`` and ``tn`` with literals in a file."""
    if method == "javascript":
        yield from _texts_of_script(path.read_text(encoding="utf-8"))
        return
    with path.open("rb") as file:
        for line, text, _, _ in extract(method, file, keywords=_KEYWORDS):
            yield line, text


def _texts_of_script(source: str) -> Iterator[tuple[int, str | tuple[str, ...]]]:
    """As Babel does it, which loses its way in some regular expressions and template strings."""
    code = _COMMENT.sub("", source)
    for call in _CALL.finditer(code):
        name, one, many = (
            call[1],
            *(part and _ESCAPE.sub(r"\1", part[1:-1]) for part in call.groups()[1:]),
        )
        line = code.count("\n", 0, call.start()) + 1
        if name == "t":
            yield line, one
        elif many is not None:
            yield line, (one, many)


def gather(root: Path) -> Catalog:
    """All texts of a checkout, each with the files it is in."""
    catalogue = Catalog(project="geocairn", creation_date=_MADE, charset="utf-8")
    for folder, pattern, method in _SOURCES:
        for path in sorted((root / folder).rglob(pattern)):
            place = path.relative_to(root).as_posix()
            for _, text in texts_of(path, method):
                catalogue.add(text, locations=[(place, 0)])
    fields = root / "builder/geocairn/drafting/fields.json"
    asked = json.loads(fields.read_bytes())
    for entry in (*asked["groups"], *asked["fields"]):
        for text in (entry["label"], entry.get("help")):
            if text:
                catalogue.add(text, locations=[(fields.relative_to(root).as_posix(), 0)])
    words = root / "site/templates/words.json"
    for kind in json.loads(words.read_bytes()).values():
        for text in kind.values():
            catalogue.add(text, locations=[(words.relative_to(root).as_posix(), 0)])
    for message in catalogue:
        message.locations = sorted({(place, 0) for place, _ in message.locations})
    return catalogue


def update(root: Path) -> dict[str, int]:
    """Bring every catalogue up to date; gives how many texts of each have no translation."""
    gathered = gather(root)
    missing = {}
    for path in sorted((root / "site/locale").glob("*/LC_MESSAGES/geocairn.po")):
        language = path.parent.parent.name
        with path.open("rb") as file:
            known = read_po(file, locale=language)
        made = Catalog(
            locale=language,
            project="geocairn",
            creation_date=_MADE,
            revision_date=_MADE,
            last_translator="geocairn",
            language_team=language,
            charset="utf-8",
            fuzzy=False,
        )
        for message in gathered:
            if message.id:
                old = known.get(message.id)
                made.add(message.id, old.string if old else None, locations=message.locations)
        with path.open("wb") as file:
            write_po(file, made, width=100, sort_output=True, include_lineno=False)
        missing[language] = sum(not _translated(message) for message in made if message.id)
    return missing


def _translated(message: Any) -> bool:
    return (
        all(message.string) if isinstance(message.string, (tuple, list)) else bool(message.string)
    )


if __name__ == "__main__":
    for name, count in update(Path.cwd()).items():
        print(f"{name}: {count} without a translation")  # noqa: T201
