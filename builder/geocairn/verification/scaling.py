"""From raw pixels to what a model takes, and from what it gives to what is published.

Value scaling as the model extension defines it:
https://github.com/stac-extensions/mlm/blob/v1.5.2/README.md#value-scaling-object
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["activated", "activation_of", "scaled"]

_ACTIVATION = re.compile(r"(?<![a-z])(sigmoid|softmax|expit)(?![a-z])", re.IGNORECASE)


def scaled(raw: NDArray[Any], scaling: Sequence[Mapping[str, Any]] | None) -> NDArray[np.float32]:
    """Scale raw pixels.

    Args:
        raw: (bands, height, width), of any type.
        scaling: One object for all bands or one for each; None or empty where none applies.

    Returns:
        float32, of the same shape.

    Raises:
        ValueError: If a type of scaling is not known here, or their number does not fit.
    """
    values = raw.astype(np.float64)
    if not scaling:
        return values.astype(np.float32)
    if len(scaling) not in (1, len(raw)):
        raise ValueError(f"has {len(scaling)} scalings for {len(raw)} bands")
    steps = list(scaling) * (len(raw) if len(scaling) == 1 else 1)
    for band, step in enumerate(steps):
        values[band] = _band(values[band], step)
    return values.astype(np.float32)


def _band(band: NDArray[np.float64], step: Mapping[str, Any]) -> Any:
    kind = step.get("type")
    if kind == "min-max":
        low, high = float(step["minimum"]), float(step["maximum"])
        return (band - low) / (high - low)
    if kind == "z-score":
        return (band - float(step["mean"])) / float(step["stddev"])
    if kind == "clip":
        return np.clip(band, float(step["minimum"]), float(step["maximum"]))
    if kind == "clip-min":
        return np.maximum(band, float(step["minimum"]))
    if kind == "clip-max":
        return np.minimum(band, float(step["maximum"]))
    if kind == "offset":
        return band - float(step["value"])
    if kind == "scale":
        return band / float(step["value"])
    raise ValueError(f"has a scaling of the type {kind!r}, which only its own code can apply")


def activation_of(function: Any) -> str:
    """The activation that an output's ``post_processing_function`` names.

    Returns:
        ``sigmoid`` or ``softmax``; empty where there is no function.

    Raises:
        ValueError: If there is one that does something else.
    """
    if not function:
        return ""
    expression = function.get("expression") if isinstance(function, Mapping) else None
    found = _ACTIVATION.search(expression) if isinstance(expression, str) else None
    if found is None:
        raise ValueError("has a post_processing_function that only its own code can apply")
    return "softmax" if found[1].lower() == "softmax" else "sigmoid"


def activated(output: NDArray[Any], activation: str, *, axis: int) -> NDArray[Any]:
    """Apply an activation.

    Args:
        output: As the model gives it.
        activation: ``sigmoid``, ``softmax`` or empty for none.
        axis: That of the classes.
    """
    if activation == "sigmoid":
        # tanh saturates where exp would overflow: sigmoid(x) = (1 + tanh(x / 2)) / 2.
        result: NDArray[Any] = 0.5 * (1.0 + np.tanh(0.5 * output))
        return result
    if activation == "softmax":
        powers = np.exp(output - output.max(axis=axis, keepdims=True))
        shares: NDArray[Any] = powers / powers.sum(axis=axis, keepdims=True)
        return shares
    return output
