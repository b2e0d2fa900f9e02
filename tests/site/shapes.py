"""Random geometries in pairs, and what shapely says of them; the same every time."""

from __future__ import annotations

import json
import math
import random
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

PREDICATES = {
    "s_intersects": shapely.intersects,
    "s_disjoint": shapely.disjoint,
    "s_within": shapely.within,
    "s_contains": shapely.contains,
    "s_equals": shapely.equals,
    "s_touches": shapely.touches,
    "s_crosses": shapely.crosses,
    "s_overlaps": shapely.overlaps,
}
_GRID = 8


def pairs(count: int, *, seed: int) -> list[dict[str, Any]]:
    """Valid geometries in pairs, with every predicate and the area that they share.

    Half of them have whole coordinates of a small grid, so that outlines often touch or run
    along each other; the others are anywhere.
    """
    rng = random.Random(seed)
    found = []
    while len(found) < count:
        on_grid = len(found) % 2 == 0
        a, b = _geometry(rng, on_grid=on_grid), _geometry(rng, on_grid=on_grid)
        if not _usable(a, b):
            continue
        found.append(
            {
                "a": _geojson(a),
                "b": _geojson(b),
                "holds": {name: bool(holds(a, b)) for name, holds in PREDICATES.items()},
                "area": a.area,
                "common": a.intersection(b).area,
            }
        )
    return found


def footprints(count: int, *, seed: int) -> list[dict[str, Any]]:
    """Footprints as the index has them, areas that are asked for, and whether the two meet.

    ``box`` is the footprint's, as 32-bit floats rounded outward; ``shaped`` tells whether it is
    more than that. Some areas are boxes, of which some cross the antimeridian.
    """
    rng = random.Random(seed)
    found = []
    while len(found) < count:
        footprint = _box(rng) if rng.random() < 0.6 else _geometry(rng, on_grid=False)
        asked: dict[str, Any]
        if rng.random() < 0.7:
            w, s, e, n = _bbox(rng, footprint)
            asked = {"bbox": [w, s, e, n]}
            boxes = [(w, s, e, n)] if w <= e else [(w, s, 180.0, n), (-180.0, s, e, n)]
            area = shapely.union_all([shapely.box(*box) for box in boxes])
        else:
            area = _geometry(rng, on_grid=False)
            asked = _geojson(area)
        if not _usable(footprint, area):
            continue
        shaped = not footprint.equals(shapely.box(*footprint.bounds))
        found.append(
            {
                "box": _outward(footprint.bounds),
                "shaped": shaped,
                "asked": asked,
                "holds": {name: bool(holds(footprint, area)) for name, holds in PREDICATES.items()},
            }
        )
    return found


def _usable(*geometries: BaseGeometry) -> bool:
    return all(geometry.is_valid and not geometry.is_empty for geometry in geometries)


def _geojson(geometry: BaseGeometry) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(shapely.to_geojson(geometry))
    return found


def _outward(bounds: tuple[float, ...]) -> list[float]:
    found = []
    for side, value in enumerate(bounds):
        near = np.float32(value)
        short = float(near) > value if side < 2 else float(near) < value
        way = np.float32(-np.inf if side < 2 else np.inf)
        found.append(float(np.nextafter(near, way) if short else near))
    return found


def _bbox(rng: random.Random, footprint: BaseGeometry) -> tuple[float, float, float, float]:
    """A box that often has an edge in common with a footprint, or crosses the antimeridian."""
    west, south, east, north = footprint.bounds
    w = rng.choice([west, east, rng.uniform(-10, 10)])
    e = rng.choice([east, w + rng.uniform(0, 8), rng.uniform(-10, 10)])
    s = rng.choice([south, north, rng.uniform(-10, 10)])
    n = rng.choice([north, s + rng.uniform(0, 8)])
    if rng.random() < 0.2:
        w, e = rng.uniform(-5, 180), rng.uniform(-180, 5)
    return w, min(s, n), e, max(s, n)


def _box(rng: random.Random) -> BaseGeometry:
    w, s = rng.uniform(-10, 10), rng.uniform(-10, 10)
    return shapely.box(w, s, w + rng.uniform(0.01, 9), s + rng.uniform(0.01, 9))


def _geometry(rng: random.Random, *, on_grid: bool) -> BaseGeometry:
    kind = rng.choice(["box", "star", "star", "hole", "parts", "halves", "line", "lines", "points"])
    if kind == "box":
        return _star(rng, on_grid=on_grid).envelope
    if kind == "hole":
        shell, hole = shapely.box(-10, -10, 10, 10), _star(rng, on_grid=on_grid)
        return shapely.Polygon(shell.exterior, [hole.exterior])
    if kind == "parts":
        return shapely.MultiPolygon(_polygons(rng, on_grid=on_grid))
    if kind == "halves":  # as a footprint across the antimeridian is written
        south, north = sorted((_number(rng, on_grid=on_grid), _number(rng, on_grid=on_grid)))
        halves = [
            shapely.box(179, south, 180, north + 1),
            shapely.box(-180, south, -179, north + 1),
        ]
        return shapely.MultiPolygon(halves)
    if kind == "line":
        return shapely.LineString([_position(rng, on_grid=on_grid) for _ in range(3)])
    if kind == "lines":
        ends = [[_position(rng, on_grid=on_grid) for _ in range(2)] for _ in range(2)]
        return shapely.MultiLineString(ends)
    if kind == "points":
        return shapely.MultiPoint([_position(rng, on_grid=on_grid) for _ in range(3)])
    return _star(rng, on_grid=on_grid)


def _polygons(rng: random.Random, *, on_grid: bool) -> list[BaseGeometry]:
    one, other = _star(rng, on_grid=on_grid), _star(rng, on_grid=on_grid)
    return [one, shapely.affinity.translate(other, xoff=_GRID)] if on_grid else [one]


def _star(rng: random.Random, *, on_grid: bool) -> BaseGeometry:
    """A polygon around a point, its corners in order of their bearing."""
    corners = [_position(rng, on_grid=on_grid) for _ in range(rng.randint(3, 7))]
    x = sum(corner[0] for corner in corners) / len(corners)
    y = sum(corner[1] for corner in corners) / len(corners)
    corners.sort(key=lambda corner: math.atan2(corner[1] - y, corner[0] - x))
    return shapely.Polygon(corners)


def _position(rng: random.Random, *, on_grid: bool) -> tuple[float, float]:
    return _number(rng, on_grid=on_grid), _number(rng, on_grid=on_grid)


def _number(rng: random.Random, *, on_grid: bool) -> float:
    return float(rng.randint(0, _GRID)) if on_grid else rng.uniform(-10, 10)
