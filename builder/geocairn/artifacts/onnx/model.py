"""What is known of an ONNX file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["BYTES", "DTYPES", "FLOATING", "OnnxModel", "TensorInfo"]

DTYPES: Mapping[int, str] = {
    1: "float32",
    2: "uint8",
    3: "int8",
    4: "uint16",
    5: "int16",
    6: "int32",
    7: "int64",
    8: "string",
    9: "bool",
    10: "float16",
    11: "float64",
    12: "uint32",
    13: "uint64",
    14: "complex64",
    15: "complex128",
    16: "bfloat16",
    17: "float8e4m3fn",
    18: "float8e4m3fnuz",
    19: "float8e5m2",
    20: "float8e5m2fnuz",
    21: "uint4",
    22: "int4",
    23: "float4e2m1",
    24: "float8e8m0",
    25: "uint2",
    26: "int2",
    27: "float6e2m3",
    28: "float6e3m2",
}
"""Names of ``TensorProto.DataType``, as MLM writes those that it has.

https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
"""

BYTES: Mapping[int, float] = {
    **dict.fromkeys((2, 3, 9, 17, 18, 19, 20, 24), 1),
    **dict.fromkeys((4, 5, 10, 16), 2),
    **dict.fromkeys((1, 6, 12), 4),
    **dict.fromkeys((7, 11, 13, 14), 8),
    15: 16,
    **dict.fromkeys((27, 28), 0.75),
    **dict.fromkeys((21, 22, 23), 0.5),
    **dict.fromkeys((25, 26), 0.25),
}
"""Bytes of one element in ``raw_data``; texts have none."""

FLOATING = frozenset((1, 10, 11, 16, 17, 18, 19, 20, 23, 24, 27, 28))
"""Types of which weights are."""


@dataclass(frozen=True, slots=True)
class TensorInfo:
    """An input or output of the graph.

    Attributes:
        name: Its name.
        dtype: One of `DTYPES`; empty where the graph does not say, or it is no tensor.
        shape: Of each dimension its size, or its name where it is free (empty where it has
            none); None where the graph does not say how many there are.
    """

    name: str
    dtype: str
    shape: tuple[int | str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OnnxModel:
    """What an ONNX file says of itself.

    Attributes:
        ir_version: Version of the file format.
        opsets: Version of each operator set, by domain; ONNX's own is ``ai.onnx``.
        producer: What wrote it, with its version, as far as it says.
        metadata: Its own texts, by name.
        inputs: What has to be given; initializers are not among them.
        outputs: What comes out.
        parameters: Number of floating-point weights, running statistics of batch normalisation
            left out; elements of packed integer weights count too.
        weight_bytes: Bytes of all tensors in the file.
        operators: How often each operator is used, functions and inner graphs included.
        activations: The activation right before each output that has one, such as ``Sigmoid``:
            nothing but casts and changes of shape comes after it.
        skips: Number of concatenations of something upsampled with something that was not, as
            U-Nets have.
        local: Whether what comes out at a place depends on what is near that place only, as in
            networks of convolutions; False where that is not sure.
    """

    ir_version: int
    opsets: Mapping[str, int]
    producer: str
    metadata: Mapping[str, str]
    inputs: tuple[TensorInfo, ...]
    outputs: tuple[TensorInfo, ...]
    parameters: int
    weight_bytes: int
    operators: Mapping[str, int]
    activations: Mapping[str, str]
    skips: int
    local: bool
