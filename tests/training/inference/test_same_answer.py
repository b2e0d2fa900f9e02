"""`geocairn-train inference` and `geocairn predict` say the same of the same scene."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from geopandas.testing import assert_geodataframe_equal
from tests.training.runs import PUBLICATION, make_run

import geocairn
from geocairn_training.export import export_run
from geocairn_training.inference import Options, load, run

# Exporters warn of themselves.
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make_run(tmp_path_factory.mktemp("runs") / "towns")
    export_run(folder, publication=PUBLICATION, formats=("torchscript",))
    return folder


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    """Smooth noise; some of it missing, some in one band only, and the bands in another order."""
    rng = np.random.default_rng(2)
    rough = rng.normal(size=(3, 190, 230)).cumsum(axis=1).cumsum(axis=2)
    low, high = rough.min(axis=(1, 2), keepdims=True), rough.max(axis=(1, 2), keepdims=True)
    pixels = (1 + 253 * (rough - low) / (high - low)).astype(np.uint8)
    pixels[:, 20:50, 30:80] = 0
    pixels[1, 100:110, 100:140] = 0
    path = tmp_path / "scene.tif"
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        count=3,
        height=190,
        width=230,
        dtype="uint8",
        nodata=0,
        crs="EPSG:32645",
        transform=rasterio.Affine(0.5, 0, 320_000, 0, -0.5, 3_060_000),
    ) as dataset:
        dataset.write(pixels)
        for index, name in enumerate(("blue", "green", "red"), start=1):
            dataset.set_band_description(index, name)
    return path


def values(path: Path) -> np.ndarray:
    with rasterio.open(path) as dataset:
        return dataset.read()


@pytest.mark.parametrize("given", [{}, {"tile": 64}, {"tile": 96, "overlap": 10, "threshold": 0.6}])
def test_masks_scores_and_polygons_are_equal(trained, scene, tmp_path, given):
    out = tmp_path / "out"
    (document,) = run(
        [scene], load(trained, threads=1), output=out, options=Options(batch=2, **given)
    )
    (item,) = (trained / "entry").rglob("item.json")
    model = geocairn.load(item, threads=1)
    scores = tmp_path / "scores.tif"
    found = model.predict(scene, tmp_path / "mask.tif", scores=str(scores), batch=2, **given)
    mask = values(out / "scene_mask.tif")
    assert set(np.unique(mask)) == {0, 1, 255}
    np.testing.assert_array_equal(mask, values(found.path))
    np.testing.assert_array_equal(values(out / "scene_probability.tif"), values(scores))
    assert document["parameters"]["windows"] == found.windows
    found.polygons(tmp_path / "polygons.parquet")
    polygons = gpd.read_parquet(out / "scene.parquet")
    assert len(polygons) > 3
    assert_geodataframe_equal(polygons, gpd.read_parquet(tmp_path / "polygons.parquet"))
    counts = {one["value"]: one["pixels"] for one in document["classes"].values()}
    assert counts == {**found.counts, 255: int((mask == 255).sum())}


def test_other_formats_of_a_run_differ_by_rounding_only(trained, scene, tmp_path):
    options = Options(tile=96, polygons=False)
    found = []
    for name in ("model.onnx", "model.pt"):
        out = tmp_path / name
        list(run([scene], load(trained / name, threads=1), output=out, options=options))
        found.append(values(out / "scene_probability.tif"))
    np.testing.assert_allclose(found[0], found[1], atol=1e-4)
