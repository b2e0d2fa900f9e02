"""A collection's items as GeoParquet 1.1 with stac-geoparquet 1.1 metadata."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from geocairn import _io
from geocairn.itemtable import columns as c
from geocairn.itemtable import file_schema, pivot

__all__ = ["MEDIA_TYPE", "asset_fields", "file_metadata", "write_fragment"]

MEDIA_TYPE = "application/vnd.apache.parquet"

_MOST_ASSET_FIELDS = 12
_LEVEL = 4
# Texts that repeat within a row group; everything else is better off as plain, compressed pages.
_DICTIONARY = (
    "collection",
    "stac_version",
    "stac_extensions.list.element",
    "license",
    "platform",
    "constellation",
    "version",
    "mlm:architecture",
    "mlm:framework",
    "mlm:framework_version",
    "mlm:pretrained_source",
    "mlm:accelerator",
    "keywords.list.element",
    "mlm:tasks.list.element",
    "links.list.element.href",
    "links.list.element.rel",
    "links.list.element.type",
    "links.list.element.title",
)
_STATISTICS = ("bbox.xmin", "bbox.ymin", "bbox.xmax", "bbox.ymax", *c.TIMES, *c.NUMBERS)
# A page is closed only between write batches: small ones keep pages of long JSON texts small.
_BATCH = 64


def asset_fields(counts: Mapping[str, int], *, items: int) -> tuple[str, ...]:
    """Choose the asset keys that get a field of their own: the commonest, at least 1 % of items."""
    common = [key for key, count in counts.items() if count * 100 >= items]
    common.sort(key=lambda key: (-counts[key], key))
    return tuple(sorted(common[:_MOST_ASSET_FIELDS]))


def write_fragment(table: pa.Table, target: Path, *, keys: Sequence[str]) -> None:
    """Write items of the spool schema as a Parquet file of one row group.

    Args:
        table: The items, in the hub's order.
        target: File to write.
        keys: Asset keys with a field of their own.
    """
    schema = file_schema(keys)
    dictionary = list(_DICTIONARY)
    dictionary += [
        f"assets.{key}.{name}" for key in keys for name in ("type", "mlm:artifact_type")
    ] + [f"assets.{key}.roles.list.element" for key in keys]
    with pq.ParquetWriter(
        target,
        schema,
        compression="zstd",
        compression_level=_LEVEL,
        use_dictionary=dictionary,
        write_statistics=list(_STATISTICS),
        data_page_size=1 << 18,
        write_batch_size=_BATCH,
        write_page_index=True,
    ) as writer:
        if table.num_rows:
            writer.write_table(pivot(table, keys=keys), row_group_size=table.num_rows)


def file_metadata(
    *,
    bounds: Sequence[float] | None,
    geometry_types: Iterable[str],
    collection: dict[str, Any],
) -> dict[str, str]:
    """Key-value metadata of a finished file.

    Args:
        bounds: West, south, east, north of all footprints; None where there are none.
        geometry_types: GeoParquet's names of the types that occur (``Polygon``, ``Point Z``).
        collection: The STAC Collection, kept inside the file as stac-geoparquet 1.1 has it.
    """
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": sorted(geometry_types),
        "covering": {"bbox": {side: ["bbox", side] for side in ("xmin", "ymin", "xmax", "ymax")}},
    }
    if bounds is not None:
        column["bbox"] = list(bounds)
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    stac = {"version": "1.1.0", "collections": {collection["id"]: collection}}
    return {
        "geo": _io.dumps(geo).decode(),
        "stac-geoparquet": _io.dumps(stac).decode(),
        "stac:geoparquet_version": "1.1.0",
    }
