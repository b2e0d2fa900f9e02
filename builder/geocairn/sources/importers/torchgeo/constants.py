"""Read constants out of Python source without running any of it.

A syntax tree is walked, never compiled. What can be read are literals, names of constants, number
arithmetic, joining of sequences, ``|`` of dictionaries, simple comprehensions and f-strings. A call
becomes a `Call`: its name and arguments, nothing more. Depth, length and work are bounded, so that
no source, however written, costs much time or memory.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Any

from geocairn.sources.importers.torchgeo.values import (
    Call,
    Symbol,
    UnreadableError,
    Vector,
    arithmetic,
    bounded,
    is_number,
)

__all__ = ["Reader", "dotted"]

Scope = Callable[[str], Any]

_MAX_DEPTH = 60
_MAX_LENGTH = 10_000
_MAX_WORK = 1_000_000
_FORMAT = re.compile(r"0?[0-9]{0,2}d?")


def dotted(node: ast.expr) -> str | None:
    """``a.b.c`` as text, or None where the expression is something else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join((node.id, *reversed(parts))) if isinstance(node, ast.Name) else None


def _bound(variable: str, value: Any, outer: Scope) -> Scope:
    return lambda name: value if name == variable else outer(name)


class Reader:
    """Reads the expressions of one module.

    Args:
        scope: Gives the value of a name, or raises `UnreadableError`.
    """

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._depth = 0
        self._work = 0

    def read(self, node: ast.expr) -> Any:
        """Read an expression.

        Returns:
            None, booleans, numbers, texts, lists, tuples and dictionaries of such, and the
            types of `values`.

        Raises:
            UnreadableError: It is no constant, or a larger one than allowed.
        """
        read: Callable[[Any], Any] | None = getattr(self, f"_read_{type(node).__name__}", None)
        if read is None:
            raise UnreadableError(f"it holds a {type(node).__name__} (line {node.lineno})")
        if self._depth >= _MAX_DEPTH:
            raise UnreadableError("it is nested too deeply")
        self._charge(1)
        self._depth += 1
        try:
            return read(node)
        finally:
            self._depth -= 1

    def _charge(self, work: int) -> None:
        self._work += work
        if self._work > _MAX_WORK:
            raise UnreadableError("the module's constants take too much work")

    def _short(self, value: Any) -> Any:
        if len(value) > _MAX_LENGTH:
            raise UnreadableError("it is very long")
        self._charge(len(value))
        return value

    def _read_Constant(self, node: ast.Constant) -> Any:  # noqa: N802
        if isinstance(node.value, (bytes, complex, type(...))):
            raise UnreadableError(f"it holds a {type(node.value).__name__} (line {node.lineno})")
        return bounded(node.value) if is_number(node.value) else node.value

    def _read_Name(self, node: ast.Name) -> Any:  # noqa: N802
        return self._scope(node.id)

    def _read_Attribute(self, node: ast.Attribute) -> Symbol:  # noqa: N802
        name = dotted(node)
        if name is None:
            raise UnreadableError(f"it holds an attribute of an expression (line {node.lineno})")
        return Symbol(name)

    def _elements(self, nodes: list[ast.expr]) -> list[Any]:
        found: list[Any] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                found += self._sequence(self.read(node.value))
            else:
                found.append(self.read(node))
        self._short(found)
        return found

    def _sequence(self, value: Any) -> list[Any]:
        if not isinstance(value, (list, tuple)):
            raise UnreadableError(f"it goes through a {type(value).__name__}")
        return list(self._short(value))

    def _read_List(self, node: ast.List) -> list[Any]:  # noqa: N802
        return self._elements(node.elts)

    def _read_Tuple(self, node: ast.Tuple) -> tuple[Any, ...]:  # noqa: N802
        return tuple(self._elements(node.elts))

    def _read_Dict(self, node: ast.Dict) -> dict[Any, Any]:  # noqa: N802
        found: dict[Any, Any] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            read = self.read(value)
            if key is not None:
                name = self.read(key)
                if not isinstance(name, (str, int, float, type(None))):
                    raise UnreadableError("a dictionary's key is neither text nor number")
                found[name] = read
            elif isinstance(read, dict):
                found |= read
            else:
                raise UnreadableError(f"it unpacks what is no dictionary (line {node.lineno})")
            self._charge(1)
        return found

    def _read_UnaryOp(self, node: ast.UnaryOp) -> Any:  # noqa: N802
        value = self.read(node.operand)
        if isinstance(node.op, (ast.USub, ast.UAdd)) and is_number(value):
            return -value if isinstance(node.op, ast.USub) else value
        raise UnreadableError(f"it holds a {type(node.op).__name__} (line {node.lineno})")

    def _read_BinOp(self, node: ast.BinOp) -> Any:  # noqa: N802
        left, right = self.read(node.left), self.read(node.right)
        if isinstance(node.op, ast.BitOr) and isinstance(left, dict) and isinstance(right, dict):
            return self._short(left | right)
        if isinstance(node.op, ast.Add):
            if isinstance(left, str) and isinstance(right, str):
                return self._short(left + right)
            if isinstance(left, (list, tuple)) and type(left) is type(right):
                return self._short(type(left)((*left, *right)))
        return arithmetic(type(node.op), left, right)

    def _read_Call(self, node: ast.Call) -> Any:  # noqa: N802
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr == "tolist" and not node.args:
            value = self.read(function.value)
            if isinstance(value, Vector):
                return list(value.values)
        name = dotted(function)
        if name is None:
            raise UnreadableError(f"it calls an expression (line {node.lineno})")
        if not node.keywords and len(node.args) == 1 and name in ("tuple", "list"):
            sequence = self._sequence(self.read(node.args[0]))
            return tuple(sequence) if name == "tuple" else sequence
        if not node.keywords and name == "range":
            return self._range(self._elements(node.args))
        if name in ("np.array", "numpy.array") and len(node.args) == 1:
            return self._vector(self.read(node.args[0]))
        return self._symbolic(name, node)

    def _symbolic(self, name: str, node: ast.Call) -> Call:
        kwargs: dict[str, Any] = {}
        unreadable: dict[str, str] = {}
        for keyword in node.keywords:
            try:
                if keyword.arg is None:
                    raise UnreadableError("its keywords are unpacked")
                kwargs[keyword.arg] = self.read(keyword.value)
            except UnreadableError as error:
                unreadable[keyword.arg or "**"] = str(error)
        return Call(name, tuple(self._elements(node.args)), kwargs, unreadable)

    def _vector(self, value: Any) -> Vector:
        numbers = self._sequence(value)
        if not all(is_number(number) for number in numbers):
            raise UnreadableError("an array holds something other than numbers")
        return Vector(tuple(numbers))

    def _range(self, args: list[Any]) -> list[int]:
        if not 1 <= len(args) <= 3 or not all(type(arg) is int for arg in args):
            raise UnreadableError("a range has bounds that are not whole numbers")
        if len(args) == 3 and args[2] == 0:
            raise UnreadableError("a range has the step 0")
        numbers = range(*args)
        # len() fails beyond the machine's word, so the first too many is asked for instead.
        if numbers[_MAX_LENGTH : _MAX_LENGTH + 1]:
            raise UnreadableError("a range is very long")
        self._charge(len(numbers))
        return list(numbers)

    def _read_ListComp(self, node: ast.ListComp | ast.GeneratorExp) -> list[Any]:  # noqa: N802
        generator = node.generators[0]
        if len(node.generators) != 1 or generator.ifs:
            raise UnreadableError(f"it holds a comprehension of several parts (line {node.lineno})")
        if not isinstance(generator.target, ast.Name):
            raise UnreadableError(
                f"it holds a comprehension over several names (line {node.lineno})"
            )
        variable, outer = generator.target.id, self._scope
        found = []
        for value in self._sequence(self.read(generator.iter)):
            self._scope = _bound(variable, value, outer)
            try:
                found.append(self.read(node.elt))
            finally:
                self._scope = outer
        return found

    _read_GeneratorExp = _read_ListComp  # noqa: N815

    def _read_JoinedStr(self, node: ast.JoinedStr) -> Any:  # noqa: N802
        parts = (
            self._formatted(part) if isinstance(part, ast.FormattedValue) else self.read(part)
            for part in node.values
        )
        return self._short("".join(parts))

    def _formatted(self, part: ast.FormattedValue) -> str:
        value = self.read(part.value)
        style = "" if part.format_spec is None else self.read(part.format_spec)
        numeric = type(value) is int and _FORMAT.fullmatch(style)
        if part.conversion == -1 and (numeric or (isinstance(value, str) and not style)):
            return format(value, style)
        raise UnreadableError(f"it formats a value (line {part.lineno})")
