"""Turning the outlines of buildings square.

Every edge is laid into the nearest of two directions, the main one of the outline and the one at
right angles to it, and neighbours are joined where their lines cross. The main direction is the
mean of the edges' directions modulo a right angle, weighted by length: angles are multiplied by
four, so that right angles become full turns, and the resulting vectors are added up.
"""

from __future__ import annotations

import math

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["main_direction", "squared"]

_SAME_ENOUGH = 0.7
"""Least intersection over union with the original for a squared outline to be taken."""


def main_direction(ring: NDArray[np.float64]) -> float:
    """Main direction of a closed ring, in radians from -pi/4 to pi/4.

    Args:
        ring: float64 (n, 2), the last point equal to the first, in metres.
    """
    steps = np.diff(ring, axis=0)
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    angles = 4 * np.arctan2(steps[:, 1], steps[:, 0])
    return math.atan2((lengths * np.sin(angles)).sum(), (lengths * np.cos(angles)).sum()) / 4


def squared(polygon: shapely.Polygon, *, tolerance: float) -> shapely.Polygon:
    """Square a polygon.

    Args:
        polygon: In metres, or another unit that is the same in both directions.
        tolerance: Edges that lie closer than this to their parallel neighbour are joined to it.

    Returns:
        The squared polygon, or the one given where squaring would spoil it: where the result is
        no valid polygon, or has less than 0.7 of intersection over union with it.
    """
    turn = main_direction(shapely.get_coordinates(polygon.exterior))
    rings = [
        _square_ring(shapely.get_coordinates(ring), turn, tolerance)
        for ring in (polygon.exterior, *polygon.interiors)
    ]
    if rings[0] is None:
        return polygon
    try:
        result = shapely.Polygon(rings[0], [ring for ring in rings[1:] if ring is not None])
    except ValueError:
        return polygon
    if not result.is_valid or result.is_empty:
        return polygon
    union = result.union(polygon).area
    return result if result.intersection(polygon).area >= _SAME_ENOUGH * union else polygon


def _square_ring(
    ring: NDArray[np.float64], turn: float, tolerance: float
) -> NDArray[np.float64] | None:
    cosine, sine = math.cos(turn), math.sin(turn)
    matrix = np.array([[cosine, -sine], [sine, cosine]])
    upright = ring @ matrix  # Turned by -turn: edges of the main direction lie along x.
    runs = _merged(_runs(upright), tolerance)
    if len(runs) < 4 or len(runs) % 2:
        return None
    corners = []
    for (flat, place, _), (_, following, _) in zip(runs, [*runs[1:], runs[0]], strict=True):
        corners.append((following, place) if flat else (place, following))
    turned: NDArray[np.float64] = np.array([*corners, corners[0]]) @ matrix.T
    return turned


def _runs(ring: NDArray[np.float64]) -> list[tuple[bool, float, float]]:
    """Edges as lines: whether along x, where on the other axis, and with what length."""
    steps, middles = np.diff(ring, axis=0), (ring[1:] + ring[:-1]) / 2
    found: list[tuple[bool, float, float]] = []
    for (dx, dy), (x, y) in zip(steps.tolist(), middles.tolist(), strict=True):
        flat = abs(dx) >= abs(dy)
        length = math.hypot(dx, dy)
        if length:
            found.append((flat, y if flat else x, length))
    return _joined(found)


def _joined(runs: list[tuple[bool, float, float]]) -> list[tuple[bool, float, float]]:
    """Join neighbours of one direction into their mean, weighted by length."""
    joined: list[tuple[bool, float, float]] = []
    for run in runs:
        if joined and joined[-1][0] == run[0]:
            joined[-1] = _mean(joined[-1], run)
        else:
            joined.append(run)
    if len(joined) > 1 and joined[0][0] == joined[-1][0]:
        joined[0] = _mean(joined[0], joined.pop())
    return joined


def _mean(
    one: tuple[bool, float, float], other: tuple[bool, float, float]
) -> tuple[bool, float, float]:
    total = one[2] + other[2]
    return one[0], (one[1] * one[2] + other[1] * other[2]) / total, total


def _merged(
    runs: list[tuple[bool, float, float]], tolerance: float
) -> list[tuple[bool, float, float]]:
    """Take out the smallest step between two parallel lines, again and again."""
    while len(runs) > 4:
        steps = [
            abs(runs[index - 1][1] - runs[(index + 1) % len(runs)][1]) for index in range(len(runs))
        ]
        least = min(range(len(runs)), key=steps.__getitem__)
        if steps[least] >= tolerance:
            break
        before, after = (least - 1) % len(runs), (least + 1) % len(runs)
        runs[before] = _mean(runs[before], runs[after])
        runs = [run for index, run in enumerate(runs) if index not in (least, after)]
    return runs
