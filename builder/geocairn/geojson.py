"""Boxes and GeoJSON geometries, as a search writes them: longitude and latitude in degrees."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from geocairn import _io
from geocairn.errors import QueryError

__all__ = ["Box", "boxes", "parse_bbox", "parse_geometry"]

Box = tuple[float, float, float, float]
"""West, south, east, north; west beyond east crosses the antimeridian."""

_BBOX = "Write west,south,east,north in degrees, longitudes -180 to 180, latitudes -90 to 90."
_GEOMETRY = "Give a GeoJSON geometry or feature (RFC 7946) in longitude and latitude."
_SPLIT = "Split a geometry that crosses the antimeridian into two parts (RFC 7946, 3.1.9)."
_DEPTHS = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
_MAX_NESTING = 10


def parse_bbox(value: Any) -> Box:
    """Read a box of four or six numbers; of six, the heights are left aside.

    Args:
        value: ``"w,s,e,n"`` or an iterable of numbers.

    Raises:
        QueryError: When no place on Earth can be meant.
    """
    try:
        parts: list[Any] = value.split(",") if isinstance(value, str) else list(value)
        numbers = [float(part) for part in parts]
    except (TypeError, ValueError):
        raise QueryError(f"bbox is not numbers: {value!r}", remedy=_BBOX) from None
    if len(numbers) == 6:
        numbers = numbers[:2] + numbers[3:5]
    if len(numbers) != 4:
        raise QueryError(f"bbox has {len(numbers)} numbers, not 4 or 6: {value!r}", remedy=_BBOX)
    west, south, east, north = numbers
    for name, number, limit in (
        ("west", west, 180),
        ("south", south, 90),
        ("east", east, 180),
        ("north", north, 90),
    ):
        if not -limit <= number <= limit:  # NaN too
            raise QueryError(f"bbox {name} is {number}, beyond ±{limit}: {value!r}", remedy=_BBOX)
    if south > north:
        raise QueryError(
            f"bbox south {south} is north of {north}: {value!r}",
            remedy="Swap the latitudes; the order is west,south,east,north.",
        )
    return west, south, east, north


def boxes(box: Box) -> tuple[Box, ...]:
    """The box as one planar box, or as two where it crosses the antimeridian."""
    west, south, east, north = box
    if west <= east:
        return (box,)
    return (west, south, 180.0, north), (-180.0, south, east, north)


def parse_geometry(value: Any) -> dict[str, Any]:
    """Read a geometry: GeoJSON as text or mapping, or an object with ``__geo_interface__``.

    A Feature gives its geometry; a FeatureCollection a GeometryCollection.

    Returns:
        The GeoJSON geometry, its coordinates as lists of two floats (heights are left aside).

    Raises:
        QueryError: When it is no geometry with a place on Earth.
    """
    if hasattr(value, "__geo_interface__"):
        value = value.__geo_interface__
    if isinstance(value, (str, bytes)):
        data = value.encode() if isinstance(value, str) else value
        value = _io.loads(data, where="intersects")
    return _geometry(value, nesting=0)


def _geometry(value: Any, *, nesting: int) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise QueryError(f"not a geometry: {_short(value)}", remedy=_GEOMETRY)
    if nesting > _MAX_NESTING:
        raise QueryError("geometry collections are nested too deeply", remedy=_GEOMETRY)
    kind = value.get("type")
    if kind == "Feature":
        return _geometry(value.get("geometry"), nesting=nesting + 1)
    if kind in ("FeatureCollection", "GeometryCollection"):
        parts = value.get("features" if kind == "FeatureCollection" else "geometries")
        if not isinstance(parts, Iterable) or isinstance(parts, (str, Mapping)) or not parts:
            raise QueryError(f"{kind} has no parts", remedy=_GEOMETRY)
        geometries = [_geometry(part, nesting=nesting + 1) for part in parts]
        return {"type": "GeometryCollection", "geometries": geometries}
    if not isinstance(kind, str) or kind not in _DEPTHS:
        raise QueryError(f"unknown geometry type {_short(kind)}", remedy=_GEOMETRY)
    coordinates = _nest(value.get("coordinates"), depth=_DEPTHS[kind])
    _check_counts(kind, coordinates)
    return {"type": kind, "coordinates": coordinates}


def _nest(value: Any, *, depth: int) -> list[Any]:
    if not isinstance(value, (list, tuple)) or not value:
        raise QueryError(f"geometry has no coordinates: {_short(value)}", remedy=_GEOMETRY)
    if depth:
        return [_nest(part, depth=depth - 1) for part in value]
    if len(value) < 2 or not all(
        isinstance(number, (int, float)) and not isinstance(number, bool) for number in value
    ):
        raise QueryError(f"not a position: {_short(value)}", remedy=_GEOMETRY)
    longitude, latitude = value[0], value[1]
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        swapped = -90 <= longitude <= 90 and math.isfinite(latitude) and -180 <= latitude <= 180
        raise QueryError(
            f"position {_short(list(value))} is beyond ±180, ±90",
            remedy="Swap latitude and longitude." if swapped else _SPLIT,
        )
    return [float(longitude), float(latitude)]


def _check_counts(kind: str, coordinates: list[Any]) -> None:
    lines = {"LineString": [coordinates], "MultiLineString": coordinates}.get(kind, [])
    for line in lines:
        if len(line) < 2:
            raise QueryError("a line needs two positions", remedy=_GEOMETRY)
    if kind == "Polygon":
        rings = coordinates
    elif kind == "MultiPolygon":
        rings = [ring for polygon in coordinates for ring in polygon]
    else:
        rings = []
    for ring in rings:
        if len(ring) < 4 or ring[0] != ring[-1]:
            raise QueryError(
                f"a ring of {len(ring)} positions is not closed",
                remedy="Repeat the first position at the end; a ring has four or more.",
            )


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
