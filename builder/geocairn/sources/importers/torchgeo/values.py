"""The values that constants of Python source are read as, and their arithmetic."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

__all__ = ["Call", "Symbol", "UnreadableError", "Vector", "arithmetic", "bounded", "is_number"]

_MAX_BITS = 256
_MAX_EXPONENT = 64


class UnreadableError(Exception):
    """An expression that is more than a constant; the message says what it is."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name that stands for something outside the source, such as ``nn.ReLU``."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it is written, not made.

    Attributes:
        name: Dotted name of what is called.
        args: Positional arguments, read.
        kwargs: Keyword arguments, read; those that could not be read are absent.
        unreadable: Keyword to why it could not be read.
    """

    name: str
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    unreadable: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The last part of the name: ``Resize`` of ``T.Resize``."""
        return self.name.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Vector:
    """Numbers of a ``numpy.array``: arithmetic applies to each."""

    values: tuple[float, ...]


def is_number(value: Any) -> TypeGuard[float]:
    """Whether a value is a number; booleans are none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def bounded(value: float) -> float:
    """A number as it is.

    Raises:
        UnreadableError: It is not finite, or very large.
    """
    large = value.bit_length() > _MAX_BITS if isinstance(value, int) else not math.isfinite(value)
    if large:
        raise UnreadableError("it holds a very large number")
    return value


_OPERATIONS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}


def arithmetic(kind: type[ast.operator], left: Any, right: Any) -> Any:
    """Combine two numbers or vectors.

    Raises:
        UnreadableError: They are neither, the operation is no arithmetic, or the result is
            no number or a very large one.
    """
    operation = _OPERATIONS.get(kind)
    if operation is None:
        raise UnreadableError(f"it holds the operation {kind.__name__}")
    if is_number(left) and is_number(right):
        return _numbers(operation, left, right)
    one, other = _broadcast(left, right), _broadcast(right, left)
    if one is None or other is None or len(one) != len(other):
        raise UnreadableError(f"it combines a {type(left).__name__} with a {type(right).__name__}")
    return Vector(tuple(_numbers(operation, a, b) for a, b in zip(one, other, strict=True)))


def _broadcast(value: Any, partner: Any) -> tuple[float, ...] | None:
    if isinstance(value, Vector):
        return value.values
    if is_number(value) and isinstance(partner, Vector):
        return (value,) * len(partner.values)
    return None


def _numbers(operation: Callable[[Any, Any], Any], left: Any, right: Any) -> float:
    if operation is operator.pow and abs(right) > _MAX_EXPONENT:
        raise UnreadableError("it raises a number to a large power")
    try:
        value = operation(left, right)
    except (ArithmeticError, ValueError) as error:
        raise UnreadableError(f"its arithmetic fails: {error}") from None
    if not isinstance(value, (int, float)):
        raise UnreadableError("its arithmetic leaves the real numbers")
    return bounded(value)
