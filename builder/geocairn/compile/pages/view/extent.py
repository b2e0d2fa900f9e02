"""Where and when a model is valid, as drawings: a map in degrees and a bar on a line of years."""

from __future__ import annotations

import re
from typing import Any

from geocairn.compile.pages.view.values import number, record, rounded, text

__all__ = ["footprint", "period"]

_MOST_POINTS = 600
_SMALL = 12
_YEAR = re.compile(r"(\d{4})-(\d\d)-(\d\d)").match
# What stands for "open" where STAC wants a time.
_FIRST, _LAST = 1901, 9000
_AXIS = (1970, 2030)
_AXIS_WIDTH = 720
Points = list[list[float]]


def footprint(item: dict[str, Any]) -> dict[str, Any] | None:
    """The footprint on a map of the world, 360 by 180 degrees from the upper left corner."""
    rings = _rings(item.get("geometry"))
    boxes = [_box(ring) for ring in rings]
    if not rings or sum(len(ring) for ring in rings) > _MOST_POINTS:
        given = _boxes(item.get("bbox"))
        if given or not rings:
            boxes = given
            rings = [_corners(*box) for box in boxes]
    if not rings:
        return None
    west, south = min(box[0] for box in boxes), min(box[1] for box in boxes)
    east, north = max(box[2] for box in boxes), max(box[3] for box in boxes)
    bounds = _stated(item.get("bbox")) or [west, south, east, north]
    small = east - west < _SMALL and north - south < _SMALL
    return {
        "path": " ".join(_path(ring) for ring in rings),
        "world": west <= -179 and east >= 179 and south <= -55 and north >= 55,
        "bounds": [rounded(value, 4) for value in bounds],
        "marker": [rounded((west + east) / 2 + 180, 2), rounded(90 - (south + north) / 2, 2)]
        if small
        else None,
        "zoom": _zoom(west, south, east, north),
    }


def _zoom(west: float, south: float, east: float, north: float) -> str | None:
    """View box of a closer look, twice as wide as high; none for what is large already."""
    if east - west > 90 or north - south > 45:
        return None
    width = max(24, 3 * (east - west), 6 * (north - south))
    x = min(max(0, (west + east) / 2 + 180 - width / 2), 360 - width)
    y = min(max(0, 90 - (south + north) / 2 - width / 4), 180 - width / 2)
    return f"{rounded(x, 2)} {rounded(y, 2)} {rounded(width, 2)} {rounded(width / 2, 2)}"


def _rings(geometry: Any) -> list[Points]:
    """Outer and inner rings of polygons; nothing for other geometries."""
    kind = record(geometry).get("type")
    coordinates = record(geometry).get("coordinates")
    if kind == "Polygon":
        polygons = [coordinates]
    elif kind == "MultiPolygon" and isinstance(coordinates, list):
        polygons = coordinates
    else:
        return []
    found = []
    for polygon in polygons:
        for ring in polygon if isinstance(polygon, list) else []:
            points = _points(ring)
            if points is None:
                return []
            found.append(points)
    return found


def _points(ring: Any) -> Points | None:
    points = []
    for point in ring if isinstance(ring, list) else []:
        if not isinstance(point, list) or len(point) < 2:
            return None
        x, y = number(point[0]), number(point[1])
        if x is None or y is None or not (-360 <= x <= 360 and -90 <= y <= 90):
            return None
        points.append([x, y])
    return points if len(points) >= 3 else None


def _stated(box: Any) -> list[float] | None:
    values = [number(value) for value in box] if isinstance(box, list) else []
    if len(values) == 6:
        values = [values[0], values[1], values[3], values[4]]
    known = [value for value in values if value is not None]
    fits = len(known) == len(values) == 4 and -90 <= known[1] <= known[3] <= 90
    return known if fits and abs(known[0]) <= 360 and abs(known[2]) <= 360 else None


def _boxes(box: Any) -> list[list[float]]:
    stated = _stated(box)
    if stated is None:
        return []
    west, south, east, north = stated
    if west > east:  # across the antimeridian
        return [[west, south, 180, north], [-180, south, east, north]]
    return [stated]


def _corners(west: float, south: float, east: float, north: float) -> Points:
    return [[west, north], [east, north], [east, south], [west, south]]


def _box(ring: Points) -> list[float]:
    xs, ys = [point[0] for point in ring], [point[1] for point in ring]
    return [min(xs), min(ys), max(xs), max(ys)]


def _path(ring: Points) -> str:
    points = (f"{rounded(x + 180, 2)},{rounded(90 - y, 2)}" for x, y in ring)
    return f"M{'L'.join(points)}Z"


def period(properties: dict[str, Any]) -> dict[str, Any] | None:
    """The time a model is valid for, and its place on a line of years."""
    moment = text(properties.get("datetime"))
    start = moment or text(properties.get("start_datetime"))
    end = moment or text(properties.get("end_datetime"))
    first, last = _decimal(start), _decimal(end)
    if first is None and last is None:
        return None
    low = min(_AXIS[0], *(int(year // 10) * 10 for year in (first, last) if year is not None))
    high = max(_AXIS[1], *(-int(-year // 10) * 10 for year in (first, last) if year is not None))
    step = 10 if high - low <= 100 else 50 if high - low <= 500 else 1000
    scale = _AXIS_WIDTH / (high - low)
    x = 0 if first is None else rounded((first - low) * scale)
    until = _AXIS_WIDTH if last is None else rounded((last - low) * scale)
    return {
        "moment": moment is not None,
        "start": start if first is not None else None,
        "end": end if last is not None else None,
        "x": x,
        "width": rounded(max(6, until - x)),
        "axis": _AXIS_WIDTH,
        "ticks": [
            {"x": rounded((year - low) * scale), "year": str(year)}
            for year in range(low, high + 1, step)
        ],
    }


def _decimal(moment: str | None) -> float | None:
    """A time as a decimal year; None where it is none, or stands for an open end."""
    found = _YEAR(moment or "")
    if not found:
        return None
    year, month, day = (int(part) for part in found.groups())
    if not (_FIRST <= year <= _LAST and 1 <= month <= 12 and 1 <= day <= 31):
        return None
    return year + (month - 1 + (day - 1) / 31) / 12
