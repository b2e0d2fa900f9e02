"""Outputs that have a value, or scores of classes, for every place: blended strip by strip."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geocairn.errors import InputError
from geocairn.model import Class
from geocairn.run.postprocess import PostProcess
from geocairn.run.resizing import resize
from geocairn.run.spec import OutputSpec
from geocairn.run.tiles import Batch, Plan, Seconds
from geocairn.run.windows import Interval

__all__ = ["Decision", "Strip", "as_images", "decision_for", "strips"]


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
        The results from the top to the bottom, each row of pixels once.
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
        strip = canvas.take(grid.complete(one.row) * pixels, one.row) if one.last else None
        seconds.blending += time.perf_counter() - begun
        if strip is not None and one.row >= start:
            yield strip


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
        down, across = (side.weights.repeat(pixels) for side in (row, column))
        plain = bool((down == 1).all() and (across == 1).all())
        weighted = scores if plain else scores * down[:, None] * across
        self.scores[:, rows, columns] += weighted
        self.valid[rows, columns] |= valid

    def take(self, stop: int, row: int) -> Strip:
        """Take the rows up to `stop` off the top, and make room below."""
        count = stop - self.top
        done = Strip(row, self.top, self.scores[:, :count].copy(), self.valid[:count].copy())
        kept = self.scores.shape[1] - count
        self.scores[:, :kept] = self.scores[:, count:].copy()
        self.scores[:, kept:] = 0
        self.valid[:kept] = self.valid[count:].copy()
        self.valid[kept:] = False
        self.top = stop
        return done


@dataclass(frozen=True, slots=True)
class Decision:
    """How scores become classes.

    Attributes:
        classes: Those that may occur, each with a value.
        values: Of the channels, in order.
        background: Value of what is of no class of interest.
        unclassified: Value of what holds no data: the highest that no class has.
        threshold: Least score of a class; None where the best one is told whatever its score.
        dtype: NumPy's name of the values' type.
    """

    classes: tuple[Class, ...]
    values: tuple[int, ...]
    background: int
    unclassified: int
    threshold: float | None
    dtype: str

    def __call__(self, scores: NDArray[np.float32]) -> NDArray[Any]:
        """The class of every pixel.

        Args:
            scores: float32 (channels, height, width).

        Returns:
            (height, width) of `dtype`.
        """
        values = np.array(self.values, self.dtype)
        if len(values) == 1:
            assert self.threshold is not None
            chosen = np.where(scores[0] >= self.threshold, values[0], self.background)
        else:
            chosen, best = _best(scores, values)
            if self.threshold is not None:
                chosen = np.where(best >= self.threshold, chosen, self.background)
        return chosen.astype(self.dtype, copy=False)


def _best(
    scores: NDArray[np.float32], values: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[np.float32]]:
    """The value of the best channel, and its score; of equal ones the first.

    Channel by channel, which is several times as fast as argmax along the first axis.
    """
    best = scores[0].copy()
    chosen = np.full(best.shape, values[0])
    for value, score in zip(values[1:], scores[1:], strict=True):
        np.copyto(chosen, value, where=score > best)
        np.maximum(best, score, out=best)
    return chosen, best


def decision_for(
    spec: OutputSpec,
    post: PostProcess,
    *,
    channels: int,
    threshold: float | None,
    declared: float | None,
    where: str,
) -> Decision:
    """How the scores of an output become classes.

    One channel is the score of the last class; where there are two, the first one is the
    background. Several sigmoids have a threshold, a softmax has none.

    Args:
        spec: The output.
        post: What the scores are.
        channels: How many there are.
        threshold: What the user wants; None for what is declared.
        declared: What the item says; None where it says nothing.
        where: The model, for messages.

    Raises:
        InputError: If nobody says from which score on a class is told, or classes and channels
            differ in number.
    """
    classes = _named(spec.classes, channels)
    if channels not in (1, len(classes)):
        raise InputError(
            f"lists {len(classes)} classes, and the network gives {channels} channels",
            where=where,
            path="$.properties.mlm:output[*].classification:classes",
            remedy="List a class for each channel.",
        )
    values = [one.value or 0 for one in classes]
    alone = channels == 1
    least = declared if threshold is None else threshold
    if alone and least is None:
        if post.scores == "none":
            raise InputError(
                "does not say from which score on its class is told",
                where=where,
                path="$.properties.mlm:hyperparameters.threshold",
                remedy="Say it yourself: threshold=0.5 (--threshold 0.5).",
            )
        least = 0.5
    if not alone and post.scores != "sigmoid":
        least = threshold
    background = values[0] if alone and len(classes) == 2 else 0
    if alone and background == values[-1]:
        background = 1
    highest = 255 if max(values) <= 255 else 65535
    free = next(value for value in range(highest, -1, -1) if value not in {*values, background})
    return Decision(
        classes,
        (values[-1],) if alone else tuple(values),
        background,
        free,
        least,
        "uint8" if highest == 255 else "uint16",
    )


def _named(classes: Sequence[Class], channels: int) -> tuple[Class, ...]:
    """The classes, each with a value and a name; counted from 0 where nobody says anything."""
    count = len(classes) or max(channels, 2)
    told = list(classes) or [Class(None, None, None, None)] * count
    plain = all(one.value is not None and 0 <= one.value <= 65534 for one in told)
    return tuple(
        Class(
            one.value if plain else index,
            one.name or one.description or f"class {index}",
            one.description,
            one.color,
        )
        for index, one in enumerate(told)
    )
