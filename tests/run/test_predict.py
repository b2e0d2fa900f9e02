"""Segmentation, the whole way: against ONNX Runtime alone on the whole image."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
import rasterio
import shapely
from tests.checks.reference import Reference
from tests.run import making

from geocairn.checks import SchemaStore
from geocairn.errors import InputError
from geocairn.run import tiles
from geocairn.run.polygons import Tracing
from geocairn.run.runnable import RunnableModel, load_item

PIXELS = making.image()


def network(tmp_path: Path) -> Path:
    return tmp_path / "model" / "unet.onnx"


def test_one_window_is_what_the_network_gives(
    model: RunnableModel, scene: Path, tmp_path: Path
) -> None:
    result = model.predict(scene, tmp_path / "mask.tif", scores=str(tmp_path / "scores.tif"))
    expected = making.softmax(making.single_pass(network(tmp_path), PIXELS))[0]
    with rasterio.open(tmp_path / "scores.tif") as dataset:
        scores = dataset.read()
        assert dataset.descriptions == ("background", "building")
        assert dataset.crs == making.UTM
        assert dataset.transform == making.NORTH_UP
    np.testing.assert_allclose(scores, expected, atol=1e-5)
    mask = result.array()
    assert mask.dtype == np.uint8
    np.testing.assert_array_equal(mask, scores.argmax(axis=0))
    assert dict(result.counts) == {0: int((mask == 0).sum()), 1: int((mask == 1).sum())}
    assert result.windows == 1
    assert not list(tmp_path.glob(".*"))


def test_windows_are_blended_without_seams(
    model: RunnableModel, scene: Path, tmp_path: Path
) -> None:
    path = str(tmp_path / "scores.tif")
    result = model.predict(scene, tmp_path / "mask.tif", scores=path, tile=64, overlap=32, batch=3)
    assert result.windows == 6
    expected = making.softmax(making.single_pass(network(tmp_path), PIXELS))[0]
    with rasterio.open(path) as dataset:
        apart = np.abs(dataset.read() - expected)
    # Far from any edge of a window the two are the same; at edges the network sees less.
    assert float(apart.mean()) < 5e-4
    assert float(apart.max()) < 0.1


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (33, 31), (64, 64), (65, 129)])
def test_any_size(model: RunnableModel, tmp_path: Path, size: tuple[int, int]) -> None:
    scene = making.raster(tmp_path / "s.tif", making.image(*size), photometric="RGB")
    result = model.predict(scene, tile=64, overlap=16)
    assert result.array().shape == size


def test_a_cog_with_colours_names_and_nodata(
    model: RunnableModel, scene: Path, tmp_path: Path
) -> None:
    model.predict(scene, tmp_path / "mask.tif")
    with rasterio.open(tmp_path / "mask.tif") as dataset:
        assert dataset.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert dataset.nodata == 255
        assert dataset.colormap(1)[1] == (228, 26, 28, 255)
        assert dataset.colormap(1)[0][:3] == (0, 0, 0)
        assert dataset.tags()["model"] == model.id
        assert dataset.tags()["checksum"] == making.sha256(network(tmp_path))


def test_what_holds_no_data_holds_none_afterwards(model: RunnableModel, tmp_path: Path) -> None:
    pixels = PIXELS.copy()
    pixels[:, :, :50] = 0
    scene = making.raster(tmp_path / "s.tif", pixels, photometric="RGB", nodata=0)
    result = model.predict(scene, tmp_path / "mask.tif", tile=32, overlap=8)
    mask = result.array()
    assert (mask[:, :50] == 255).all()
    assert (mask[:, 50:] != 255).all()
    assert sum(result.counts.values()) == 96 * 78


def test_another_nodata_value_of_the_user(model: RunnableModel, tmp_path: Path) -> None:
    pixels = PIXELS.clip(0, 254)
    pixels[:, 10:20] = 255
    scene = making.raster(tmp_path / "s.tif", pixels, photometric="RGB")
    mask = model.predict(scene, nodata=255).array()
    assert (mask[10:20] == 255).all()
    assert (mask[20:] != 255).all()


def test_floating_pixels_that_are_no_numbers(model: RunnableModel, tmp_path: Path) -> None:
    pixels = PIXELS.astype(np.float32)
    pixels[1, 3, 4] = np.nan
    mask = model.predict(making.raster(tmp_path / "s.tif", pixels)).array()
    assert mask[3, 4] == 255
    assert (mask == 255).sum() == 1


@pytest.mark.parametrize(
    ("crs", "transform"),
    [
        ("EPSG:4326", rasterio.Affine(1e-5, 0, 85.3, 0, -1e-5, 27.7)),
        ("EPSG:3857", rasterio.Affine(0.5, 0, 9_500_000, 0, -0.5, 3_200_000)),
        (
            making.UTM,
            making.NORTH_UP @ rasterio.Affine.rotation(30),
        ),
        (making.UTM, rasterio.Affine(2, 0, 330_000, 0, 2, 3_060_000)),
    ],
    ids=["degrees", "web mercator", "rotated", "south up"],
)
def test_any_reference_system_and_transform(
    model: RunnableModel, tmp_path: Path, crs: str, transform: Any
) -> None:
    scene = making.raster(
        tmp_path / "s.tif", PIXELS, crs=crs, transform=transform, photometric="RGB"
    )
    result = model.predict(scene, tmp_path / "mask.tif")
    with rasterio.open(tmp_path / "mask.tif") as dataset:
        assert dataset.crs == crs
        assert dataset.transform.almost_equals(transform)
    polygons = result.polygons()
    assert polygons
    with rasterio.open(scene) as dataset:
        corners = [transform @ (x, y) for x in (0, 128) for y in (0, 96)]
    around = shapely.MultiPoint(corners).convex_hull.buffer(abs(transform.a) / 1000)
    assert all(around.contains(one.geometry) for one in polygons)


def test_without_a_place_on_earth(model: RunnableModel, tmp_path: Path) -> None:
    scene = making.raster(tmp_path / "s.tif", PIXELS, crs=None, photometric="RGB")
    result = model.predict(scene, tmp_path / "mask.tif")
    assert result.item()["geometry"] is None
    assert "bbox" not in result.item()
    with pytest.raises(InputError, match="coordinate reference system") as caught:
        model.predict(scene, tmp_path / "found.geojson")
    assert ".tif" in (caught.value.remedy or "")
    with pytest.raises(InputError, match="coordinate reference system"):
        result.polygons(tmp_path / "found.parquet")
    assert not (tmp_path / "found.parquet").exists()


@pytest.mark.parametrize("ending", ["parquet", "gpkg", "geojson"])
def test_polygons_with_class_score_and_area(
    model: RunnableModel, scene: Path, tmp_path: Path, ending: str
) -> None:
    import pyogrio

    path = tmp_path / f"found.{ending}"
    result = model.predict(scene, path, tracing=Tracing(tolerance=0))
    mask = model.predict(scene, tmp_path / "mask.tif").array()
    if ending == "parquet":
        rows = pq.read_table(path).to_pylist()
        geo = json.loads(pq.read_schema(path).metadata[b"geo"])
        assert geo["columns"]["geometry"]["geometry_types"] == ["Polygon"]
    else:
        rows = pyogrio.read_arrow(path)[1].to_pylist()
    assert rows
    assert {row["class"] for row in rows} == {"building"}
    assert all(0.5 <= row["score"] <= 1 for row in rows)
    assert sum(row["area_m2"] for row in rows) == pytest.approx(4 * (mask == 1).sum(), rel=0.01)
    assert result.format == ending
    assert result.item()["assets"]["result"]["href"] == f"./found.{ending}"


def test_lineage_says_what_it_was_made_of(
    model: RunnableModel, scene: Path, tmp_path: Path, schemas: Path
) -> None:
    result = model.predict(scene, tmp_path / "out" / "mask.tif", threshold=0.3)
    item = result.item()
    assert result.lineage == tmp_path / "out" / "mask.tif.stac.json"
    properties = item["properties"]
    assert properties["geocairn:model"] == {
        "id": model.id,
        "checksum": making.sha256(network(tmp_path)),
    }
    assert properties["geocairn:parameters"]["threshold"] == 0.3
    assert "onnxruntime" in properties["processing:software"]
    assert item["links"][0] == {
        "rel": "derived_from",
        "href": "../scene.tif",
        "title": "scene",
    }
    assert item["assets"]["result"]["file:checksum"] == making.sha256(result.path)
    store = SchemaStore(directory=schemas)
    reference = Reference(store)
    urls = reference.urls(item)
    assert len(urls) == 4
    for url in urls:
        assert reference.is_valid(url, item), url


def test_without_a_file_it_lies_somewhere_while_it_is_used(
    model: RunnableModel, scene: Path
) -> None:
    result = model.predict(scene)
    path = result.path
    assert path.exists()
    del result
    assert not path.exists()


class _CutError(Exception):
    """As if the process had been killed."""


def test_what_was_cut_off_goes_on(
    model: RunnableModel, scene: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options: dict[str, Any] = {"tile": 32, "overlap": 8, "scores": str(tmp_path / "scores.tif")}
    whole = model.predict(scene, tmp_path / "whole.tif", **options)
    with rasterio.open(tmp_path / "scores.tif") as dataset:
        scores = dataset.read()
    real, rows = tiles.Runner.read, []

    def cut(self: Any, plan: Any, window: Any) -> Any:
        if window[0] >= 48:
            raise _CutError
        return real(self, plan, window)

    def counted(self: Any, plan: Any, window: Any) -> Any:
        rows.append(window[0])
        return real(self, plan, window)

    monkeypatch.setattr(tiles.Runner, "read", cut)
    with pytest.raises(_CutError):
        model.predict(scene, tmp_path / "mask.tif", **options)
    assert not (tmp_path / "mask.tif").exists()
    assert (tmp_path / ".mask.tif.geocairn").exists()
    monkeypatch.setattr(tiles.Runner, "read", counted)
    result = model.predict(scene, tmp_path / "mask.tif", **options)
    # Two rows of windows were done; the second is read again for what it shares with the third.
    assert min(rows) == 24
    np.testing.assert_array_equal(result.array(), whole.array())
    assert result.counts == whole.counts
    with rasterio.open(tmp_path / "scores.tif") as dataset:
        np.testing.assert_allclose(dataset.read(), scores, atol=1e-6)
    assert not (tmp_path / ".mask.tif.geocairn").exists()


def test_another_run_does_not_go_on_with_it(
    model: RunnableModel, scene: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, rows = tiles.Runner.read, []

    def cut(self: Any, plan: Any, window: Any) -> Any:
        rows.append(window[0])
        if window[0] >= 48:
            raise _CutError
        return real(self, plan, window)

    monkeypatch.setattr(tiles.Runner, "read", cut)
    for threshold in (0.2, 0.8):
        rows.clear()
        with pytest.raises(_CutError):
            model.predict(scene, tmp_path / "mask.tif", tile=32, overlap=8, threshold=threshold)
        assert min(rows) == 0


def test_several_threads_give_the_same(model: RunnableModel, scene: Path, tmp_path: Path) -> None:
    one = model.predict(scene, tmp_path / "1.tif", tile=32)
    four = model.predict(scene, tmp_path / "4.tif", tile=32, workers=4, batch=2)
    np.testing.assert_array_equal(one.array(), four.array())


def test_raw_is_what_the_network_gives(model: RunnableModel, scene: Path, tmp_path: Path) -> None:
    result = model.predict(scene, tmp_path / "raw.tif", raw=True)
    expected = making.single_pass(network(tmp_path), PIXELS)[0]
    np.testing.assert_allclose(result.array(), expected, atol=1e-4)
    assert result.kind == "values"


@pytest.mark.parametrize("inside", ["Softmax", "Sigmoid"])
def test_an_activation_is_applied_once(tmp_path: Path, scene: Path, inside: str) -> None:
    from tests import onnx_models

    path = onnx_models.saved(tmp_path / "m.onnx", onnx_models.segmenter(activation=inside))
    post = {"Softmax": "torch.nn.Softmax(dim=1)", "Sigmoid": "torch.sigmoid"}[inside]
    item = making.item_of(
        path,
        inputs=[making.image_input(scaling=[{"type": "scale", "value": 255}])],
        outputs=[making.output(post=post)],
    )
    result = load_item(item).predict(scene, scores=str(tmp_path / "scores.tif"))
    expected = making.single_pass(path, PIXELS / 255, scaled=False)[0]
    with rasterio.open(tmp_path / "scores.tif") as dataset:
        np.testing.assert_allclose(dataset.read(), expected, atol=1e-5)
    assert f"ends with {inside}" in result.note
