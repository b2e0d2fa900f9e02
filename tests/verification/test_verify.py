"""Models run in the sandbox on their samples: those that keep their word, and those that do not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper
from tests import onnx_models
from tests.onnx_models import value
from tests.verification.entries import (
    Arrays,
    description,
    entry,
    image,
    needs_isolation,
    run,
    save,
    verify,
)

from geocairn.artifacts.files import checksum
from geocairn.errors import GeocairnError, InputError

pytestmark = needs_isolation


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
