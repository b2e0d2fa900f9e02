"""How a scene is gone through: windows, batches, and what the network gives for them."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geocairn.errors import InputError
from geocairn.run.inputs import InputReader
from geocairn.run.network import Network
from geocairn.run.scenes import Place
from geocairn.run.scenes.base import Window
from geocairn.run.timing import Seconds
from geocairn.run.windows import Grid, Interval

__all__ = ["Batch", "Plan", "Runner", "batches"]

_USUAL_TILE = 512
_MULTIPLE = 32
"""Networks that halve their input take multiples of 32, or of less."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The windows over a scene.

    Attributes:
        place: Grid of the scene.
        tile: Height and width of a window, in pixels of the scene.
        size: Height and width that the network takes; windows of another size are resized.
        overlap: Pixels that neighbours share at least.
        batch: Windows that the network is given at once.
        cell: Pixels of the scene a side, that so many pixels of the output a side stand for.
        grid: The windows, counted in cells.
    """

    place: Place
    tile: tuple[int, int]
    size: tuple[int, int]
    overlap: int
    batch: int
    cell: tuple[int, int] = (1, 1)

    @property
    def grid(self) -> Grid:
        """The windows, counted in cells."""
        unit = self.cell[0]
        height, width = (-(-size // unit) for size in (self.place.height, self.place.width))
        tile = (self.tile[0] // unit, self.tile[1] // unit)
        return Grid.over(height, width, tile=tile, overlap=self.overlap // unit)

    def window(self, row: Interval, column: Interval) -> Window:
        """A window in pixels of the scene, cut at its edge."""
        unit = self.cell[0]
        top, left = row.start * unit, column.start * unit
        height = min(row.stop * unit, self.place.height) - top
        width = min(column.stop * unit, self.place.width) - left
        return top, left, height, width

    @classmethod
    def make(
        cls,
        place: Place,
        *,
        fixed: tuple[int, int] | None,
        usual: tuple[int, int] | None,
        tile: int | tuple[int, int] | None,
        overlap: int | None,
        batch: int,
        shared: bool,
    ) -> Plan:
        """Choose the windows.

        Args:
            place: Grid of the scene.
            fixed: Size that the network insists on; None where it takes any.
            usual: Size that its item gives; None where it gives none.
            tile: What the user wants; None for the sizes above.
            overlap: Likewise; None for an eighth.
            batch: Windows at once.
            shared: Whether windows overlap at all where the user says nothing.

        Raises:
            InputError: If the overlap is not smaller than the windows.
        """
        chosen = (tile, tile) if isinstance(tile, int) else tile
        size = chosen or fixed or usual or (_USUAL_TILE, _USUAL_TILE)
        if min(size) < 1:
            raise InputError(f"windows of {size[0]} x {size[1]} pixels", remedy="Use 1 or more.")
        if not fixed and not chosen:
            # A raster smaller than a window needs no more than itself.
            most = (place.height, place.width)
            size = tuple(  # type: ignore[assignment]
                min(one, -(-have // _MULTIPLE) * _MULTIPLE)
                for one, have in zip(size, most, strict=True)
            )
        shared_pixels = (min(size) // 8 if shared else 0) if overlap is None else overlap
        if not 0 <= shared_pixels < min(size):
            raise InputError(
                f"windows of {size[0]} x {size[1]} pixels cannot share {shared_pixels}",
                remedy=f"Choose an overlap from 0 to {min(size) - 1}, or larger windows.",
            )
        return cls(place, size, fixed or size, shared_pixels, max(1, batch))

    def with_cell(self, output: tuple[int, int]) -> Plan:
        """The same, for outputs of a size that differs from that of the windows.

        Raises:
            InputError: If no whole pixels of either stand for one another.
        """
        ratios = {
            (one // math.gcd(one, two), two // math.gcd(one, two))
            for one, two in zip(self.tile, output, strict=True)
        }
        unit, pixels = ratios.pop()
        if ratios or self.overlap % unit or unit > 256:
            if not ratios and unit <= 256 and self.overlap % unit:
                overlap = self.overlap // unit * unit
                return Plan(self.place, self.tile, self.size, overlap, self.batch, (unit, pixels))
            raise InputError(
                f"gives {output[0]} x {output[1]} pixels for windows of {self.tile[0]} x "
                f"{self.tile[1]}, which do not fit",
                remedy="Choose another --tile.",
            )
        return Plan(self.place, self.tile, self.size, self.overlap, self.batch, (unit, pixels))


@dataclass(frozen=True)
class Runner:
    """Readers and a network.

    Attributes:
        network: The network.
        readers: Of the inputs that are imagery, by the network's own names.
        given: The other inputs, without a batch, by name.
        axes: Which dimension the batch is, by the name of the input; None where there is none.
        fixed_batch: Size of the batch that the network insists on; None where it takes any.
    """

    network: Network
    readers: Mapping[str, InputReader]
    given: Mapping[str, NDArray[Any]]
    axes: Mapping[str, int | None]
    fixed_batch: int | None = None

    def read(self, plan: Plan, window: Window) -> tuple[dict[str, NDArray[Any]], NDArray[np.bool_]]:
        """Read one window for every input."""
        found, valid = {}, np.ones(window[2:], bool)
        for name, reader in self.readers.items():
            found[name], here = reader.read(window, size=plan.size, tile=plan.tile)
            valid &= here
        return found, valid

    def __call__(self, windows: Sequence[Mapping[str, NDArray[Any]]]) -> list[NDArray[Any]]:
        """Run the network on some windows; outputs have as many, where they have a batch."""
        count = len(windows)
        filled = [*windows, *[windows[-1]] * ((self.fixed_batch or count) - count)]
        feeds = {}
        for name, axis in self.axes.items():
            parts = [one[name] if name in one else self.given[name] for one in filled]
            feeds[name] = parts[0] if axis is None else np.stack(parts, axis=axis)
        return self.network(feeds)

    def zeros(self, plan: Plan) -> dict[str, NDArray[Any]]:
        """A window without anything in it, to see what the network gives."""
        sizes = {"height": plan.size[0], "width": plan.size[1]}
        found = {}
        for name, reader in self.readers.items():
            spec = reader.spec
            here = sizes | {"time": len(reader.stacks), "bands": len(spec.bands)}
            shape = [
                here.get(dimension, abs(size))
                for dimension, size in zip(spec.order, spec.shape, strict=True)
                if dimension != "batch"
            ]
            found[name] = np.zeros(shape, spec.dtype)
        return found

    def close(self) -> None:
        """Release what is open."""
        for reader in self.readers.values():
            reader.close()


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows that are done.

    Attributes:
        row: Which row of windows they are in.
        windows: Their extents, in cells; only those with any data.
        valid: Which pixels of each hold data, bool (height, width).
        outputs: What the network gave; None where no window holds any data.
        last: Whether this is the last batch of the row.
    """

    row: int
    windows: Sequence[tuple[Interval, Interval]]
    valid: Sequence[NDArray[np.bool_]]
    outputs: list[NDArray[Any]] | None
    last: bool


@dataclass(frozen=True, slots=True)
class _Read:
    row: int
    windows: Sequence[tuple[Interval, Interval]]
    arrays: Sequence[Mapping[str, NDArray[Any]]]
    valid: Sequence[NDArray[np.bool_]]
    last: bool
    seconds: float = field(default=0.0)


def batches(
    runner: Runner, plan: Plan, *, start: int = 0, workers: int = 1, seconds: Seconds
) -> Iterator[Batch]:
    """Go through a scene from the top to the bottom; no batch reaches into the next row.

    Args:
        runner: Readers and network.
        plan: The windows.
        start: First row of windows.
        workers: Threads that read and scale ahead while the network is at work.
        seconds: Where times are added up.

    Yields:
        Every batch; windows without any data are left out.
    """

    def read(job: tuple[int, Sequence[tuple[Interval, Interval]], bool]) -> _Read:
        begun = time.perf_counter()
        row, windows, last = job
        pairs = [runner.read(plan, plan.window(*window)) for window in windows]
        # Where there is nothing to see there is nothing to compute.
        seen = [place for place, (_, valid) in enumerate(pairs) if valid.any()]
        return _Read(
            row,
            [windows[place] for place in seen],
            [pairs[place][0] for place in seen],
            [pairs[place][1] for place in seen],
            last,
            time.perf_counter() - begun,
        )

    for one in _ahead(_jobs(plan, start), read, workers=workers):
        seconds.reading += one.seconds
        begun = time.perf_counter()
        outputs = runner(one.arrays) if one.windows else None
        seconds.network += time.perf_counter() - begun
        yield Batch(one.row, one.windows, one.valid, outputs, one.last)


_Job = tuple[int, Sequence[tuple[Interval, Interval]], bool]


def _jobs(plan: Plan, start: int) -> Iterator[_Job]:
    grid = plan.grid
    for index in range(start, len(grid.rows)):
        columns = grid.columns
        for first in range(0, len(columns), plan.batch):
            part = columns[first : first + plan.batch]
            windows = [(grid.rows[index], column) for column in part]
            yield index, windows, first + plan.batch >= len(columns)


def _ahead(jobs: Iterator[_Job], read: Any, *, workers: int) -> Iterator[_Read]:
    """Read the next batches while the network is at work; GDAL releases the interpreter's lock."""
    with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
        waiting: deque[Future[_Read]] = deque()

        def more(count: int) -> None:
            waiting.extend(pool.submit(read, job) for job in islice(jobs, count))

        try:
            more(max(1, workers) + 1)
            while waiting:
                found = waiting.popleft().result()
                more(1)
                yield found
        finally:
            for one in waiting:
                one.cancel()
