"""The threshold that serves best on a split."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from geocairn_training.data.dataset import Sample
from geocairn_training.errors import DataError
from geocairn_training.fitting import threshold
from geocairn_training.models.task import SegmentationTask, load


def _histogram(bins: int, *, false: dict[int, int], true: dict[int, int]) -> np.ndarray:
    found = np.zeros((2, bins), np.int64)
    for row, pixels in enumerate((false, true)):
        for place, count in pixels.items():
            found[row, place] = count
    return found


def test_the_best_threshold_is_that_of_a_search_over_all() -> None:
    rng = np.random.default_rng(5)
    for _ in range(20):
        histogram = rng.integers(0, 50, (2, 40))
        scores = {}
        for edge in range(1, 40):
            overlap = histogram[1, edge:].sum()
            scores[edge / 40] = overlap / (histogram[1].sum() + histogram[0, edge:].sum())
        assert scores[threshold.best(histogram)] == pytest.approx(max(scores.values()))


def test_of_equals_the_middle_one_is_taken() -> None:
    # Every threshold from 0.2 to 0.9 parts the two kinds of pixels.
    assert threshold.best(_histogram(10, false={1: 5}, true={9: 5})) == 0.5
    # A class that is never there gives no reason to leave the middle.
    assert threshold.best(_histogram(10, false={2: 9}, true={})) == 0.5
    assert threshold.best(_histogram(10, false={1: 1, 6: 90}, true={7: 9, 8: 1})) == 0.7


def _batch() -> Sample:
    values = torch.linspace(-4, 4, 64).reshape(1, 1, 8, 8)
    # Above a logit of 1.5, which is a probability of 0.818.
    return {"image": values, "mask": (values[:, 0] > 1.5).long(), "name": "chip"}


def _identity() -> SegmentationTask:
    task = SegmentationTask(bands=("one",), width=1, depth=1)
    task.network.forward = lambda images: images  # type: ignore[method-assign]
    return task


def test_a_task_takes_it_over_and_its_checkpoint_keeps_it(tmp_path: Path) -> None:
    task = _identity()
    threshold.tune(task, [_batch()])
    assert task.hparams["threshold"] == pytest.approx(0.82, abs=0.02)
    assert torch.equal(task.decide(task(_batch()["image"])), _batch()["mask"])
    state = {"state_dict": task.state_dict(), "hyper_parameters": dict(task.hparams)}
    before = tmp_path / "best.ckpt"
    torch.save({**state, "hyper_parameters": {**task.hparams, "threshold": 0.5}}, before)
    threshold.keep(before, tmp_path / "kept.ckpt", threshold=task.hparams["threshold"])
    assert load(tmp_path / "kept.ckpt").hparams["threshold"] == task.hparams["threshold"]
    threshold.keep(before, tmp_path / "same.ckpt", threshold=0.5)
    assert (tmp_path / "same.ckpt").read_bytes() == before.read_bytes()


def test_there_must_be_something_to_choose_from() -> None:
    with pytest.raises(DataError, match="no validation split"):
        threshold.check(SegmentationTask(width=1, depth=1), validated=False)
    three = SegmentationTask(classes=("a", "b", "c"), width=1, depth=1)
    with pytest.raises(DataError, match="no threshold decides"):
        threshold.check(three, validated=True)
    threshold.check(SegmentationTask(width=1, depth=1), validated=True)
