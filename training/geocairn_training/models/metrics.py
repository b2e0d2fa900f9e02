"""Measures of a segmentation, per class and over all classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torchmetrics import MetricCollection
from torchmetrics.classification import (
    MulticlassAccuracy,
    MulticlassF1Score,
    MulticlassJaccardIndex,
    MulticlassPrecision,
    MulticlassRecall,
)

__all__ = ["collection", "named"]

_KINDS = {
    "iou": MulticlassJaccardIndex,
    "f1": MulticlassF1Score,
    "precision": MulticlassPrecision,
    "recall": MulticlassRecall,
}


def collection(classes: int, *, ignore: int, alone: bool = False) -> MetricCollection:
    """Measures that compare class indices (n, h, w) with masks (n, h, w).

    Args:
        classes: Number of classes.
        ignore: Value of pixels that count for nothing.
        alone: Whether one of several processes measures by itself; else they wait for one another,
            and each gets the measures of all.
    """
    common: dict[str, Any] = {
        "sync_on_compute": not alone,
        "num_classes": classes,
        "ignore_index": ignore,
        "validate_args": False,
    }
    metrics = {name: kind(average="none", **common) for name, kind in _KINDS.items()}
    return MetricCollection({**metrics, "accuracy": MulticlassAccuracy(average="micro", **common)})


def named(values: dict[str, Tensor], classes: Sequence[str]) -> dict[str, Tensor]:
    """Give each class its name: ``iou/building`` for one class, ``iou`` for the mean of all."""
    found: dict[str, Tensor] = {}
    for name, value in values.items():
        if value.ndim == 0:
            found[name] = value
            continue
        found[name] = torch.mean(value)
        found |= {f"{name}/{label}": value[index] for index, label in enumerate(classes)}
    return found
