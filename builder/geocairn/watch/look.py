"""One round: every address of every model is asked once, and what came of it noted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from geocairn.errors import MalformedJSONError
from geocairn.progress import Progress, Silent
from geocairn.sources import Source
from geocairn.watch.asking import Known, ask
from geocairn.watch.status import Model, State, Status
from geocairn.watch.targets import Target, targets
from geocairn.web import Web

__all__ = ["Watched", "items_of", "watch"]

LARGEST_HASHED = 32 << 20
"""Bytes of the largest file that is read and hashed, unless another limit is given."""

# What is asked for once a week may be down for an hour: only the second time counts.
_SURE = 2
_SHOWN = 3


@dataclass(slots=True)
class Watched:
    """What came of a round.

    Attributes:
        models: Models looked at.
        addresses: Addresses asked.
        news: Models whose state is another one than before, by name.
        wrong: Models that are not fine, each with its state and why, in words.
    """

    models: int = 0
    addresses: int = 0
    news: list[str] = field(default_factory=list)
    wrong: dict[str, tuple[State, str]] = field(default_factory=dict)

    @property
    def rots(self) -> bool:
        """Whether somebody should look."""
        return any(state not in ("unsure", "removed") for state, _ in self.wrong.values())


def items_of(sources: Iterable[Source]) -> Iterator[dict[str, Any]]:
    """Every item of some sources that can be read; what is wrong with others the checks say."""
    for source in sources:
        for chunk in source.chunks():
            for raw in chunk.items():
                try:
                    item = raw.parse()
                except MalformedJSONError:
                    continue
                if isinstance(item, dict) and item.get("type") == "Feature":
                    yield item


def watch(
    items: Iterable[dict[str, Any]],
    status: Status,
    *,
    at: str,
    web: Web,
    largest: int = LARGEST_HASHED,
    progress: Progress | None = None,
) -> Watched:
    """Ask for everything that items refer to.

    Args:
        items: The items.
        status: What is known; it is brought up to date. A model that is no longer among the items
            stays in it, as removed.
        at: The time, UTC, as RFC 3339 writes it.
        web: Asks.
        largest: Bytes of the largest file that is read and hashed.
        progress: Told how far it is.
    """
    result = Watched()
    named = {f"{i.get('collection')}/{i.get('id')}": i for i in items}
    wanted = {name: targets(item) for name, item in named.items()}
    ask_one = partial(ask, web=web, largest=largest)
    answers = _answers(wanted, status, ask_one, progress or Silent())
    for name, listed in wanted.items():
        model = status.models.setdefault(name, Model())
        model.title = _title(named[name])
        model.links = {target.url: answers[target] for target in listed}
        state, told = _judged(listed, model.links)
        if model.note(state, told, at=at):
            result.news.append(name)
        if state != "fine":
            result.wrong[name] = state, told
    _note_removed(status, set(named), result, at=at)
    result.models, result.addresses = len(named), len({target.url for target in answers})
    status.checked = at
    return result


def _answers(
    wanted: Mapping[str, list[Target]],
    status: Status,
    ask_one: Callable[[Target, Known], Known],
    progress: Progress,
) -> dict[Target, Known]:
    """Ask for every target; what several models share, such as a paper, once."""
    distinct: dict[tuple[str, str, int | None], list[Target]] = {}
    names: dict[Target, str] = {}
    for name, listed in wanted.items():
        for target in listed:
            distinct.setdefault((target.url, target.sha256, target.size), []).append(target)
            names.setdefault(target, name)
    progress.step("Asking addresses", total=len(distinct))
    answers: dict[Target, Known] = {}
    for alike in distinct.values():
        before = status.models.get(names[alike[0]], Model()).links.get(alike[0].url, Known())
        answers |= dict.fromkeys(alike, ask_one(alike[0], before))
        progress.advance(1)
    return answers


def _title(item: dict[str, Any]) -> str:
    properties = item.get("properties")
    title = properties.get("title") if isinstance(properties, dict) else None
    return title[:200] if isinstance(title, str) else ""


def _judged(listed: list[Target], links: dict[str, Known]) -> tuple[State, str]:
    """What the answers for one model's addresses mean for it."""
    wrong = [(target, links[target.url]) for target in listed]
    wrong = [(target, known) for target, known in wrong if known.outcome != "fine"]
    if not wrong:
        return "fine", ""
    gone = {t.url for t, k in wrong if k.outcome in ("gone", "failing") and k.failures >= _SURE}
    told = "; ".join(f"{t.name} {t.url[:150]}: {k.told}" for t, k in wrong[:_SHOWN])
    if len(wrong) > _SHOWN:
        told += f"; and {len(wrong) - _SHOWN} more"
    models = [target.url for target in listed if target.kind == "model"]
    if models and gone.issuperset(models):
        return "vanished", told
    if any(known.outcome == "changed" for _, known in wrong):
        return "changed", told
    if gone or any(known.outcome == "refused" for _, known in wrong):
        return "rots", told
    return "unsure", told


def _note_removed(status: Status, there: set[str], result: Watched, *, at: str) -> None:
    for name, model in status.models.items():
        if name not in there and model.note("removed", "", at=at):
            model.links = {}
            result.news.append(name)
