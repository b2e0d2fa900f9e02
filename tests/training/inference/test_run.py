"""Whole rasters: what is written is what the network says, in its place."""

import json
import resource
from pathlib import Path

import numpy as np
import pytest
import rasterio
from PIL import Image
from rio_cogeo.cogeo import cog_validate

from geocairn.errors import InputError, OutputError
from geocairn.run.polygons import Tracing
from geocairn_training.inference import Options, images_in, run


def one(images, predictor, output, **options):
    (document,) = run(images, predictor, output=output, options=Options(**options))
    return document


def expected(recipe, pixels):
    scaled = recipe.scale(pixels)[None]
    return recipe.probabilities(4 * scaled.sum(axis=1, keepdims=True))[0, 0]


@pytest.mark.parametrize("size", [(150, 200), (64, 64), (33, 47), (64, 300)])
@pytest.mark.parametrize("batch", [1, 3])
def test_windows_leave_no_trace(make, predictor, recipe, pixels, tmp_path, size, batch):
    part = np.ascontiguousarray(np.pad(pixels, ((0, 0), (0, 0), (0, 100)))[:, : size[0], : size[1]])
    scene = make(part)
    out = tmp_path / "out"
    one([scene], predictor, out, tile=64, overlap=24, batch=batch)
    with rasterio.open(out / "scene_probability.tif") as scores, rasterio.open(scene) as source:
        assert scores.crs == source.crs
        assert scores.transform == source.transform
        assert scores.descriptions == ("bright",)
        np.testing.assert_allclose(scores.read(1), expected(recipe, part), atol=2e-6)
    with rasterio.open(out / "scene_mask.tif") as mask:
        assert (mask.read(1) == (expected(recipe, part) >= 0.5)).all()
        assert mask.colormap(1)[1] == (255, 136, 0, 255)


def test_missing_data_stays_missing(make, predictor, pixels, tmp_path):
    pixels[:, 100:, :70] = 0
    scene = make(pixels, nodata=0)
    document = one([scene], predictor, tmp_path / "out")
    with rasterio.open(tmp_path / "out" / "scene_probability.tif") as scores:
        found = scores.read(1)
        assert np.isnan(scores.nodata)
    assert np.isnan(found[100:, :70]).all()
    assert np.isfinite(found[:100]).all()
    with rasterio.open(tmp_path / "out" / "scene_mask.tif") as mask:
        assert mask.nodata == 255
        assert (mask.read(1)[100:, :70] == 255).all()
    assert document["classes"]["no data"] == {"value": 255, "pixels": 50 * 70}


def test_it_tells_how_far_it_is(make, predictor, pixels, tmp_path):
    told = []

    class Told:
        def step(self, title, *, total, unit=""):
            told.append((title, total, unit))

        def advance(self, amount):
            told.append(amount)

    scene = make(pixels)
    options = Options(polygons=False, tile=64, overlap=32)
    list(run([scene], predictor, output=tmp_path / "out", options=options, progress=Told()))
    assert told[0][1:] == (4, "rows")  # of windows, which begin at 0, 32, 64 and 96
    assert sum(told[1:]) == 4


def test_not_a_number_is_missing(make, predictor, pixels, tmp_path):
    image = pixels.astype(np.float32)
    image[1, 5, 7] = np.nan
    one([make(image)], predictor, tmp_path / "out")
    with rasterio.open(tmp_path / "out" / "scene_probability.tif") as scores:
        assert np.argwhere(np.isnan(scores.read(1))).tolist() == [[5, 7]]


def test_an_empty_scene_is_no_work_for_the_network(make, predictor, recipe, tmp_path):
    """It is asked once what it gives, for nothing."""

    def forbidden(scaled):
        assert not scaled.any(), "there is nothing to see"
        return scaled[:, :1]

    scene = make(np.zeros((3, 100, 100), np.uint8), nodata=0)
    blind = type(predictor)(recipe, forbidden)
    document = one([scene], blind, tmp_path / "out")
    assert document["classes"] == {"no data": {"value": 255, "pixels": 10_000}}


def test_neighbouring_windows_are_blended(make, recipe, predictor, pixels, tmp_path):
    """A network that shows where its windows lie: its seams must rise and fall gently."""

    def network(scaled):
        ramp = np.linspace(-3, 3, scaled.shape[-1], dtype=np.float32)
        return np.broadcast_to(ramp, (len(scaled), 1, *scaled.shape[-2:]))

    seen = type(predictor)(recipe, network)
    steps = {}
    for overlap in (0, 32):
        one([make(pixels)], seen, tmp_path / "out", tile=64, overlap=overlap)
        with rasterio.open(tmp_path / "out" / "scene_probability.tif") as scores:
            steps[overlap] = np.abs(np.diff(scores.read(1), axis=1)).max()
    assert steps[0] > 0.8
    assert steps[32] < 0.05


def test_bands_are_found_by_name(make, predictor, recipe, pixels, tmp_path):
    shuffled = np.stack([pixels[2], pixels[0] // 2, pixels[0], pixels[1]])
    scene = make(shuffled)
    with rasterio.open(scene, "r+") as dataset:
        for index, name in enumerate(("Blue", "nir", "Red", "Green"), start=1):
            dataset.set_band_description(index, name)
    document = one([scene], predictor, tmp_path / "out")
    assert document["image"]["bands"] == [3, 4, 1]
    with rasterio.open(tmp_path / "out" / "scene_probability.tif") as scores:
        np.testing.assert_allclose(scores.read(1), expected(recipe, pixels), atol=2e-6)


def test_the_document_tells_what_was_done(make, predictor, pixels, tmp_path):
    out = tmp_path / "out"
    document = one([make(pixels)], predictor, out, threshold=0.7)
    assert json.loads((out / "scene.json").read_text()) == document
    assert document["parameters"]["threshold"] == 0.7
    assert document["classes"]["bright"]["pixels"] == 40 * 60 + 40 * 30
    assert document["seconds"]["total"] > 0
    assert set(document["outputs"]) | {"scene.json"} == {path.name for path in out.iterdir()}
    with Image.open(out / "scene_overlay.png") as picture:
        assert picture.size == (200, 150)
        clear, tinted = picture.getpixel((5, 5)), picture.getpixel((60, 40))
    assert clear[0] - clear[2] < 30 < tinted[0] - tinted[2]


def test_softmax_and_many_classes(make, predictor, pixels, tmp_path):
    kind = type(predictor.recipe.classes[0])
    fields = {name: getattr(predictor.recipe, name) for name in predictor.recipe.__slots__}
    fields |= {
        "activation": "softmax",
        "channels": 3,
        "classes": tuple(kind(value=value, name=f"c{value}") for value in (0, 7, 9)),
    }
    recipe = type(predictor.recipe)(**fields)

    def network(scaled):
        bright = 4 * scaled.sum(axis=1)
        return np.stack([0 * bright, bright, bright - 1], axis=1)

    document = one([make(pixels)], type(predictor)(recipe, network), tmp_path / "out")
    assert document["classes"]["c7"] == {"value": 7, "pixels": 3600}
    assert "c9" not in document["classes"]
    with rasterio.open(tmp_path / "out" / "scene_probability.tif") as scores:
        np.testing.assert_allclose(scores.read().sum(axis=0), 1, atol=1e-5)


def test_pictures_without_a_place_have_no_polygons(predictor, pixels, tmp_path):
    scene = tmp_path / "scene.png"
    Image.fromarray(pixels.transpose(1, 2, 0)).save(scene)
    document = one([scene], predictor, tmp_path / "out")
    assert document["image"]["crs"] is None
    assert not [name for name in document["outputs"] if name.endswith(("json", "parquet"))]


@pytest.mark.parametrize("failing", ["single band", "broken", "text"])
def test_bad_images_leave_nothing(make, predictor, pixels, tmp_path, failing):
    scene = make(pixels[:1] if failing == "single band" else pixels)
    if failing == "broken":
        scene.write_bytes(scene.read_bytes()[:40_000])
    if failing == "text":
        scene.write_text("no image")
    out = tmp_path / "out"
    with pytest.raises(InputError) as caught:
        one([scene], predictor, out)
    assert Path(caught.value.where).stem == "scene"
    assert caught.value.remedy
    assert list(out.iterdir()) == []


def test_a_failing_network_leaves_nothing(make, recipe, predictor, pixels, tmp_path):
    calls = []

    def network(scaled):
        calls.append(1)
        if len(calls) > 5:
            raise MemoryError
        return scaled[:, :1]

    with pytest.raises(MemoryError):
        one([make(pixels)], type(predictor)(recipe, network), tmp_path / "out", tile=64)
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("room", [1_000, 60_000, 119_900, 120_100])
def test_a_full_disk_leaves_nothing(make, predictor, pixels, tmp_path, room):
    """Files end after so many bytes: in the rows of scores, at their very end, or later on."""
    noise = np.random.default_rng(1).integers(0, 255, pixels.shape).astype(np.uint8)
    scene = make(noise)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        with pytest.raises(OutputError, match=r"not written whole|cannot write") as caught:
            one([scene], predictor, tmp_path / "out")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert caught.value.where == str(tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_rasters_are_cloud_optimized(make, predictor, pixels, tmp_path):
    one([make(np.tile(pixels, (1, 6, 6)))], predictor, tmp_path / "out")
    for name in ("scene_probability.tif", "scene_mask.tif"):
        assert cog_validate(tmp_path / "out" / name, strict=True) == (True, [], [])


def test_images_are_found(make, pixels, tmp_path):
    make(pixels, "b.tif")
    make(pixels, "a.TIF")
    (tmp_path / "a.TIF.aux.xml").write_text("<x/>")
    assert [path.name for path in images_in(tmp_path)] == ["a.TIF", "b.tif"]
    Image.fromarray(pixels[0]).save(tmp_path / "b.png")
    with pytest.raises(InputError, match="name of another image"):
        images_in(tmp_path)
    (tmp_path / "empty").mkdir()
    for place in (tmp_path / "empty", tmp_path / "nowhere"):
        with pytest.raises(InputError, match="there is no"):
            images_in(place)


def test_small_polygons_are_left_out(make, predictor, pixels, tmp_path):
    document = one([make(pixels)], predictor, tmp_path / "out", tracing=Tracing(minimum_area=500))
    assert document["outputs"]
    collection = json.loads((tmp_path / "out" / "scene.geojson").read_text())
    assert [one["properties"]["area_m2"] for one in collection["features"]] == [600.0]
