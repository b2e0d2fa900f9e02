"""Parts of a hub's indexes in memory, for a process that answers many searches.

What most searches need (boxes, times, places and words) is read once; other columns are asked of
DuckDB, and which rows satisfy a condition is remembered. A process with a million items takes
about 800 MB.
"""

from __future__ import annotations

import io
import threading
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from geocairn import layout
from geocairn.geojson import Box
from geocairn.search.hub import Hub

__all__ = ["LAST", "Recent", "Resident"]

LAST = "\U0010ffff"
"""Sorts behind every text that goes on after a beginning."""
_BLOCK = 1024
_SIDES = ("xmin", "ymin", "xmax", "ymax")
_BYTES = 64 << 20
"""Most bytes of what is remembered: of words, and as much again of conditions and of orders."""

Rows = npt.NDArray[np.uint32]
Mask = npt.NDArray[np.bool_]
T = TypeVar("T")


class Recent(Generic[T]):
    """What was worked out of late, by key; the oldest goes when there is no room.

    Args:
        room: How many are kept.
    """

    def __init__(self, room: int) -> None:
        self._room = room
        self._kept: OrderedDict[str, T] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str, make: Callable[[], T]) -> T:
        """What belongs to a key, made where it is not there; two threads may both make it."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self._room:
                self._kept.popitem(last=False)
        return made


class Resident:
    """Reads what it keeps of a hub.

    Args:
        hub: The hub.

    Attributes:
        size: Number of items.
        words: Impacts of words (`impacts`) asked for of late.
        masks: Which rows satisfy a condition, packed into bits, by the condition.
        ranks: Every row's place in an order, by the order.
    """

    def __init__(self, hub: Hub) -> None:
        self.size: int = hub.manifest["items"]
        columns = ["id", "collection", *_SIDES, "shaped", "shape", "start", "end"]
        table = _read(hub, layout.INDEX, columns)
        self._ids, self._shapes = table["id"], table["shape"]
        self._collections, self._codes = _coded(table["collection"])
        self._shaped = table["shaped"].to_numpy(zero_copy_only=False)
        self._sides = [_blocks(table[name], np.float32, np.nan) for name in _SIDES]
        # Rows without time are in no interval.
        self._start = _times(table["start"], np.iinfo(np.int64).max)
        self._end = _times(table["end"], np.iinfo(np.int64).min)
        with np.errstate(invalid="ignore"):
            self._bounds = [
                (np.fmin if side < 2 else np.fmax).reduce(blocks, axis=1)
                for side, blocks in enumerate(self._sides)
            ]
        terms = _read(hub, layout.TERMS, ["term", "impact", "rows"])
        self._terms = terms["term"]
        self._impacts = terms["impact"].to_numpy()
        self._offsets = terms["rows"].offsets.to_numpy()
        self._postings = terms["rows"].values.to_numpy()
        room = max(8, _BYTES // max(1, self.size))
        self.words: Recent[npt.NDArray[np.uint8]] = Recent(room)
        self.masks: Recent[npt.NDArray[np.uint8]] = Recent(8 * room)
        self.ranks: Recent[npt.NDArray[np.uint32]] = Recent(room // 4)

    def meeting(self, boxes: Sequence[Box]) -> Rows:
        """Rows, ascending, whose box meets one of some boxes at least."""
        found = [self._meeting(*box) for box in boxes]
        return found[0] if len(found) == 1 else np.unique(np.concatenate(found))

    def _meeting(self, west: float, south: float, east: float, north: float) -> Rows:
        # Doubles of their own: beside 32-bit columns, Python's numbers would be rounded to those.
        edges = (np.float64(east), np.float64(north), np.float64(west), np.float64(south))
        blocks = np.flatnonzero(_meets(self._bounds, edges))
        inside = _meets([side[blocks] for side in self._sides], edges)
        block, place = np.nonzero(inside)
        rows: Rows = (blocks[block] * _BLOCK + place).astype(np.uint32)
        return rows

    def during(self, start: int, end: int, rows: Rows | None) -> Rows:
        """Rows whose time meets an interval in microseconds since 1970; of some, or of all."""
        if rows is None:
            meets = (self._start <= end) & (self._end >= start)
            return np.flatnonzero(meets).astype(np.uint32)
        kept: Rows = rows[(self._start[rows] <= end) & (self._end[rows] >= start)]
        return kept

    def footprints(self, rows: Rows) -> dict[str, npt.NDArray[Any]]:
        """The index's columns on some rows' footprints; ``xmin`` masked where there is none."""
        found: dict[str, npt.NDArray[Any]] = {
            name: side.ravel()[rows] for name, side in zip(_SIDES, self._sides, strict=True)
        }
        # Whoever asks where a row has no footprint looks at this side.
        found["xmin"] = np.ma.array(found["xmin"], mask=np.isnan(found["xmin"]))
        return found | {"shaped": self._shaped[rows]}

    def shapes(self, rows: Rows) -> tuple[Mask, npt.NDArray[Any]]:
        """Which rows have a shape that is not their box, and its WKB."""
        wkb = np.full(len(rows), None, dtype=object)
        wkb[:] = self._shapes.take(pa.array(rows)).to_pylist()
        return self._shaped[rows], wkb

    def places(self, rows: Rows) -> list[tuple[str, str]]:
        """Collection and id of each row."""
        ids = self._ids.take(pa.array(rows)).to_pylist()
        codes = self._codes[rows].tolist()
        return [(self._collections[code], id_) for code, id_ in zip(codes, ids, strict=True)]

    def members(self) -> dict[str, Rows]:
        """Rows of each collection, ascending."""
        return {
            name: np.flatnonzero(self._codes == code).astype(np.uint32)
            for code, name in enumerate(self._collections)
        }

    def with_ids(self, ids: Sequence[str], rows: Rows | None) -> Rows:
        """Rows, ascending, that have one of some ids; of some, or of all."""
        known = self._ids if rows is None else self._ids.take(pa.array(rows))
        has = pc.is_in(known, value_set=pa.array(ids, known.type))
        found: Rows = np.flatnonzero(has.to_numpy(zero_copy_only=False)).astype(np.uint32)
        return found if rows is None else rows[found]

    def impacts(self, word: str, *, as_prefix: bool) -> npt.NDArray[np.uint8]:
        """The largest impact of a word, or of any with that beginning, in every row.

        The array is remembered, so nobody may change it.
        """
        key = f"{word}*" if as_prefix else word
        return self.words.get(key, lambda: self._most(word, as_prefix))

    def _most(self, word: str, as_prefix: bool) -> npt.NDArray[np.uint8]:
        low, high = self._span(word, as_prefix=as_prefix)
        best = np.zeros(self.size, dtype=np.uint8)
        # From the smallest up, so that the largest is written last and stays.
        for place in low + np.argsort(self._impacts[low:high], kind="stable"):
            rows = self._postings[self._offsets[place] : self._offsets[place + 1]]
            best[rows] = self._impacts[place]
        return best

    def words_from(self, beginning: str, limit: int) -> list[tuple[str, int]]:
        """Words with a beginning and how many items have each, the commonest first."""
        low, high = self._span(beginning, as_prefix=True)
        if low == high:
            return []
        terms = self._terms.slice(low, high - low)
        coded = terms.dictionary_encode()
        counts = np.diff(self._offsets[low : high + 1])
        totals = np.bincount(coded.indices.to_numpy(), weights=counts).astype(np.int64)
        # Terms are sorted, and the sort is stable: equal ones come by the alphabet.
        best = np.argsort(-totals, kind="stable")[:limit]
        return [(coded.dictionary[int(place)].as_py(), int(totals[place])) for place in best]

    def _span(self, word: str, *, as_prefix: bool) -> tuple[int, int]:
        """Where a word's entries are, or those of all with that beginning."""
        terms = _Texts(self._terms)
        low = bisect_left(terms, word)
        # Nothing sorts between a word and the same with a NUL behind.
        return low, bisect_left(terms, word + (LAST if as_prefix else "\0"), lo=low)


class _Texts(Sequence[str]):
    """An Arrow array of texts, as the standard library wants to search it."""

    def __init__(self, array: pa.Array) -> None:
        self._array = array

    def __len__(self) -> int:
        return len(self._array)

    def __getitem__(self, place: Any) -> Any:
        return self._array[place].as_py()


def _meets(sides: Sequence[Any], edges: tuple[Any, Any, Any, Any]) -> Any:
    east, north, west, south = edges
    result = (sides[0] <= east) & (sides[2] >= west)
    result &= (sides[1] <= north) & (sides[3] >= south)
    return result


def _read(hub: Hub, path: str, columns: list[str]) -> dict[str, Any]:
    """Columns of a Parquet file of the hub, each one array."""
    table = pq.read_table(io.BytesIO(hub.read(path)), columns=columns)
    return {name: _whole(table[name]) for name in columns}


def _whole(column: pa.ChunkedArray) -> pa.Array:
    whole = column.combine_chunks()
    return whole if isinstance(whole, pa.Array) else whole.chunk(0)


def _coded(column: pa.Array) -> tuple[list[str], npt.NDArray[np.int32]]:
    coded = column.dictionary_encode()
    return coded.dictionary.to_pylist(), coded.indices.to_numpy()


def _blocks(column: pa.Array, dtype: Any, absent: float) -> npt.NDArray[Any]:
    """A column in rows of a block each, the last one filled up."""
    values = column.to_numpy(zero_copy_only=False).astype(dtype)
    short = -len(values) % _BLOCK
    return np.concatenate([values, np.full(short, absent, dtype)]).reshape(-1, _BLOCK)


def _times(column: pa.Array, absent: int) -> npt.NDArray[np.int64]:
    times: npt.NDArray[np.int64] = column.cast(pa.int64()).fill_null(absent).to_numpy()
    return times
