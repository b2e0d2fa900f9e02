"""Outputs that have a value, or scores of classes, for every place: blended strip by strip."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geocairn.errors import InputError
from geocairn.run.planning import Plan
from geocairn.run.postprocess import PostProcess
from geocairn.run.resizing import resize
from geocairn.run.spec import OutputSpec
from geocairn.run.tiles import Batch
from geocairn.run.timing import Seconds
from geocairn.run.windows import Interval

__all__ = ["Strip", "as_images", "strips"]


@dataclass(frozen=True, slots=True)
class Strip:
    """Rows of results that are done.

    Attributes:
        row: Which row of windows ended with them.
        start: First row of pixels of the output.
        scores: float32 (channels, rows, width), blended.
        valid: bool (rows, width), which pixels hold data.
    """

    row: int
    start: int
    scores: NDArray[np.float32]
    valid: NDArray[np.bool_]


def as_images(output: NDArray[Any], spec: OutputSpec) -> NDArray[Any]:
    """An output as (n, channels, height, width), whatever the order of its dimensions.

    Raises:
        InputError: If it has other dimensions than its item says.
    """
    order = list(spec.order)
    if output.ndim != len(order):
        raise InputError(
            f"gives {output.ndim} dimensions for {spec.name!r}, where its item names {len(order)}"
        )
    if "batch" not in order:
        order, output = ["batch", *order], output[None]
    places = [order.index(name) for name in ("batch", "height", "width")]
    others = [place for place in range(len(order)) if place not in places]
    moved = output.transpose(places[0], *others, *places[1:])
    return moved.reshape(len(moved), -1, *moved.shape[-2:])


def strips(
    done: Iterator[Batch],
    plan: Plan,
    spec: OutputSpec,
    post: PostProcess,
    *,
    place: int,
    channels: int,
    start: int,
    seconds: Seconds,
) -> Iterator[Strip]:
    """Blend what the network gave.

    Args:
        done: The batches, from the row of windows before `start` on, if there is one.
        plan: The windows.
        spec: The output.
        post: What is done with it before blending.
        place: Which of the network's outputs it is.
        channels: How many it has; for places of classes, as many as there are classes.
        start: First row of windows whose strip is wanted; earlier ones were done before.
        seconds: Where times are added up.

    Yields:
        The results from the top to the bottom, each row of pixels once. Their arrays are used again
        as soon as the next ones are asked for.
    """
    pixels = plan.cell[1]
    grid = plan.grid
    height = len(grid.rows[0].weights) * pixels
    width = grid.columns[-1].stop * pixels
    canvas = _Canvas(
        np.zeros((channels, height, width), np.float32),
        np.zeros((height, width), bool),
        grid.rows[max(0, start - 1)].start * pixels,
    )
    for one in done:
        begun = time.perf_counter()
        if one.outputs is not None:
            images = _scores(one, plan, spec, post, place=place, channels=channels)
            for (row, column), image, valid in zip(one.windows, images, one.valid, strict=False):
                # A window that is cut at the scene's edge was filled up for the network.
                rows, columns = (len(side.weights) * pixels for side in (row, column))
                canvas.add(row, column, pixels, image[:, :rows, :columns], _coarse(valid, plan))
        seconds.blending += time.perf_counter() - begun
        if one.last:
            stop = grid.complete(one.row) * pixels
            if one.row >= start:
                yield canvas.rows(stop, one.row)
            canvas.drop(stop)


def _scores(
    one: Batch, plan: Plan, spec: OutputSpec, post: PostProcess, *, place: int, channels: int
) -> NDArray[np.float32]:
    assert one.outputs is not None
    images = as_images(one.outputs[place], spec)
    if post.scores == "argmax" or (images.dtype.kind in "iu" and images.shape[1] == 1 < channels):
        # Places of classes cannot be averaged; shares of windows that say so can.
        found = (images == np.arange(channels)[None, :, None, None]).astype(np.float32)
    else:
        found = post(images.astype(np.float32, copy=False), axis=1).astype(np.float32, copy=False)
    if plan.size != plan.tile:
        found = resize(found, plan.tile, how="interpolation-linear")
    return np.asarray(found, np.float32)


def _coarse(valid: NDArray[np.bool_], plan: Plan) -> NDArray[np.bool_]:
    """Which pixels of the output hold data: those with any of the scene."""
    unit, pixels = plan.cell
    if unit > 1:
        below, beside = (-size % unit for size in valid.shape)
        valid = np.pad(valid, ((0, below), (0, beside)))
        rows, columns = valid.shape[0] // unit, valid.shape[1] // unit
        valid = np.asarray(valid.reshape(rows, unit, columns, unit).any(axis=(1, 3)))
    return valid.repeat(pixels, 0).repeat(pixels, 1) if pixels > 1 else valid


@dataclass(slots=True)
class _Canvas:
    """Rows that are being added up, from `top` on."""

    scores: NDArray[np.float32]
    valid: NDArray[np.bool_]
    top: int

    def add(
        self,
        row: Interval,
        column: Interval,
        pixels: int,
        scores: NDArray[np.float32],
        valid: NDArray[np.bool_],
    ) -> None:
        rows = slice(row.start * pixels - self.top, row.stop * pixels - self.top)
        columns = slice(column.start * pixels, column.stop * pixels)
        self.valid[rows, columns] |= valid
        down, across = _weighing(row, pixels), _weighing(column, pixels)
        target = self.scores[:, rows, columns][:, down.place, across.place]
        scores = scores[:, down.place, across.place]
        plain = down.plain and across.plain
        target += scores if plain else scores * (down.weights[:, None] * across.weights)

    def rows(self, stop: int, row: int) -> Strip:
        """The rows up to `stop`; they are those of the canvas until `drop` is called."""
        count = stop - self.top
        return Strip(row, self.top, self.scores[:, :count], self.valid[:count])

    def drop(self, stop: int) -> None:
        """Take the rows up to `stop` off the top, and make room below."""
        count = stop - self.top
        kept = len(self.valid) - count
        self.scores[:, :kept] = self.scores[:, count:]
        self.scores[:, kept:] = 0
        self.valid[:kept] = self.valid[count:]
        self.valid[kept:] = False
        self.top = stop


@dataclass(frozen=True, slots=True)
class _Weighing:
    """Where along a side of a window weights are more than 0, and whether all of them are 1."""

    place: slice
    weights: NDArray[np.float32]
    plain: bool


def _weighing(side: Interval, pixels: int) -> _Weighing:
    seen = np.flatnonzero(side.weights)
    first, last = int(seen[0]), int(seen[-1]) + 1
    weights = side.weights[first:last]
    place = slice(first * pixels, last * pixels)
    return _Weighing(place, weights.repeat(pixels), bool((weights == 1).all()))
