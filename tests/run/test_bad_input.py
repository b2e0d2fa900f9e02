"""What goes wrong: one message with a remedy, and nothing left under the final name."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests import onnx_models
from tests.run import making
from tests.run.refusing import refused

from geocairn.errors import ArtifactError, GeocairnError, InputError
from geocairn.run import loading
from geocairn.run.runnable import RunnableModel, load_item

PIXELS = making.image()


def test_too_few_bands(model: RunnableModel, tmp_path: Path) -> None:
    scene = making.raster(tmp_path / "s.tif", PIXELS[:2])
    with refused(tmp_path / "m.tif", "has 2 bands, and none for red, green, blue"):
        model.predict(scene, tmp_path / "m.tif")
    assert not list(tmp_path.glob(".*"))


def test_more_bands_than_it_can_tell_apart(model: RunnableModel, tmp_path: Path) -> None:
    scene = making.raster(tmp_path / "s.tif", making.image(bands=5), photometric="MINISBLACK")
    with refused(tmp_path / "m.tif", "have no names"):
        model.predict(scene, tmp_path / "m.tif")
    given = {"red": 5, "green": 1, "blue": 2}
    assert model.predict(scene, tmp_path / "m.tif", bands=given).counts


@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
def test_complex_numbers(model: RunnableModel, tmp_path: Path, dtype: str) -> None:
    scene = making.raster(tmp_path / "s.tif", PIXELS.astype(dtype))
    with refused(tmp_path / "m.tif", "complex numbers"):
        model.predict(scene, tmp_path / "m.tif")


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("fractions", PIXELS.astype(np.float32) / 255),
        ("reflectance", PIXELS.astype(np.uint16) * 60),
    ],
)
def test_values_of_another_kind(
    model: RunnableModel, tmp_path: Path, name: str, values: Any
) -> None:
    scene = making.raster(tmp_path / f"{name}.tif", values)
    with refused(tmp_path / "m.tif", "of another kind"):
        model.predict(scene, tmp_path / "m.tif")
    assert model.predict(scene, tmp_path / "m.tif", check=False).counts


def test_eight_bits_for_reflectance(tmp_path: Path) -> None:
    item = making.segmenter_item(tmp_path, scaling=[{"type": "scale", "value": 10_000}])
    scene = making.raster(tmp_path / "s.tif", PIXELS, photometric="RGB")
    with refused(tmp_path / "m.tif", "of another kind"):
        load_item(item).predict(scene, tmp_path / "m.tif")
    dark = making.raster(tmp_path / "d.tif", PIXELS.astype(np.uint16))
    assert load_item(item).predict(dark, tmp_path / "m.tif").counts


def test_nothing_but_nodata(model: RunnableModel, tmp_path: Path) -> None:
    scene = making.raster(tmp_path / "s.tif", PIXELS * 0, nodata=0, photometric="RGB")
    with refused(tmp_path / "m.tif", "holds no data at all"):
        model.predict(scene, tmp_path / "m.tif")
    with refused(tmp_path / "m.parquet", "holds no data at all"):
        model.predict(scene, tmp_path / "m.parquet")
    assert not list(tmp_path.glob(".*"))


def test_no_such_file(model: RunnableModel, tmp_path: Path) -> None:
    with refused(tmp_path / "m.tif", "no such file"):
        model.predict(tmp_path / "none.tif", tmp_path / "m.tif")


def test_no_image(model: RunnableModel, tmp_path: Path) -> None:
    (tmp_path / "s.tif").write_text("this is no image")
    with refused(tmp_path / "m.tif", "cannot be read as an image"):
        model.predict(tmp_path / "s.tif", tmp_path / "m.tif")


def test_an_image_that_was_cut_off(model: RunnableModel, tmp_path: Path) -> None:
    scene = making.raster(tmp_path / "s.tif", making.image(400, 400), photometric="RGB")
    scene.write_bytes(scene.read_bytes()[:200_000])
    with refused(tmp_path / "m.tif", "cannot be read as an image") as caught:
        model.predict(scene, tmp_path / "m.tif", tile=64, check=False)
    assert "previous exception" not in str(caught.value)


def test_a_server_that_does_not_answer(model: RunnableModel, tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/scene.tif"
        with refused(tmp_path / "m.tif", "cannot be read as an image") as caught:
            model.predict(url, tmp_path / "m.tif")
    assert "network" in str(caught.value)


def test_the_network_tells_its_errors_once(
    model: RunnableModel, scene: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with refused(tmp_path / "m.tif", "does not run on image"):
        model.predict(scene, tmp_path / "m.tif", tile=33)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"overlap": 64, "tile": 64}, "cannot share 64"),
        ({"format": "png"}, "no format 'png'"),
        ({"batch": 0}, "batch of 0"),
        ({"tile": 0}, "windows of 0 x 0"),
        ({"output_name": "other"}, "has no output 'other'"),
        ({"bands": {"swir": 1}}, "no band 'swir'"),
        ({"tile": 33}, "does not run on"),
    ],
)
def test_options_that_cannot_be(
    model: RunnableModel, scene: Path, tmp_path: Path, options: dict[str, Any], said: str
) -> None:
    with refused(tmp_path / "m.tif", said):
        model.predict(scene, tmp_path / "m.tif", **options)


def test_an_ending_that_says_nothing(model: RunnableModel, scene: Path, tmp_path: Path) -> None:
    with refused(tmp_path / "m.xyz", "'.xyz' is of no format"):
        model.predict(scene, tmp_path / "m.xyz")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"bands": ["red", "green"]}, "bands is not 2"),
        ({"input": {"data_type": "uint8"}}, "not uint8"),
        ({"input": {"shape": [-1, 3, -1], "dim_order": ["batch", "bands", "x"]}}, "dimensions"),
    ],
)
def test_a_network_that_does_not_match_its_item(
    item: dict[str, Any], change: dict[str, Any], said: str
) -> None:
    told = item["properties"]["mlm:input"][0]
    told |= {key: value for key, value in change.items() if key != "input"}
    told["input"] |= change.get("input", {})
    if "bands" in change:
        told["input"]["shape"][1] = 2
        told["value_scaling"] = told["value_scaling"][:2]
    with pytest.raises(ArtifactError, match="not the network") as caught:
        load_item(item)
    assert said in str(caught.value)


def test_a_second_input_that_nobody_spoke_of(item: dict[str, Any]) -> None:
    item["properties"]["mlm:input"].append(making.image_input(name="more"))
    with pytest.raises(ArtifactError, match="takes 1 arrays"):
        load_item(item)


@pytest.mark.parametrize("name", ["custom operator", "weights above the folder", "cut off"])
def test_hostile_files_are_refused_before_anything_loads_them(
    item: dict[str, Any], tmp_path: Path, name: str
) -> None:
    make, _ = onnx_models.HOSTILE[name]
    path = tmp_path / "evil.onnx"
    path.write_bytes(make())
    item["assets"]["model"] |= {
        "href": str(path),
        "file:checksum": making.sha256(path),
        "file:size": path.stat().st_size,
    }
    with pytest.raises(ArtifactError):
        load_item(item)


@pytest.mark.parametrize(
    ("ending", "kind", "form"),
    [
        (".pt", "torch.jit.save", "torchscript"),
        (".pt2", "torch.export.save", "torch-export"),
        (".safetensors", "safetensors", "safetensors"),
        (".pth", "torch.save", "pickle"),
    ],
)
def test_code_without_trust(
    item: dict[str, Any], tmp_path: Path, ending: str, kind: str, form: str
) -> None:
    path = tmp_path / f"model{ending}"
    path.write_bytes(b"code")
    item["assets"]["model"] = {
        "href": str(path),
        "type": "application/octet-stream",
        "roles": ["mlm:model"],
        "mlm:artifact_type": kind,
    }
    for options in ({}, {"asset": "model"}):
        with pytest.raises(GeocairnError) as caught:
            load_item(item, **options)  # type: ignore[arg-type]
        assert loading.CODE[form] in str(caught.value)
        wanted = "never opened" if form == "pickle" else "trust=True"
        assert wanted in (caught.value.remedy or "")
    with pytest.raises(ArtifactError, match="another file than the trusted one"):
        load_item(item, trust="1220" + "0" * 64)
    if form == "pickle":
        with pytest.raises(GeocairnError, match="cannot be opened"):
            load_item(item, trust=True)


def test_code_of_others_as_processing_is_not_executed(item: dict[str, Any]) -> None:
    told = item["properties"]["mlm:input"][0]
    told["pre_processing_function"] = {"format": "python", "expression": "a.b:c"}
    with pytest.raises(InputError, match="pre_processing_function"):
        load_item(item)


def test_post_processing_of_others_is_left_out_only_when_asked(
    item: dict[str, Any], scene: Path, tmp_path: Path
) -> None:
    told = item["properties"]["mlm:output"][0]
    told["post_processing_function"] = {"format": "python", "expression": "pkg.mod:fix"}
    model = load_item(item)
    with refused(tmp_path / "m.tif", "only its own code can apply"):
        model.predict(scene, tmp_path / "m.tif")
    assert model.predict(scene, tmp_path / "m.tif", raw=True).kind == "values"
