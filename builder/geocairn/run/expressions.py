"""Arithmetic that an item writes down, computed without being executed.

An expression is parsed into Python's syntax tree, and only what stands in the lists below is taken:
numbers, names of bands, operators, comparisons and some functions of NumPy. Calls of anything
else, attributes, subscripts, comprehensions and texts are refused before anything is computed.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geocairn.errors import InputError

__all__ = ["FORMATS", "Expression", "is_entry_point", "parse"]

FORMATS = frozenset(("gdal-calc", "numexpr", "numpy", "rio-calc", "python", "math"))
"""Formats of expressions (``processing:expression``) that are arithmetic, or may be."""

_LONGEST, _DEEPEST = 2000, 60

_BINARY: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: np.divide,
    ast.FloorDiv: np.floor_divide,
    ast.Mod: np.mod,
    ast.Pow: np.power,
    ast.BitAnd: np.bitwise_and,
    ast.BitOr: np.bitwise_or,
    ast.BitXor: np.bitwise_xor,
    ast.LShift: np.left_shift,
    ast.RShift: np.right_shift,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.And: np.logical_and,
    ast.Or: np.logical_or,
}
_UNARY: dict[type[ast.AST], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: np.logical_not,
    ast.Invert: np.invert,
}
_FUNCTIONS: dict[str, tuple[int, Callable[..., Any]]] = {
    "abs": (1, np.abs),
    "absolute": (1, np.abs),
    "arctan": (1, np.arctan),
    "arctan2": (2, np.arctan2),
    "ceil": (1, np.ceil),
    "clip": (3, np.clip),
    "cos": (1, np.cos),
    "exp": (1, np.exp),
    "floor": (1, np.floor),
    "log": (1, np.log),
    "log10": (1, np.log10),
    "log1p": (1, np.log1p),
    "log2": (1, np.log2),
    "logical_and": (2, np.logical_and),
    "logical_not": (1, np.logical_not),
    "logical_or": (2, np.logical_or),
    "maximum": (2, np.maximum),
    "minimum": (2, np.minimum),
    "power": (2, np.power),
    "round": (1, np.round),
    "sign": (1, np.sign),
    "sin": (1, np.sin),
    "sqrt": (1, np.sqrt),
    "tan": (1, np.tan),
    "tanh": (1, np.tanh),
    "where": (3, np.where),
}
_PREFIX = re.compile(r"\b(?:np|numpy|math)\.(?=[a-z0-9]+\()")
_ENTRY_POINT = re.compile(r"[A-Za-z_][\w.]*(:[A-Za-z_][\w.]*)?$")

Values = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression that can be computed.

    Attributes:
        text: As it was written.
        names: What it needs, in the order of their first use.
    """

    text: str
    names: tuple[str, ...]
    _tree: ast.expr

    def __call__(self, values: Values) -> NDArray[np.float32]:
        """Compute it.

        Args:
            values: Arrays of one shape, by name; they are taken as float32.

        Returns:
            float32, of their shape; where there is nothing to compute (a division by zero), NaN or
            an infinity.
        """
        given = {name: np.asarray(values[name]).astype(np.float32) for name in self.names}
        with np.errstate(all="ignore"):
            found = np.asarray(_value(self._tree, given), np.float32)
        shape = np.broadcast_shapes(*(one.shape for one in given.values())) if given else ()
        result: NDArray[np.float32] = np.broadcast_to(found, shape)
        return result


def parse(text: Any, *, where: str, path: str | None = None) -> Expression:
    """Read an expression.

    Args:
        text: What the item says; anything but a text is refused.
        where: The item, for messages.
        path: JSON path there.

    Raises:
        InputError: If it is more than arithmetic.
    """
    try:
        if not isinstance(text, str):
            raise ValueError("it is no text")
        if len(text) > _LONGEST:
            raise ValueError(f"it has more than {_LONGEST} characters")
        tree = ast.parse(_PREFIX.sub("", text).strip(), mode="eval").body
        names: dict[str, None] = {}
        _check(tree, names, depth=0)
    except (ValueError, SyntaxError, RecursionError, MemoryError) as error:
        raise InputError(
            f"{str(text)[:80]!r} cannot be computed: {str(error).splitlines()[0]}",
            where=where,
            path=path,
            remedy="Only arithmetic on bands is computed; code of others is not executed.",
        ) from None
    return Expression(text, tuple(names), tree)


def is_entry_point(text: Any) -> bool:
    """Whether a text names a function of Python rather than being arithmetic."""
    return isinstance(text, str) and bool(_ENTRY_POINT.match(text)) and ("." in text or ":" in text)


def _check(node: ast.expr, names: dict[str, None], *, depth: int) -> None:
    """Refuse what is not in the lists, and gather the names.

    Raises:
        ValueError: If something is not.
    """
    if depth > _DEEPEST:
        raise ValueError("it is nested too deeply")
    for part in _parts(node, names):
        _check(part, names, depth=depth + 1)


def _parts(node: ast.expr, names: dict[str, None]) -> list[ast.expr]:
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        if abs(node.value) > 1e30:
            raise ValueError("a number is too large")
        return []
    if isinstance(node, ast.Name):
        names[node.id] = None
        return []
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        return [node.left, node.right]
    if isinstance(node, ast.UnaryOp) and type(node.op) in _UNARY:
        return [node.operand]
    if isinstance(node, ast.BoolOp):
        return node.values
    if isinstance(node, ast.Compare) and all(type(op) in _BINARY for op in node.ops):
        return [node.left, *node.comparators]
    if isinstance(node, ast.IfExp):
        return [node.test, node.body, node.orelse]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        count, _ = _FUNCTIONS.get(node.func.id, (-1, None))
        if count != len(node.args):
            raise ValueError(f"there is no function {node.func.id} of {len(node.args)} values")
        return node.args
    raise ValueError(f"{type(node).__name__} is not arithmetic")


def _value(node: ast.expr, values: Mapping[str, NDArray[np.float32]]) -> Any:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return values[node.id]
    if isinstance(node, ast.UnaryOp):
        return _UNARY[type(node.op)](_value(node.operand, values))
    if isinstance(node, ast.BinOp):
        return _combined(node, values)
    if isinstance(node, ast.BoolOp):
        found = [_value(part, values) for part in node.values]
        result = found[0]
        for part in found[1:]:
            result = _BINARY[type(node.op)](result, part)
        return result
    if isinstance(node, ast.Compare):
        sides = [_value(part, values) for part in (node.left, *node.comparators)]
        result = True
        for index, op in enumerate(node.ops):
            result = np.logical_and(result, _BINARY[type(op)](sides[index], sides[index + 1]))
        return result
    if isinstance(node, ast.IfExp):
        chosen = (_value(part, values) for part in (node.test, node.body, node.orelse))
        return np.where(*chosen)
    assert isinstance(node, ast.Call)
    assert isinstance(node.func, ast.Name)
    return _FUNCTIONS[node.func.id][1](*(_value(part, values) for part in node.args))


def _combined(node: ast.BinOp, values: Mapping[str, NDArray[np.float32]]) -> Any:
    left, right = _value(node.left, values), _value(node.right, values)
    if isinstance(node.op, ast.Pow):
        # Python's integers grow without end: numbers are computed as floats.
        return np.power(np.asarray(left, np.float64), np.asarray(right, np.float64))
    if isinstance(node.op, (ast.BitAnd, ast.BitOr, ast.BitXor, ast.LShift, ast.RShift)):
        if isinstance(node.op, (ast.BitAnd, ast.BitOr)) and _truth(left) and _truth(right):
            return _BINARY[type(node.op)](left, right)
        whole = (np.asarray(side).astype(np.int64) for side in (left, right))
        return _BINARY[type(node.op)](*whole)
    return _BINARY[type(node.op)](left, right)


def _truth(value: Any) -> bool:
    return np.asarray(value).dtype.kind == "b"
