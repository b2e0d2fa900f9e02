"""ONNX files read without a runtime: what they say, and which are refused."""

from __future__ import annotations

import contextlib
import itertools
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper
from tests import onnx_models
from tests.onnx_models import HOSTILE, saved, value

from geocairn.artifacts.onnx import DTYPES, NEWEST_OPSETS, TensorInfo, read_onnx
from geocairn.errors import ArtifactError, InputError

BATCH = ("batch", 3, "size", "size")


def test_a_file_says_what_it_takes_and_gives(tmp_path: Path) -> None:
    made = onnx_models.segmenter()
    helper.set_model_props(made, {"recipe": "{}", "title": "Ünïcode"})
    read = read_onnx(saved(tmp_path / "m.onnx", made))
    assert read.inputs == (TensorInfo("image", "float32", BATCH),)
    assert read.outputs == (TensorInfo("output", "float32", ("batch", 2, "size", "size")),)
    assert (read.ir_version, dict(read.opsets)) == (8, {"ai.onnx": 17})
    assert read.producer == "tests"
    assert read.metadata == {"recipe": "{}", "title": "Ünïcode"}
    assert read.operators["Conv"] == 3
    assert read.skips == 1
    weights = made.graph.initializer
    assert read.parameters == sum(int(np.prod(one.dims)) for one in weights)
    assert read.weight_bytes == sum(len(one.raw_data) for one in weights)


@pytest.mark.parametrize(
    ("node", "local"),
    [
        (helper.make_node("MaxPool", ["x"], ["y"], kernel_shape=[3, 3], pads=[1] * 4), True),
        (helper.make_node("MatMul", ["x", "x"], ["y"]), False),
        (helper.make_node("ReduceMean", ["x"], ["y"], axes=[2, 3]), False),
    ],
    ids=lambda one: getattr(one, "op_type", ""),
)
def test_networks_that_look_at_what_is_near_only(
    tmp_path: Path, node: onnx.NodeProto, local: bool
) -> None:
    sides = [value(name, [1, 3, "size", "size"]) for name in "xy"]
    path = saved(tmp_path / "m.onnx", onnx_models.model([node], sides[:1], sides[1:]))
    assert read_onnx(path).local is local


@pytest.mark.parametrize("activation", ["Sigmoid", "Softmax", ""])
def test_the_last_activation_is_found(tmp_path: Path, activation: str) -> None:
    read = read_onnx(saved(tmp_path / "m.onnx", onnx_models.segmenter(activation=activation)))
    assert read.activations == ({"output": activation} if activation else {})


def test_an_activation_behind_a_cast_is_found(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Sigmoid", ["x"], ["p"]),
        helper.make_node("Transpose", ["p"], ["t"], perm=[1, 0]),
        helper.make_node("Cast", ["t"], ["y"], to=TensorProto.DOUBLE),
    ]
    made = onnx_models.model(
        nodes, [value("x", ["a", "b"])], [value("y", ["b", "a"], kind=TensorProto.DOUBLE)]
    )
    assert read_onnx(saved(tmp_path / "m.onnx", made)).activations == {"y": "Sigmoid"}


def test_running_statistics_are_no_parameters(tmp_path: Path) -> None:
    names = ("scale", "shift", "mean", "variance")
    made = onnx_models.model(
        [helper.make_node("BatchNormalization", ["x", *names], ["y"])],
        [value("x", ["n", 5, "h", "w"])],
        [value("y", ["n", 5, "h", "w"])],
        weights={name: np.ones(5, np.float32) for name in names} | {"shape": np.int64([1, 2])},
    )
    assert read_onnx(saved(tmp_path / "m.onnx", made)).parameters == 10


def test_inner_graphs_and_functions_count(tmp_path: Path) -> None:
    read = read_onnx(saved(tmp_path / "m.onnx", onnx_models.looping()))
    assert read.operators == {"Loop": 1, "Identity": 1, "Add": 1}
    function = helper.make_function(
        "own",
        "twice",
        ["a"],
        ["b"],
        [helper.make_node("Add", ["a", "a"], ["b"])],
        [helper.make_opsetid("", 17)],
    )
    made = onnx_models.model(
        [helper.make_node("twice", ["x"], ["y"], domain="own")],
        [value("x", ["n"])],
        [value("y", ["n"])],
        opsets={"": 17, "own": 1},
        functions=[function],
    )
    onnx.checker.check_model(made)
    assert read_onnx(saved(tmp_path / "f.onnx", made)).operators == {"twice": 1, "Add": 1}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_hostile_is_refused(tmp_path: Path, name: str) -> None:
    make, reason = HOSTILE[name]
    path = tmp_path / "model.onnx"
    path.write_bytes(make())
    with pytest.raises(ArtifactError) as caught:
        read_onnx(path)
    assert reason in caught.value.message
    assert caught.value.where == str(path)
    assert caught.value.remedy


def test_what_is_no_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        read_onnx(tmp_path / "absent.onnx")
    with pytest.raises(InputError, match="is no file"):
        read_onnx(tmp_path)


def test_every_cut_is_refused_or_means_less(tmp_path: Path) -> None:
    """A file cut anywhere raises our own error, whatever the place, or lacks what came behind."""
    data = onnx_models.segmenter().SerializeToString()
    path = tmp_path / "model.onnx"
    for end in itertools.chain(range(0, 400, 7), range(400, len(data), 97)):
        path.write_bytes(data[:end])
        with pytest.raises(ArtifactError):
            read_onnx(path)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_change_of_bytes_breaks_the_reader(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Whatever becomes of a file's bytes, it is read or refused, and nothing else happens."""
    given_bytes = bytearray(onnx_models.segmenter().SerializeToString())
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(given_bytes) - 1))
        given_bytes[place] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "changed.onnx"
    path.write_bytes(given_bytes)
    with contextlib.suppress(ArtifactError):
        assert read_onnx(path).ir_version


def test_types_are_those_of_onnx() -> None:
    theirs = {number: name for name, number in TensorProto.DataType.items() if number}
    assert set(theirs) <= set(DTYPES)
    for number, name in theirs.items():
        usual = {"FLOAT": "float32", "DOUBLE": "float64"}.get(name, name.lower())
        assert DTYPES[number] == usual


def test_operator_sets_are_those_of_onnx() -> None:
    newest: dict[str, int] = {}
    for schema in onnx.defs.get_all_schemas_with_history():
        domain = schema.domain or "ai.onnx"
        newest[domain] = max(newest.get(domain, 0), schema.since_version)
    for domain, version in NEWEST_OPSETS.items():
        assert version >= newest[domain]


@pytest.mark.parametrize("kind", [TensorProto.FLOAT, TensorProto.INT64, TensorProto.FLOAT16])
@pytest.mark.parametrize("raw", [True, False])
def test_both_ways_to_store_a_tensor_are_read(tmp_path: Path, kind: int, raw: bool) -> None:
    values = np.arange(6, dtype=helper.tensor_dtype_to_np_dtype(kind))
    tensor = helper.make_tensor(
        "w", kind, [2, 3], values.tobytes() if raw else values.tolist(), raw=raw
    )
    made = onnx_models.identity()
    made.graph.initializer.append(tensor)
    read = read_onnx(saved(tmp_path / "m.onnx", made))
    assert read.parameters == (0 if kind == TensorProto.INT64 else 6)
