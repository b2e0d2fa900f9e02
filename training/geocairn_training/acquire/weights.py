"""Weights of pixels that make the gap between neighbours count."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geocairn_training.data.pairs import Grid

__all__ = ["REACH", "STRENGTH", "separating"]

STRENGTH = 10.0
REACH = 3.0
"""Distances beyond so many sigmas add next to nothing: at most ``STRENGTH * exp(-4.5)``, 0.11."""

_Weights = npt.NDArray[np.float32]


def separating(shapes: Sequence[BaseGeometry], grid: Grid, *, sigma: float) -> _Weights:
    """Weights that grow where two buildings come near one another.

    ``1 + STRENGTH * exp(-(d1 + d2)^2 / (2 sigma^2))`` with the distances to the nearest and the
    second nearest building, as in equation 2 of Ronneberger, Fischer and Brox (2015),
    https://arxiv.org/abs/1505.04597, without its part that balances classes. The polygons
    themselves are measured, not the mask, so that buildings that touch are still two.

    Args:
        shapes: Footprints in the CRS of the grid; those up to ``REACH * sigma`` outside count.
        grid: Of the chip, with north up.
        sigma: In metres.

    Returns:
        float32 (h, w), 1 and more.
    """
    height, width = grid.height, grid.width
    wide, high = grid.ground
    across, down = wide / width, high / height
    inverse = ~grid.transform

    def on_ground(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Metres to the right of and below the chip's upper left corner."""
        x, y = points[:, 0], points[:, 1]
        columns = inverse.a * x + inverse.b * y + inverse.c
        rows = inverse.d * x + inverse.e * y + inverse.f
        return np.column_stack([columns * across, rows * down])

    nearest = np.full((height, width), np.inf)
    second = nearest.copy()
    reach = REACH * sigma
    for shape in shapely.transform(np.array(shapes, dtype=object), on_ground):
        left, top, right, bottom = shape.bounds
        rows = _range(top - reach, bottom + reach, down, height)
        columns = _range(left - reach, right + reach, across, width)
        if not rows.size or not columns.size:
            continue
        x, y = np.meshgrid((columns + 0.5) * across, (rows + 0.5) * down)
        distances = shapely.distance(shape, shapely.points(x, y))
        place = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        second[place] = np.minimum(second[place], np.maximum(nearest[place], distances))
        nearest[place] = np.minimum(nearest[place], distances)
    fall = np.exp(-((nearest + second) ** 2) / (2 * sigma**2))
    weights: _Weights = (1 + STRENGTH * fall).astype(np.float32)
    return weights


def _range(low: float, high: float, step: float, count: int) -> npt.NDArray[np.int64]:
    """Pixels whose centre may lie between two places, in metres."""
    return np.arange(max(0, int(low / step)), min(count, int(high / step) + 1))
