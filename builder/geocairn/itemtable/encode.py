"""Items to columns, losing nothing: what a typed column cannot restore stays as JSON text."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from geocairn import _io
from geocairn.itemtable import columns as c
from geocairn.itemtable import times
from geocairn.itemtable.geometry import Footprints

__all__ = ["Encoder"]

_INT64 = range(-(2**63), 2**63)
_LINK_KEYS = frozenset(("href", "rel", "type", "title"))
_BBOX_NAMES = ("xmin", "ymin", "xmax", "ymax")


class Encoder:
    """Gathers items into one table of the spool schema.

    A member is taken out of the remainder only where its column gives back the very value,
    so the reader's rule is simple: the remainder wins, and a null column adds nothing.
    """

    def __init__(self) -> None:
        self._columns: dict[str, list[Any]] = {
            field.name: [] for field in c.spool_schema() if field.name not in ("assets", "links")
        }
        self._links = _Nested(tuple(_LINK_KEYS))
        self._assets = _Nested(("key", *c.ASSET_TEXTS, "roles"))
        # Kept as text, not as objects: what is freed at once is reused at once, and stays in the
        # processor's cache.
        self._rests: list[bytes | None] = []
        self._verbatim: list[bytes | None] = []
        self._geometries: list[str | None] = []
        self._boxes: list[Any] = []

    def __len__(self) -> int:
        return len(self._rests)

    def add(self, item: dict[str, Any]) -> None:
        """Append one item; it is not changed."""
        rest = dict(item)
        geometry, box = item.get("geometry"), item.get("bbox")
        located = isinstance(geometry, dict)
        self._geometries.append(_io.dumps(geometry).decode() if located else None)
        self._boxes.append(box)
        self._head(item, rest)
        regular = _regular(item)
        self._verbatim.append(None if regular and "bbox" in item else _io.dumps([item]))
        if not regular:
            self._links.skip()
            self._assets.skip()
            self._properties({})
            self._rests.append(None)
            return
        del rest["type"]
        if located:
            del rest["geometry"]
        rest.pop("bbox", None)
        self._add_links(rest)
        if "assets" in rest:
            rest["assets"] = self._add_assets(rest["assets"])
        else:
            self._assets.skip()
        rest["properties"] = left = dict(rest["properties"])
        self._properties(left)
        self._rests.append(_io.dumps(rest))

    def finish(self) -> tuple[pa.Table, Footprints]:
        """Build the table, in the order of `add`, and the parsed geometries beside it."""
        footprints = Footprints(self._geometries)
        columns: dict[str, Any] = dict(self._columns)
        columns["geometry"] = footprints.wkb.tolist()
        columns["bbox"] = self._covering(footprints)
        columns[c.REST] = [self._rest(row, footprints) for row in range(len(self))]
        columns["links"] = self._links.array(c.LINKS)
        columns["assets"] = self._assets.array(c.ASSET_LIST)
        arrays = [
            value if isinstance(value, pa.Array) else pa.array(value, field.type)
            for field, value in ((field, columns[field.name]) for field in c.spool_schema())
        ]
        return pa.Table.from_arrays(arrays, schema=c.spool_schema()), footprints

    def _rest(self, row: int, footprints: Footprints) -> bytes:
        rest, verbatim = self._rests[row], self._verbatim[row]
        covered = footprints.geometries[row] is not None
        if verbatim is not None and (rest is None or covered):
            # Not what an item must be: kept word for word, in a list to tell it apart.
            return verbatim
        assert rest is not None
        back = []
        geometry, box = self._geometries[row], self._boxes[row]
        if geometry is not None and not footprints.exact[row]:
            back.append(b'"geometry":' + geometry.encode())
        if verbatim is None and not _same_box(box, footprints.bounds[row].tolist()):
            back.append(b'"bbox":' + _io.dumps(box))
        # There are always properties before them.
        return rest[:-1] + b"," + b",".join(back) + b"}" if back else rest

    @staticmethod
    def _covering(footprints: Footprints) -> pa.Array:
        nowhere = np.isnan(footprints.bounds[:, 0])
        sides = [pa.array(footprints.bounds[:, side], mask=nowhere) for side in range(4)]
        return pa.StructArray.from_arrays(sides, fields=list(c.BBOX), mask=pa.array(nowhere))

    def _head(self, item: dict[str, Any], rest: dict[str, Any]) -> None:
        for name in ("id", "collection", "stac_version"):
            value = item.get(name)
            if isinstance(value, str):
                del rest[name]
                self._columns[name].append(value)
            else:
                self._columns[name].append(None)
        self._columns["stac_extensions"].append(_take_strings(rest, "stac_extensions"))

    def _properties(self, left: dict[str, Any]) -> None:
        columns = self._columns
        for name in c.TEXTS:
            value = left.get(name)
            columns[name].append(left.pop(name) if isinstance(value, str) else None)
        for name in c.TIMES:
            value = left.get(name)
            moment = times.parse(value)
            columns[name].append(moment)
            if moment is not None and times.exact(left[name], moment):
                del left[name]
        for name in c.TEXT_LISTS:
            columns[name].append(_take_strings(left, name))
        for name in c.FLAGS:
            columns[name].append(left.pop(name) if isinstance(left.get(name), bool) else None)
        for name in c.INTEGERS:
            value = left.get(name)
            whole = type(value) is int and value in _INT64
            columns[name].append(left.pop(name) if whole else None)
        for name in c.NUMBERS:
            columns[name].append(_take_number(left, name))
        for name in c.JSON_TEXTS:
            columns[name].append(_io.dumps(left.pop(name)).decode() if name in left else None)

    def _add_links(self, rest: dict[str, Any]) -> None:
        links = rest.get("links")
        if not isinstance(links, list):
            self._links.skip()
            return
        readable = [link for link in links if isinstance(link, dict)]
        for link in readable:
            values = self._links.values
            for name in _LINK_KEYS:
                value = link.get(name)
                values[name].append(value if isinstance(value, str) else None)
        self._links.close()
        if len(readable) == len(links) and all(_plain_link(link) for link in links):
            del rest["links"]

    def _add_assets(self, assets: dict[str, Any]) -> dict[str, Any]:
        left_over = {}
        values = self._assets.values
        for key, asset in assets.items():
            if not isinstance(asset, dict):
                left_over[key] = asset
                continue
            left = dict(asset)
            values["key"].append(key)
            for name in c.ASSET_TEXTS:
                value = left.get(name)
                values[name].append(left.pop(name) if isinstance(value, str) else None)
            values["roles"].append(_take_strings(left, "roles"))
            left_over[key] = left
        self._assets.close()
        return left_over


class _Nested:
    """A column of lists of structs, kept as flat columns and offsets (a tenth of the time)."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.values: dict[str, list[Any]] = {name: [] for name in names}
        self._first = self.values[names[0]]
        self._offsets = [0]
        self._missing: list[bool] = []

    def close(self) -> None:
        self._offsets.append(len(self._first))
        self._missing.append(False)

    def skip(self) -> None:
        self._offsets.append(len(self._first))
        self._missing.append(True)

    def array(self, kind: pa.DataType) -> pa.Array:
        fields = list(kind.value_type)
        flat = [pa.array(self.values[field.name], field.type) for field in fields]
        structs = pa.StructArray.from_arrays(flat, fields=fields)
        mask = pa.array(self._missing, pa.bool_())
        offsets = pa.array(self._offsets, pa.int32())
        return pa.ListArray.from_arrays(offsets, structs, type=kind, mask=mask)


def _regular(item: dict[str, Any]) -> bool:
    return (
        item.get("type") == "Feature"
        and isinstance(item.get("properties"), dict)
        and isinstance(item.get("assets", {}), dict)
    )


def _same_box(given: Any, bounds: list[float]) -> bool:
    # Texts, because 0.0 equals -0.0 and 1 equals 1.0.
    return isinstance(given, list) and given == bounds and repr(given) == repr(bounds)


def _plain_link(link: dict[str, Any]) -> bool:
    return link.keys() <= _LINK_KEYS and all(isinstance(value, str) for value in link.values())


def _take_strings(members: dict[str, Any], name: str) -> list[str] | None:
    value = members.get(name)
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        del members[name]
        return value
    return None


def _take_number(members: dict[str, Any], name: str) -> float | None:
    value = members.get(name)
    if isinstance(value, float):
        return float(members.pop(name))
    # A whole number stays in the remainder: 10 and 10.0 are different JSON.
    return float(value) if type(value) is int and value in _INT64 else None
