"""A run, exported once for all tests, and chips."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from tests.training.runs import PUBLICATION, make_run

from geocairn_training.data import synthetic
from geocairn_training.export import export_run


@pytest.fixture(scope="session")
def chips(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = synthetic.make(tmp_path_factory.mktemp("data"), chips=4, size=128)
    return sorted(folder.rglob("chips/*.tif"))


@pytest.fixture(scope="session")
def pixels(chips: list[Path]) -> Any:
    """uint8 (n, bands, height, width)."""
    images = []
    for chip in chips:
        with rasterio.open(chip) as dataset:
            images.append(dataset.read())
    return np.stack(images)


@pytest.fixture(scope="session", params=["two classes", "three classes"])
def exported(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, chips: list[Path]
) -> Path:
    """Folder of an exported run."""
    names = ("background", "building", "road")[: 2 if request.param == "two classes" else 3]
    run = make_run(tmp_path_factory.mktemp("runs") / "towns", classes=names)
    export_run(run, publication=PUBLICATION, sample=chips[0])
    return run
