"""What items say of ONNX files beside them, against the files themselves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from onnx import helper
from tests import onnx_models
from tests.artifacts.archives import ARCHIVES, HEADERS, PICKLES, packed, torch_zip
from tests.onnx_models import HOSTILE, saved, value
from tests.verification.entries import description

from geocairn.checks import Checker
from geocairn.checks.rules.claims import RULES

CODES = {rule.code for rule in RULES}


def found(checker: Checker, item: dict[str, Any], folder: Path) -> list[tuple[str, str]]:
    findings = checker.item(item, folder=folder)
    return [(one.code, one.message) for one in findings if one.code in CODES]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    saved(tmp_path / "model.onnx", onnx_models.segmenter())
    return tmp_path


def test_an_honest_item_has_no_findings(checker: Checker, folder: Path) -> None:
    assert checker.item(description(), folder=folder) == []


def test_without_a_folder_nothing_is_asked(checker: Checker) -> None:
    item = description()
    item["properties"]["mlm:total_parameters"] = 1
    assert not CODES & {one.code for one in checker.item(item)}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_errors(checker: Checker, tmp_path: Path, name: str) -> None:
    make, reason = HOSTILE[name]
    (tmp_path / "model.onnx").write_bytes(make())
    ((code, message),) = found(checker, description(), tmp_path)
    assert code == "MLM081"
    assert reason in message


@pytest.mark.parametrize(
    ("field", "entry", "change", "message"),
    [
        ("mlm:input", "input", {"data_type": "uint8"}, "is float32 in the file"),
        ("mlm:input", "input", {"shape": [-1, 3, 16]}, "is [free, 3, free, free] in the file"),
        ("mlm:input", "input", {"shape": [-1, 4, 16, 16]}, "is [free, 3, free, free] in the file"),
        ("mlm:input", "input", {"shape": [-1, -1, 16, 16]}, "is [free, 3, free, free] in the file"),
        ("mlm:output", "result", {"shape": [-1, 7, 16, 16]}, "is [free, 2, free, free] in"),
    ],
)
def test_arrays_that_the_file_does_not_take_are_errors(
    checker: Checker, folder: Path, field: str, entry: str, change: dict[str, Any], message: str
) -> None:
    item = description()
    item["properties"][field][0][entry] |= change
    ((code, told),) = found(checker, item, folder)
    assert code == "MLM082"
    assert message in told


def test_names_count_where_there_are_several(checker: Checker, tmp_path: Path) -> None:
    made = onnx_models.model(
        [helper.make_node("Sub", ["a", "b"], ["y"])],
        [value("a", ["n"]), value("b", ["n"])],
        [value("y", ["n"])],
    )
    saved(tmp_path / "model.onnx", made)
    item = description()
    item["properties"]["mlm:architecture"] = "Difference"
    assert ("MLM082", "is none of the file's: a, b") in found(checker, item, tmp_path)


@pytest.mark.parametrize(("count", "tells"), [(542, False), (560, False), (700, True), (1, True)])
def test_parameters_are_counted(checker: Checker, folder: Path, count: int, tells: bool) -> None:
    item = description()
    item["properties"]["mlm:total_parameters"] = count
    item["properties"]["mlm:memory_size"] = 4 * count
    assert bool(found(checker, item, folder)) == tells


@pytest.mark.parametrize(
    ("inside", "after", "tells"),
    [
        ("Sigmoid", "torch.sigmoid", True),
        ("Softmax", "torch.nn.Softmax(dim=1)", True),
        ("Sigmoid", "mine:threshold", False),
        ("", "torch.sigmoid", False),
        ("Relu", "torch.sigmoid", False),
    ],
)
def test_an_activation_is_applied_once(
    checker: Checker, tmp_path: Path, inside: str, after: str, tells: bool
) -> None:
    saved(tmp_path / "model.onnx", onnx_models.segmenter(activation=inside))
    item = description()
    item["properties"]["mlm:output"][0]["post_processing_function"] = {
        "format": "python",
        "expression": after,
    }
    assert [code for code, _ in found(checker, item, tmp_path)] == (["MLM084"] if tells else [])


@pytest.mark.parametrize(
    ("architecture", "tells"),
    [("U-Net", True), ("UNet++", True), ("Attention u net", True), ("ResNet", False)],
)
def test_a_unet_has_skips(checker: Checker, tmp_path: Path, architecture: str, tells: bool) -> None:
    made = onnx_models.segmenter()
    (place,) = (n for n, node in enumerate(made.graph.node) if node.op_type == "Concat")
    node = made.graph.node[place]
    del node.input[:]
    node.input.extend(["u1", "u1"])
    saved(tmp_path / "model.onnx", made)
    item = description()
    item["properties"]["mlm:architecture"] = architecture
    assert [code for code, _ in found(checker, item, tmp_path)] == (["MLM085"] if tells else [])


@pytest.mark.parametrize("href", ["../model.onnx", "./absent.onnx", "https://example.org/m.onnx"])
def test_files_that_are_not_beside_the_item_are_not_read(
    checker: Checker, tmp_path: Path, href: str
) -> None:
    (tmp_path / "model.onnx").write_bytes(b"no model")
    inner = tmp_path / "item"
    inner.mkdir()
    item = description()
    item["assets"]["model"]["href"] = href
    assert found(checker, item, inner) == []


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("model.dlpk", ARCHIVES["zip bomb"][0], "MLM081"),
        ("weights.safetensors", HEADERS["overlapping tensors"][0], "MLM081"),
        ("weights.pt", PICKLES["command in an archive of PyTorch"], "MLM086"),
        ("weights.ckpt", PICKLES["command behind an honest pickle"], "MLM086"),
        ("weights.pth", lambda: torch_zip({"w": 1}), None),
        ("model.dlpk", lambda: packed({"m.emd": b"{}"}), None),
        ("notes.txt", lambda: b"anything", None),
    ],
)
def test_other_files_are_looked_at(
    checker: Checker, folder: Path, name: str, data: Callable[[], bytes], code: str | None
) -> None:
    (folder / name).write_bytes(data())
    item = description()
    item["assets"]["more"] = {"href": f"./{name}", "roles": ["mlm:weights"]}
    assert [one for one, _ in found(checker, item, folder)] == ([code] if code else [])
