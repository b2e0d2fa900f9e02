"""The outline of the land as a drawing that every map refers to."""

from __future__ import annotations

import json
from pathlib import Path

from geocairn import _io

__all__ = ["land_file", "outlines"]

_PRECISION = 10
_HALF = 18000


def land_file(path: Path) -> tuple[str, bytes]:
    """File name and bytes of the drawing, 360 by 180 degrees from the upper left corner.

    Args:
        path: Rings of longitude and latitude in hundredths of a degree, as Node bundled them.
    """
    outline = "".join(_steps(line) for line in outlines(path))
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 180">'
        f'<path id="land" d="{outline}"/></svg>\n'
    ).encode()
    return f"land-{_io.digest(svg)[:8].upper()}.svg", svg


def outlines(path: Path) -> list[list[tuple[int, int]]]:
    """Closed lines around the land, in hundredths of a degree; some go on beyond the map's edge.

    A ring across the antimeridian comes once more from the other side.

    Args:
        path: See `land_file`.
    """
    return [line for ring in json.loads(path.read_bytes()) for line in _unwrapped(ring)]


def _unwrapped(ring: list[int]) -> list[list[tuple[int, int]]]:
    points, turns, before = [], 0, ring[0]
    for x, y in zip(ring[::2], ring[1::2], strict=True):
        turns += (before - x > _HALF) - (x - before > _HALF)
        points.append((x + turns * 2 * _HALF, y))
        before = x
    drawn = [points]
    if turns == 0 and min(x for x, _ in points) < -_HALF:
        drawn.append([(x + 2 * _HALF, y) for x, y in points])
    if turns == 0 and max(x for x, _ in points) > _HALF:
        drawn.append([(x - 2 * _HALF, y) for x, y in points])
    return drawn


def _steps(points: list[tuple[int, int]]) -> str:
    """A line in tenths of a degree, each point relative to the one before: half the length."""
    tenths = [
        (round((x + _HALF) / _PRECISION), round((_HALF // 2 - y) / _PRECISION)) for x, y in points
    ]
    path, before = [f"M{_tenths(tenths[0][0])} {_tenths(tenths[0][1])}l"], tenths[0]
    for point in tenths[1:]:
        step = point[0] - before[0], point[1] - before[1]
        if step != (0, 0):
            path.append(f"{_tenths(step[0])},{_tenths(step[1])} ")
            before = point
    return "".join(path).rstrip() + "z"


def _tenths(value: int) -> str:
    return f"{value / 10:g}"
