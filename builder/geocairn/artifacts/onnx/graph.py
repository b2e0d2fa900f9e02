"""Graphs of an ONNX file: nodes and tensors, checked while they are read."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from geocairn.artifacts.onnx.model import BYTES, DTYPES, FLOATING, TensorInfo
from geocairn.artifacts.onnx.wire import LENGTH, Field, Message
from geocairn.errors import ArtifactError

__all__ = ["MOST_ELEMENTS", "Graph", "Node", "Weight", "read_graph", "read_node"]

MOST_ELEMENTS = 1 << 31
"""Elements of the largest tensor that a file may hold or name."""

_MOST_NODES = 200_000
_MOST_DIMENSIONS = 32
_DEEPEST = 16
_EXTERNAL = 1
_NO_DATA = frozenset(("Constant", "Shape", "Size"))


@dataclass(frozen=True, slots=True)
class Weight:
    """A tensor in the file.

    Attributes:
        elements: How many.
        floating: Whether weights are of its type.
        packed: Whether it may be a weight that was quantised: integers, in two or more dimensions.
        size: Bytes of its data.
    """

    elements: int
    floating: bool
    packed: bool
    size: int


@dataclass(slots=True)
class Node:
    """One use of an operator.

    Attributes:
        operator: Its name.
        domain: Of which set; empty for ONNX's own.
        inputs: Names of values; empty texts for those left out.
        outputs: Likewise.
        graphs: Inner graphs, such as the body of a loop.
    """

    operator: str = ""
    domain: str = ""
    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    graphs: list[Graph] = field(default_factory=list)

    def without_data(self) -> bool:
        """Whether what comes out is no data that goes through the network."""
        return self.operator in _NO_DATA


@dataclass(slots=True)
class Graph:
    """A graph, or the body of a function.

    Attributes:
        name: Its name.
        nodes: In the order in which they run.
        weights: Tensors by name.
        inputs: What it takes; old files list the weights among them.
        outputs: What it gives.
    """

    name: str = ""
    nodes: list[Node] = field(default_factory=list)
    weights: dict[str, Weight] = field(default_factory=dict)
    inputs: list[TensorInfo] = field(default_factory=list)
    outputs: list[TensorInfo] = field(default_factory=list)

    def all_nodes(self) -> Iterator[Node]:
        """Its nodes and those of inner graphs."""
        for node in self.nodes:
            yield node
            for inner in node.graphs:
                yield from inner.all_nodes()

    def all_weights(self) -> Iterator[Weight]:
        """Its tensors and those of inner graphs."""
        yield from self.weights.values()
        for node in self.nodes:
            for inner in node.graphs:
                yield from inner.all_weights()


def refused(reason: str, *, remedy: str) -> ArtifactError:
    """What to raise for a file that is well-formed, but not wanted."""
    return ArtifactError(f"is refused: {reason}", remedy=remedy)


def read_graph(message: Message, *, depth: int = 0) -> Graph:
    """Read a ``GraphProto``.

    Raises:
        ArtifactError: If it is damaged or to be refused.
    """
    if depth > _DEEPEST:
        raise refused(
            f"graphs are nested more than {_DEEPEST} deep", remedy="Simplify the model's graph."
        )
    graph = Graph()
    for part in message:
        if part.kind != LENGTH:
            continue
        if part.number == 1:
            graph.nodes.append(read_node(part.message, depth=depth))
            if len(graph.nodes) > _MOST_NODES:
                raise refused(
                    f"it has more than {_MOST_NODES:,} nodes", remedy="Simplify the model's graph."
                )
        elif part.number == 2:
            graph.name = part.message.text()
        elif part.number == 5:
            name, weight = _tensor(part.message)
            graph.weights[name] = weight
        elif part.number == 15:
            _sparse(part.message)
        elif part.number == 11:
            graph.inputs.append(_value(part.message))
        elif part.number == 12:
            graph.outputs.append(_value(part.message))
        elif part.number == 13:
            _value(part.message)  # for its shape
    return graph


def read_node(message: Message, *, depth: int = 0) -> Node:
    """Read a ``NodeProto``; raises as `read_graph` does."""
    node = Node()
    for part in message:
        if part.kind != LENGTH:
            continue
        if part.number == 1:
            node.inputs.append(part.message.text())
        elif part.number == 2:
            node.outputs.append(part.message.text())
        elif part.number == 4:
            node.operator = part.message.text()
        elif part.number == 7:
            node.domain = part.message.text()
        elif part.number == 5:
            _attribute(part.message, node, depth=depth)
    return node


def _attribute(message: Message, node: Node, *, depth: int) -> None:
    for part in message:
        if part.kind != LENGTH:
            continue
        if part.number in (5, 10):
            _tensor(part.message)
        elif part.number in (6, 11):
            node.graphs.append(read_graph(part.message, depth=depth + 1))
        elif part.number in (22, 23):
            _sparse(part.message)


def _tensor(message: Message) -> tuple[str, Weight]:
    """Read a ``TensorProto``: its name and what it is, but none of its data."""
    name, kind, dimensions, size, raw = "", 0, [], 0, -1
    for part in message:
        if part.number == 1:
            dimensions += _integers(part)
        elif part.number == 2:
            kind = part.value
        elif part.number == 8:
            name = part.message.text()
        elif part.number == 9:
            raw = len(part.message)
        elif part.number in (4, 5, 6, 7, 10, 11):
            # Packed, or one by one; a number takes a byte at least.
            size += len(part.message) if part.kind == LENGTH else 8
        elif part.number == 13 or (part.number == 14 and part.value == _EXTERNAL):
            raise refused(
                "it keeps weights in other files",
                remedy="Save it as one file: external data could be any file of whoever runs it.",
            )
    elements = _elements(dimensions, f"the tensor {name!r}")
    _fits(name, kind, elements, size=size, raw=raw)
    width = BYTES.get(kind, 0)
    packed = kind not in FLOATING and 0 < width <= 1 and len(dimensions) > 1
    return name, Weight(elements, kind in FLOATING, packed, max(raw, 0) + size)


def _fits(name: str, kind: int, elements: int, *, size: int, raw: int) -> None:
    """Refuse a tensor whose data is not what its shape says."""
    if kind not in DTYPES:
        raise refused(
            f"the tensor {name!r} is of the unknown type {kind}",
            remedy="Export the model with a released version of ONNX.",
        )
    if raw >= 0:
        wanted = math.ceil(elements * BYTES.get(kind, 0))
        if raw != wanted:
            raise refused(
                f"the tensor {name!r} has {raw:,} bytes, and by its shape {wanted:,}",
                remedy="Export the model again.",
            )
    # Two-bit numbers are packed four to a byte; texts may be empty.
    elif elements > 4 * size and DTYPES[kind] != "string":
        raise refused(
            f"the tensor {name!r} of {elements:,} elements has data for fewer",
            remedy="Export the model again.",
        )


def _sparse(message: Message) -> None:
    """Judge a ``SparseTensorProto``: its values, and the shape it would unfold to."""
    dimensions: list[int] = []
    for part in message:
        if part.number in (1, 2) and part.kind == LENGTH:
            _tensor(part.message)
        elif part.number == 3:
            dimensions += _integers(part)
    _elements(dimensions, "a sparse tensor")


def _integers(part: Field) -> list[int]:
    if part.kind != LENGTH:
        return [part.integer()]
    if len(part.message) > 10 * _MOST_DIMENSIONS:
        return [0] * (_MOST_DIMENSIONS + 1)  # too many; told of by whoever counts them
    return list(part.message.numbers())


def _elements(dimensions: list[int], what: str) -> int:
    if len(dimensions) > _MOST_DIMENSIONS:
        raise refused(
            f"{what} has more than {_MOST_DIMENSIONS} dimensions", remedy="Export the model again."
        )
    if any(size < 0 for size in dimensions):
        raise refused(f"{what} has a dimension below 0", remedy="Export the model again.")
    elements = math.prod(dimensions)
    # Where one dimension is 0 the others may still be meant to do harm.
    if math.prod(max(size, 1) for size in dimensions) > MOST_ELEMENTS:
        raise refused(
            f"{what} has {elements:,} elements, more than {MOST_ELEMENTS:,}",
            remedy="Export the model with the sizes it is meant for.",
        )
    return elements


def _value(message: Message) -> TensorInfo:
    """Read a ``ValueInfoProto``."""
    name, dtype = "", ""
    shape: tuple[int | str, ...] | None = None
    for part in message:
        if part.number == 1 and part.kind == LENGTH:
            name = part.message.text()
        elif part.number == 2 and part.kind == LENGTH:
            for kind in part.message:
                if kind.number == 1 and kind.kind == LENGTH:
                    dtype, shape = _tensor_type(kind.message, name)
    return TensorInfo(name, dtype, shape)


def _tensor_type(message: Message, name: str) -> tuple[str, tuple[int | str, ...] | None]:
    dtype = ""
    shape: tuple[int | str, ...] | None = None
    for part in message:
        if part.number == 1:
            dtype = DTYPES.get(part.value, "")
        elif part.number == 2 and part.kind == LENGTH:
            dims = [_dimension(one.message) for one in part.message if one.number == 1]
            _elements([one for one in dims if isinstance(one, int)], f"the value {name!r}")
            shape = tuple(dims)
    return dtype, shape


def _dimension(message: Message) -> int | str:
    size: int | str = ""
    for part in message:
        if part.number == 1:
            size = part.integer()
        elif part.number == 2 and part.kind == LENGTH:
            size = part.message.text()
    # Some exporters write free dimensions as -1 or 0.
    return size if isinstance(size, str) or size > 0 else ""
