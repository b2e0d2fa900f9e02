"""What a published hub has and the next one will not."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from geocairn import layout
from geocairn.build.cache import State
from geocairn.build.collections import Collections

__all__ = ["removed"]

_OF_PAGES = frozenset(
    ("assets", "docs", "legal", "match", "models", "privacy", "publishers", "report", "submit")
)


def removed(
    items: pa.Table, collections: Collections, *, before: State, after: State, published: Path
) -> list[str]:
    """Files and folders to remove from a hub.

    Args:
        items: The new hub's index rows.
        collections: Its collections.
        before: The state of the hub as published; empty where it is not known.
        after: The state of the new one.
        published: The hub's folder.

    Returns:
        Paths from the hub's root, none of which the new hub has.
    """
    names = collections.names()
    old = _index(published) if before.manifest else None
    if old is None:
        return list(_unknown(items, names, after=after, published=published))
    gone = set(old["collection"].unique().to_pylist()) | set(before.groups)
    gone -= set(names)
    was, now = _folders(old), _folders(items)
    lost = was.filter(pc.invert(pc.is_in(was, value_set=now))).to_pylist()
    folders = gone.union(lost)
    extras = set(before.extras).difference(after.extras)
    return [path for path in folders | extras if folders.isdisjoint(_above(path))]


def _index(published: Path) -> pa.Table | None:
    try:
        return pq.read_table(published / layout.INDEX, columns=["collection", "id"])
    except (OSError, pa.ArrowException):
        return None


def _folders(table: pa.Table) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(table["collection"], table["id"], "/")


def _above(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _unknown(items: pa.Table, names: list[str], *, after: State, published: Path) -> Iterator[str]:
    """The same for a hub of which nothing is known: whatever lies in a collection's folder."""
    kept = set(after.extras)
    for collection, item in zip(
        items["collection"].to_pylist(), items["id"].to_pylist(), strict=True
    ):
        kept.add(layout.item_json(collection, item))
    for name in names:
        kept.update((layout.collection_json(name), layout.items_parquet(name)))
    for entry in sorted(published.iterdir()):
        collection = (published / layout.collection_json(entry.name)).is_file()
        if collection and entry.name not in names:
            yield entry.name
        elif collection or _has_pages(entry):
            yield from (path for path in _files(entry, published) if path not in kept)


def _has_pages(folder: Path) -> bool:
    """Whether it is one of the folders that only pages need."""
    language = re.fullmatch(r"[a-z]{2,3}", folder.name) and (folder / "models").is_dir()
    return folder.is_dir() and bool(language or folder.name in _OF_PAGES)


def _files(folder: Path, published: Path) -> Iterator[str]:
    for place, _, files in os.walk(folder):
        for file in files:
            yield Path(place, file).relative_to(published).as_posix()
