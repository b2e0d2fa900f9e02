"""What a set of items says together: extents, summaries and counts of facet values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geocairn.compile.index import OPEN_END, OPEN_START
from geocairn.facets import FACETS, Facet
from geocairn.itemtable.times import render

__all__ = ["bounds_of", "extent", "facet_counts", "geometry_types", "summaries"]

_MOST_VALUES = 1000
_MOST_SUMMARY_VALUES = 100
_PROPERTY = "properties."


def bounds_of(table: pa.Table) -> list[float] | None:
    """West, south, east, north of all footprints (degrees); None where there are none."""
    if table.num_rows == 0:
        return None
    bounds = table["bounds"].combine_chunks().flatten().to_numpy().reshape(-1, 4)
    known = bounds[~np.isnan(bounds[:, 0])]
    if len(known) == 0:
        return None
    return [*known[:, :2].min(axis=0).tolist(), *known[:, 2:].max(axis=0).tolist()]


def geometry_types(table: pa.Table) -> set[str]:
    """GeoParquet's names of the geometry types that occur."""
    known = table["geometry_type"].unique().to_pylist()
    return {name for name in known if name is not None}


def extent(table: pa.Table, *, given: Any) -> dict[str, Any]:
    """The STAC extent of some index rows.

    Args:
        table: Rows of the spool schema.
        given: The extent that the collection's makers stated; it stands where no item says more.
    """
    known = given if isinstance(given, dict) else {}
    bounds = bounds_of(table)
    low = pc.min(table["start"].cast(pa.int64())).as_py()
    high = pc.max(table["end"].cast(pa.int64())).as_py()
    world = {"bbox": [[-180.0, -90.0, 180.0, 90.0]]}
    always = {"interval": [[None, None]]}
    spatial = known.get("spatial", world) if bounds is None else {"bbox": [bounds]}
    if low is None or high is None:
        return {"spatial": spatial, "temporal": known.get("temporal", always)}
    interval = [
        None if low <= OPEN_START else render(low),
        None if high >= OPEN_END else render(high),
    ]
    return {"spatial": spatial, "temporal": {"interval": [interval]}}


def summaries(table: pa.Table) -> dict[str, Any]:
    """STAC summaries of some index rows: the values of each facet that is a property."""
    found: dict[str, Any] = {}
    for facet in FACETS:
        name = facet.source.removeprefix(_PROPERTY)
        if not facet.source.startswith(_PROPERTY) or "," in name:
            continue
        if facet.type in ("integer", "number"):
            span = _span(table[facet.name])
            if span:
                found[name] = span
            continue
        values = sorted(value for value, _ in _counts(table, facet))
        if 0 < len(values) <= _MOST_SUMMARY_VALUES:
            found[name] = values
    return found


def facet_counts(table: pa.Table) -> dict[str, Any]:
    """Counts of every facet's values, the commonest first, at most a thousand."""
    found: dict[str, Any] = {}
    for facet in FACETS:
        if facet.type in ("integer", "number"):
            found[facet.name] = _span(table[facet.name]) or {}
            continue
        counts = _counts(table, facet)
        found[facet.name] = {"values": counts[:_MOST_VALUES], "distinct": len(counts)}
    return found


def _span(column: pa.ChunkedArray) -> dict[str, Any] | None:
    span = pc.min_max(column).as_py()
    return None if span["min"] is None else {"minimum": span["min"], "maximum": span["max"]}


def _counts(table: pa.Table, facet: Facet) -> list[list[Any]]:
    column = table[facet.name]
    if facet.type == "strings":
        column = pc.list_flatten(column)
    counts = pc.value_counts(column.drop_null())
    pairs = zip(counts.field(0).to_pylist(), counts.field(1).to_pylist(), strict=True)
    return [list(pair) for pair in sorted(pairs, key=lambda pair: (-pair[1], pair[0]))]
