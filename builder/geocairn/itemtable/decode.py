"""Columns back to the very items."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import shapely

from geocairn import _io
from geocairn.itemtable import columns as c
from geocairn.itemtable import times

__all__ = ["items", "iter_items"]

_ORDER = ("type", "stac_version", "stac_extensions", "id", "collection", "geometry", "bbox")
_LAST = ("properties", "links", "assets")


def items(table: pa.Table | pa.RecordBatch) -> list[dict[str, Any]]:
    """Restore every item of a table that an `Encoder` made, also after a trip through Parquet.

    Values come back exactly as they were; members come in a fixed order.

    Raises:
        KeyError: If a column is missing.
    """
    return list(iter_items(table))


def iter_items(table: pa.Table | pa.RecordBatch) -> Iterator[dict[str, Any]]:
    """Restore the items of a table one by one; see `items`."""
    for name in c.TIMES:
        position = table.schema.get_field_index(name)
        table = table.set_column(position, name, table[name].cast(pa.int64()))
    geometries = shapely.to_geojson(
        shapely.from_wkb(table["geometry"].to_numpy(zero_copy_only=False))
    )
    rows = {name: table[name].to_pylist() for name in table.column_names if name != "geometry"}
    for row in range(table.num_rows):
        rest = rows[c.REST][row]
        if rest.startswith("["):
            # Without its brackets, so that it is no deeper than the item was.
            yield _io.loads(rest[1:-1].encode())
        else:
            yield _restore(_io.loads(rest.encode()), rows, row, geometries[row])


def _restore(
    rest: dict[str, Any], rows: dict[str, list[Any]], row: int, geometry: str | None
) -> dict[str, Any]:
    item = dict(rest)
    item["type"] = "Feature"
    for name in ("id", "collection", "stac_version", "stac_extensions"):
        _fill(item, name, rows[name][row])
    if "geometry" not in item and geometry is not None:
        item["geometry"] = _io.loads(geometry.encode())
    _fill(item, "bbox", _box(rows["bbox"][row]))
    _properties(item["properties"], rows, row)
    if "links" not in item and (links := rows["links"][row]) is not None:
        item["links"] = [_present(link) for link in links]
    if "assets" in item:
        _assets(item["assets"], rows, row)
    head = {name: item.pop(name) for name in _ORDER if name in item}
    tail = {name: item.pop(name) for name in _LAST if name in item}
    return head | tail | item


def _box(covering: dict[str, float] | None) -> list[float] | None:
    return None if covering is None else list(covering.values())


def _fill(members: dict[str, Any], name: str, value: Any) -> None:
    if value is not None and name not in members:
        members[name] = value


def _present(struct: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in struct.items() if value is not None}


def _properties(left: dict[str, Any], rows: dict[str, list[Any]], row: int) -> None:
    for name in c.TIMES:
        value = rows[name][row]
        if value is not None and name not in left:
            left[name] = times.render(value)
    for name in (*c.TEXTS, *c.TEXT_LISTS, *c.FLAGS, *c.INTEGERS, *c.NUMBERS):
        _fill(left, name, rows[name][row])
    for name in c.JSON_TEXTS:
        if (value := rows[name][row]) is not None:
            left[name] = _io.loads(value.encode())


def _assets(left: dict[str, Any], rows: dict[str, list[Any]], row: int) -> None:
    found = rows.get("assets")
    typed = found[row] if found else None
    if isinstance(typed, dict):
        for key, asset in typed.items():
            if asset is not None:
                _merge_asset(left[key], asset)
        typed = None
    for asset in (typed or []) + (rows.get(c.OTHER_ASSETS, [None] * (row + 1))[row] or []):
        _merge_asset(left[asset.pop("key")], asset)


def _merge_asset(left: dict[str, Any], asset: dict[str, Any]) -> None:
    for name, value in asset.items():
        _fill(left, name, value)
