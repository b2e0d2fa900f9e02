"""Findings that only show when all items are seen together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from geocairn.build.collections import Collections
from geocairn.build.gather import Gathered
from geocairn.checks import hub
from geocairn.findings import Finding
from geocairn.sources import Chunk

__all__ = ["hub_findings"]


def hub_findings(
    gathered: Gathered, chunks: Sequence[Chunk], collections: Collections
) -> Iterator[Finding]:
    """Check the items against one another; describes the collections that nobody describes.

    Args:
        gathered: The items.
        chunks: Where they come from.
        collections: The collections known so far.
    """
    yield from _repeats(gathered, chunks)
    yield from collections.complete(gathered.table["collection"].unique().to_pylist())
    yield from _versions(gathered, chunks)


def _repeats(gathered: Gathered, chunks: Sequence[Chunk]) -> Iterator[Finding]:
    for repeat in gathered.repeats:
        origin = chunks[repeat.place.chunk].origin(repeat.place.position)
        first = chunks[repeat.keeper.chunk].origin(repeat.keeper.position)
        if repeat.item == repeat.kept_item:
            yield hub.duplicate_id(repeat.item, origin=origin, first=first)
        else:
            yield hub.case_collision(
                repeat.item, other=repeat.kept_item, origin=origin, first=first
            )


def _versions(gathered: Gathered, chunks: Sequence[Chunk]) -> Iterator[Finding]:
    """Versions whose dates go against their numbers, and links that go against the versions."""
    table, links = gathered.table, gathered.links
    if not links:
        return
    rows = list(links)
    part = table.select(["id", "version", "created", "claims"]).take(pa.array(rows))
    by_id = {one["id"]: one for one in part.to_pylist()}
    for row, one in zip(rows, by_id.values(), strict=True):
        derived = dict(links[row])
        origin = _LazyOrigin(gathered, chunks, row)
        before = by_id.get(derived.get("predecessor-version", ""))
        if before and one["created"] and before["created"] and one["created"] < before["created"]:
            message = f"was created before version {before['version']}, which it succeeds"
            yield hub.version_order(
                one["id"], version=one["version"], message=message, origin=str(origin)
            )
        for claim in one["claims"] or ():
            relation, _, target = claim.partition(" ")
            if derived.get(relation) != target:
                said = derived.get(relation)
                meant = f"it is {said}" if said else "there is none"
                message = f"leads to {target}; by the versions {meant}"
                yield hub.version_links(
                    one["id"], relation=relation, message=message, origin=str(origin)
                )


class _LazyOrigin:
    """An origin that is looked up only when something is to be said about it."""

    def __init__(self, gathered: Gathered, chunks: Sequence[Chunk], row: int) -> None:
        self._gathered, self._chunks, self._row = gathered, chunks, row

    def __str__(self) -> str:
        position = self._gathered.table["position"][self._row].as_py()
        return self._chunks[int(self._gathered.chunk[self._row])].origin(position)
