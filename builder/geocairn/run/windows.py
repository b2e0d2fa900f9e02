"""Overlapping windows over a raster, and weights that blend them without seams.

The windows are the product of two rows of intervals, one along each axis. So are their weights:
each interval's weights rise over the overlap with the one before and fall over that with the next,
and at every place those of all intervals sum to one (a partition of unity). A sum over windows,
each multiplied by its weights, is therefore the blended result: nothing has to be divided in the
end, and where only one window lies its values pass unchanged.

What a network gives near the edge of a window, where it does not see what lies around, is the
worst of the window. So the outer quarter of an overlap weighs nothing, and between the quarters
the weights follow half a wave of a cosine.
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


def intervals(length: int, *, tile: int, overlap: int, multiple: int = 1) -> tuple[Interval, ...]:
    """Cover an axis.

    Args:
        length: Pixels of the axis.
        tile: Pixels of an interval; where the axis is shorter there is one of its length.
        overlap: Pixels that neighbours share at least. The last interval ends with the axis, so
            it may share more.
        multiple: Of what every start is a multiple; the steps ``tile - overlap`` must be one. A
            network that halves its input five times gives the same at two places only if they are
            a multiple of 32 apart. Where the axis ends between two such places, the last interval
            is shorter than the others.

    Raises:
        ValueError: Unless ``length > 0``, ``overlap >= 0`` and, where one interval is not enough,
            ``overlap < tile`` and the steps are multiples.
    """
    step = tile - overlap
    if 0 < length <= tile and overlap >= 0:
        return (Interval(0, np.ones(length, np.float32)),)
    if length < 1 or not 0 < step <= tile or step % multiple:
        raise ValueError(
            f"cannot cover {length} pixels by {tile} with an overlap of {overlap} in multiples "
            f"of {multiple}"
        )
    last = -(-(length - tile) // multiple) * multiple
    starts = [*range(0, last, step), last]
    raw = [np.ones(min(tile, length - start), np.float64) for start in starts]
    for index in range(len(starts) - 1):
        shared = starts[index] + len(raw[index]) - starts[index + 1]
        rising = _rising(shared)
        raw[index + 1][:shared] *= rising
        raw[index][len(raw[index]) - shared :] *= 1 - rising
    total = np.zeros(length)
    for start, weights in zip(starts, raw, strict=True):
        total[start : start + tile] += weights
    return tuple(
        Interval(start, (weights / total[start : start + tile]).astype(np.float32))
        for start, weights in zip(starts, raw, strict=True)
    )


def _rising(shared: int) -> NDArray[np.float64]:
    """Weights of the second of two intervals over what they share; the first has the rest."""
    places = (np.arange(shared) + 0.5) / max(shared, 1)
    within = np.clip(2 * places - 0.5, 0, 1)
    weights: NDArray[np.float64] = 0.5 - 0.5 * np.cos(np.pi * within)
    return weights


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
    def over(
        cls,
        height: int,
        width: int,
        *,
        tile: tuple[int, int],
        overlap: int,
        multiple: tuple[int, int] = (1, 1),
    ) -> Grid:
        """Cover a raster of `height` by `width` pixels; see `intervals`.

        Args:
            height: Of the raster, in pixels.
            width: Of the raster, in pixels.
            tile: Height and width of a window.
            overlap: Pixels that neighbours share at least.
            multiple: Of what the starts are multiples, down and across.
        """
        return cls(
            intervals(height, tile=tile[0], overlap=overlap, multiple=multiple[0]),
            intervals(width, tile=tile[1], overlap=overlap, multiple=multiple[1]),
        )

    def __len__(self) -> int:
        return len(self.rows) * len(self.columns)

    def __iter__(self) -> Iterator[tuple[Interval, Interval]]:
        return ((row, column) for row in self.rows for column in self.columns)

    def complete(self, index: int) -> int:
        """Rows of pixels, from the top, that no row of windows after `index` touches."""
        return self.rows[index + 1].start if index + 1 < len(self.rows) else self.rows[-1].stop
