"""What is known of every 256 rows of the index without reading them, for skipping."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["BLOCK", "block_stats", "summary"]

BLOCK = 256
"""Rows that statistics tell of."""
_HOUR = 3_600_000_000
_TIMES = ("start", "end", "moment", "created", "updated")
_NUMBERS = ("gsd", "parameters", "memory")
_SIDES = ("xmin", "ymin", "xmax", "ymax")
_MOST_VALUES = 64
_LISTED = 1000

Doubles = npt.NDArray[np.float64]


def block_stats(table: pa.Table, coded: dict[str, Any]) -> dict[str, Any]:
    """Statistics of each block of a row group.

    Returns:
        ``box``: least and largest of west, south, east and north, in thousandths of a degree,
        rounded outward, null where no row has a place; ``shaped`` and ``nowhere``: whether any
        row is more than its box, or has no place; ``spans``: least and largest value, of times
        the hours since 1970; ``values``: for columns of few values, which ones there are, as
        the bits of a hexadecimal number.
    """
    starts = range(0, table.num_rows, BLOCK)
    nowhere = table["xmin"].is_null().to_numpy()
    shaped = table["shaped"].to_numpy()
    spans = {name: _spans(_column(table, name), starts, name) for name in (*_TIMES, *_NUMBERS)}
    return {
        "box": [side for name in _SIDES for side in _box_side(table[name], starts)],
        "shaped": [int(shaped[start : start + BLOCK].any()) for start in starts],
        "nowhere": [int(nowhere[start : start + BLOCK].any()) for start in starts],
        "spans": spans,
        "values": {
            name: _masks(codes, starts)
            for name, (values, codes) in coded.items()
            if 1 < len(values) <= _MOST_VALUES
        },
    }


def _column(table: pa.Table, name: str) -> Doubles:
    """Values as doubles, NaN where there is none; of ``moment`` the time that sorts a row."""
    column = table["start" if name == "moment" else name]
    if name == "moment":
        column = pc.coalesce(table["datetime"], column)
    if name in _TIMES:
        column = column.cast(pa.int64())
    # Doubles hold microseconds of today exactly, and the ends of time to a fraction of an hour.
    found: Doubles = pc.fill_null(column.cast(pa.float64(), safe=False), math.nan).to_numpy()
    return found


def _extent(part: Doubles) -> tuple[float, float] | None:
    known = part[~np.isnan(part)]
    return (float(known.min()), float(known.max())) if len(known) else None


def _box_side(column: pa.ChunkedArray, starts: range) -> list[list[int | None]]:
    values = pc.fill_null(column, math.nan).to_numpy().astype(np.float64)
    extents = [_extent(values[start : start + BLOCK]) for start in starts]
    return [
        [None if e is None else math.floor(e[0] * 1000) for e in extents],
        [None if e is None else math.ceil(e[1] * 1000) for e in extents],
    ]


def _spans(values: Doubles, starts: range, name: str) -> list[list[float | None]]:
    low: list[float | None] = []
    high: list[float | None] = []
    for start in starts:
        extent = _extent(values[start : start + BLOCK])
        if extent is None:
            low.append(None)
            high.append(None)
        elif name in _TIMES:
            low.append(math.floor(extent[0] / _HOUR) - 1)
            high.append(math.ceil(extent[1] / _HOUR) + 1)
        else:
            low.append(extent[0])
            high.append(extent[1])
    return [low, high]


def _masks(codes: Any, starts: range) -> list[str]:
    """Bits of the values in each block; bit n is the n-th of the part's values."""
    present = [np.unique(codes[start : start + BLOCK]).tolist() for start in starts]
    return [f"{sum(1 << code for code in some):x}" for some in present]


def summary(stats: dict[str, Any], values: dict[str, list[Any]]) -> dict[str, Any]:
    """The same of a whole row group, for the directory."""
    ends = (min, max)
    return {
        "box": [_over(side, ends[number % 2]) for number, side in enumerate(stats["box"])],
        "spans": {
            name: [_over(side, end) for side, end in zip(span, ends, strict=True)]
            for name, span in stats["spans"].items()
        },
        "values": {name: _single(own) for name, own in values.items() if len(own) <= _LISTED},
    }


def _over(values: list[Any], end: Any) -> Any:
    known = [value for value in values if value is not None]
    return end(known) if known else None


def _single(values: list[Any]) -> list[Any]:
    """The values in lists, each once."""
    if not any(isinstance(value, list) for value in values):
        return [value for value in values if value is not None]
    return sorted({one for value in values for one in value or ()})
