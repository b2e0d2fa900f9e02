"""Columns of few distinct values as numbers: what people filter by and count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc

__all__ = [
    "CODED",
    "FRAME",
    "Codes",
    "coded_columns",
    "codes_of",
    "codes_of_frames",
    "months",
    "text_of",
    "what_frames",
]

FRAME = 64
"""Rows of a frame."""
CODED = (
    "collection",
    "tasks",
    "framework",
    "architecture",
    "bands",
    "platforms",
    "gsd",
    "license",
    "pretrained",
    "accelerator",
    "accelerator_constrained",
    "formats",
    "dtypes",
    "providers",
    "deprecated",
    "parameters_bin",
    "memory_bin",
    "month",
)
"""Columns of ``what``: numbers of values, which the part's head lists."""

Codes = tuple[list[Any], npt.NDArray[np.uint32]]
"""Distinct values, and for each row the number of its value."""


def coded_columns(table: pa.Table) -> dict[str, Codes]:
    """The columns of ``what`` of a row group of the index."""
    return {name: codes_of(_column(table, name)) for name in CODED}


def _column(table: pa.Table, name: str) -> pa.Array:
    if name.endswith("_bin"):
        return _bins(table[name.removesuffix("_bin")])
    if name == "month":
        return months(table)
    return table[name].combine_chunks()


def months(table: pa.Table) -> pa.Array:
    """The month in which each item's time begins, as ``2024-05``; null where that is open."""
    moments = pc.coalesce(table["datetime"], table["start"]).combine_chunks()
    numbers = pc.add(pc.multiply(pc.year(moments), 12), pc.subtract(pc.month(moments), 1))
    encoded = numbers.dictionary_encode()
    # Few months have many items each, so only months are made into text.
    texts = [f"{n // 12:04}-{n % 12 + 1:02}" for n in encoded.dictionary.to_pylist()]
    named = pa.array([None if text == "0001-01" else text for text in texts], pa.string())
    return named.take(encoded.indices)


def _bins(column: pa.ChunkedArray) -> pa.Array:
    """Lower ends of the bins 1, 2, 5 in every power of ten; 0 for what is not positive."""
    values = pc.fill_null(column.cast(pa.float64(), safe=False), 0.0).to_numpy()
    positive = np.maximum(values, 1.0)
    power = 10.0 ** np.floor(np.log10(positive))
    power = np.where(positive >= 10 * power, 10 * power, power)
    power = np.where(positive < power, power / 10, power)
    step = np.where(positive >= 5 * power, 5.0, np.where(positive >= 2 * power, 2.0, 1.0))
    ends = np.where(values >= 1, step * power, 0.0)
    return pa.array(ends, mask=pc.is_null(column).to_numpy(zero_copy_only=False))


def codes_of(column: pa.Array) -> Codes:
    """A column as its distinct values, in a fixed order, and the number of each row's.

    A list is one value, as a row's bands are nearly always those of a sensor, and null is one.
    """
    if pa.types.is_list(column.type):
        values, places = _lists(column)
    else:
        encoded = column.dictionary_encode(null_encoding="encode")
        values, places = encoded.dictionary.to_pylist(), encoded.indices.to_numpy()
    texts = [text_of(value) for value in values]
    distinct = sorted(set(texts))
    rank = {text: code for code, text in enumerate(distinct)}
    own = np.array([rank[text] for text in texts], dtype=np.uint32)
    return [orjson.loads(text) for text in distinct], own[places]


def text_of(value: Any) -> bytes:
    """A value as it is told apart; lists are sets, and have no order."""
    return orjson.dumps(sorted(value) if isinstance(value, list) else value)


def _lists(column: pa.ListArray) -> tuple[list[Any], npt.NDArray[np.int64]]:
    """Distinct lists, and which of them each row has; a row's list is told by its elements' codes.

    Thousands of rows have a few dozen lists, so only those become Python objects.
    """
    offsets = column.offsets.to_numpy()
    first = offsets[0]
    # Of a slice, `values` are the whole column's.
    elements = column.values.slice(first, offsets[-1] - first)
    codes = elements.dictionary_encode(null_encoding="encode").indices.to_numpy()
    data, width = codes.tobytes(), codes.itemsize
    ends = ((offsets - first) * width).tolist()
    valid = column.is_valid().to_pylist()
    numbers: dict[bytes | None, int] = {}
    found = [
        numbers.setdefault(data[start:end] if known else None, len(numbers))
        for start, end, known in zip(ends, ends[1:], valid, strict=False)
    ]
    places = np.array(found, dtype=np.int64)
    _, firsts = np.unique(places, return_index=True)
    return column.take(pa.array(firsts)).to_pylist(), places


def what_frames(rows: int, coded: dict[str, Codes]) -> list[bytes]:
    """Codes of each column as bits, the lowest of all rows first; as many as the values need."""
    planes = []
    for name in CODED:
        values, codes = coded[name]
        planes += [codes >> bit & 1 for bit in range((len(values) - 1).bit_length())]
    if not planes:
        return [b"" for _ in range(0, rows, FRAME)]
    # Frames are whole bytes, so all are packed at once; the last may be a shorter one.
    bits = np.packbits(np.stack(planes).astype(np.uint8), axis=1, bitorder="little")
    step = FRAME // 8
    return [bits[:, start // 8 : start // 8 + step].tobytes() for start in range(0, rows, FRAME)]


def codes_of_frames(
    frames: Sequence[bytes], *, rows: int, values: Mapping[str, list[Any]]
) -> dict[str, Codes]:
    """Read back what `what_frames` wrote, given the values that codes stand for."""
    widths = {name: (len(values[name]) - 1).bit_length() for name in CODED}
    full = rows // FRAME
    planes = np.concatenate(
        [
            _bits(frames[:full], planes=sum(widths.values()), rows=FRAME),
            _bits(frames[full:], planes=sum(widths.values()), rows=rows % FRAME),
        ],
        axis=1,
    )
    found: dict[str, Codes] = {}
    at = 0
    for name, width in widths.items():
        codes = np.zeros(rows, np.uint32)
        for bit in range(width):
            codes |= planes[at + bit].astype(np.uint32) << bit
        found[name] = (values[name], codes)
        at += width
    return found


def _bits(frames: Sequence[bytes], *, planes: int, rows: int) -> npt.NDArray[np.uint8]:
    """(planes, all rows) bits of frames of so many rows each."""
    stride = (rows + 7) // 8
    packed = np.frombuffer(b"".join(frames), np.uint8).reshape(len(frames), planes, stride)
    bits = np.unpackbits(packed, axis=2, count=rows, bitorder="little")
    return bits.transpose(1, 0, 2).reshape(planes, len(frames) * rows)
