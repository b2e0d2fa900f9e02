"""Overlapping windows over a raster, and weights that blend them without seams.

The windows are the product of two rows of intervals, one along each axis. So are their weights:
each interval's weights rise linearly over the overlap with the one before and fall over that
with the next, and at every place those of all intervals sum to one (a partition of unity). A sum
over windows, each multiplied by its weights, is therefore the blended result: nothing has to be
divided in the end, and where only one window lies its values pass unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Grid", "Interval", "intervals"]


@dataclass(frozen=True, slots=True)
class Interval:
    """One window's extent along one axis.

    Attributes:
        start: First pixel.
        weights: float32 (length,), the share of this window in the blended result.
    """

    start: int
    weights: NDArray[np.float32]

    @property
    def stop(self) -> int:
        """The pixel after the last."""
        return self.start + len(self.weights)


def intervals(length: int, *, tile: int, overlap: int) -> tuple[Interval, ...]:
    """Cover an axis.

    Args:
        length: Pixels of the axis.
        tile: Pixels of an interval; where the axis is shorter there is one of its length.
        overlap: Pixels that neighbours share at least. The last interval ends with the axis, so
            it may share more.

    Raises:
        ValueError: Unless ``0 <= overlap < tile`` and ``length > 0``.
    """
    if length < 1 or not 0 <= overlap < tile:
        raise ValueError(f"cannot cover {length} pixels by {tile} with an overlap of {overlap}")
    if length <= tile:
        return (Interval(0, np.ones(length, np.float32)),)
    starts = [*range(0, length - tile, tile - overlap), length - tile]
    raw = [np.ones(tile, np.float64) for _ in starts]
    for index in range(len(starts) - 1):
        shared = starts[index] + tile - starts[index + 1]
        ramp = (np.arange(shared) + 0.5) / shared if shared else np.empty(0)
        raw[index + 1][:shared] *= ramp
        raw[index][tile - shared :] *= 1 - ramp
    total = np.zeros(length)
    for start, weights in zip(starts, raw, strict=True):
        total[start : start + tile] += weights
    return tuple(
        Interval(start, (weights / total[start : start + tile]).astype(np.float32))
        for start, weights in zip(starts, raw, strict=True)
    )


@dataclass(frozen=True, slots=True)
class Grid:
    """Windows over a raster, row by row.

    Attributes:
        rows: Intervals along y.
        columns: Intervals along x.
    """

    rows: tuple[Interval, ...]
    columns: tuple[Interval, ...]

    @classmethod
    def over(cls, height: int, width: int, *, tile: tuple[int, int], overlap: int) -> Grid:
        """Cover a raster of `height` by `width` pixels; see `intervals`.

        Args:
            height: Of the raster, in pixels.
            width: Of the raster, in pixels.
            tile: Height and width of a window.
            overlap: Pixels that neighbours share at least.
        """
        return cls(
            intervals(height, tile=tile[0], overlap=overlap),
            intervals(width, tile=tile[1], overlap=overlap),
        )

    def __len__(self) -> int:
        return len(self.rows) * len(self.columns)

    def __iter__(self) -> Iterator[tuple[Interval, Interval]]:
        return ((row, column) for row in self.rows for column in self.columns)

    def complete(self, index: int) -> int:
        """Rows of pixels, from the top, that no row of windows after `index` touches."""
        return self.rows[index + 1].start if index + 1 < len(self.rows) else self.rows[-1].stop
