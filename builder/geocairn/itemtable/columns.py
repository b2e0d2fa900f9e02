"""The columns of ``items.parquet``: which members of an item are typed, and how."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

__all__ = [
    "ASSET_FIELDS",
    "ASSET_LIST",
    "ASSET_TEXTS",
    "BBOX",
    "FLAGS",
    "INTEGERS",
    "JSON_TEXTS",
    "LINKS",
    "NUMBERS",
    "OTHER_ASSETS",
    "REST",
    "TEXTS",
    "TEXT_LISTS",
    "TIMES",
    "TIMESTAMP",
    "file_schema",
    "spool_schema",
]

REST = "geocairn:rest"
"""JSON text of whatever the typed columns of a row do not restore exactly."""
OTHER_ASSETS = "geocairn:assets"
"""Assets under keys too rare for a field of their own in the ``assets`` struct."""

TIMESTAMP = pa.timestamp("us", tz="UTC")
_STRINGS = pa.list_(pa.string())
BBOX = pa.struct([(name, pa.float64()) for name in ("xmin", "ymin", "xmax", "ymax")])
LINKS = pa.list_(pa.struct([(name, pa.string()) for name in ("href", "rel", "type", "title")]))

ASSET_TEXTS = ("href", "type", "title", "mlm:artifact_type")
ASSET_FIELDS: list[pa.Field] = [
    *(pa.field(name, pa.string()) for name in ASSET_TEXTS),
    pa.field("roles", _STRINGS),
]
ASSET_LIST = pa.list_(pa.struct([pa.field("key", pa.string()), *ASSET_FIELDS]))

# Members of `properties` with a column of their own.
TIMES = ("datetime", "start_datetime", "end_datetime", "created", "updated")
TEXTS = (
    "title",
    "description",
    "license",
    "version",
    "platform",
    "constellation",
    "mlm:name",
    "mlm:architecture",
    "mlm:framework",
    "mlm:framework_version",
    "mlm:pretrained_source",
    "mlm:accelerator",
)
TEXT_LISTS = ("keywords", "mlm:tasks")
FLAGS = ("deprecated", "mlm:pretrained", "mlm:accelerator_constrained")
INTEGERS = ("mlm:total_parameters", "mlm:memory_size", "mlm:batch_size_suggestion")
NUMBERS = ("gsd",)
# Their shape differs from item to item (a learning rate may be 0.1 or "cosine").
JSON_TEXTS = ("mlm:input", "mlm:output", "mlm:hyperparameters")


def _head() -> list[pa.Field]:
    return [
        pa.field("id", pa.string()),
        pa.field("collection", pa.string()),
        pa.field("stac_version", pa.string()),
        pa.field("stac_extensions", _STRINGS),
        pa.field("geometry", pa.binary()),
        pa.field("bbox", BBOX),
        *(pa.field(name, TIMESTAMP) for name in TIMES),
        *(pa.field(name, pa.string()) for name in TEXTS),
        *(pa.field(name, _STRINGS) for name in TEXT_LISTS),
        *(pa.field(name, pa.bool_()) for name in FLAGS),
        *(pa.field(name, pa.int64()) for name in INTEGERS),
        *(pa.field(name, pa.float64()) for name in NUMBERS),
        pa.field("links", LINKS),
        *(pa.field(name, pa.string()) for name in JSON_TEXTS),
    ]


def spool_schema() -> pa.Schema:
    """Columns as encoded from items, before it is known which asset keys are common."""
    return pa.schema([*_head(), pa.field("assets", ASSET_LIST), pa.field(REST, pa.string())])


def file_schema(asset_keys: Iterable[str]) -> pa.Schema:
    """Columns of a Parquet file whose ``assets`` struct has a field for each given key."""
    asset = pa.struct(ASSET_FIELDS)
    keys = [pa.field(key, asset) for key in asset_keys]
    # Parquet has no struct without fields.
    assets = [pa.field("assets", pa.struct(keys))] if keys else []
    tail = [pa.field(OTHER_ASSETS, ASSET_LIST), pa.field(REST, pa.string())]
    return pa.schema([*_head(), *assets, *tail])
