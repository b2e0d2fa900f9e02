"""What the dimensions of a model's inputs and outputs are called, and what becomes of an output."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

__all__ = ["Kind", "dimension", "kind_of"]

Kind = Literal["segmentation", "values", "classification", "embedding", "regression", "detection"]
"""What becomes of an output: a raster of classes, a raster of values, or one row for each tile
(its class, its vector, its value) or for each object."""

_DIMENSIONS = {
    **dict.fromkeys(("batch", "n", "samples"), "batch"),
    **dict.fromkeys(("bands", "band", "channel", "channels", "variables", "variable"), "bands"),
    **dict.fromkeys(("time", "temporal", "date", "dates", "frame", "frames"), "time"),
    **dict.fromkeys(("height", "y", "row", "rows"), "height"),
    **dict.fromkeys(("width", "x", "column", "columns"), "width"),
}
_SEGMENTING = frozenset(
    ("segmentation", "semantic-segmentation", "instance-segmentation", "panoptic-segmentation")
)
_CLASSIFYING = frozenset(("classification", "scene-classification"))
_DETECTING = frozenset(("detection", "object-detection"))


def dimension(name: str) -> str:
    """The one name that a dimension has here; what is none of the usual keeps its own."""
    return _DIMENSIONS.get(name.lower(), name.lower())


def kind_of(order: Collection[str], tasks: Collection[str], *, classes: bool) -> Kind:
    """What becomes of an output.

    Args:
        order: Its dimensions, as `dimension` names them.
        tasks: What it is for.
        classes: Whether it lists any.
    """
    asked = frozenset(tasks)
    if "height" in order and "width" in order:
        return "segmentation" if asked & (_SEGMENTING | _CLASSIFYING) or classes else "values"
    if asked & _DETECTING:
        return "detection"
    if asked & _CLASSIFYING or classes:
        return "classification"
    return "regression" if "regression" in asked else "embedding"
