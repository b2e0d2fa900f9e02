"""What holds for every Parquet file of a hub: columns, row groups and their statistics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from geocairn.compile.order import tiers
from geocairn.doctor.context import Context

__all__ = ["LARGEST_GROUP", "SMALL_BEFORE_LARGE", "check_groups", "check_schema", "check_span"]

LARGEST_GROUP = 1 << 14
"""Rows that no row group exceeds; a build cuts at about 9,000."""
SMALL_BEFORE_LARGE = 1 << 13
"""Rows of small footprints beyond which a row group must not begin to have large ones."""


def check_schema(context: Context, schema: pa.Schema, wanted: pa.Schema, *, file: str) -> bool:
    """Compare names and types of columns; says whether they are as wanted."""
    found = {field.name: field.type for field in schema}
    for field in wanted:
        if field.name not in found:
            context.say("DOC011", f"has no column {field.name!r}", file=file)
        elif not _alike(found[field.name], field.type):
            message = f"column {field.name!r} is {found[field.name]}, not {field.type}"
            context.say("DOC011", message, file=file)
    for name in found.keys() - set(wanted.names):
        context.say("DOC011", f"has a column {name!r} that is none of a hub's", file=file)
    return all(f.name in found and _alike(found[f.name], f.type) for f in wanted)


def _alike(one: pa.DataType, other: pa.DataType) -> bool:
    """Whether two types are the same but for the names of list elements and for nullability."""
    if pa.types.is_list(one) and pa.types.is_list(other):
        return _alike(one.value_type, other.value_type)
    if pa.types.is_struct(one) and pa.types.is_struct(other):
        return [f.name for f in one] == [f.name for f in other] and all(
            _alike(a.type, b.type) for a, b in zip(one, other, strict=True)
        )
    return bool(one.equals(other))


def check_groups(context: Context, metadata: pq.FileMetaData, *, file: str) -> None:
    """Check how many rows the row groups have."""
    for number in range(metadata.num_row_groups):
        rows = metadata.row_group(number).num_rows
        if rows > LARGEST_GROUP:
            message = f"row group {number} has {rows:,} rows, more than {LARGEST_GROUP:,}"
            context.say("DOC013", message, file=file)


def check_span(
    context: Context,
    group: pq.RowGroupMetaData,
    number: int,
    columns: Mapping[str, pa.Array | pa.ChunkedArray],
    bounds: npt.NDArray[np.float64],
    *,
    file: str,
) -> None:
    """Compare a row group's statistics with its values, and look for large footprints in it.

    Args:
        context: The examination.
        group: The row group's metadata.
        number: Its number, for messages.
        columns: Its values, by the path of the column in the file.
        bounds: (n, 4) west, south, east, north of its rows in degrees, NaN for none.
        file: The file.
    """
    paths = {group.column(n).path_in_schema: n for n in range(group.num_columns)}
    for path, values in columns.items():
        statistics = group.column(paths[path]).statistics
        span = pc.min_max(_known(values)).as_py()
        if span["min"] is None:
            continue
        if statistics is None or not statistics.has_min_max:
            context.say("DOC014", f"row group {number} has none for {path!r}", file=file)
        elif (statistics.min, statistics.max) != (span["min"], span["max"]):
            message = (
                f"row group {number} has {path!r} from {statistics.min} to {statistics.max} "
                f"by its statistics, from {span['min']} to {span['max']} by its rows"
            )
            context.say("DOC014", message, file=file)
    large = np.flatnonzero(tiers(bounds) > 0)
    if len(large) and large[0] > SMALL_BEFORE_LARGE:
        message = f"row group {number} has a large footprint behind {large[0]:,} small ones"
        context.say("DOC013", message, file=file)


def _known(values: Any) -> Any:
    return pc.drop_null(values)
