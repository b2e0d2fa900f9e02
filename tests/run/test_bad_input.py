"""What goes wrong: one message with a remedy, and nothing left under the final name."""

from __future__ import annotations

import resource
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from tests import onnx_models
from tests.run import making

from geocairn.errors import ArtifactError, GeocairnError, InputError, OutputError
from geocairn.run import loading
from geocairn.run.runnable import RunnableModel, load_item

PIXELS = making.image()


@contextmanager
def refused(output: Path, said: str, *, kind: type[GeocairnError] = InputError) -> Iterator[None]:
    """One error of ours with a remedy; nothing under the name of the output."""
    with pytest.raises(kind) as caught:
        yield
    assert said in str(caught.value)
    assert caught.value.remedy
    assert not output.exists()
    assert not output.with_name(f"{output.stem}.stac.json").exists()


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
    with refused(tmp_path / "m.tif", "cannot be read as an image"):
        model.predict(scene, tmp_path / "m.tif", tile=64, check=False)


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


_FULL = """
    import resource, sys
    sys.path.insert(0, sys.argv[1])
    from pathlib import Path
    from geocairn import _io
    from geocairn.errors import OutputError
    from geocairn.run.runnable import load_item
    item = _io.loads(Path(sys.argv[2]).read_bytes())
    model = load_item(item, threads=1)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[5]), resource.RLIM_INFINITY))
    try:
        model.predict(sys.argv[3], sys.argv[4], tile=64)
    except OutputError as error:
        print(error)
        sys.exit(7)
"""


@pytest.mark.parametrize("room", [2_000, 20_000, 70_000])
@pytest.mark.parametrize("ending", ["tif", "parquet", "gpkg"])
def test_a_disk_without_room(item: dict[str, Any], tmp_path: Path, room: int, ending: str) -> None:
    """A limit on the size of files is met at the same calls as a full disk."""
    from geocairn import _io

    (tmp_path / "item.json").write_bytes(_io.dumps(item))
    noise = np.random.default_rng(0).integers(1, 255, (3, 256, 256), np.uint8)
    scene = making.raster(tmp_path / "s.tif", noise, photometric="RGB")
    output = tmp_path / f"m.{ending}"
    root = Path(__file__).parents[2]
    arguments = [root, tmp_path / "item.json", scene, output, room]
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(_FULL), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 7), done.stderr
    assert done.returncode == 7 or room == 70_000
    if done.returncode == 7:
        assert len(done.stdout.strip().splitlines()) == 2, done.stdout
        assert not output.exists()
        assert not list(tmp_path.glob("m.*"))


def test_a_place_that_cannot_be_written(model: RunnableModel, scene: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(OutputError) as caught:
        model.predict(scene, tmp_path / "file" / "m.tif")
    assert caught.value.remedy


def test_two_runs_into_one_file(model: RunnableModel, scene: Path, tmp_path: Path) -> None:
    import filelock

    folder = tmp_path / ".m.tif.geocairn"
    folder.mkdir()
    with (
        filelock.FileLock(folder / "lock"),
        refused(tmp_path / "m.tif", "another run", kind=OutputError),
    ):
        model.predict(scene, tmp_path / "m.tif")


def test_larger_than_memory(model: RunnableModel, tmp_path: Path) -> None:
    """A scene that would take 0.8 GB as the network takes it, most of it without data."""
    path = tmp_path / "s.tif"
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=8_000,
        width=8_000,
        count=3,
        dtype="uint8",
        nodata=0,
        tiled=True,
        sparse_ok=True,
        crs=making.UTM,
        transform=making.NORTH_UP,
    ) as dataset:
        dataset.write(PIXELS, window=rasterio.windows.Window(5000, 2000, 128, 96))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    bands = {"red": 1, "green": 2, "blue": 3}
    result = model.predict(path, tmp_path / "m.tif", bands=bands, tile=512, check=False)
    assert sum(result.counts.values()) == PIXELS[0].size
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400_000
