"""The term index: every word of the hub, and the rows it occurs in, by weight."""

from __future__ import annotations

import hashlib
import math
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

__all__ = ["TERMS_SCHEMA", "Postings", "TermRange", "range_digests", "term_ranges", "write_terms"]

TERMS_SCHEMA = pa.schema(
    [
        pa.field("term", pa.string(), nullable=False),
        pa.field("impact", pa.uint8(), nullable=False),
        pa.field(
            "rows", pa.list_(pa.field("element", pa.uint32(), nullable=False)), nullable=False
        ),
    ]
)
_POSTINGS_A_GROUP = 1 << 17
_POSTINGS_A_RANGE = 1 << 21
# More ranges leave more of them as they are when an item changes, and each visits every spool.
_RANGES = 8
_FEWEST_POSTINGS = 1 << 17
_PREFIX = 3

_SPOOL_SCHEMA = pa.schema(
    [
        pa.field("term", pa.string()),
        pa.field("locals", pa.list_(pa.uint32())),
        pa.field("impacts", pa.list_(pa.uint8())),
    ]
)


class Postings:
    """Gathers the words of some items."""

    def __init__(self) -> None:
        # Words as numbers, in arrays: thousands of items' strings would not fit in the cache.
        self._words: dict[str, int] = {}
        self._codes = array("I")
        self._impacts = bytearray()
        self._counts: list[int] = []

    def add(self, impacts: Mapping[str, int]) -> None:
        """Append one item's words with their impacts."""
        words = self._words
        self._codes.extend([words.setdefault(word, len(words)) for word in impacts])
        self._impacts.extend(impacts.values())
        self._counts.append(len(impacts))

    def finish(self, order: npt.NDArray[np.int64]) -> tuple[pa.Table, dict[str, int]]:
        """Sort by word.

        Args:
            order: The order in which the items are spooled: places in the order of `add`.

        Returns:
            One row a word, with its items (by place in the spool) and impacts; and how many
            postings there are for each beginning of a word, for `term_ranges`.
        """
        words = pa.array(list(self._words), pa.string())
        by_name = pc.sort_indices(words).to_numpy()
        rank = np.empty(len(words), dtype=np.int64)
        rank[by_name] = np.arange(len(words))
        codes = rank[np.frombuffer(self._codes, dtype=np.uint32)]
        places = np.empty(len(order), dtype=np.uint32)
        places[order] = np.arange(len(order), dtype=np.uint32)
        owners = np.repeat(places, self._counts)
        order = np.argsort(codes, kind="stable")
        counts = np.bincount(codes, minlength=len(words))
        offsets = pa.array(np.concatenate(([0], np.cumsum(counts))).astype(np.int32))
        impacts = np.frombuffer(self._impacts, dtype=np.uint8)[order]
        words = words.take(pa.array(by_name))
        table = pa.table(
            [
                words,
                pa.ListArray.from_arrays(offsets, pa.array(owners[order])),
                pa.ListArray.from_arrays(offsets, pa.array(impacts)),
            ],
            schema=_SPOOL_SCHEMA,
        )
        return table, _prefix_counts(words, counts)


def _prefix_counts(words: pa.Array, counts: npt.NDArray[np.int64]) -> dict[str, int]:
    prefixes = pc.utf8_slice_codeunits(words, 0, _PREFIX)
    table = pa.table({"prefix": prefixes, "count": counts})
    sums = table.group_by("prefix", use_threads=False).aggregate([("count", "sum")])
    return dict(zip(sums["prefix"].to_pylist(), sums["count_sum"].to_pylist(), strict=True))


@dataclass(frozen=True, slots=True)
class TermRange:
    """Words from `first` up to, not including, `last` (None: to the end)."""

    first: str
    last: str | None


def term_ranges(prefixes: Mapping[str, int]) -> list[TermRange]:
    """Divide the words into ranges that fit in memory, by the counts of their beginnings."""
    starts: list[str] = []
    total = sum(prefixes.values())
    most = min(_POSTINGS_A_RANGE, max(_FEWEST_POSTINGS, total // _RANGES + 1))
    # All about as long, for they are merged side by side.
    even = total / max(1, math.ceil(total / most))
    size = _POSTINGS_A_RANGE
    for prefix in sorted(prefixes):
        count = prefixes[prefix]
        if size + count / 2 > even or size + count > _POSTINGS_A_RANGE:
            starts.append(prefix)
            size = 0
        size += count
    starts = starts or [""]
    ends: list[str | None] = [*starts[1:], None]
    return [TermRange(first, last) for first, last in zip(starts, ends, strict=True)]


def write_terms(
    spools: Sequence[Path],
    rows: Sequence[npt.NDArray[np.int32]],
    target: Path,
    *,
    words: TermRange,
) -> None:
    """Merge one range of words from every spool into a Parquet file.

    Args:
        spools: Arrow files of `Postings` tables.
        rows: For each spool, the hub's row of each of its items; -1 for one left out.
        target: File to write.
        words: The range.
    """
    terms, keys = _merge(spools, rows, words)
    with pq.ParquetWriter(
        target,
        TERMS_SCHEMA,
        compression="zstd",
        compression_level=6,
        use_dictionary=False,
        column_encoding={"term": "DELTA_BYTE_ARRAY", "rows.list.element": "DELTA_BINARY_PACKED"},
        write_statistics=["term", "impact"],
        write_page_index=True,
        data_page_size=8192,
        write_batch_size=64,
        store_schema=False,
    ) as writer:
        for table in _groups(terms, keys):
            writer.write_table(table, row_group_size=max(1, table.num_rows))


def _merge(
    spools: Sequence[Path], rows: Sequence[npt.NDArray[np.int32]], words: TermRange
) -> tuple[pa.Array, npt.NDArray[np.uint64]]:
    """Gather a range: its words, and a sorted key of word, 15 - impact and row a posting."""
    parts = []
    for path in spools:
        with pa.memory_map(str(path)) as source:
            parts.append(_slice(pa.ipc.open_file(source).get_batch(0), words))
    ends = np.cumsum([0, *(part.num_rows for part in parts)])
    table = pa.Table.from_batches(parts, schema=_SPOOL_SCHEMA).combine_chunks()
    del parts  # joined, they are copied, and the files need not stay mapped
    encoded, locals_, impacts = (table[name].combine_chunks() for name in table.column_names)
    del table
    offsets = locals_.offsets.to_numpy()
    counts = np.diff(offsets)
    encoded = encoded.dictionary_encode()
    by_name = pc.sort_indices(encoded.dictionary).to_numpy()
    rank = np.empty(len(by_name), dtype=np.uint64)
    rank[by_name] = np.arange(len(by_name), dtype=np.uint64)
    # In place: memory that is asked for anew costs more than the sums do.
    keys = np.repeat(rank[encoded.indices.to_numpy()] << np.uint64(36), counts)
    part = np.subtract(15, impacts.flatten().to_numpy(), dtype=np.uint64)
    part <<= np.uint64(32)
    keys |= part
    row = np.concatenate([np.zeros(0, np.int32), *rows])
    starts = np.cumsum([0, *(len(own) for own in rows)])[:-1]
    places = np.repeat(starts, np.diff(offsets[ends])) + locals_.flatten().to_numpy()
    part[:] = row[places]
    if (row < 0).any():
        kept = row[places] >= 0
        keys, part = keys[kept], part[kept]
    keys |= part
    keys.sort()
    return encoded.dictionary.take(pa.array(by_name)), keys


def range_digests(spools: Sequence[Path], ranges: Sequence[TermRange]) -> list[bytes]:
    """For each range, a hash of all that `write_terms` would read of it from the spools."""
    states = [hashlib.sha256() for _ in ranges]
    for path in spools:
        with pa.memory_map(str(path)) as source:
            batch = pa.ipc.open_file(source).get_batch(0)
            for state, words in zip(states, ranges, strict=True):
                part = _slice(batch, words)
                state.update(part.num_rows.to_bytes(8, "little"))
                for values in (part["term"], part["locals"], part["impacts"]):
                    _hash(state, values)
            del batch, part, values
    return [state.digest() for state in states]


def _hash(state: hashlib._Hash, values: pa.StringArray | pa.ListArray) -> None:
    """Hash the lengths and the values of a slice of texts or lists."""
    ends = np.frombuffer(values.buffers()[1], np.int32)
    ends = ends[values.offset : values.offset + len(values) + 1]
    if not len(values):
        return
    state.update(np.diff(ends).tobytes())
    data = values.buffers()[-1]
    width = 1 if pa.types.is_string(values.type) else values.type.value_type.bit_width // 8
    state.update(memoryview(data)[int(ends[0]) * width : int(ends[-1]) * width])


def _slice(batch: pa.RecordBatch, words: TermRange) -> pa.RecordBatch:
    terms = batch["term"]

    def position(bound: str) -> int:
        low, high = 0, len(terms)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if terms[middle].as_py() < bound else (low, middle)
        return low

    start = position(words.first)
    return batch.slice(start, (len(terms) if words.last is None else position(words.last)) - start)


def _groups(terms: pa.Array, keys: npt.NDArray[np.uint64]) -> Iterator[pa.Table]:
    """Cut the sorted postings into tables of about the same number of postings."""
    if len(keys) == 0:
        return
    lists = np.flatnonzero(np.diff(keys >> np.uint64(32), prepend=np.uint64(2**63)))
    ends = np.append(lists[1:], len(keys))
    group = ends // _POSTINGS_A_GROUP
    for number in np.unique(group):
        chosen = np.flatnonzero(group == number)
        first, last = lists[chosen[0]], ends[chosen[-1]]
        heads = keys[lists[chosen]] >> np.uint64(32)
        rows = pa.array((keys[first:last] & np.uint64(0xFFFFFFFF)).astype(np.uint32))
        offsets = np.append(lists[chosen], last) - first
        yield pa.table(
            [
                terms.take(pa.array(heads >> np.uint64(4))),
                pa.array((np.uint64(15) - (heads & np.uint64(15))).astype(np.uint8)),
                pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), rows),
            ],
            schema=TERMS_SCHEMA,
        )
