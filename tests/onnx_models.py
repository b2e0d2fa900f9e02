"""Small ONNX models for tests, well-meant and hostile; made when they are needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FLOAT = TensorProto.FLOAT
OPSET = 17
IR = 8
Shape = Sequence[int | str | None]


def value(name: str, shape: Shape | None = None, *, kind: int = FLOAT) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, shape)


def model(
    nodes: Sequence[onnx.NodeProto],
    inputs: Sequence[onnx.ValueInfoProto],
    outputs: Sequence[onnx.ValueInfoProto],
    *,
    weights: dict[str, Any] | None = None,
    opsets: dict[str, int] | None = None,
    functions: Sequence[onnx.FunctionProto] = (),
) -> onnx.ModelProto:
    """A model of these nodes."""
    tensors = [numpy_helper.from_array(np.asarray(v), k) for k, v in (weights or {}).items()]
    graph = helper.make_graph(nodes, "graph", inputs, outputs, initializer=tensors)
    imported = [helper.make_opsetid(k, v) for k, v in (opsets or {"": OPSET}).items()]
    made: onnx.ModelProto = helper.make_model(
        graph, opset_imports=imported, functions=functions, producer_name="tests", ir_version=IR
    )
    return made


def segmenter(
    *,
    bands: int = 3,
    classes: int = 2,
    size: int | str = "size",
    batch: int | str = "batch",
    activation: str = "",
    seed: int = 0,
) -> onnx.ModelProto:
    """A tiny U-Net: one step down and up again, with a skip; weights by chance."""
    rng = np.random.default_rng(seed)

    def weight(*shape: int) -> Any:
        return rng.normal(0, 0.3, shape).astype(np.float32)

    weights = {
        "w1": weight(4, bands, 3, 3),
        "w2": weight(8, 4, 3, 3),
        "w3": weight(8, 4, 2, 2),
        "w4": weight(classes, 8, 1, 1),
        "b4": weight(classes),
    }
    node = helper.make_node
    last = "logits" if activation else "output"
    nodes = [
        node("Conv", ["image", "w1"], ["c1"], pads=[1, 1, 1, 1]),
        node("Relu", ["c1"], ["r1"]),
        node("MaxPool", ["r1"], ["p1"], kernel_shape=[2, 2], strides=[2, 2]),
        node("Conv", ["p1", "w2"], ["c2"], pads=[1, 1, 1, 1]),
        node("Relu", ["c2"], ["r2"]),
        node("ConvTranspose", ["r2", "w3"], ["u1"], strides=[2, 2]),
        node("Concat", ["u1", "r1"], ["cat"], axis=1),
        node("Conv", ["cat", "w4", "b4"], [last]),
    ]
    if activation:
        nodes.append(node(activation, [last], ["output"]))
    return model(
        nodes,
        [value("image", [batch, bands, size, size])],
        [value("output", [batch, classes, size, size])],
        weights=weights,
    )


def saved(path: Path, made: onnx.ModelProto) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(made.SerializeToString(deterministic=True))
    return path


def identity(*, shape: Shape = ("n",)) -> onnx.ModelProto:
    return model(
        [helper.make_node("Identity", ["x"], ["y"])], [value("x", shape)], [value("y", shape)]
    )


def looping(*, turns: int = 1 << 60) -> onnx.ModelProto:
    """Adds one to its input, more often than anyone waits for."""
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["go"], ["on"]),
            helper.make_node("Add", ["kept", "one"], ["more"]),
        ],
        "body",
        [
            value("turn", [], kind=TensorProto.INT64),
            value("go", [], kind=TensorProto.BOOL),
            value("kept", ["n"]),
        ],
        [value("on", [], kind=TensorProto.BOOL), value("more", ["n"])],
    )
    return model(
        [helper.make_node("Loop", ["turns", "yes", "x"], ["y"], body=body)],
        [value("x", ["n"])],
        [value("y", ["n"])],
        weights={"turns": np.int64(turns), "yes": np.bool_(True), "one": np.float32([1])},
    )


def swelling() -> onnx.ModelProto:
    """Doubles its data as often as it can: memory without end."""
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["go"], ["on"]),
            helper.make_node("Concat", ["kept", "kept"], ["more"], axis=0),
        ],
        "body",
        [
            value("turn", [], kind=TensorProto.INT64),
            value("go", [], kind=TensorProto.BOOL),
            value("kept", [None]),
        ],
        [value("on", [], kind=TensorProto.BOOL), value("more", [None])],
    )
    return model(
        [helper.make_node("Loop", ["turns", "yes", "x"], ["y"], body=body)],
        [value("x", ["n"])],
        [value("y", [None])],
        weights={"turns": np.int64(1 << 60), "yes": np.bool_(True)},
    )


def _custom() -> onnx.ModelProto:
    return model(
        [helper.make_node("Backdoor", ["x"], ["y"], domain="com.attacker")],
        [value("x", ["n"])],
        [value("y", ["n"])],
        opsets={"": OPSET, "com.attacker": 1},
    )


def _custom_inside() -> onnx.ModelProto:
    """The same, hidden in the branch of a condition."""
    inner = [helper.make_node("Backdoor", ["x"], ["z"], domain="com.attacker")]
    branch = helper.make_graph(inner, "branch", [], [value("z", ["n"])])
    plain = helper.make_graph(
        [helper.make_node("Identity", ["x"], ["z"])], "plain", [], [value("z", ["n"])]
    )
    return model(
        [helper.make_node("If", ["no"], ["y"], then_branch=branch, else_branch=plain)],
        [value("x", ["n"])],
        [value("y", ["n"])],
        weights={"no": np.bool_(False)},
        opsets={"": OPSET, "com.attacker": 1},
    )


def _external(location: str) -> onnx.ModelProto:
    made = model(
        [helper.make_node("Add", ["x", "w"], ["y"])],
        [value("x", [4])],
        [value("y", [4])],
        weights={"w": np.zeros(4, np.float32)},
    )
    tensor = made.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", location
    return made


def _huge_tensor() -> onnx.ModelProto:
    made = _external("weights.bin")
    tensor = made.graph.initializer[0]
    tensor.ClearField("external_data")
    tensor.ClearField("data_location")
    del tensor.dims[:]
    tensor.dims.extend([1 << 20, 1 << 20])
    tensor.raw_data = b"\0" * 16
    return made


def _huge_input() -> onnx.ModelProto:
    return identity(shape=(1 << 20, 1 << 20))


def _short_tensor() -> onnx.ModelProto:
    made = _huge_tensor()
    tensor = made.graph.initializer[0]
    del tensor.dims[:]
    tensor.dims.append(1 << 20)
    return made


def _circle() -> onnx.ModelProto:
    return model(
        [
            helper.make_node("Add", ["x", "b"], ["a"]),
            helper.make_node("Identity", ["a"], ["b"]),
            helper.make_node("Identity", ["b"], ["y"]),
        ],
        [value("x", ["n"])],
        [value("y", ["n"])],
    )


def _calls_itself() -> onnx.ModelProto:
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("own", 1)]
    function = helper.make_function(
        "own",
        "again",
        ["a"],
        ["b"],
        [helper.make_node("again", ["a"], ["b"], domain="own")],
        opsets,
    )
    return model(
        [helper.make_node("again", ["x"], ["y"], domain="own")],
        [value("x", ["n"])],
        [value("y", ["n"])],
        opsets={"": OPSET, "own": 1},
        functions=[function],
    )


def _opset(version: int) -> onnx.ModelProto:
    made = identity()
    made.opset_import[0].version = version
    return made


def _nested() -> onnx.ModelProto:
    graph = helper.make_graph(
        [helper.make_node("Identity", ["x"], ["z"])], "leaf", [], [value("z", ["n"])]
    )
    for _ in range(30):
        node = helper.make_node("If", ["no"], ["z"], then_branch=graph)
        graph = helper.make_graph([node], "branch", [], [value("z", ["n"])])
    return model(
        [helper.make_node("If", ["no"], ["y"], then_branch=graph)],
        [value("x", ["n"])],
        [value("y", ["n"])],
        weights={"no": np.bool_(False)},
    )


def _bytes(make: Callable[[], onnx.ModelProto]) -> Callable[[], bytes]:
    return lambda: bytes(make().SerializeToString())


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes(out + bytes([number]))


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "custom operator": (_bytes(_custom), "com.attacker"),
    "custom operator in a branch": (_bytes(_custom_inside), "com.attacker"),
    "weights in another file": (_bytes(lambda: _external("weights.bin")), "other files"),
    "weights above the folder": (_bytes(lambda: _external("../../etc/passwd")), "other files"),
    "weights at an absolute path": (_bytes(lambda: _external("/etc/passwd")), "other files"),
    "tensor of 2^40 elements": (_bytes(_huge_tensor), "1,099,511,627,776 elements"),
    "input of 2^40 elements": (_bytes(_huge_input), "1,099,511,627,776 elements"),
    "tensor larger than its data": (_bytes(_short_tensor), "has 16 bytes"),
    "graph in a circle": (_bytes(_circle), "goes in circles"),
    "function that calls itself": (_bytes(_calls_itself), "calls itself"),
    "operator set of the future": (_bytes(lambda: _opset(9000)), "is unknown"),
    "operator set below 1": (_bytes(lambda: _opset(-1)), "is unknown"),
    "thirty graphs in one another": (_bytes(_nested), "nested more than"),
    "cut off": (lambda: _bytes(segmenter)()[:-40], "ends behind the file"),
    "two graphs": (lambda: _bytes(identity)() + _bytes(segmenter)(), "two graphs"),
    "no graph": (lambda: b"\x08\x08", "no graph"),
    "noise": (lambda: np.random.default_rng(1).bytes(5000), "is no"),
    "number without end": (lambda: b"\x08" + b"\xff" * 40, "more than 64 bits"),
    "field of 2^60 bytes": (lambda: b"\x3a" + _varint(1 << 60), "ends behind the file"),
    "a million empty fields": (
        lambda: b"\x3a" + _varint(2_100_000) + b"\x52\0" * 1_050_000,
        "more than 1,000,000 fields",
    ),
    "empty": (lambda: b"", "is empty"),
}
"""Files that are refused: how each is made, and words of the reason."""
