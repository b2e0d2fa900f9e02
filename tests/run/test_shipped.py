"""The models of the catalog that come with a file and a sample: run from their items alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from tests.run import making

import geocairn

CATALOG = Path(__file__).parents[2] / "catalog"


def shipped() -> list[Path]:
    """Folders of entries with a sample."""
    return sorted(path.parent for path in CATALOG.rglob("sample-input.tif"))


def asset(item: dict[str, Any], folder: Path, role: str) -> Path:
    (found,) = [one for one in item["assets"].values() if role in one.get("roles", ())]
    return folder / str(found["href"])


def test_there_is_one() -> None:
    assert shipped()


@pytest.mark.parametrize("folder", shipped(), ids=lambda folder: folder.parent.name)
def test_its_sample_gives_what_it_ships(folder: Path, tmp_path: Path) -> None:
    item = json.loads((folder / "item.json").read_text())
    model = geocairn.load(folder)
    sample = asset(item, folder, "sample-input")
    assert model.explain(sample).runs
    result = model.predict(sample, tmp_path / "mask.tif", scores=str(tmp_path / "scores.tif"))
    with (
        rasterio.open(tmp_path / "scores.tif") as scores,
        rasterio.open(asset(item, folder, "sample-output")) as expected,
    ):
        np.testing.assert_allclose(scores.read(), expected.read(), atol=1e-3)
        assert scores.crs == expected.crs
    classes = {one.value for one in result.classes}
    assert set(np.unique(result.array())) <= classes
    tiled = model.predict(sample, tile=256, overlap=64)
    assert float((tiled.array() == result.array()).mean()) > 0.97


def test_windows_leave_no_seam(tmp_path: Path) -> None:
    """Against a single pass over a scene of no whole number of windows."""
    folder = CATALOG / "buildings/banepa-unet/1.0.0"
    with rasterio.open(folder / "sample-input.tif") as dataset:
        pixels = np.tile(dataset.read(), (1, 3, 3))[:, :1210, :1400]
    scene = making.raster(tmp_path / "s.tif", pixels, photometric="RGB")
    model, found = geocairn.load(folder), []
    for options in ({}, {"tile": (1216, 1408), "overlap": 0}):
        path = tmp_path / f"{len(found)}.tif"
        result = model.predict(scene, scores=str(path), **options)
        with rasterio.open(path) as dataset:
            found.append((result, dataset.read()))
    (windows, blended), (whole, at_once) = found
    assert (windows.windows, whole.windows) == (4, 1)
    apart = np.abs(blended - at_once)
    assert float(apart.max()) < 0.1
    assert float(apart.mean()) < 5e-4
    assert float((windows.array() != whole.array()).mean()) < 5e-4
