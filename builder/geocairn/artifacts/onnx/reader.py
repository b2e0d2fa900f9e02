"""From a file to what is known of it, or to the reason why it is refused."""

from __future__ import annotations

import mmap
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from geocairn.artifacts.files import opened
from geocairn.artifacts.onnx.flow import activations, local, skips, statistics
from geocairn.artifacts.onnx.graph import Graph, read_graph, read_node, refused
from geocairn.artifacts.onnx.model import OnnxModel, TensorInfo
from geocairn.artifacts.onnx.wire import LENGTH, Message, Source
from geocairn.errors import ArtifactError

__all__ = ["NEWEST_OPSETS", "read_onnx"]

NEWEST_OPSETS: Mapping[str, int] = {"ai.onnx": 28, "ai.onnx.ml": 6}
"""The operator sets that are let pass, each with its newest version.

https://github.com/onnx/onnx/blob/main/docs/Versioning.md#released-versions
"""

# Protocol buffers cannot be larger.
_LARGEST = (1 << 31) - 1
_MOST_METADATA = 256
_LONGEST_VALUE = 1 << 16
Key = tuple[str, str]


@dataclass(slots=True)
class _File:
    """What stands in a ``ModelProto``."""

    ir_version: int = 0
    opsets: dict[str, int] = field(default_factory=dict)
    producer: list[str] = field(default_factory=lambda: ["", ""])
    metadata: dict[str, str] = field(default_factory=dict)
    graph: Graph | None = None
    functions: dict[Key, Graph] = field(default_factory=dict)


def read_onnx(path: Path) -> OnnxModel:
    """Read an ONNX file.

    Args:
        path: The file. Nothing else is opened, and nothing of it is run.

    Raises:
        ArtifactError: If it is damaged, or refused for one of the reasons above.
        InputError: If it cannot be read.
    """
    with opened(path, largest=_LARGEST) as data:
        try:
            return _read(data)
        except ArtifactError as error:
            error.where = error.where or str(path)
            raise


def _read(data: mmap.mmap) -> OnnxModel:
    file = _model(Source(data).message())
    graph = file.graph
    if graph is None or not file.ir_version:
        raise ArtifactError(
            "is no ONNX file: it has no graph", remedy="Give a model that was exported as ONNX."
        )
    _judge_opsets(file)
    bodies = [graph, *file.functions.values()]
    for body in bodies:
        _judge_order(body, around=())
        _judge_operators(body, known=file.functions.keys())
    _judge_calls(file.functions)
    weights = [weight for body in bodies for weight in body.all_weights()]
    left_out = statistics(graph)
    operators = Counter(node.operator for body in bodies for node in body.all_nodes())
    counted = sum(one.elements for one in weights if one.floating or one.packed)
    return OnnxModel(
        ir_version=file.ir_version,
        opsets=file.opsets,
        producer=" ".join(part for part in file.producer if part),
        metadata=file.metadata,
        inputs=tuple(one for one in graph.inputs if one.name not in graph.weights),
        outputs=tuple(graph.outputs),
        parameters=counted - sum(graph.weights[name].elements for name in left_out),
        weight_bytes=sum(weight.size for weight in weights),
        operators=operators,
        activations=activations(graph),
        skips=skips(graph),
        local=local(operators),
    )


def _model(message: Message) -> _File:
    """Read a ``ModelProto``."""
    file = _File()
    for part in message:
        if part.number == 1:
            file.ir_version = part.value
        elif part.kind != LENGTH:
            continue
        elif part.number in (2, 3):
            file.producer[part.number - 2] = part.message.text()
        elif part.number == 7:
            # Parsers merge a graph that is given twice, which nobody writes who means well.
            if file.graph is not None:
                raise refused("it holds two graphs", remedy="Export the model again.")
            file.graph = read_graph(part.message)
        elif part.number == 8:
            _opset(part.message, file.opsets)
        elif part.number == 14:
            _metadata(part.message, file.metadata)
        elif part.number == 25:
            key, body = _function(part.message)
            file.functions[key] = body
    return file


def _opset(message: Message, opsets: dict[str, int]) -> None:
    domain, version = "", 0
    for part in message:
        if part.number == 1:
            domain = part.message.text()
        elif part.number == 2:
            version = part.integer()
    opsets[_plain(domain)] = version


def _plain(domain: str) -> str:
    """ONNX's own set has two names, of which one is empty."""
    return domain or "ai.onnx"


def _metadata(message: Message, metadata: dict[str, str]) -> None:
    pair = ["", ""]
    for part in message:
        if part.number in (1, 2) and part.kind == LENGTH:
            # A recipe may be long; anything longer is nobody's metadata.
            if len(part.message) > _LONGEST_VALUE:
                return
            pair[part.number - 1] = part.message.bytes().decode("utf-8", "replace")
    if len(metadata) < _MOST_METADATA:
        metadata[pair[0]] = pair[1]


def _function(message: Message) -> tuple[Key, Graph]:
    """Read a ``FunctionProto``: operators that the file itself defines by others."""
    name = domain = ""
    body = Graph()
    given: list[str] = []
    for part in message:
        if part.kind != LENGTH:
            continue
        if part.number == 1:
            name = part.message.text()
        elif part.number == 4:
            given.append(part.message.text())
        elif part.number == 7:
            body.nodes.append(read_node(part.message))
        elif part.number == 10:
            domain = part.message.text()
    body.inputs = [TensorInfo(one, "", None) for one in given]
    return (_plain(domain), name), body


def _judge_opsets(file: _File) -> None:
    for domain, version in file.opsets.items():
        newest = NEWEST_OPSETS.get(domain)
        if newest is not None and not 1 <= version <= newest:
            raise refused(
                f"version {version} of the operator set {domain} is unknown (the newest is "
                f"{newest})",
                remedy="Export the model for a released version of ONNX.",
            )
    if "ai.onnx" not in file.opsets and "ai.onnx.ml" not in file.opsets:
        raise refused("it names no version of ONNX's operators", remedy="Export the model again.")


def _judge_operators(body: Graph, *, known: Iterable[Key]) -> None:
    functions = set(known)
    for node in body.all_nodes():
        domain = _plain(node.domain)
        if domain not in NEWEST_OPSETS and (domain, node.operator) not in functions:
            raise refused(
                f"the operator {node.operator!r} of the set {domain!r} is not one of ONNX's own",
                remedy="Export the model with standard operators only: others need code that "
                "nobody here knows.",
            )


def _judge_order(body: Graph, *, around: tuple[set[str], ...]) -> None:
    """Refuse a graph that uses a value before it is there, as one that goes in circles does.

    Args:
        body: The graph.
        around: The names known in each graph that it lies in.
    """
    own = {"", *body.weights, *(one.name for one in body.inputs)}
    scopes = (own, *around)
    for node in body.nodes:
        for name in node.inputs:
            if not any(name in scope for scope in scopes):
                raise refused(
                    f"the node {node.operator!r} takes {name!r}, which nothing before it gives: "
                    "the graph goes in circles, or is not in order",
                    remedy="Export the model again.",
                )
        for inner in node.graphs:
            _judge_order(inner, around=scopes)
        own.update(node.outputs)
    for output in body.outputs:
        if not any(output.name in scope for scope in scopes):
            raise refused(
                f"nothing gives the output {output.name!r}", remedy="Export the model again."
            )


def _judge_calls(functions: Mapping[Key, Graph]) -> None:
    """Refuse functions that call themselves, by way of others too."""
    calls = {
        key: {(_plain(node.domain), node.operator) for node in body.all_nodes()} & functions.keys()
        for key, body in functions.items()
    }
    # What calls nothing that is left is done with; what remains goes in circles.
    while free := [key for key, called in calls.items() if not called]:
        for key in free:
            del calls[key]
        for called in calls.values():
            called.difference_update(free)
    if calls:
        name = min(calls)[1]
        raise refused(f"the function {name!r} calls itself", remedy="Export the model again.")
