"""How a scene is gone through: batch by batch, and what the network gives for them."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geocairn.run.inputs import InputReader
from geocairn.run.network import Network
from geocairn.run.ownsizes import OwnSize
from geocairn.run.planning import Plan
from geocairn.run.scenes.base import Window
from geocairn.run.timing import Seconds
from geocairn.run.windows import Interval

__all__ = ["Batch", "Runner", "batches"]


@dataclass(frozen=True)
class Runner:
    """Readers and a network.

    Attributes:
        network: The network.
        readers: Of the inputs that are imagery, by the network's own names.
        given: The other inputs, without a batch, by name.
        axes: Which dimension the batch is, by the name of the input; None where there is none.
        fixed_batch: Size of the batch that the network insists on; None where it takes any.
        own: Inputs whose windows are of another size than the plan's.
    """

    network: Network
    readers: Mapping[str, InputReader]
    given: Mapping[str, NDArray[Any]]
    axes: Mapping[str, int | None]
    fixed_batch: int | None = None
    own: Mapping[str, OwnSize] = field(default_factory=dict)

    def _size(self, name: str, plan: Plan) -> tuple[tuple[int, int], str]:
        """Size of an input's windows, and how they become as large; empty for the plan's."""
        own = self.own.get(name)
        return (plan.size, "") if own is None else (own.of(plan.size), own.how)

    def read(self, plan: Plan, window: Window) -> tuple[dict[str, NDArray[Any]], NDArray[np.bool_]]:
        """Read one window for every input."""
        found, valid = {}, np.ones(window[2:], bool)
        for name, reader in self.readers.items():
            size, how = self._size(name, plan)
            found[name], here = reader.read(window, size=size, tile=plan.tile, how=how)
            valid &= here
        return found, valid

    def __call__(self, windows: Sequence[Mapping[str, NDArray[Any]]]) -> list[NDArray[Any]]:
        """Run the network on some windows; outputs have as many, where they have a batch."""
        count = len(windows)
        filled = [*windows, *[windows[-1]] * ((self.fixed_batch or count) - count)]
        feeds = {}
        for name, axis in self.axes.items():
            parts = [one[name] if name in one else self.given[name] for one in filled]
            if axis is None:
                feeds[name] = parts[0]
            elif len(parts) == 1:  # np.stack would copy it
                feeds[name] = np.expand_dims(parts[0], axis)
            else:
                feeds[name] = np.stack(parts, axis=axis)
        return self.network(feeds)

    def zeros(self, plan: Plan) -> dict[str, NDArray[Any]]:
        """A window without anything in it, to see what the network gives."""
        found = {}
        for name, reader in self.readers.items():
            spec = reader.spec
            (height, width), _ = self._size(name, plan)
            here = {
                "height": height,
                "width": width,
                "time": len(reader.stacks),
                "bands": len(spec.bands),
            }
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
