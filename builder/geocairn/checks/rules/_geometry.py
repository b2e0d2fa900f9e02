"""Bounds of a GeoJSON geometry, and what is peculiar about it, in one walk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

__all__ = ["Footprint", "box_of", "close_rings", "footprint", "open_rings"]

_DEPTHS = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
_NUMBERS = frozenset({int, float})
_FINITE = 1e300
_MAX_NESTING = 16


@dataclass(slots=True)
class Footprint:
    """Bounds of a geometry in degrees, planar.

    Attributes:
        west, south, east, north: The bounds.
        dimensions: Numbers of the first position, 2 or 3.
        mixed: Whether positions have different numbers of coordinates.
        parts: West and east of each part (ring, line or point).
        leap: Whether an edge spans more than 180 degrees of longitude, yet not all the way.
        low, high: Least and greatest height; None without heights.
    """

    west: float
    south: float
    east: float
    north: float
    dimensions: int
    mixed: bool
    parts: list[tuple[float, float]]
    leap: bool
    low: float | None = None
    high: float | None = None

    @property
    def wraps(self) -> tuple[float, float] | None:
        """West (the greater) and east of the narrow box across the antimeridian."""
        if len(self.parts) < 2:
            return None
        western = [east for west, east in self.parts if east <= 0]
        eastern = [west for west, east in self.parts if west >= 0]
        if len(western) + len(eastern) < len(self.parts) or not western or not eastern:
            return None
        return min(eastern), max(western)

    def box(self) -> list[float]:
        """The bbox, with heights where the geometry has them.

        Its west is greater than its east where the geometry was cut at the antimeridian
        (RFC 7946, section 5.2).
        """
        west, east = self.west, self.east
        if west == -180 and east == 180 and self.wraps:
            west, east = self.wraps
        if self.low is None or self.high is None:
            return [west, self.south, east, self.north]
        return [west, self.south, self.low, east, self.north, self.high]

    def placeholder(self) -> bool:
        """Whether this is the unit square of templates, or nothing but zeros."""
        if self.west != 0 or self.south != 0:
            return False
        return (self.east, self.north) in ((0, 0), (1, 1))

    def on_earth(self) -> bool:
        """Whether all of it has longitudes up to 180 and latitudes up to 90."""
        return self.west >= -180 and self.east <= 180 and self.south >= -90 and self.north <= 90


def box_of(bbox: Any) -> tuple[float, float, float, float] | None:
    """West, south, east and north of a bbox of four or six numbers; None for anything else."""
    if not isinstance(bbox, list) or len(bbox) not in (4, 6):
        return None
    for value in bbox:
        if type(value) not in (int, float) or not -_FINITE < value < _FINITE:
            return None
    return (bbox[0], bbox[1], bbox[2], bbox[3]) if len(bbox) == 4 else (*bbox[:2], *bbox[3:5])


def footprint(geometry: Any) -> Footprint | None:
    """Walk a geometry; None where it is null, empty or no valid GeoJSON geometry."""
    lines: list[list[Any]] = []
    if not _lines(geometry, lines, 0) or not lines:
        return None
    try:
        return _measure(lines)
    except (TypeError, ValueError, IndexError, KeyError):
        return None


def _lines(geometry: Any, lines: list[list[Any]], nesting: int) -> bool:
    """Gather the geometry's lists of positions; False where it is malformed."""
    if not isinstance(geometry, dict) or nesting > _MAX_NESTING:
        return False
    kind = geometry.get("type")
    if kind == "GeometryCollection":
        members = geometry.get("geometries")
        return isinstance(members, list) and all(_lines(m, lines, nesting + 1) for m in members)
    depth = _DEPTHS.get(kind) if isinstance(kind, str) else None
    coordinates = geometry.get("coordinates")
    if depth is None or not isinstance(coordinates, list) or not coordinates:
        return False
    if depth == 0:
        lines.append([coordinates])
        return True
    level = [coordinates]
    for _ in range(depth - 1):
        level = [part for whole in level if isinstance(whole, list) for part in whole]
    lines += level
    return all(isinstance(line, list) and line for line in level)


def _measure(lines: list[list[Any]]) -> Footprint:
    parts: list[tuple[float, float]] = []
    souths: list[float] = []
    norths: list[float] = []
    sizes: set[int] = set()
    heights: list[float] = []
    leap = False
    for line in lines:
        xs = [position[0] for position in line]
        ys = [position[1] for position in line]
        # Strings, nulls and booleans among the numbers would compare without complaint.
        if not _NUMBERS.issuperset(map(type, xs)) or not _NUMBERS.issuperset(map(type, ys)):
            raise TypeError
        sizes.update(map(len, line))
        if sizes != {2}:
            heights += [position[2] for position in line if len(position) > 2]
        parts.append((min(xs), max(xs)))
        souths.append(min(ys))
        norths.append(max(ys))
        if parts[-1][1] - parts[-1][0] > 180:
            leap = leap or any(180 < abs(a - b) < 359.9 for a, b in pairwise(xs))
    west, east = min(w for w, _ in parts), max(e for _, e in parts)
    south, north = min(souths), max(norths)
    if west < -_FINITE or south < -_FINITE or east > _FINITE or north > _FINITE:
        raise ValueError
    high = len(sizes) == 1 and bool(heights)
    return Footprint(
        west=west,
        south=south,
        east=east,
        north=north,
        dimensions=3 if heights else 2,
        mixed=len(sizes) > 1,
        parts=parts,
        leap=leap,
        low=min(heights) if high else None,
        high=max(heights) if high else None,
    )


def _rings(geometry: Any) -> Iterator[tuple[tuple[str | int, ...], list[Any]]]:
    if not isinstance(geometry, dict):
        return
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if not isinstance(coordinates, list):
        return
    if kind == "Polygon":
        for index, ring in enumerate(coordinates):
            if isinstance(ring, list):
                yield ("coordinates", index), ring
    elif kind == "MultiPolygon":
        for outer, polygon in enumerate(coordinates):
            for index, ring in enumerate(polygon if isinstance(polygon, list) else ()):
                if isinstance(ring, list):
                    yield ("coordinates", outer, index), ring


def open_rings(geometry: Any) -> list[tuple[str | int, ...]]:
    """Paths, within a geometry, of rings whose last position is not their first."""
    return [path for path, ring in _rings(geometry) if len(ring) > 2 and ring[0] != ring[-1]]


def close_rings(geometry: Any) -> None:
    """Repeat the first position at the end of every ring that does not close, in place."""
    for _, ring in _rings(geometry):
        if len(ring) > 2 and ring[0] != ring[-1]:
            ring.append(list(ring[0]))
