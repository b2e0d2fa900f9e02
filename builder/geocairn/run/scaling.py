"""From raw pixels to what a network takes: ``value_scaling`` as the model extension defines it.

https://github.com/stac-extensions/mlm/blob/v1.5.2/README.md#value-scaling-object

Scalings that are linear, as nearly all are, become one subtraction and one multiplication for all
bands at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geocairn.errors import InputError
from geocairn.run.expressions import Expression, is_entry_point, parse

__all__ = ["Scaling", "cast", "compile_scaling"]

_Step = Callable[[NDArray[np.float32], Mapping[str, NDArray[np.float32]]], Any]


@dataclass(frozen=True, slots=True)
class Scaling:
    """How an input's bands are scaled.

    Attributes:
        names: Of the bands, for expressions that speak of several.
        subtract: float32 (bands, 1, 1), taken off first; None where nothing is linear.
        factor: float32 (bands, 1, 1), multiplied by then.
        steps: Other steps, by place of the band.
    """

    names: tuple[str, ...]
    subtract: NDArray[np.float32]
    factor: NDArray[np.float32]
    steps: tuple[tuple[int, _Step], ...] = ()

    def __call__(
        self, raw: NDArray[Any], *, valid: NDArray[np.bool_] | None = None
    ) -> NDArray[np.float32]:
        """Scale.

        Args:
            raw: (bands, height, width), of any type.
            valid: bool (height, width); what is not valid becomes 0 after scaling.

        Returns:
            float32, of the same shape; not a view of `raw`.
        """
        scaled = raw.astype(np.float32)
        given = {}
        if self.steps:
            given = {name: scaled[index].copy() for index, name in enumerate(self.names)}
        if self._linear:
            scaled -= self.subtract
            scaled *= self.factor
        for index, step in self.steps:
            scaled[index] = step(given[self.names[index]], given)
        if valid is not None and not valid.all():
            scaled[:, ~valid] = 0
        return scaled

    @property
    def _linear(self) -> bool:
        return bool(self.subtract.any() or (self.factor != 1).any())


def compile_scaling(
    scaling: Sequence[Mapping[str, Any] | None],
    *,
    names: Sequence[str],
    where: str,
    path: str = "$.properties.mlm:input[0].value_scaling",
) -> Scaling:
    """Read a scaling.

    Args:
        scaling: One object for all bands, one for each, or none at all.
        names: Of the bands.
        where: The item, for messages.
        path: JSON path of the scaling.

    Raises:
        InputError: If it cannot be applied: another number of objects than bands, a type or a
            number that is missing, a division by zero, code.
    """
    if len(scaling) not in (0, 1, len(names)):
        raise _unfit(f"has {len(scaling)} scalings for {len(names)} bands", where, path)
    steps = list(scaling) * (len(names) if len(scaling) == 1 else 1) or [None] * len(names)
    subtract, factor = np.zeros((2, len(names), 1, 1), np.float64)
    factor[:] = 1
    others: list[tuple[int, _Step]] = []
    for index, step in enumerate(steps):
        at = f"{path}[{0 if len(scaling) == 1 else index}]"
        linear = _linear(step, where, at)
        if linear is None:
            assert step is not None
            others.append((index, _other(step, names, index, where=where, path=at)))
        else:
            subtract[index], factor[index] = linear[0], 1 / linear[1]
    # Bands of one name, as time series have them, would hide one another.
    unique = tuple(
        name if list(names).count(name) == 1 else f"{name}#{n}" for n, name in enumerate(names)
    )
    return Scaling(unique, subtract.astype(np.float32), factor.astype(np.float32), tuple(others))


def _linear(step: Mapping[str, Any] | None, where: str, path: str) -> tuple[float, float] | None:
    """What is subtracted, and divided by then; None where the step is no such thing."""
    kind = step.get("type") if step else None
    if step is None or kind is None:
        return 0.0, 1.0
    if kind == "min-max":
        low, high = _numbers(step, ("minimum", "maximum"), where, path)
        found = low, high - low
    elif kind == "z-score":
        mean, deviation = _numbers(step, ("mean", "stddev"), where, path)
        found = mean, deviation
    elif kind == "offset":
        found = _numbers(step, ("value",), where, path)[0], 1.0
    elif kind == "scale":
        found = 0.0, _numbers(step, ("value",), where, path)[0]
    else:
        return None
    if found[1] == 0:
        raise _unfit("divides by zero", where, path)
    return found


def _other(
    step: Mapping[str, Any], names: Sequence[str], index: int, *, where: str, path: str
) -> _Step:
    kind = step.get("type")
    if kind == "clip":
        low, high = _numbers(step, ("minimum", "maximum"), where, path)
        return lambda band, _: np.clip(band, low, high)
    if kind == "clip-min":
        (low,) = _numbers(step, ("minimum",), where, path)
        return lambda band, _: np.maximum(band, np.float32(low))
    if kind == "clip-max":
        (high,) = _numbers(step, ("maximum",), where, path)
        return lambda band, _: np.minimum(band, np.float32(high))
    if kind == "processing" and not is_entry_point(step.get("expression")):
        return _expression(step, names, index, where=where, path=path)
    raise _unfit(f"has a scaling of the type {kind!r}, which cannot be applied here", where, path)


def _expression(
    step: Mapping[str, Any], names: Sequence[str], index: int, *, where: str, path: str
) -> _Step:
    """An expression of bands by name; one other name means the very band."""
    found: Expression = parse(step.get("expression"), where=where, path=f"{path}.expression")
    own = [name for name in found.names if name not in names]
    if len(own) > 1 or (own and len(found.names) > 1 and names[index] in found.names):
        raise _unfit(f"speaks of {', '.join(own)}, which are no bands of the input", where, path)

    def step_(band: NDArray[np.float32], given: Mapping[str, NDArray[np.float32]]) -> Any:
        return found({**given, **dict.fromkeys(own, band), names[index]: band})

    return step_


def _numbers(
    step: Mapping[str, Any], fields: Sequence[str], where: str, path: str
) -> tuple[float, ...]:
    found = [step.get(field) for field in fields]
    for field, value in zip(fields, found, strict=True):
        plain = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not plain or not math.isfinite(value):  # type: ignore[arg-type]
            raise _unfit(f"needs a number {field!r}, and has {value!r:.40}", where, path)
    return tuple(float(value) for value in found)  # type: ignore[arg-type]


def _unfit(message: str, where: str, path: str) -> InputError:
    return InputError(
        message,
        where=where,
        path=path,
        remedy="Correct the item's value_scaling: `geocairn check`.",
    )


def cast(values: NDArray[np.float32], dtype: str) -> NDArray[Any]:
    """To the type that the network takes; whole numbers are rounded and kept in their range."""
    kind = np.dtype(dtype)
    if kind == values.dtype:
        return values
    if kind.kind in "iu":
        limits = np.iinfo(kind)
        # The largest float32 below 2^63: above it the cast would turn around.
        high = min(float(limits.max), float(np.nextafter(np.float32(2**63), np.float32(0))))
        return np.clip(np.rint(np.nan_to_num(values)), limits.min, high).astype(kind)
    return values.astype(kind)
