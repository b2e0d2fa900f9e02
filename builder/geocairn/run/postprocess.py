"""From what a network gives to scores: its post-processing as declared, applied exactly once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from geocairn.errors import InputError
from geocairn.run.expressions import is_entry_point, parse
from geocairn.run.spec import OutputSpec

__all__ = ["Activation", "PostProcess", "activated", "named_activation", "post_process"]

Activation = Literal["none", "sigmoid", "softmax", "argmax"]

_NAMES = re.compile(
    r"(?<![a-z])(?:log_?)?(sigmoid|expit|softmax|argmax|identity)(?![a-z])", re.IGNORECASE
)
_OURS: Mapping[str, Activation] = {
    "sigmoid": "sigmoid",
    "expit": "sigmoid",
    "softmax": "softmax",
    "argmax": "argmax",
    "identity": "none",
}
_GRAPH: Mapping[str, Activation] = {
    "Sigmoid": "sigmoid",
    "Softmax": "softmax",
    "ArgMax": "argmax",
}


@dataclass(frozen=True, slots=True)
class PostProcess:
    """What is done with an output.

    Attributes:
        activation: What is applied here.
        scores: What the result is then: ``sigmoid`` or ``softmax`` where it is probabilities,
            ``argmax`` where it is places of classes, ``none`` where nobody knows.
        function: Arithmetic that is applied instead; None where there is none.
        note: Something that the user should know; empty where there is nothing.
    """

    activation: Activation
    scores: Activation
    function: Callable[[NDArray[Any]], NDArray[Any]] | None = None
    note: str = ""

    def __call__(self, output: NDArray[Any], *, axis: int = 1) -> NDArray[Any]:
        """Apply it.

        Args:
            output: As the network gives it.
            axis: That of the classes.
        """
        return self.function(output) if self.function else activated(output, self, axis=axis)


def post_process(output: OutputSpec, *, in_graph: str, where: str) -> PostProcess:
    """Read what an item declares of an output.

    Args:
        output: The output.
        in_graph: The operator that the network itself ends with there, if it is an activation.
        where: The item, for messages.

    Raises:
        InputError: If it is more than a known activation or arithmetic.
    """
    inside = _GRAPH.get(in_graph, "none")
    if not output.post:
        return PostProcess("none", inside)
    declared = named_activation(output.post)
    if declared is None:
        text = output.post.get("expression") if isinstance(output.post, Mapping) else None
        return _arithmetic(text, where=where)
    if declared == inside and declared != "none":
        note = f"the network itself ends with {in_graph}: it is not applied a second time"
        return PostProcess("none", inside, note=note)
    if declared == "argmax":
        # The places of the best scores are told from the scores, which blend better.
        return PostProcess("none", inside)
    return PostProcess(declared, declared if declared != "none" else inside)


def named_activation(function: Any) -> Activation | None:
    """The activation that a ``post_processing_function`` names; None where it does something else.

    Args:
        function: As the item says it.
    """
    text = function.get("expression") if isinstance(function, Mapping) else None
    found = _NAMES.search(text) if isinstance(text, str) else None
    if found is None or found[0].lower().startswith("log"):
        return None
    return _OURS[found[1].lower()]


def _arithmetic(text: Any, *, where: str) -> PostProcess:
    path = "$.properties.mlm:output[*].post_processing_function"
    if not isinstance(text, str) or is_entry_point(text):
        raise InputError(
            f"has a post_processing_function that only its own code can apply: {str(text)[:80]!r}",
            where=where,
            path=path,
            remedy="Ask for what the network itself gives, with raw=True (--raw).",
        )
    expression = parse(text, where=where, path=path)
    if len(expression.names) > 1:
        raise InputError(
            f"post-processes more than one array: {', '.join(expression.names)}",
            where=where,
            path=path,
            remedy="Ask for what the network itself gives, with raw=True (--raw).",
        )

    def function(values: NDArray[Any]) -> NDArray[Any]:
        return np.array(expression(dict.fromkeys(expression.names, values)))

    return PostProcess("none", "none", function)


def activated(output: NDArray[Any], how: PostProcess, *, axis: int) -> NDArray[Any]:
    """Apply an activation.

    Args:
        output: float32, as the network gives it.
        how: Which one.
        axis: That of the classes.
    """
    if how.activation == "sigmoid":
        # tanh saturates where exp would overflow: sigmoid(x) = (1 + tanh(x / 2)) / 2.
        result: NDArray[Any] = np.tanh(output * np.float32(0.5))
        result += np.float32(1)
        result *= np.float32(0.5)
        return result
    if how.activation == "softmax":
        powers: NDArray[Any] = np.exp(output - output.max(axis=axis, keepdims=True))
        powers /= powers.sum(axis=axis, keepdims=True)
        return powers
    return output


def class_values(output: OutputSpec, channels: int) -> Sequence[int]:
    """The value of each class in masks, by channel; counted from 0 where nobody says them."""
    values = [one.value for one in output.classes]
    if len(values) == channels and all(value is not None for value in values):
        return [int(value) for value in values if value is not None]
    return list(range(channels))
