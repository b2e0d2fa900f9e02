"""Choose the threshold of a sigmoid where it serves best: on the validation split."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from geocairn import _io
from geocairn_training.data.dataset import Sample
from geocairn_training.errors import DataError
from geocairn_training.fitting.evaluation import BINS, evaluate
from geocairn_training.models.task import SegmentationTask

__all__ = ["best", "check", "keep", "tune"]


def check(task: SegmentationTask, *, validated: bool) -> None:
    """See before training whether there will be anything to choose from.

    Args:
        task: To be trained.
        validated: Whether there is a validation split.

    Raises:
        DataError: If no threshold decides, or nothing is held out to choose it on.
    """
    if task.activation != "sigmoid" or not validated:
        reason = "there is no validation split" if not validated else "no threshold decides"
        raise DataError(
            f"the threshold cannot be chosen: {reason}",
            remedy="It takes two classes and a share for validation in data.fractions; or leave "
            "run.tune_threshold out.",
        )


def best(histogram: npt.NDArray[np.int64]) -> float:
    """The threshold with the highest intersection over union; of equals the one nearest to 0.5.

    Args:
        histogram: Pixels (2, bins): first those not of the class, then those of it, by the
            probability that was given to them.

    Returns:
        The lower edge of a bin, above 0 and below 1.
    """
    false, true = (np.cumsum(part[::-1])[::-1].astype(float) for part in histogram)
    bins = histogram.shape[1]
    # What is of the class, and what is wrongly taken for it, make up the union.
    overlap = (true / np.maximum(1.0, true[0] + false))[1:]
    edges = np.arange(1, bins) / bins
    candidates = edges[overlap >= overlap.max() - 1e-12]
    return float(candidates[np.abs(candidates - 0.5).argmin()])


def tune(task: SegmentationTask, batches: Iterable[Sample]) -> None:
    """Give a trained task the threshold that is best on some samples, to 1 / `BINS`.

    Args:
        task: Decided by a sigmoid.
        batches: Samples without augmentation, which it was not trained on.
    """
    chosen = best(evaluate(task, batches).histogram[1])
    task.hparams["threshold"] = round(chosen, len(str(BINS)))


def keep(checkpoint: Path, target: Path, *, threshold: float) -> None:
    """Copy a checkpoint, with the threshold that its task has now.

    Raises:
        OutputError: When the place cannot be written.
    """
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    with _io.whole(target) as passing:
        if state["hyper_parameters"]["threshold"] == threshold:
            shutil.copyfile(checkpoint, passing)
        else:
            state["hyper_parameters"]["threshold"] = threshold
            torch.save(state, passing)
