"""Second stage: all chunks' index rows together, without repeats, in the hub's order."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from geocairn.compile.index import spool_index_schema
from geocairn.compile.order import cuts, hub_order
from geocairn.compile.versions import version_links

__all__ = ["Gathered", "Place", "Repeat", "gather", "group_ends"]

Ints = npt.NDArray[np.int64]

_SMALLEST_GROUP = 8192
_LARGEST_GROUP = 12288
_KEYS = ("id", "collection", "start", "tier", "hilbert", "position")
_VALUES_AT_ONCE = 8 << 20


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item came from: a chunk, and its place in that chunk."""

    chunk: int
    position: int


@dataclass(frozen=True, slots=True)
class Repeat:
    """An item left out because its id was taken.

    Attributes:
        place: Where it came from.
        keeper: Where the one that keeps the id came from.
        item: Its id.
        kept_item: The id of the one that keeps it; the two may differ in case.
        collection: Its collection.
    """

    place: Place
    keeper: Place
    item: str
    kept_item: str
    collection: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """The hub's items in order.

    Attributes:
        table: Index rows of the spool schema, in the hub's order.
        chunk: (n,) chunk of each row.
        local: (n,) place of each row in its chunk's spool.
        repeats: Items left out because their id was taken.
        links: Version links by row: (relation, id of the other item).
    """

    table: pa.Table
    chunk: npt.NDArray[np.int32]
    local: npt.NDArray[np.int32]
    repeats: tuple[Repeat, ...]
    links: dict[int, tuple[tuple[str, str], ...]]

    def rows_by_chunk(self, sizes: Sequence[int]) -> list[npt.NDArray[np.int32]]:
        """For each chunk, the hub's row of each item in its spool; -1 where it was left out."""
        starts = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
        rows = np.full(starts[-1], -1, dtype=np.int32)
        rows[starts[self.chunk] + self.local] = np.arange(len(self.chunk), dtype=np.int32)
        return [rows[a:b] for a, b in pairwise(starts.tolist())]


def gather(paths: Sequence[Path]) -> Gathered:
    """Read every chunk's index rows and put them in order.

    Of items with the same id the first stays, in the order of the chunks. A large hub's columns
    are read a few at a time, so that memory holds its rows once and not three times over.
    """
    names = spool_index_schema().names
    keys = _read(paths, _KEYS)
    sizes = [len(column) for column in keys["id"].chunks]
    table = keys.combine_chunks()
    chunk = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    local = np.concatenate([np.arange(size, dtype=np.int32) for size in (*sizes, 0)])
    order, repeats = _without_repeats(table, chunk)
    order = order[hub_order(table.take(pa.array(order)) if repeats else table)]
    places = pa.array(order)
    columns = {name: table[name].take(places) for name in _KEYS}
    del keys, table
    others = [name for name in names if name not in _KEYS]
    width = _VALUES_AT_ONCE // max(1, len(order)) or 1
    with ThreadPoolExecutor(2) as pool:
        for group in (others[at : at + width] for at in range(0, len(others), width)):
            part = _read(paths, group)
            taken = pool.map(lambda column: column.combine_chunks().take(places), part.columns)
            columns.update(zip(part.column_names, map(pa.chunked_array, zip(taken)), strict=True))
            del part, taken
            if len(group) < len(others):
                pa.default_memory_pool().release_unused()
    ordered = pa.table({name: columns[name] for name in names}, schema=spool_index_schema())
    return Gathered(ordered, chunk[order], local[order], repeats, _links(ordered))


def _read(paths: Sequence[Path], names: Sequence[str]) -> pa.Table:
    """Some columns of all spools, a chunk of each column a spool."""
    schema = spool_index_schema()
    fields = [schema.get_field_index(name) for name in names]
    options = pa.ipc.IpcReadOptions(included_fields=sorted(fields))
    # Mapped: of a file that is read, all columns would be, whatever is asked for.
    batches = [
        pa.ipc.open_file(pa.memory_map(str(path)), options=options).get_batch(0) for path in paths
    ]
    kept = pa.schema([schema.field(number) for number in sorted(fields)])
    return pa.Table.from_batches(batches, schema=kept)


def _without_repeats(
    table: pa.Table, chunk: npt.NDArray[np.int32]
) -> tuple[Ints, tuple[Repeat, ...]]:
    """Rows that keep their id, and the ones that repeat it; ids differing in case count as same."""
    everything = np.arange(table.num_rows)
    ids = pc.utf8_lower(table["id"]).combine_chunks().dictionary_encode()
    if len(ids.dictionary) == len(ids):
        return everything, ()
    codes = ids.indices.to_numpy()
    # Spools are sorted by place on the map; of two with one id, the first in the source stays.
    order = np.lexsort((table["position"].to_numpy(), chunk))
    _, firsts, inverse = np.unique(codes[order], return_index=True, return_inverse=True)
    keeper = np.empty_like(everything)
    keeper[order] = order[firsts[inverse]]
    repeated = everything[keeper != everything]

    def place(row: int) -> Place:
        return Place(int(chunk[row]), table["position"][row].as_py())

    repeats = tuple(
        Repeat(
            place(row),
            place(first),
            table["id"][row].as_py(),
            table["id"][first].as_py(),
            table["collection"][row].as_py(),
        )
        for row, first in zip(repeated.tolist(), keeper[repeated].tolist(), strict=True)
    )
    return everything[keeper == everything], repeats


def _links(table: pa.Table) -> dict[int, tuple[tuple[str, str], ...]]:
    """Version links of the rows that have sisters: same collection, same model."""
    models = pc.binary_join_element_wise(table["collection"], table["model"], "/")
    codes = pc.fill_null(models.combine_chunks().dictionary_encode().indices, -1).to_numpy()
    versioned = np.flatnonzero(codes >= 0)
    sisters = np.bincount(codes[versioned])[codes[versioned]] > 1 if len(versioned) else []
    rows = versioned[sisters]
    part = table.select(["version", "id"]).take(pa.array(rows))
    names = zip(part["version"].to_pylist(), part["id"].to_pylist(), strict=True)
    members: dict[int, list[tuple[str, str]]] = {}
    for code, name in zip(codes[rows].tolist(), names, strict=True):
        members.setdefault(code, []).append(name)
    links = version_links(members.values())
    ids = part["id"].to_pylist()
    return {row: links[item] for row, item in zip(rows.tolist(), ids, strict=True)}


def group_ends(hashes: npt.NDArray[np.uint64], tiers: npt.NDArray[np.uint8]) -> list[int]:
    """Where row groups end: about 9,000 rows, and not across tiers where that leaves enough."""
    ends: list[int] = []
    start = 0
    edges = np.flatnonzero(np.diff(tiers)) + 1
    for edge in [*edges.tolist(), len(hashes)]:
        if edge - start >= _SMALLEST_GROUP // 2 or edge == len(hashes):
            part = cuts(hashes[start:edge], smallest=_SMALLEST_GROUP, largest=_LARGEST_GROUP)
            ends += [start + end for end in part]
            start = edge
    return ends
