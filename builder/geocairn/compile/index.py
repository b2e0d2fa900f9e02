"""The search index: one slim row an item, in the hub's order, for engines that read by range."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from geocairn.compile.order import hilbert, tiers
from geocairn.compile.versions import model_name
from geocairn.facets import FACETS, extract
from geocairn.itemtable import Footprints, own_box
from geocairn.itemtable.times import parse

__all__ = [
    "INDEX_SCHEMA",
    "OPEN_END",
    "OPEN_START",
    "IndexRows",
    "spool_index_schema",
    "write_index",
]

OPEN_START = -62135596800_000_000
"""0001-01-01T00:00:00Z in microseconds since 1970: an interval without a start."""
OPEN_END = 253402300799_999_999
"""9999-12-31T23:59:59.999999Z: an interval without an end."""
_LAST_DAY = 253402214400_000_000

_TYPES: Mapping[str, pa.DataType] = {
    "string": pa.string(),
    "strings": pa.list_(pa.string()),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
}
_TIME = pa.timestamp("us", tz="UTC")
_BOX = ("xmin", "ymin", "xmax", "ymax")
_TIMES = ("start", "end", "datetime", "created", "updated")

INDEX_SCHEMA = pa.schema(
    [
        pa.field("row", pa.uint32(), nullable=False),
        pa.field("id", pa.string(), nullable=False),
        pa.field("collection", pa.string(), nullable=False),
        pa.field("title", pa.string()),
        *(pa.field(name, pa.float32()) for name in _BOX),
        pa.field("shaped", pa.bool_(), nullable=False),
        pa.field("shape", pa.binary()),
        *(pa.field(name, _TIME) for name in _TIMES),
        *(pa.field(facet.name, _TYPES[facet.type]) for facet in FACETS),
    ]
)


def spool_index_schema() -> pa.Schema:
    """The index's columns and what ordering, cutting and summarising need besides."""
    own = [
        pa.field("tier", pa.uint8()),
        pa.field("hilbert", pa.uint32()),
        pa.field("bounds", pa.list_(pa.float64(), 4)),
        pa.field("digest", pa.binary(16)),
        pa.field("position", pa.int32()),
        pa.field("geometry_type", pa.string()),
        pa.field("model", pa.string()),
        pa.field("hash", pa.uint64()),
        pa.field("claims", pa.list_(pa.string())),
        pa.field("files", pa.list_(pa.string())),
    ]
    return pa.schema([*list(INDEX_SCHEMA)[1:], *own])


class IndexRows:
    """Gathers the index rows of some items."""

    def __init__(self) -> None:
        names = [field.name for field in spool_index_schema()]
        self._columns: dict[str, list[Any]] = {name: [] for name in names}
        self._facets: list[tuple[Any, ...]] = []

    def add(
        self,
        item: Mapping[str, Any],
        *,
        digest: bytes,
        position: int,
        claims: list[str],
        files: list[str],
    ) -> None:
        """Append one checked item.

        Args:
            item: A STAC Item with string ``id`` and ``collection``.
            digest: Hash of its published JSON, 16 bytes.
            position: Its place in its source's chunk, for messages.
            claims: Version links that its source gives: relation, space, id of the other item.
            files: What is published beside it, by path from its folder.
        """
        properties = item.get("properties")
        if not isinstance(properties, dict):  # the schema's checks can be left out
            properties = {}
        columns = self._columns
        columns["id"].append(item["id"])
        columns["collection"].append(item["collection"])
        title = properties.get("title", properties.get("mlm:name"))
        columns["title"].append(title if isinstance(title, str) else None)
        moment = parse(properties.get("datetime"))
        start, end = _interval(properties, moment)
        columns["start"].append(start)
        columns["end"].append(end)
        columns["datetime"].append(moment)
        columns["created"].append(parse(properties.get("created")))
        columns["updated"].append(parse(properties.get("updated")))
        columns["digest"].append(digest)
        columns["position"].append(position)
        columns["claims"].append(claims or None)
        columns["files"].append(files or None)
        columns["hash"].append(_mixed(item["id"]))
        version = properties.get("version")
        columns["model"].append(
            model_name(item["id"], version if isinstance(version, str) else None)
        )
        self._facets.append(extract(item))

    def finish(self, footprints: Footprints) -> pa.Table:
        """Build the table; `footprints` holds the same items' geometries, in the same order."""
        columns = self._columns
        bounds = footprints.bounds
        columns["tier"], columns["hilbert"] = tiers(bounds), hilbert(bounds)  # type: ignore[assignment]
        columns["bounds"] = pa.FixedSizeListArray.from_arrays(pa.array(bounds.ravel()), 4)
        boxes = own_box(footprints)
        shapes = zip(boxes, footprints.wkb, strict=True)
        columns["shape"] = [None if box else wkb for box, wkb in shapes]
        columns["shaped"] = [shape is not None for shape in columns["shape"]]
        columns["geometry_type"] = footprints.type_names()
        nowhere = np.isnan(bounds[:, 0])
        for side, name in enumerate(_BOX):
            columns[name] = pa.array(_outward(bounds[:, side], up=side >= 2), mask=nowhere)
        facets = zip(*self._facets, strict=True) if self._facets else ([] for _ in FACETS)
        for facet, values in zip(FACETS, facets, strict=True):
            columns[facet.name] = list(values)
        schema = spool_index_schema()
        return pa.table([pa.array(columns[f.name], f.type) for f in schema], schema=schema)


def _mixed(name: str) -> int:
    """A well-mixed number that only the id decides, for `geocairn.compile.order.cuts`."""
    return zlib.crc32(name.encode()) * 0x9E3779B1 >> 16


def _interval(properties: Mapping[str, Any], moment: int | None) -> tuple[int | None, int | None]:
    if moment is not None:
        return moment, moment
    if "start_datetime" not in properties and "end_datetime" not in properties:
        return None, None
    start = parse(properties.get("start_datetime"))
    end = parse(properties.get("end_datetime"))
    open_end = end is None or end >= _LAST_DAY
    return OPEN_START if start is None else start, OPEN_END if open_end else end


@np.errstate(over="ignore")
def _outward(values: npt.NDArray[np.float64], *, up: bool) -> npt.NDArray[np.float32]:
    near = values.astype(np.float32)
    step = np.nextafter(near, np.float32(np.inf if up else -np.inf))
    short = near < values if up else near > values
    return np.where(short, step, near)


def write_index(table: pa.Table, target: Path, *, first: int) -> None:
    """Write a row group of ``index.parquet`` as a Parquet file.

    Args:
        table: Some rows of the hub in order, of the spool schema.
        target: File to write.
        first: The hub's number of the first of them.
    """
    facets = [f.name + (".list.element" if f.type == "strings" else "") for f in FACETS]
    plain = ("gsd", "parameters", "memory")
    packed = ("row", *_TIMES)
    rows = pa.array(np.arange(first, first + table.num_rows, dtype=np.uint32))
    columns = [rows, *(table[field.name] for field in list(INDEX_SCHEMA)[1:])]
    with pq.ParquetWriter(
        target,
        INDEX_SCHEMA,
        compression="zstd",
        compression_level=6,
        use_dictionary=["collection", *facets],
        column_encoding=dict.fromkeys(_BOX, "BYTE_STREAM_SPLIT")
        | dict.fromkeys(packed, "DELTA_BINARY_PACKED"),
        write_statistics=["row", "collection", *_BOX, *_TIMES, *plain],
        write_page_index=True,
        data_page_size=8192,
        write_batch_size=256,
        store_schema=False,
    ) as writer:
        if table.num_rows:
            part = pa.table(columns, schema=INDEX_SCHEMA)
            writer.write_table(part, row_group_size=table.num_rows)
