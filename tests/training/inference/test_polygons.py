"""Polygons lie where the mask says, in the right reference system, and square if wished."""

import json

import geopandas as gpd
import numpy as np
import pyarrow.parquet as pq
import pytest
import rasterio
from tests.run.test_polygons import right_angles

from geocairn.run.polygons import Tracing
from geocairn_training.inference import Options, run


def test_both_files_agree_with_the_mask(make, predictor, pixels, tmp_path):
    out = tmp_path / "out"
    list(run([make(pixels)], predictor, output=out, options=Options()))
    frame = gpd.read_parquet(out / "scene.parquet")
    assert frame.crs.to_epsg() == 32645
    assert frame.area_m2.tolist() == pytest.approx([600, 300])
    assert frame.area.tolist() == pytest.approx([600, 300])
    assert frame["class"].tolist() == ["bright", "bright"]
    assert frame.bounds.iloc[0].tolist() == pytest.approx([320015, 3059970, 320045, 3059990])
    with rasterio.open(out / "scene_probability.tif") as scores:
        inside = scores.read(1)[20:60, 30:90].mean()
    assert frame.score[0] == pytest.approx(inside, abs=1e-3)
    geo = json.loads(pq.read_metadata(out / "scene.parquet").metadata[b"geo"])
    assert geo["version"] == "1.1.0"
    degrees = gpd.read_file(out / "scene.geojson")
    assert degrees.crs.to_epsg() == 4326
    distance = degrees.to_crs(32645).hausdorff_distance(frame.geometry)
    assert distance.max() < 0.01


def test_no_polygons_are_valid_files_too(make, predictor, tmp_path):
    dark = np.full((3, 70, 70), 60, np.uint8)
    list(run([make(dark)], predictor, output=tmp_path / "out", options=Options()))
    assert len(gpd.read_parquet(tmp_path / "out" / "scene.parquet")) == 0
    assert json.loads((tmp_path / "out" / "scene.geojson").read_text())["features"] == []


def test_squared_polygons_are_written(make, predictor, pixels, tmp_path):
    turned = np.zeros_like(pixels)
    rows, columns = np.mgrid[:150, :200]
    inside = (abs((columns - 100) + (rows - 75) * 0.5) < 50) & (
        abs((rows - 75) - (columns - 100) * 0.5) < 30
    )
    turned[:, inside] = 200
    options = Options(tracing=Tracing(square=True))
    list(run([make(turned)], predictor, output=tmp_path / "out", options=options))
    (found,) = gpd.read_parquet(tmp_path / "out" / "scene.parquet").geometry
    assert right_angles(found)
    assert len(found.exterior.coords) == 5
