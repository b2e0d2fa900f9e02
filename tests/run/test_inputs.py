"""Whatever a scene is given as, the same pixels give the same result."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pystac
import pytest
import rasterio
import xarray as xr
from tests.run import making
from tests.run.making import node, tensor

from geocairn.errors import InputError
from geocairn.run.runnable import RunnableModel, load_item
from geocairn.run.scenes import open_scene

PIXELS = making.image()
S2_NAMES = ("B04", "B03", "B02")


@pytest.fixture
def expected(model: RunnableModel, scene: Path) -> Any:
    return model.predict(scene).array()


def scene_item(folder: Path, *, described: bool = True) -> dict[str, Any]:
    """A Sentinel-2 scene as its STAC Items are: an asset for each band, names as keys."""
    assets: dict[str, Any] = {
        "thumbnail": {"href": "./thumb.png", "roles": ["thumbnail"], "type": "image/png"}
    }
    for index, name in enumerate(S2_NAMES):
        making.raster(folder / f"{name}.tif", PIXELS[index : index + 1])
        assets[name] = {
            "href": f"./{name}.tif",
            "roles": ["data"],
            "type": "image/tiff; application=geotiff; profile=cloud-optimized",
        }
        if described:
            color = ("red", "green", "blue")[index]
            assets[name]["bands"] = [{"name": name, "eo:common_name": color}]
    return {
        "type": "Feature",
        "stac_version": "1.1.0",
        "id": "S2A_T45RUL",
        "geometry": {
            "type": "Polygon",
            "coordinates": [[[85, 27], [86, 27], [86, 28], [85, 28], [85, 27]]],
        },
        "bbox": [85, 27, 86, 28],
        "properties": {
            "datetime": "2024-05-01T10:00:00Z",
            "gsd": 2.0,
            "platform": "sentinel-2a",
            "constellation": "sentinel-2",
        },
        "links": [],
        "assets": assets,
    }


@pytest.mark.parametrize("described", [True, False])
def test_a_stac_item(model: RunnableModel, expected: Any, tmp_path: Path, described: bool) -> None:
    folder = tmp_path / "s2"
    item = scene_item(folder, described=described)
    (folder / "item.json").write_text(json.dumps(item))
    result = model.predict(folder / "item.json", tmp_path / "m.tif")
    np.testing.assert_array_equal(result.array(), expected)
    told = result.item()
    assert told["properties"]["datetime"] == "2024-05-01T10:00:00Z"
    assert told["links"][0]["href"] == "s2/item.json"
    assert told["links"][0]["type"] == "application/geo+json"
    read = pystac.Item.from_file(str(folder / "item.json"))
    np.testing.assert_array_equal(model.predict(read).array(), expected)


def test_an_item_of_stac_1_0(model: RunnableModel, expected: Any, tmp_path: Path) -> None:
    folder = tmp_path / "old"
    making.raster(folder / "visual.tif", PIXELS)
    names = [
        {"name": f"x{n}", "common_name": one} for n, one in enumerate(("red", "green", "blue"))
    ]
    item = scene_item(folder)
    item["assets"] = {
        "visual": {"href": str(folder / "visual.tif"), "type": "image/tiff", "eo:bands": names}
    }
    np.testing.assert_array_equal(model.predict(item).array(), expected)


def test_files_of_bands(model: RunnableModel, expected: Any, tmp_path: Path) -> None:
    files = []
    for index, name in ((2, "B02"), (0, "B04"), (1, "B03")):
        stem = f"T45RUL_20240501T044651_{name}_10m"
        files.append(making.raster(tmp_path / f"{stem}.tif", PIXELS[index : index + 1]))
    scene = open_scene(files)
    assert [band.common_name for band in scene.bands] == ["blue", "red", "green"]
    assert scene.name == "T45RUL_20240501T044651_B0"
    np.testing.assert_array_equal(model.predict(files).array(), expected)


def test_a_dataset_that_is_open(model: RunnableModel, expected: Any, scene: Path) -> None:
    with rasterio.open(scene) as dataset:
        np.testing.assert_array_equal(model.predict(dataset).array(), expected)
        assert not dataset.closed


def array_of(names: list[str]) -> xr.DataArray:
    x = making.NORTH_UP.c + 2 * (np.arange(128) + 0.5)
    y = making.NORTH_UP.f - 2 * (np.arange(96) + 0.5)
    crs = rasterio.crs.CRS.from_user_input(making.UTM).to_wkt()
    array = xr.DataArray(
        PIXELS, dims=("band", "y", "x"), coords={"band": names, "x": x, "y": y}, name="picture"
    )
    return array.assign_coords(spatial_ref=xr.DataArray(0, attrs={"crs_wkt": crs}))


@pytest.mark.parametrize("form", ["array", "dataset", "transposed"])
def test_xarray(model: RunnableModel, expected: Any, tmp_path: Path, form: str) -> None:
    array = array_of(["red", "green", "blue"])
    given = {
        "array": array,
        "dataset": array.to_dataset("band"),
        "transposed": array.transpose("y", "x", "band"),
    }[form]
    result = model.predict(given, tmp_path / "m.tif", tile=64, overlap=0)
    assert float((result.array() == expected).mean()) > 0.99
    with rasterio.open(tmp_path / "m.tif") as dataset:
        assert dataset.transform.almost_equals(making.NORTH_UP)
        assert dataset.crs == making.UTM


def test_xarray_that_is_no_image(model: RunnableModel) -> None:
    for array, said in (
        (xr.DataArray(np.zeros((3, 4)), dims=("a", "b")), "no y and x"),
        (xr.DataArray(np.zeros((2, 3, 4, 4)), dims=("level", "band", "y", "x")), "level"),
        (xr.DataArray(np.zeros((2, 3, 4, 4)), dims=("time", "band", "y", "x")), "2 times"),
    ):
        with pytest.raises(InputError, match=said):
            model.predict(array)


def test_bands_of_another_resolution_are_laid_onto_the_finest(
    model: RunnableModel, expected: Any, tmp_path: Path
) -> None:
    coarse = making.NORTH_UP @ rasterio.Affine.scale(2)
    files = [
        making.raster(tmp_path / "s_red.tif", PIXELS[:1]),
        making.raster(tmp_path / "s_green.tif", PIXELS[1:2]),
        making.raster(tmp_path / "s_blue.tif", PIXELS[2:, ::2, ::2].copy(), transform=coarse),
    ]
    result = model.predict(files, tmp_path / "m.tif")
    assert result.array().shape == expected.shape
    assert float((result.array() == expected).mean()) > 0.8


def test_bands_of_another_size_without_a_place(model: RunnableModel, tmp_path: Path) -> None:
    files = [
        making.raster(tmp_path / "s_red.tif", PIXELS[:1], crs=None),
        making.raster(tmp_path / "s_green.tif", PIXELS[1:2], crs=None),
        making.raster(tmp_path / "s_blue.tif", PIXELS[2:, ::2, ::2].copy(), crs=None),
    ]
    with pytest.raises(InputError, match="different sizes"):
        model.predict(files)


def same(path: Path, shape: list[Any], *, name: str = "image") -> Path:
    """A network that gives back what it takes."""
    return making.saved(
        path,
        [node("Identity", [name], ["output"])],
        [tensor(name, shape)],
        [tensor("output", shape)],
    )


def values(**told: Any) -> dict[str, Any]:
    return making.output(task="regression", names=(), post=None, **told)


ORDER = ("batch", "channel", "height", "width")


def test_bands_that_are_computed(tmp_path: Path) -> None:
    index = {"name": "ndvi", "format": "numpy", "expression": "(nir - red) / (nir + red)"}
    item = making.item_of(
        same(tmp_path / "m.onnx", ["n", 2, "h", "w"]),
        inputs=[making.image_input([index, "nir"])],
        outputs=[values(order=ORDER, shape=(-1, 2, -1, -1))],
    )
    pixels = making.image(bands=4)
    scene = making.raster(tmp_path / "s.tif", pixels, names=("blue", "green", "red", "nir"))
    found = load_item(item).predict(scene).array()
    red, nir = pixels[2].astype(float), pixels[3].astype(float)
    np.testing.assert_allclose(found[0], (nir - red) / (nir + red), atol=1e-5)
    np.testing.assert_allclose(found[1], nir)


@pytest.mark.parametrize(
    "order",
    [("batch", "height", "width", "bands"), ("batch", "time", "bands", "height", "width")],
)
def test_any_order_of_dimensions(tmp_path: Path, scene: Path, order: tuple[str, ...]) -> None:
    sizes = {"bands": 3, "time": 1}
    shape = [sizes.get(one, one[0]) for one in order]
    told = making.image_input(order=order, sizes={"time": 1})
    item = making.item_of(
        same(tmp_path / "m.onnx", shape),
        inputs=[told],
        outputs=[values(order=order, shape=told["input"]["shape"])],
    )
    np.testing.assert_array_equal(load_item(item).predict(scene).array(), PIXELS)


@pytest.mark.parametrize("form", ["dimension", "channels"])
def test_several_times(tmp_path: Path, form: str) -> None:
    scenes = [making.image(seed=seed) for seed in (1, 2)]
    files = [
        making.raster(tmp_path / f"t{n}.tif", pixels, photometric="RGB")
        for n, pixels in enumerate(scenes)
    ]
    if form == "dimension":
        order = ("batch", "time", "bands", "height", "width")
        told = making.image_input(order=order, sizes={"time": 2})
        path = same(tmp_path / "m.onnx", ["n", 2, 3, "h", "w"])
    else:
        order = ("batch", "bands", "height", "width")
        told = making.image_input(("red", "green", "blue") * 2)
        path = same(tmp_path / "m.onnx", ["n", 6, "h", "w"])
    out = values(order=order, shape=told["input"]["shape"])
    model = load_item(making.item_of(path, inputs=[told], outputs=[out]))
    found = model.predict(files, tile=64, overlap=8).array()
    np.testing.assert_allclose(found, np.concatenate(scenes), rtol=1e-5)
    if form == "dimension":
        with pytest.raises(InputError, match="takes 2 times"):
            model.predict(files[:1])
        stacked = xr.concat([array_of(["red", "green", "blue"])] * 2, dim="time")
        np.testing.assert_array_equal(model.predict(stacked).array()[3:], PIXELS)
    assert model.explain(files).runs


def test_several_inputs(tmp_path: Path, scene: Path) -> None:
    path = making.saved(
        tmp_path / "m.onnx",
        [
            node("Mul", ["radar", "gain"], ["scaled"]),
            node("Concat", ["optical", "scaled"], ["output"], axis=1),
        ],
        [
            tensor("optical", ["n", 3, "h", "w"]),
            tensor("radar", ["n", 1, "h", "w"]),
            tensor("gain", ["n", 1, 1, 1]),
        ],
        [tensor("output", ["n", 4, "h", "w"])],
    )
    gain = {
        "name": "gain",
        "bands": [],
        "input": {
            "shape": [-1, 1, 1, 1],
            "dim_order": ["batch", "a", "b", "c"],
            "data_type": "float32",
        },
    }
    item = making.item_of(
        path,
        inputs=[making.image_input(name="optical"), making.image_input(["VV"], name="radar"), gain],
        outputs=[values(order=ORDER, shape=(-1, 4, -1, -1))],
    )
    model = load_item(item)
    radar = making.raster(tmp_path / "vv.tif", PIXELS[:1].astype(np.float32), names=("VV",))
    given = {"optical": scene, "radar": radar, "gain": 2.5}
    found = model.predict(given, tile=64, overlap=0, batch=2).array()
    np.testing.assert_allclose(found, np.concatenate([PIXELS, PIXELS[:1] * 2.5]), rtol=1e-6)
    for wrong, said in (
        (scene, "takes an input 'gain'"),
        ({**given, "more": 1}, "no input 'more'"),
        ({**given, "gain": [1, 2]}, "is given"),
    ):
        with pytest.raises(InputError, match=said):
            model.predict(wrong)


@pytest.mark.parametrize("fixed", [True, False])
def test_inputs_of_their_own_sizes(tmp_path: Path, scene: Path, *, fixed: bool) -> None:
    """Coarse bands go in at half the size of fine ones, and are put together inside."""
    high, wide = ((64, 64), (32, 32)) if fixed else (("h", "w"), ("i", "j"))
    path = making.saved(
        tmp_path / "m.onnx",
        [
            node("Resize", ["coarse", "", "scales"], ["large"], mode="nearest"),
            node("Concat", ["fine", "large"], ["output"], axis=1),
        ],
        [tensor("fine", ["n", 3, *high]), tensor("coarse", ["n", 1, *wide])],
        [tensor("output", ["n", 4, *high])],
        weights={"scales": np.array([1, 1, 2, 2], np.float32)},
    )
    item = making.item_of(
        path,
        inputs=[
            making.image_input(name="fine", size=64),
            making.image_input(["swir"], name="coarse", size=32),
        ],
        outputs=[values(order=ORDER, shape=(-1, 4, -1, -1))],
    )
    model = load_item(item)
    y, x = np.mgrid[:48, :64]
    blocks = (2 * y + x).astype(np.float32)[None]
    half = making.NORTH_UP @ rasterio.Affine.scale(2)
    coarse = making.raster(tmp_path / "swir.tif", blocks, names=("swir",), transform=half)
    found = model.predict({"fine": scene, "coarse": coarse}, overlap=0).array()
    np.testing.assert_allclose(found[:3], PIXELS, rtol=1e-6)
    smooth = np.kron(blocks[0], np.ones((2, 2)))
    # Laid onto the fine grid, and averaged again; beyond the outermost centres nothing is known.
    np.testing.assert_allclose(found[3, 2:-2, 2:-2], smooth[2:-2, 2:-2], atol=0.6)
    if not fixed:
        with pytest.raises(InputError, match="1/2 of the first input's pixels for 'coarse'"):
            model.predict({"fine": scene, "coarse": coarse}, tile=33)


def test_windows_are_resized_where_the_item_says_how(tmp_path: Path, scene: Path) -> None:
    path = same(tmp_path / "m.onnx", ["n", 3, 32, 32])
    out = values(order=ORDER, shape=(-1, 3, 32, 32))
    plain = load_item(making.item_of(path, inputs=[making.image_input(size=32)], outputs=[out]))
    with pytest.raises(InputError, match="allows no resizing"):
        plain.predict(scene, tile=64)
    told = making.image_input(size=32, resize_type="interpolation-linear")
    resized = load_item(making.item_of(path, inputs=[told], outputs=[out]))
    found = resized.predict(scene, tile=64, overlap=0).array()
    smooth = np.abs(found - PIXELS)
    assert found.shape == PIXELS.shape
    assert float(smooth.mean()) < 12


@pytest.mark.parametrize("kind", ["processes", "dask", "one"])
def test_many_scenes(model: RunnableModel, expected: Any, tmp_path: Path, kind: str) -> None:
    scenes = [
        str(making.raster(tmp_path / f"s{n}.tif", PIXELS, photometric="RGB")) for n in range(3)
    ]
    folder = tmp_path / "out"
    if kind == "dask":
        from distributed import Client, LocalCluster

        with (
            LocalCluster(
                host="127.0.0.1",
                protocol="tcp://",
                n_workers=1,
                threads_per_worker=1,
                processes=False,
                dashboard_address=None,
            ) as cluster,
            Client(cluster) as client,
        ):
            found = model.predict_many(scenes, folder, executor=client.get_executor())
    else:
        found = model.predict_many(scenes, folder, workers=2 if kind == "processes" else 1)
    assert found == [folder / f"s{n}.tif" for n in range(3)]
    for path in found:
        with rasterio.open(path) as dataset:
            np.testing.assert_array_equal(dataset.read(1), expected)
    before = found[0].stat().st_mtime_ns
    model.predict_many(scenes, folder)
    assert found[0].stat().st_mtime_ns == before
    with pytest.raises(InputError, match="two scenes"):
        model.predict_many([scenes[0], scenes[0]], folder)
