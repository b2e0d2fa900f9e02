"""From scores to classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geocairn.errors import InputError
from geocairn.model import Class
from geocairn.run.postprocess import PostProcess
from geocairn.run.spec import OutputSpec

__all__ = ["Decision", "decision_for"]


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
