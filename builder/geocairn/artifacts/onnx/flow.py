"""What the way of data through a graph tells of a network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from geocairn.artifacts.onnx.graph import Graph, Node

__all__ = ["activations", "local", "skips", "statistics"]

_ACTIVATIONS = frozenset(
    (
        "ArgMax",
        "Elu",
        "HardSigmoid",
        "LogSoftmax",
        "Relu",
        "Sigmoid",
        "Softmax",
        "Softplus",
        "Tanh",
    )
)
# These leave values as they are.
_TRANSPARENT = frozenset(
    (
        "Cast",
        "CastLike",
        "Flatten",
        "Identity",
        "Reshape",
        "Slice",
        "Squeeze",
        "Transpose",
        "Unsqueeze",
    )
)
# These compute every element from those at its own place, or from a few around it. Products of
# matrices, as attention has them, means over a whole picture and loops are not among them.
_NEAR = frozenset(
    (
        "Abs",
        "Add",
        "And",
        "ArgMax",
        "AveragePool",
        "BatchNormalization",
        "Cast",
        "CastLike",
        "Ceil",
        "Celu",
        "Clip",
        "Concat",
        "Constant",
        "ConstantOfShape",
        "Conv",
        "ConvTranspose",
        "DepthToSpace",
        "Div",
        "Dropout",
        "Elu",
        "Equal",
        "Erf",
        "Exp",
        "Expand",
        "Flatten",
        "Floor",
        "Gather",
        "Gelu",
        "Greater",
        "GreaterOrEqual",
        "HardSigmoid",
        "HardSwish",
        "Identity",
        "LeakyRelu",
        "Less",
        "LessOrEqual",
        "Log",
        "LogSoftmax",
        "Max",
        "MaxPool",
        "Min",
        "Mish",
        "Mul",
        "Neg",
        "Not",
        "Or",
        "PRelu",
        "Pad",
        "Pow",
        "Range",
        "Reciprocal",
        "Relu",
        "Reshape",
        "Resize",
        "Round",
        "Selu",
        "Shape",
        "Sigmoid",
        "Sign",
        "Size",
        "Slice",
        "Softmax",
        "Softplus",
        "Softsign",
        "SpaceToDepth",
        "Split",
        "Sqrt",
        "Squeeze",
        "Sub",
        "Sum",
        "Swish",
        "Tanh",
        "ThresholdedRelu",
        "Tile",
        "Transpose",
        "Unsqueeze",
        "Upsample",
        "Where",
    )
)
_UPSAMPLING = frozenset(("ConvTranspose", "DepthToSpace", "Resize", "Upsample"))


def activations(graph: Graph) -> dict[str, str]:
    """The activation before each output of a graph, by the output's name."""
    makers = {name: node for node in graph.nodes for name in node.outputs}
    found = {}
    for output in graph.outputs:
        node = makers.get(output.name)
        while node is not None and node.operator in _TRANSPARENT and node.inputs:
            node = makers.get(node.inputs[0])
        if node is not None and node.operator in _ACTIVATIONS:
            found[output.name] = node.operator
    return found


def skips(graph: Graph) -> int:
    """Concatenations of what was upsampled with what was not."""
    upsampled: set[str] = set()
    fixed = set(graph.weights)
    count = 0
    for node in graph.nodes:
        if node.without_data() or (node.inputs and set(node.inputs) <= fixed):
            fixed.update(node.outputs)
            continue
        given = [name for name in node.inputs if name and name not in fixed]
        after = [name for name in given if name in upsampled]
        if node.operator == "Concat" and after and len(after) < len(given):
            count += 1
        if after or node.operator in _UPSAMPLING:
            upsampled.update(node.outputs)
    return count


def local(operators: Iterable[str]) -> bool:
    """Whether operators look no farther than a fixed number of elements around a place."""
    return _NEAR.issuperset(operators)


def statistics(graph: Graph) -> set[str]:
    """Weights that nobody trains: running means and variances of batch normalisation."""
    return {
        name
        for node in _normalisations(graph)
        for name in node.inputs[3:5]
        if name in graph.weights
    }


def _normalisations(graph: Graph) -> Iterator[Node]:
    return (node for node in graph.nodes if node.operator == "BatchNormalization")
