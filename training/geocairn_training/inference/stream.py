"""The windowed run over one raster: read, predict, blend and write, in bounded memory.

What is held at a time are the windows of one batch, the next ones being read, and as many rows of
results as a window is high; a raster may be of any size.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from geocairn.run.windows import Grid, Interval
from geocairn_training.inference.predictor import Predictor
from geocairn_training.inference.raster import Reader

__all__ = ["Seconds", "Strip", "strips"]

_AHEAD = 2


@dataclass(slots=True)
class Seconds:
    """Wall time of the parts of a run; reading goes on beside the network.

    Attributes:
        reading: Reading and scaling.
        network: The network and its activation.
        blending: Weighting and adding up.
        writing: Results, polygons and pictures.
    """

    reading: float = 0.0
    network: float = 0.0
    blending: float = 0.0
    writing: float = 0.0


@dataclass(frozen=True, slots=True)
class Strip:
    """Rows of results that are done.

    Attributes:
        start: First row.
        scores: float32 (channels, rows, width), blended.
        valid: bool (rows, width), which pixels of the input hold data.
    """

    start: int
    scores: NDArray[np.float32]
    valid: NDArray[np.bool_]


class _Read(Protocol):
    def __call__(self, windows: Sequence[tuple[Interval, Interval]], /) -> _Batch: ...


@dataclass(frozen=True, slots=True)
class _Batch:
    windows: Sequence[tuple[Interval, Interval]]
    scaled: NDArray[np.float32]
    valid: tuple[NDArray[np.bool_], ...]


@dataclass(slots=True)
class _Canvas:
    """Rows that are being added up, from `top` on."""

    scores: NDArray[np.float32]
    valid: NDArray[np.bool_]
    top: int = field(default=0)

    def add(
        self, row: Interval, column: Interval, scores: NDArray[np.float32], valid: NDArray[np.bool_]
    ) -> None:
        rows = slice(row.start - self.top, row.stop - self.top)
        columns = slice(column.start, column.stop)
        self.scores[:, rows, columns] += scores * row.weights[:, None] * column.weights
        self.valid[rows, columns] = valid

    def take(self, stop: int) -> Strip:
        """Take the rows up to `stop` off the top, and make room below."""
        count = stop - self.top
        done = Strip(self.top, self.scores[:, :count].copy(), self.valid[:count].copy())
        kept = self.scores.shape[1] - count
        self.scores[:, :kept] = self.scores[:, count:].copy()
        self.scores[:, kept:] = 0
        self.valid[:kept] = self.valid[count:].copy()
        self.valid[kept:] = False
        self.top = stop
        return done


def strips(
    reader: Reader, predictor: Predictor, *, grid: Grid, batch: int, seconds: Seconds
) -> Iterator[Strip]:
    """Run a network over a raster.

    Args:
        reader: Of the raster.
        predictor: The network.
        grid: The windows.
        batch: Windows given to the network at once.
        seconds: Where times are added up.

    Yields:
        The results from the top to the bottom, each row once.
    """
    height = len(grid.rows[0].weights)
    width = grid.columns[-1].stop
    channels = predictor.recipe.channels
    canvas = _Canvas(
        np.zeros((channels, height, width), np.float32), np.zeros((height, width), "?")
    )

    def read(windows: Sequence[tuple[Interval, Interval]]) -> _Batch:
        begun = time.perf_counter()
        found = _read(reader, predictor, windows)
        seconds.reading += time.perf_counter() - begun
        return found

    waiting = _row_batches(grid, batch)
    for index, one, last in _read_ahead(waiting, read):
        begun = time.perf_counter()
        # Where there is nothing to see there is nothing to compute.
        seen = [place for place, valid in enumerate(one.valid) if valid.any()]
        scores = predictor.scores(one.scaled[seen]) if seen else one.scaled[:0]
        done = time.perf_counter()
        seconds.network += done - begun
        for place, found in zip(seen, scores, strict=True):
            canvas.add(*one.windows[place], found, one.valid[place])
        seconds.blending += time.perf_counter() - done
        if last:
            yield canvas.take(grid.complete(index))


def _read(
    reader: Reader, predictor: Predictor, windows: Sequence[tuple[Interval, Interval]]
) -> _Batch:
    scaled, valids = [], []
    for row, column in windows:
        place = Window(column.start, row.start, len(column.weights), len(row.weights))
        pixels, valid = reader.read(place)
        scaled.append(predictor.recipe.scale(pixels, valid=valid))
        valids.append(valid)
    return _Batch(windows, np.stack(scaled), tuple(valids))


def _row_batches(
    grid: Grid, batch: int
) -> Iterator[tuple[int, Sequence[tuple[Interval, Interval]], bool]]:
    """Batches of windows; none reaches into the next row of windows."""
    for index, row in enumerate(grid.rows):
        columns = grid.columns
        for start in range(0, len(columns), batch):
            windows = [(row, column) for column in columns[start : start + batch]]
            yield index, windows, start + batch >= len(columns)


def _read_ahead(
    waiting: Iterator[tuple[int, Sequence[tuple[Interval, Interval]], bool]], read: _Read
) -> Iterator[tuple[int, _Batch, bool]]:
    """Read the next batches while the network is at work; GDAL releases the interpreter's lock."""
    with ThreadPoolExecutor(max_workers=1) as reading:
        ahead: deque[tuple[int, Future[_Batch], bool]] = deque()

        def more(count: int) -> None:
            for index, windows, last in islice(waiting, count):
                ahead.append((index, reading.submit(read, windows), last))

        try:
            more(_AHEAD)
            while ahead:
                index, found, last = ahead.popleft()
                result = found.result()
                more(1)
                yield index, result, last
        finally:
            for _, one, _ in ahead:
                one.cancel()
