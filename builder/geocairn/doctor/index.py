"""The search index as a whole: its columns, numbering, row groups and statistics."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from geocairn import layout
from geocairn.compile.index import INDEX_SCHEMA
from geocairn.compile.versions import model_name, version_links
from geocairn.doctor.context import Context
from geocairn.doctor.tables import check_groups, check_schema, check_span
from geocairn.errors import MissingFileError

__all__ = ["Index", "read_index"]

_SIDES = ("xmin", "ymin", "xmax", "ymax")
_AT_ONCE = 1 << 16
_WITH_STATISTICS = ("row", *_SIDES, "start", "end")

Rows = npt.NDArray[np.int64]


@dataclass(slots=True)
class Index:
    """The rows of the search index.

    Attributes:
        table: All of them, as `INDEX_SCHEMA` has them.
        rows: For each collection with items, its rows in order.
        links: For each id with sisters, its version links: (relation, id of the other).
        bounds: (n, 4) west, south, east, north of each footprint, from the items that were
            looked at; NaN where there is none.
        seen: (n,) whether the item of each row was looked at.
        listed: (n,) whether a collection's table has the row.
    """

    table: pa.Table
    rows: dict[str, Rows]
    links: dict[str, tuple[tuple[str, str], ...]]
    bounds: npt.NDArray[np.float64] = field(init=False)
    seen: npt.NDArray[np.bool_] = field(init=False)
    listed: npt.NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        self.bounds = np.full((self.table.num_rows, 4), np.nan)
        self.seen = np.zeros(self.table.num_rows, dtype=bool)
        self.listed = np.zeros(self.table.num_rows, dtype=bool)

    def ids(self, rows: Rows) -> list[str]:
        """Ids of some rows."""
        found: list[str] = self.table["id"].take(pa.array(rows)).to_pylist()
        return found


def read_index(context: Context) -> Index | None:
    """Read and check ``search/index.parquet``; None where it cannot be read."""
    file = layout.INDEX
    try:
        with context.files.parquet(file) as parquet:
            context.progress.step("Reading the search index", total=parquet.metadata.num_rows)
            if not check_schema(context, parquet.schema_arrow, INDEX_SCHEMA, file=file):
                return None
            check_groups(context, parquet.metadata, file=file)
            parts = []
            for number in range(parquet.num_row_groups):
                part = parquet.read_row_group(number, columns=INDEX_SCHEMA.names)
                columns = {name: part[name] for name in _WITH_STATISTICS}
                group = parquet.metadata.row_group(number)
                check_span(context, group, number, columns, _boxes(part), file=file)
                parts.append(part.cast(INDEX_SCHEMA))
                context.progress.advance(part.num_rows)
    except MissingFileError:
        return None  # the manifest lists it, and there it is found
    except (OSError, ValueError, pa.ArrowException) as error:
        context.say("DOC002", f"is no whole Parquet file: {_first_line(error)}", file=file)
        return None
    return _checked(context, _joined(parts))


def _joined(parts: list[pa.Table]) -> pa.Table:
    """One table of whole columns, joined one by one so that memory holds few of them twice."""
    table = pa.concat_tables([INDEX_SCHEMA.empty_table(), *parts])
    parts.clear()
    columns = []
    for name in INDEX_SCHEMA.names:
        columns.append(table[name].combine_chunks())
        table = table.drop_columns([name])
    return pa.Table.from_arrays(columns, schema=INDEX_SCHEMA)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _boxes(part: pa.Table) -> npt.NDArray[np.float64]:
    sides = [pc.fill_null(part[name], np.nan).to_numpy() for name in _SIDES]
    return np.column_stack(sides).astype(np.float64)


def _checked(context: Context, table: pa.Table) -> Index:
    numbers = table["row"].to_numpy()
    wrong = np.flatnonzero(numbers != np.arange(len(numbers)))
    if len(wrong):
        row = int(wrong[0])
        message = f"row {row:,} has the number {numbers[row]:,}"
        context.say("DOC012", message, file=layout.INDEX, item=table["id"][row].as_py())
    names = table["collection"].combine_chunks().dictionary_encode()
    codes = names.indices.to_numpy() if len(names) else np.zeros(0, np.int32)
    order = np.argsort(codes, kind="stable")
    ends = np.cumsum(np.bincount(codes, minlength=len(names.dictionary)))
    parts = np.split(order, ends[:-1]) if len(ends) else []
    rows = dict(zip(names.dictionary.to_pylist(), parts, strict=True))
    _check_repeats(context, table)
    return Index(table, rows, _version_links(table))


def _check_repeats(context: Context, table: pa.Table) -> None:
    if pc.count_distinct(table["id"]).as_py() == table.num_rows:
        return
    counts = pc.value_counts(table["id"])
    repeated = counts.filter(pc.greater(counts.field("counts"), 1))
    for one in repeated.to_pylist():
        message = f"the id {one['values']!r} has {one['counts']} rows"
        context.say("DOC015", message, file=layout.INDEX, item=one["values"])


def _version_links(table: pa.Table) -> dict[str, tuple[tuple[str, str], ...]]:
    """Version links of the items that have sisters, of which most have none."""
    versioned = table.select(["collection", "id", "version"]).filter(table["version"].is_valid())
    batches = versioned.select(["id", "version"]).to_batches(max_chunksize=_AT_ONCE)
    models = pa.chunked_array([_models(batch) for batch in batches], pa.string())
    keys = pc.binary_join_element_wise(versioned["collection"], models, "/").combine_chunks()
    codes = pc.fill_null(keys.dictionary_encode().indices, -1).to_numpy(zero_copy_only=False)
    counts = np.bincount(codes[codes >= 0], minlength=1)
    sisters = np.flatnonzero((codes >= 0) & (counts[codes] > 1))
    part = versioned.take(pa.array(sisters))
    members: dict[int, list[tuple[str, str]]] = {}
    columns = (part[name].to_pylist() for name in ("version", "id"))
    for code, *one in zip(codes[sisters].tolist(), *columns, strict=True):
        members.setdefault(code, []).append((one[0], one[1]))
    # Without repeats, which are found elsewhere.
    return version_links(list(dict.fromkeys(one)) for one in members.values())


def _models(batch: pa.RecordBatch) -> pa.Array:
    pairs = zip(*(column.to_pylist() for column in batch.columns), strict=True)
    return pa.array([model_name(*pair) for pair in pairs], pa.string())
