"""Warnings of libraries that say nothing of ours, for the tests of training alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

HERE = Path(__file__).parent
THEIRS = (
    # Lightning asks torch in a way that torch is about to drop.
    "ignore:`isinstance\\(treespec, LeafSpec\\)`",
    # rasterio multiplies transforms with *, which affine is about to drop.
    "ignore:Use `@` matmul:PendingDeprecationWarning",
    # Advice on loader processes: the test machines' two cores train.
    "ignore:.*does not have many workers",
    "ignore:.*smaller than the logging interval",
    # Resuming into the folder of the run is the point.
    "ignore:.*Checkpoint directory",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            for warning in THEIRS:
                item.add_marker(pytest.mark.filterwarnings(warning))


def _steering() -> dict[str, str]:
    """Variables of the environment by which MLflow and a run's processes find what they go on."""
    return {
        name: value
        for name, value in os.environ.items()
        if name.startswith(("MLFLOW_", "GEOCAIRN_"))
    }


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    """A call that leaves variables behind would steer whatever comes next."""
    before = _steering()
    yield
    assert _steering() == before


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    """Workers of the tests share the machine, and sums in one thread are always the same."""
    torch.set_num_threads(1)
