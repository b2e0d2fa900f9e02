"""Models run in the sandbox on their samples: those that keep their word, and those that do not."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from onnx import TensorProto, helper
from tests import onnx_models
from tests.onnx_models import HOSTILE, value
from tests.verification.entries import Arrays, description, entry, image, run, save

from geocairn import sandbox
from geocairn.artifacts.files import checksum
from geocairn.errors import GeocairnError, InputError
from geocairn.sandbox import Limits
from geocairn.verification import Verdict, verify_folder

pytestmark = pytest.mark.skipif(
    not sandbox.can_isolate(), reason="isolation needs Linux on x86-64 or ARM 64"
)
SMALL = Limits(memory=512 << 20, processor=20, wall=90)


def verify(folder: Path, **more: Any) -> Verdict:
    return verify_folder(folder, limits=more.pop("limits", SMALL), **more)


def test_a_sample_is_reproduced(tmp_path: Path) -> None:
    folder = entry(tmp_path)
    verdict = verify(folder)
    assert (verdict.state, verdict.remarks) == ("reproduced", ())
    evidence = verdict.evidence
    assert evidence is not None
    assert evidence.reproduced
    assert evidence.item == "tiny-unet-1.2.0"
    assert evidence.input == checksum(folder / "sample-input.npz")
    assert evidence.isolation[0] == "seccomp"
    assert set(evidence.versions) == {"geocairn", "numpy", "onnxruntime", "python"}
    (model,) = evidence.models
    assert model.checksum == checksum(folder / "model.onnx")
    assert model.values == 2 * 16 * 16
    assert model.outside == 0
    assert 0 <= model.absolute < 1e-5
    assert model.peak_memory > 10 << 20
    assert [one.get("batch") for one in model.sweep[:3]] == [1, 2, 3]
    assert {(one["height"], one["width"]) for one in model.sweep[3:]} == {
        (32, 16),
        (16, 32),
        (32, 32),
    }


def test_another_output_fails(tmp_path: Path) -> None:
    given = {"image": image()}
    expected = run(onnx_models.segmenter(), given)
    expected["output"][0, 0, 3, 3] += 0.01
    verdict = verify(entry(tmp_path, given=given, expected=expected))
    assert verdict.state == "failed"
    assert "1 of 512 values are outside of the tolerance, by up to 0.01" in verdict.told
    assert verdict.evidence is not None
    assert not verdict.evidence.reproduced


def test_other_weights_fail(tmp_path: Path) -> None:
    folder = entry(tmp_path)
    onnx_models.saved(folder / "model.onnx", onnx_models.segmenter(seed=1))
    assert verify(folder).state == "failed"


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        ({"output": np.zeros((1, 2, 8, 8), np.float32)}, "(1, 2, 8, 8) is expected"),
        ({"output": np.full((1, 2, 16, 16), np.nan, np.float32)}, "512 of 512"),
        ({"a": np.zeros(1), "b": np.zeros(1)}, "has no output 'a'"),
        ({"output": np.zeros((0, 2, 16, 16), np.float32)}, "is expected"),
    ],
)
def test_what_cannot_be_compared_fails(tmp_path: Path, expected: Arrays, told: str) -> None:
    verdict = verify(entry(tmp_path, expected=expected))
    assert verdict.state == "failed"
    assert told in verdict.told


def test_a_stated_tolerance_holds(tmp_path: Path) -> None:
    given = {"image": image()}
    expected = run(onnx_models.segmenter(), given)
    expected["output"] += np.float32(0.01)
    folder = entry(tmp_path, given=given, expected=expected)
    item = json.loads((folder / "item.json").read_text())
    asset = item["assets"]["sample-output"]
    for tolerance, state in (
        ({"absolute": 0.02}, "reproduced"),
        ({"absolute": 0.001}, "failed"),
        ({"absolute": 1e9}, "not verified"),
        ({"relative": float(1)}, "not verified"),
        ({"absolut": 0.02}, "not verified"),
    ):
        asset["geocairn:tolerance"] = tolerance
        (folder / "item.json").write_text(json.dumps(item))
        assert verify(folder).state == state, tolerance


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_models_fail_before_they_are_loaded(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("a hostile file reached the sandbox")

    monkeypatch.setattr(sandbox, "run", never)
    make, reason = HOSTILE[name]
    verdict = verify(entry(tmp_path, make(), expected={"output": np.zeros(1)}))
    assert verdict.state == "failed"
    assert reason in verdict.told


def test_a_model_that_loops_is_ended(tmp_path: Path) -> None:
    folder = entry(
        tmp_path, onnx_models.looping(), given={"x": np.zeros(4, np.float32)}, expected=ANY
    )
    verdict = verify(folder, limits=Limits(memory=512 << 20, processor=4, wall=60))
    assert (verdict.state, verdict.told) == (
        "failed",
        "model: used more than 4 s of processor time",
    )


def test_a_model_that_takes_all_memory_is_ended(tmp_path: Path) -> None:
    folder = entry(
        tmp_path, onnx_models.swelling(), given={"x": np.ones(1 << 16, np.float32)}, expected=ANY
    )
    verdict = verify(folder)
    assert verdict.state == "failed"
    assert verdict.evidence is not None
    assert verdict.evidence.models[0].peak_memory < 1 << 30


ANY: Arrays = {"y": np.zeros(4, np.float32)}


def test_a_batch_that_does_not_run_is_remarked(tmp_path: Path) -> None:
    """The graph calls its batch free, and then folds it away."""
    made = onnx_models.model(
        [helper.make_node("Reshape", ["image", "shape"], ["output"])],
        [value("image", ["batch", 3, 16, 16])],
        [value("output", ["batch", 3, 256])],
        weights={"shape": np.int64([1, 3, 256])},
    )
    verdict = verify(entry(tmp_path, made))
    assert verdict.state == "reproduced"
    assert len(verdict.remarks) == 2
    assert verdict.remarks[0].startswith("model: batch of 2: ")


def test_a_model_that_mixes_its_batch_is_remarked(tmp_path: Path) -> None:
    made = onnx_models.model(
        [
            helper.make_node("ReduceSum", ["image", "axes"], ["sum"], keepdims=1),
            helper.make_node("Add", ["image", "sum"], ["output"]),
        ],
        [value("image", ["batch", 3, 16, 16])],
        [value("output", ["batch", 3, 16, 16])],
        weights={"axes": np.int64([0])},
    )
    verdict = verify(entry(tmp_path, made))
    assert verdict.remarks[0] == "model: batch of 2: gives something else than one by one"


def test_whole_numbers_may_stray_a_little(tmp_path: Path) -> None:
    made = onnx_models.segmenter(activation="ArgMax")
    made.graph.output[0].CopyFrom(value("output", None, kind=TensorProto.INT64))
    given = {"image": image(size=64)}
    expected = run(made, given)
    expected["output"][0, 0, :1, :3] ^= 1
    assert (
        verify(entry(tmp_path / "few", made, given=given, expected=expected)).state == "reproduced"
    )
    expected["output"][0, 0, 1, :9] ^= 1
    assert verify(entry(tmp_path / "many", made, given=given, expected=expected)).state == "failed"


def test_images_are_scaled_and_scores_compared(tmp_path: Path) -> None:
    made = onnx_models.segmenter()
    raw = np.random.default_rng(3).integers(0, 10_000, (3, 16, 16), dtype=np.uint16)
    scaling = [{"type": "z-score", "mean": 4000.0 + 100 * n, "stddev": 2000.0} for n in range(3)]
    means = np.float32([one["mean"] for one in scaling])[:, None, None]
    logits = run(made, {"image": ((raw - means) / np.float32(2000))[None]})["output"][0]
    scores = np.exp(logits) / np.exp(logits).sum(0)
    scores[:, 2, 2] = np.nan  # where the image has no data
    item = description()
    item["properties"]["mlm:input"][0]["value_scaling"] = scaling
    item["properties"]["mlm:output"][0]["post_processing_function"] = {
        "format": "python",
        "expression": "torch.nn.Softmax(dim=1)",
    }
    for role in ("input", "output"):
        item["assets"][f"sample-{role}"] = {
            "href": f"./sample-{role}.tif",
            "roles": [f"sample-{role}"],
        }
    folder = entry(tmp_path, made, **item)
    _tif(folder / "sample-input.tif", raw)
    _tif(folder / "sample-output.tif", scores.astype(np.float32))
    verdict = verify(folder)
    assert verdict.state == "reproduced", verdict.told
    assert verdict.evidence is not None
    assert verdict.evidence.models[0].values == 2 * (16 * 16 - 1)
    item["properties"]["mlm:output"][0]["post_processing_function"]["expression"] = "mine:decode"
    (folder / "item.json").write_text(json.dumps(item))
    assert "only its own code can apply" in verify(folder).told


def _tif(path: Path, pixels: Any) -> None:
    transform = rasterio.Affine(10, 0, 3e5, 0, -10, 3e6)
    count, height, width = pixels.shape
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        count=count,
        height=height,
        width=width,
        dtype=pixels.dtype,
        transform=transform,
        crs="EPSG:32645",
    ) as dataset:
        dataset.write(pixels)


def test_an_image_that_names_other_files_is_not_followed(tmp_path: Path) -> None:
    folder = entry(tmp_path)
    item = json.loads((folder / "item.json").read_text())
    item["assets"]["sample-input"]["href"] = "./sample-input.tif"
    (folder / "item.json").write_text(json.dumps(item))
    (folder / "sample-input.tif").write_text(
        '<VRTDataset rasterXSize="1" rasterYSize="1"><VRTRasterBand dataType="Byte" band="1">'
        "<SimpleSource><SourceFilename>/etc/passwd</SourceFilename></SimpleSource>"
        "</VRTRasterBand></VRTDataset>"
    )
    verdict = verify(folder)
    assert verdict.state == "failed"
    assert "RasterioIOError" in verdict.told


class _Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return open, ("/tmp/geocairn-unpickled", "w")


@pytest.mark.parametrize("ending", ["npy", "npz"])
def test_pickles_in_samples_are_not_loaded(tmp_path: Path, ending: str) -> None:
    folder = entry(tmp_path)
    target = folder / f"sample-input.{ending}"
    item = json.loads((folder / "item.json").read_text())
    item["assets"]["sample-input"]["href"] = f"./sample-input.{ending}"
    (folder / "item.json").write_text(json.dumps(item))
    array = np.array([_Evil()], dtype=object)
    if ending == "npy":
        np.save(target, array, allow_pickle=True)
    else:
        np.savez(target, image=array)
    assert pickle.dumps(_Evil())
    verdict = verify(folder)
    assert verdict.state == "failed"
    assert "allow_pickle" in verdict.told
    target.write_bytes(b"\x93NUMPY\x01\x00\xff\xff" + b"x" * 100)
    assert verify(folder).state == "failed"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"model": {"href": "https://example.org/m.onnx"}}, "lie elsewhere"),
        ({"model": {"href": "./m.pt", "mlm:artifact_type": "torch.save"}}, "no model in ONNX"),
        ({"model": {"href": "../model.onnx"}}, "lie elsewhere"),
        ({"sample-input": {"roles": []}}, "no asset of the role sample-input"),
        ({"sample-output": {"href": "https://example.org/o.npz"}}, "is not beside it"),
        ({"sample-output": {"href": "./item.json"}}, "is none of .npy"),
    ],
)
def test_what_cannot_be_run_is_told_apart_from_failure(
    tmp_path: Path, change: dict[str, Any], told: str
) -> None:
    folder = entry(tmp_path)
    item = json.loads((folder / "item.json").read_text())
    for key, fields in change.items():
        item["assets"][key] |= fields
    (folder / "item.json").write_text(json.dumps(item))
    verdict = verify(folder)
    assert verdict.state == "not verified"
    assert told in verdict.told
    assert verdict.evidence is None


def test_a_symbolic_link_is_no_model(tmp_path: Path) -> None:
    folder = entry(tmp_path)
    (folder / "model.onnx").rename(tmp_path / "elsewhere.onnx")
    (folder / "model.onnx").symlink_to(tmp_path / "elsewhere.onnx")
    assert verify(folder).state == "not verified"


def test_a_single_array_needs_no_name(tmp_path: Path) -> None:
    given = image()
    expected = run(onnx_models.segmenter(), {"image": given})
    item = description()
    for role in ("input", "output"):
        item["assets"][f"sample-{role}"] = {
            "href": f"./sample-{role}.npy",
            "roles": [f"sample-{role}"],
        }
    folder = entry(tmp_path, **item)
    np.save(folder / "sample-input.npy", given)
    np.save(folder / "sample-output.npy", expected["output"])
    assert verify(folder).state == "reproduced"


def test_several_inputs_go_by_name(tmp_path: Path) -> None:
    made = onnx_models.model(
        [helper.make_node("Sub", ["a", "b"], ["y"])],
        [value("a", ["n"]), value("b", ["n"])],
        [value("y", ["n"])],
    )
    given = {"b": np.float32([1, 2]), "a": np.float32([5, 5])}
    folder = entry(tmp_path, made, given=given, expected={"y": np.float32([4, 3])})
    assert verify(folder).state == "reproduced"
    save(folder / "sample-input.npz", {"c": given["a"], "b": given["b"]})
    assert "the model takes ['a', 'b']" in verify(folder).told


def test_no_item_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        verify(tmp_path)
    (tmp_path / "item.json").write_text("[]")
    assert verify(tmp_path).state == "not verified"


def test_without_runtime_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(GeocairnError, match="onnxruntime is not installed") as caught:
        verify(entry(tmp_path))
    assert "geocairn[verify]" in str(caught.value.remedy)


def test_a_file_that_is_two_things_is_run_as_the_one_that_was_read(tmp_path: Path) -> None:
    """To ONNX Runtime, bytes with this mark are of its own format, which nobody judged."""
    made = onnx_models.segmenter()
    made.ClearField("doc_string")
    text = b"..ORTM" + b"." * 40
    data = b"\x32" + bytes([len(text)]) + text + made.SerializeToString()
    assert data[4:8] == b"ORTM"
    given = {"image": image()}
    folder = entry(tmp_path, data, given=given, expected=run(made, given))
    assert verify(folder).state == "reproduced"
