"""Measure a trained task on one split, in one pass over it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from geocairn_training.data.dataset import IGNORE, Sample
from geocairn_training.models import metrics
from geocairn_training.models.task import SegmentationTask

__all__ = ["BINS", "Evaluation", "evaluate"]

BINS = 200
_Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """How one split went.

    Attributes:
        metrics: By name, as in `geocairn_training.facts.RunFacts.metrics`.
        confusion: Pixels by true class (rows) and predicted class (columns).
        histogram: Pixels by class, by whether they are of it (0 no, 1 yes), and by the predicted
            probability of the class in `BINS` equal steps from 0 to 1.
    """

    metrics: dict[str, float]
    confusion: _Counts
    histogram: _Counts


@torch.inference_mode()
def evaluate(task: SegmentationTask, batches: Iterable[Sample]) -> Evaluation:
    """Measure.

    Args:
        task: Trained; it is put into evaluation mode.
        batches: Samples without augmentation.
    """
    task.eval()
    classes = len(task.classes)
    measured = metrics.collection(classes, ignore=IGNORE, alone=True).to(task.device)
    confusion = torch.zeros(classes * classes, dtype=torch.int64, device=task.device)
    histogram = torch.zeros((classes, 2, BINS), dtype=torch.int64, device=task.device)
    loss, count = 0.0, 0
    for batch in batches:
        images, masks = batch["image"].to(task.device), batch["mask"].to(task.device)
        logits = task(images)
        predicted = task.decide(logits)
        loss += float(task.criterion(logits, masks)) * len(images)
        count += len(images)
        measured.update(predicted, masks)
        known = masks != IGNORE
        pairs = masks[known] * classes + predicted[known]
        confusion += torch.bincount(pairs, minlength=classes * classes)
        _count(task.probabilities(logits), masks, known, histogram)
    found = {
        name: float(value)
        for name, value in metrics.named(measured.compute(), task.classes).items()
    }
    return Evaluation(
        metrics={"loss": loss / max(1, count), **found},
        confusion=confusion.reshape(classes, classes).cpu().numpy(),
        histogram=histogram.cpu().numpy(),
    )


def _count(probabilities: Tensor, masks: Tensor, known: Tensor, histogram: Tensor) -> None:
    if probabilities.shape[1] == 1:
        probabilities = torch.cat([1 - probabilities, probabilities], dim=1)
    bins = (probabilities * BINS).long().clamp_(0, BINS - 1)
    for index in range(len(histogram)):
        of_class = (masks[known] == index).long()
        cells = of_class * BINS + bins[:, index][known]
        histogram[index] += torch.bincount(cells, minlength=2 * BINS).reshape(2, BINS)
