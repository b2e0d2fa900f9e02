"""Items one by one: file against table against index, and what they refer to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from geocairn import _io, itemtable, layout
from geocairn.compile.index import INDEX_SCHEMA, IndexRows
from geocairn.doctor.assets import check_assets
from geocairn.doctor.context import Context, first_difference
from geocairn.doctor.index import Index
from geocairn.doctor.links import check_item_links
from geocairn.doctor.words import Words
from geocairn.itemtable import Encoder, Footprints, pivot
from geocairn.itemtable import columns as c

__all__ = ["ItemChecks", "Part"]

Item = dict[str, Any]
_JSON = frozenset((*c.JSON_TEXTS, c.REST))


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of a collection's table.

    Attributes:
        collection: The collection.
        table: The rows, of the file's schema.
        rows: (n,) row of each in the index.
        keys: Asset keys that have a field of their own.
    """

    collection: str
    table: pa.Table
    rows: npt.NDArray[np.int64]
    keys: tuple[str, ...]


class ItemChecks:
    """Compares items wherever they are written down.

    Args:
        context: The examination.
        index: The search index.
        words: Told the words of every item.
    """

    def __init__(self, context: Context, index: Index, words: Words) -> None:
        self._context = context
        self._index = index
        self._words = words

    def check(self, part: Part) -> set[str]:
        """Compare the items of some rows with their files and with the index.

        Returns:
            GeoParquet's names of the geometry types that they have.
        """
        index, collection = self._index, part.collection
        places = [(collection, item) for item in index.ids(part.rows)]
        found = self._read(places)
        kept = [n for n, item in enumerate(found) if item is not None]
        items = [item for item in found if item is not None]
        if not items:
            return set()
        chosen = pa.array(kept, pa.int64())
        table, rows = part.table.take(chosen), part.rows[kept]
        differing = self._compare(items, itemtable.items(table), collection)
        footprints = self._compare_columns(items, table, part, differing)
        self._compare_index(items, rows, footprints)
        self._index.bounds[rows] = footprints.bounds
        self._index.seen[rows] = True
        cards = self._cards([(collection, item["id"]) for item in items])
        for row, item, card in zip(rows.tolist(), items, cards, strict=True):
            self._words.add(row, item, card=card)
            check_item_links(self._context, item, index.links.get(item["id"], ()))
        check_assets(self._context, items)
        return {name for name in footprints.type_names() if name is not None}

    def _cards(self, places: list[tuple[str, str]]) -> Iterable[str | None]:
        files = self._context.files
        # Behind a URL they are asked for only where an item's words differ without.
        return [None] * len(places) if files.folder is None else files.cards(places)

    def _read(self, places: list[tuple[str, str]]) -> list[Item | None]:
        """Items by their files; None for one that cannot be compared further."""
        paths = [layout.item_json(*place) for place in places]
        found: list[Item | None] = []
        for place, path, data in zip(
            places, paths, self._context.files.read_many(paths), strict=True
        ):
            if data is None:
                self._context.say("DOC001", "is not there", file=path, item=place[1])
            item = None if data is None else self._context.parse(data, path)
            found.append(item if item is not None and self._sound(item, place, path) else None)
        return found

    def _sound(self, item: Item, place: tuple[str, str], path: str) -> bool:
        """Whether an item is the one that its place says, and has an item's members."""
        for name, wanted in zip(("collection", "id"), place, strict=True):
            if item.get(name) != wanted:
                message = f"has another {name} than its folder, {wanted!r}"
                value = item.get(name)
                self._context.say("DOC020", message, file=path, path=(name,), value=value)
                return False
        for name, kind in (("properties", dict), ("assets", dict), ("links", list)):
            if not isinstance(item.get(name), kind):
                message = f"has no {name} as an item must"
                self._context.say("DOC020", message, file=path, path=(name,), item=place[1])
                return False
        return True

    def _compare(self, items: list[Item], restored: list[Item], collection: str) -> set[int]:
        """Compare items with what the table restores; gives the places that differ."""
        file = layout.items_parquet(collection)
        differing = set()
        for place, (item, back) in enumerate(zip(items, restored, strict=True)):
            if _io.canonical(item) == _io.canonical(back):
                continue
            differing.add(place)
            path, one, other = first_difference(item, back) or ((), "", "")
            message = f"is {one} in the item's file, {other} in the table"
            self._context.say("DOC021", message, file=file, path=path, item=item["id"])
        return differing

    def _compare_columns(
        self, items: list[Item], table: pa.Table, part: Part, differing: set[int]
    ) -> Footprints:
        """Compare the table's columns with those that the items would have."""
        encoder = Encoder()
        for item in items:
            encoder.add(item)
        encoded, footprints = encoder.finish()
        wanted = pivot(encoded, keys=part.keys)
        file = layout.items_parquet(part.collection)
        for field in (field for field in wanted.schema if field.name != "bbox"):
            for place, one, other in _differences(wanted[field.name], table[field.name]):
                if field.name in _JSON and _same_text(one, other):
                    continue
                code = "DOC023" if field.name == "geometry" else "DOC022"
                if place in differing and code == "DOC022":
                    continue  # said already
                message = f"column {field.name!r} is {_shown(other)}, not {_shown(one)}"
                self._context.say(code, message, file=file, item=items[place]["id"])
        return footprints

    def _compare_index(
        self, items: list[Item], rows: npt.NDArray[np.int64], footprints: Footprints
    ) -> None:
        gathered = IndexRows()
        for item in items:
            gathered.add(item, digest=b"\0" * 16, position=0, claims=[], files=[])
        wanted = gathered.finish(footprints)
        found = self._index.table.take(pa.array(rows))
        for field in list(INDEX_SCHEMA)[1:]:
            for place, one, other in _differences(wanted[field.name], found[field.name]):
                message = f"column {field.name!r} is {_shown(other)}, not {_shown(one)}"
                self._context.say("DOC024", message, file=layout.INDEX, item=items[place]["id"])


def _differences(wanted: pa.ChunkedArray, found: pa.ChunkedArray) -> list[tuple[int, Any, Any]]:
    """Places at which two columns differ, with both values."""
    if wanted.equals(found.cast(wanted.type)):
        return []
    # Times outside of what Python can say are compared as numbers.
    if pa.types.is_timestamp(wanted.type):
        wanted, found = wanted.cast(pa.int64()), found.cast(pa.int64())
    pairs = zip(wanted.to_pylist(), found.to_pylist(), strict=True)
    return [(n, a, b) for n, (a, b) in enumerate(pairs) if repr(a) != repr(b)]


def _same_text(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return one is other
    try:
        return _io.canonical(_io.loads(one.encode())) == _io.canonical(_io.loads(other.encode()))
    except ValueError:
        return False


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:59] + "…"
