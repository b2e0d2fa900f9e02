"""CQL2 JSON checked and brought to its normal form."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from geocairn.cql.times import lower_comparison, lower_temporal
from geocairn.cql.tree import all_of, properties_of
from geocairn.errors import QueryError
from geocairn.geojson import parse_bbox, parse_geometry
from geocairn.queryables import queryable

__all__ = ["ARITHMETIC", "ARRAYS", "COMPARISONS", "FOLDS", "MAX_DEPTH", "SPATIAL", "normalise"]

COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")
ARITHMETIC = ("+", "-", "*", "/", "%", "div", "^")
FOLDS = ("casei", "accenti")
ARRAYS = ("a_contains", "a_containedby", "a_equals", "a_overlaps")
_MIRROR = {"s_within": "s_contains", "s_contains": "s_within"}
SPATIAL = (
    "s_intersects",
    "s_disjoint",
    "s_within",
    "s_contains",
    "s_equals",
    "s_touches",
    "s_crosses",
    "s_overlaps",
)
MAX_DEPTH = 100
_HELP = "The operators are listed in the documentation of the search, under “Filter”."

Node = Any


def normalise(node: Node, *, depth: int = 0) -> Node:
    """Check a boolean expression of CQL2 JSON and bring it to normal form.

    Raises:
        QueryError: When it is outside the supported subset.
    """
    if isinstance(node, bool):
        return node
    if depth > MAX_DEPTH:
        raise QueryError("filter is nested too deeply", remedy=f"At most {MAX_DEPTH} levels.")
    op, args = _operation(node)
    if op in ("and", "or"):
        _count(op, args, at_least=1)
        return {"op": op, "args": [normalise(arg, depth=depth + 1) for arg in args]}
    if op == "not":
        _count(op, args, exactly=1)
        return {"op": op, "args": [normalise(args[0], depth=depth + 1)]}
    if op in SPATIAL:
        return _spatial(op, args)
    if op in ARRAYS:
        return _array(op, args)
    if op.startswith("t_"):
        return lower_temporal(op, args)
    if op in _PREDICATES:
        return _PREDICATES[op](op, args)
    if op in ARITHMETIC or op in FOLDS:
        raise QueryError(f"{op!r} gives a value, not true or false", remedy="Compare it.")
    raise QueryError(f"unknown operator or function {op!r} in filter", remedy=_HELP)


def _operation(node: Node) -> tuple[str, list[Node]]:
    if isinstance(node, Mapping) and isinstance(node.get("op"), str):
        op, args = node["op"].lower(), node.get("args")
        if not isinstance(args, (list, tuple)):
            raise QueryError(f"{op!r} has no list of args", remedy=_HELP)
        return {"isnull": "isNull", "!=": "<>"}.get(op, op), list(args)
    if isinstance(node, Mapping) and isinstance(node.get("property"), str):
        raise QueryError(
            f"{node['property']!r} alone is no condition",
            remedy=f"Write {node['property']} = true, or compare it with a value.",
        )
    raise QueryError(f"no condition: {_show(node)}", remedy=_HELP)


def _count(op: str, args: list[Node], *, exactly: int | None = None, at_least: int = 0) -> None:
    if (exactly is not None and len(args) != exactly) or len(args) < at_least:
        wanted = exactly if exactly is not None else f"{at_least} or more"
        raise QueryError(f"{op!r} takes {wanted} arguments, not {len(args)}", remedy=_HELP)


def _value(node: Node, *, depth: int = 0) -> tuple[Node, str]:
    """Check a scalar expression; gives it in normal form with its type."""
    if isinstance(node, str):
        return node, "string"
    if isinstance(node, bool):
        return node, "boolean"
    if isinstance(node, (int, float)):
        return _number(node), "number"
    if isinstance(node, Mapping):
        if "property" in node:
            return _scalar_property(node)
        if "timestamp" in node or "date" in node:
            return dict(node), "instant"
        if "op" in node and depth <= MAX_DEPTH:
            return _expression(node, depth=depth)
    remedy = "Write IS NULL or IS NOT NULL." if node is None else _HELP
    raise QueryError(f"not a value to compare: {_show(node)}", remedy=remedy)


def _number(value: float) -> float:
    # Every engine compares numbers as doubles, as JavaScript and the CQL2 parser do.
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise QueryError(f"number out of range: {_show(value)}", remedy="Use a finite number.")
    return number


def _name(node: Mapping[str, Any]) -> str:
    name = node.get("property")
    if not isinstance(name, str) or not name.removeprefix("properties."):
        raise QueryError(f"not a property name: {_show(name)}", remedy=_HELP)
    return name.removeprefix("properties.")


def _scalar_property(node: Mapping[str, Any]) -> tuple[Node, str]:
    name = _name(node)
    kind = queryable(name).type
    if kind == "strings":
        raise QueryError(
            f"{name!r} is a list and cannot be compared with one value",
            remedy=f"Write A_CONTAINS({name}, ('value')), or A_OVERLAPS for any of several.",
        )
    if kind == "geometry":
        raise QueryError(
            "'geometry' cannot be compared", remedy="Write S_INTERSECTS(geometry, ...)."
        )
    return {"property": name}, kind


def _expression(node: Mapping[str, Any], *, depth: int) -> tuple[Node, str]:
    op, args = _operation(node)
    if op in ARITHMETIC:
        _count(op, args, exactly=2)
        wanted = "number"
    elif op in FOLDS:
        _count(op, args, exactly=1)
        wanted = "string"
    else:
        raise QueryError(f"unknown function {op!r} in filter", remedy=_HELP)
    values = []
    for arg in args:
        value, kind = _value(arg, depth=depth + 1)
        if kind not in (wanted, "json"):
            raise QueryError(f"{op!r} takes a {wanted}, not {_show(arg)} ({kind})", remedy=_HELP)
        values.append(value)
    return {"op": op, "args": values}, wanted


def _same_type(op: str, args: list[Node]) -> tuple[list[Node], str]:
    """Check that values can be compared; a string beside a time is read as a time."""
    pairs = [_value(arg) for arg in args]
    kinds = {kind for _, kind in pairs} - {"json"}
    if "instant" in kinds:
        bad = [
            arg
            for arg, (value, kind) in zip(args, pairs, strict=True)
            if kind not in ("instant", "json") and not isinstance(value, str)
        ]
        if not bad:
            return [value for value, _ in pairs], "instant"
    elif len(kinds) <= 1:
        return [value for value, _ in pairs], kinds.pop() if kinds else "json"
    found = " and ".join(
        f"{_show(arg)} ({kind})" for arg, (_, kind) in zip(args, pairs, strict=True)
    )
    raise QueryError(f"{op!r} cannot compare {found}", remedy="Compare values of one type.")


def _comparison(op: str, args: list[Node]) -> Node:
    _count(op, args, exactly=2)
    values, kind = _same_type(op, args)
    return lower_comparison(op, values) if kind == "instant" else {"op": op, "args": values}


def _between(op: str, args: list[Node]) -> Node:
    if len(args) == 2 and isinstance(args[1], (list, tuple)):
        args = [args[0], *args[1]]  # as drafts of CQL2 had it, and some clients still do
    _count(op, args, exactly=3)
    values, kind = _same_type(op, args)
    if kind != "instant":
        return {"op": op, "args": values}
    low = lower_comparison(">=", [values[0], values[1]])
    return all_of(low, lower_comparison("<=", [values[0], values[2]]))


def _in(op: str, args: list[Node]) -> Node:
    _count(op, args, exactly=2)
    options = args[1]
    if not isinstance(options, (list, tuple)):
        raise QueryError(f"'in' takes a list, not {_show(options)}", remedy="Write IN ('a', 'b').")
    values, kind = _same_type(op, [args[0], *options])
    if kind == "instant":
        return {
            "op": "or",
            "args": [lower_comparison("=", [values[0], option]) for option in values[1:]],
        }
    return {"op": op, "args": [values[0], values[1:]]}


def _is_null(op: str, args: list[Node]) -> Node:
    _count(op, args, exactly=1)
    if isinstance(args[0], Mapping) and "property" in args[0]:
        return {"op": op, "args": [{"property": _name(args[0])}]}
    return {"op": op, "args": [_value(args[0])[0]]}


def _like(op: str, args: list[Node]) -> Node:
    _count(op, args, exactly=2)
    values, kind = _same_type(op, args)
    if kind not in ("string", "json") or properties_of(values[1]):
        raise QueryError(
            f"'like' takes a text and a pattern, not {_show(args)}",
            remedy="Write title LIKE 'flood%'; % stands for any text, _ for one character.",
        )
    pattern = values[1]
    while isinstance(pattern, dict):
        pattern = pattern["args"][0]
    if (len(pattern) - len(pattern.rstrip("\\"))) % 2:
        raise QueryError(
            f"pattern {pattern!r} ends in a backslash that escapes nothing",
            remedy="Write \\\\ for a backslash.",
        )
    return {"op": op, "args": values}


def _spatial(op: str, args: list[Node]) -> Node:
    _count(op, args, exactly=2)
    sides = [isinstance(arg, Mapping) and "property" in arg for arg in args]
    if sides.count(True) != 1:
        raise QueryError(
            f"{op!r} compares the item's geometry with one given geometry",
            remedy="Write S_INTERSECTS(geometry, POLYGON((...))) or BBOX(w, s, e, n).",
        )
    name, shape = (args[0], args[1]) if sides[0] else (args[1], args[0])
    if _name(name) != "geometry":
        raise QueryError(f"{_name(name)!r} is not a geometry", remedy="Write geometry there.")
    if not sides[0]:
        op = _MIRROR.get(op, op)
    if isinstance(shape, Mapping) and "bbox" in shape:
        literal: Node = {"bbox": list(parse_bbox(shape["bbox"]))}
    else:
        literal = parse_geometry(shape)
    return {"op": op, "args": [{"property": "geometry"}, literal]}


def _array(op: str, args: list[Node]) -> Node:
    _count(op, args, exactly=2)
    sides = [_array_side(op, arg) for arg in args]
    names = [name for side in sides for name in properties_of(side)]
    texts = names and all(queryable(name).type == "strings" for name in names)
    for value in (value for side in sides if isinstance(side, list) for value in side):
        if texts and not isinstance(value, (str, dict)):
            raise QueryError(
                f"{names[0]!r} holds texts, not {_show(value)}", remedy="Write texts in quotes."
            )
    return {"op": op, "args": sides}


def _array_side(op: str, node: Node) -> Node:
    if isinstance(node, Mapping) and "property" in node:
        name = _name(node)
        if queryable(name).type not in ("strings", "json"):
            raise QueryError(f"{name!r} is not a list", remedy=f"Write {name} IN (...).")
        return {"property": name}
    if isinstance(node, Mapping) and str(node.get("op")).lower() in FOLDS:
        fold, args = _operation(node)
        _count(fold, args, exactly=1)
        if not isinstance(args[0], str):
            return {"op": fold, "args": [_array_side(op, args[0])]}
    if not isinstance(node, (list, tuple)):
        node = [node]  # one value is a list of one
    values = []
    for part in node:
        value, kind = _value(part)
        if properties_of(value) or kind == "instant":
            raise QueryError(f"{op!r} takes plain values, not {_show(part)}", remedy=_HELP)
        values.append(value)
    return values


_PREDICATES: dict[str, Callable[[str, list[Node]], Node]] = {
    **dict.fromkeys(COMPARISONS, _comparison),
    "between": _between,
    "in": _in,
    "isNull": _is_null,
    "like": _like,
}


def _show(node: Node) -> str:
    text = repr(node)
    return text if len(text) <= 80 else text[:77] + "..."
