"""Boxes of objects, in whichever of the usual ways a network writes them.

Networks give either several arrays (boxes, scores, labels), or one: a row for each candidate with
its box, perhaps a score that there is anything, and a score for each class; or, where overlapping
boxes are removed inside the network already, a row with box, score and label. An output may say how
its boxes are written (``geocairn:boxes``): ``xyxy`` (two corners), ``cxcywh`` (centre and size) or
``xywh`` (a corner and size).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geocairn.errors import InputError
from geocairn.run.spec import OutputSpec

__all__ = ["Boxes", "decode", "suppress"]

_ROLES = {
    "boxes": ("box", "bbox", "dets", "detections"),
    "scores": ("score", "confidence", "conf", "prob"),
    "labels": ("label", "class", "cls", "categor"),
}


@dataclass(frozen=True, slots=True)
class Boxes:
    """Objects.

    Attributes:
        corners: float32 (n, 4): left, top, right, bottom, in pixels.
        scores: float32 (n,).
        labels: int64 (n,): places of classes.
    """

    corners: NDArray[np.float32]
    scores: NDArray[np.float32]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.scores)

    def __getitem__(self, chosen: Any) -> Boxes:
        return Boxes(self.corners[chosen], self.scores[chosen], self.labels[chosen])

    @classmethod
    def joined(cls, parts: Sequence[Boxes]) -> Boxes:
        """All of several."""
        return cls(
            np.concatenate([np.empty((0, 4), np.float32), *(one.corners for one in parts)]),
            np.concatenate([np.empty(0, np.float32), *(one.scores for one in parts)]),
            np.concatenate([np.empty(0, np.int64), *(one.labels for one in parts)]),
        )


def decode(
    outputs: Sequence[NDArray[Any]],
    specs: Sequence[OutputSpec],
    *,
    classes: int,
    least: float,
    place: int,
) -> Boxes:
    """The objects that a network saw in one window.

    Args:
        outputs: What it gave for a batch.
        specs: What the item says of each.
        classes: How many there are; 0 where nobody knows.
        least: Score below which candidates are left out.
        place: Which window of the batch.

    Raises:
        InputError: If the arrays are in none of the usual forms.
    """
    if len(outputs) > 1:
        found = _several(outputs, specs, place)
    else:
        found = _one(np.asarray(outputs[0]), specs[0], classes, place)
    return found[found.scores >= least]


def _several(outputs: Sequence[NDArray[Any]], specs: Sequence[OutputSpec], place: int) -> Boxes:
    roles: dict[str, NDArray[Any]] = {}
    form = ""
    for output, spec in zip(outputs, specs, strict=False):
        name = spec.name.lower()
        for role, words in _ROLES.items():
            if role not in roles and any(word in name for word in words):
                batched = "batch" in spec.order or (not spec.order and output.ndim > 2)
                roles[role] = output[place] if batched else output
                form = spec.boxes or form if role == "boxes" else form
                break
    if not {"boxes", "scores"} <= roles.keys():
        names = ", ".join(spec.name for spec in specs)
        raise InputError(
            f"gives {names}, among which boxes and scores cannot be told",
            remedy="Name the item's outputs boxes, scores and labels.",
        )
    boxes = roles["boxes"].reshape(-1, 4).astype(np.float32)
    scores, labels = roles["scores"].astype(np.float32), roles.get("labels")
    if scores.ndim == 2 and labels is None:  # a score for each class
        labels, scores = scores.argmax(axis=1), scores.max(axis=1)
    scores = scores.ravel()
    found = np.zeros(len(scores)) if labels is None else labels.ravel()
    return Boxes(_corners(boxes, form or "xyxy"), scores, found.astype(np.int64))


def _one(output: NDArray[Any], spec: OutputSpec, classes: int, place: int) -> Boxes:
    rows = output[place] if output.ndim == 3 else output
    if rows.ndim != 2:
        raise InputError(
            f"gives {output.ndim} dimensions for {spec.name!r}, where boxes have 3",
            remedy="Describe the network's boxes as [batch, boxes, values].",
        )
    known = {4 + classes, 5 + classes, 6} if classes else {5, 6}
    # Some networks write a column for each candidate: far more columns than rows.
    if rows.shape[1] not in known and rows.shape[0] in known:
        rows = rows.T
    rows, width = rows.astype(np.float32), rows.shape[1]
    if classes and width == 4 + classes:
        scores = rows[:, 4:]
        form = spec.boxes or "cxcywh"
    elif classes and width == 5 + classes and (classes > 1 or spec.boxes == "cxcywh"):
        scores = rows[:, 4:5] * rows[:, 5:]
        form = spec.boxes or "cxcywh"
    elif width == 6:
        corners = _corners(rows[:, :4], spec.boxes or "xyxy")
        return Boxes(corners, rows[:, 4], rows[:, 5].astype(np.int64))
    elif width == 5:
        scores, form = rows[:, 4:], spec.boxes or "xyxy"
    else:
        raise InputError(
            f"gives {width} values for each box of {spec.name!r} and {classes} classes",
            remedy="List the classes in the item; a box has 4 values and a score for each.",
        )
    return Boxes(_corners(rows[:, :4], form), scores.max(axis=1), scores.argmax(axis=1))


def _corners(boxes: NDArray[np.float32], form: str) -> NDArray[np.float32]:
    if form == "xyxy":
        return boxes
    first, size = boxes[:, :2].copy(), boxes[:, 2:]
    if form == "cxcywh":
        first -= size / 2
    elif form != "xywh":
        raise InputError(
            f"writes boxes as {form!r}",
            path="$.properties.mlm:output[*].geocairn:boxes",
            remedy="Use xyxy, xywh or cxcywh.",
        )
    return np.concatenate([first, first + size], axis=1)


def suppress(boxes: Boxes, *, overlap: float) -> Boxes:
    """Keep the best of boxes of one class that overlap (greedy non-maximum suppression).

    Args:
        boxes: The boxes.
        overlap: Intersection over union above which two boxes mean the same object.

    Returns:
        Those that are kept, best first.
    """
    boxes = boxes[np.lexsort((boxes.corners[:, 0], boxes.corners[:, 1], -boxes.scores))]
    if len(boxes) < 2:
        return boxes
    x, y, right, bottom = boxes.corners.astype(np.float64).T
    tree = shapely.STRtree(shapely.box(x, y, right, bottom))
    one, other = tree.query(tree.geometries, predicate="intersects")
    pairs = (one < other) & (boxes.labels[one] == boxes.labels[other])
    one, other = one[pairs], other[pairs]
    wide = np.minimum(right[one], right[other]) - np.maximum(x[one], x[other])
    high = np.minimum(bottom[one], bottom[other]) - np.maximum(y[one], y[other])
    common = wide.clip(0) * high.clip(0)
    area = (right - x) * (bottom - y)
    union = area[one] + area[other] - common
    close = common > overlap * union
    one, other = one[close], other[close]
    kept = np.ones(len(boxes), bool)
    order = np.lexsort((other, one))
    # The better ones come first, so whether one is kept is known when it is reached.
    for better, worse in zip(one[order].tolist(), other[order].tolist(), strict=True):
        if kept[better]:
            kept[worse] = False
    return boxes[kept]
