"""CQL2 [1]_: from text or JSON to a small normal form that every engine evaluates alike.

The normal form is itself CQL2 JSON, with fewer ways to say a thing: operators in lower case,
boxes and geometries checked, and dates, intervals and temporal operators written as comparisons
of timestamps (``datetime`` as an interval is ``start_datetime`` to ``end_datetime``).

.. [1] OGC 21-065r2, Common Query Language (CQL2), 2024.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from geocairn import _io
from geocairn.cqltime import lower_comparison, lower_temporal
from geocairn.errors import GeocairnError, QueryError
from geocairn.geojson import parse_bbox, parse_geometry
from geocairn.queryables import queryable

__all__ = ["COMPARISONS", "SPATIAL", "all_of", "normalise", "parse_filter", "properties_of"]

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
_MAX_DEPTH = 100
_MAX_OPERATORS = 1000
_MAX_TEXT = 1_000_000
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"")
_COORDINATES = re.compile(r"(?<=[a-z(,])(?:\s|[zm(])*[-+\d.][-+\d.eE,()\s]*", re.IGNORECASE)
_OPERATOR = re.compile(r"[-+*/%^=<>]|\b(?:and|or|not|div|is|in|like|between)\b", re.IGNORECASE)
_HELP = "The operators are listed in the documentation of the search, under “Filter”."

Node = Any


def parse_filter(value: Any, *, lang: str | None = None) -> Node:
    """Parse and check a CQL2 filter.

    Args:
        value: CQL2 text, CQL2 JSON as text, or a mapping of CQL2 JSON.
        lang: ``cql2-text`` or ``cql2-json``; guessed where None.

    Returns:
        The filter in normal form (CQL2 JSON).

    Raises:
        QueryError: When it is not CQL2, or asks for something outside the supported subset.
    """
    if lang not in (None, "cql2-text", "cql2-json"):
        raise QueryError(f"unknown filter language {lang!r}", remedy="Use cql2-text or cql2-json.")
    if isinstance(value, (str, bytes)):
        text = value if isinstance(value, str) else value.decode()
        is_json = lang == "cql2-json" or (lang is None and text.lstrip()[:1] == "{")
        value = _from_json(text) if is_json else _from_text(text)
    return normalise(value)


def _from_json(text: str) -> Node:
    try:
        return _io.loads(text.encode(), where="filter")
    except GeocairnError as error:
        raise QueryError(f"filter is {error.message}", remedy="Correct the CQL2 JSON.") from None


def _from_text(text: str) -> Node:
    _refuse_monsters(text)
    import cql2  # compiled code; kept out of searches without a filter

    try:
        return cql2.parse_text(text).to_json()
    except Exception as error:  # noqa: BLE001  # the parser's errors share no public base class
        lines = str(error).strip().splitlines()
        place = re.search(r"-->\s*\d+:(\d+)", lines[0]) if lines else None
        where = f" at character {place[1]}: {text[int(place[1]) - 1 :][:30]!r}" if place else ""
        raise QueryError(
            f"filter is not CQL2 text{where}: {text[:200]!r}",
            remedy="Write for instance \"gsd < 1 AND framework = 'PyTorch'\": strings in single "
            "quotes, names bare or in double quotes, lists in round brackets.",
        ) from None


def _refuse_monsters(text: str) -> None:
    # The parser recurses natively, so a text nested thousands deep would overflow the stack and
    # end the process. Quoted strings and coordinates cannot nest and are left out of the count.
    bare = _COORDINATES.sub(" ", _QUOTED.sub(" ", text)) if len(text) <= _MAX_TEXT else text
    depth = deepest = 0
    for char in bare:
        if char in "([":
            depth += 1
            deepest = max(deepest, depth)
        elif char in ")]":
            depth -= 1
    if len(text) > _MAX_TEXT or deepest > _MAX_DEPTH or len(_OPERATOR.findall(bare)) > 1000:
        raise QueryError(
            f"filter is too large: {len(text)} characters, nested {deepest} deep",
            remedy=f"At most {_MAX_DEPTH} levels and {_MAX_OPERATORS} operators; use IN for many.",
        )


def all_of(*parts: Node | None) -> Node | None:
    """Join filters in normal form with ``and``; None stands for no filter."""
    wanted = [part for part in parts if part is not None]
    if len(wanted) < 2:
        return wanted[0] if wanted else None
    flat: list[Node] = []
    for part in wanted:
        is_and = isinstance(part, dict) and part["op"] == "and"
        flat += part["args"] if is_and else [part]
    return {"op": "and", "args": flat}


def properties_of(node: Node) -> set[str]:
    """Names of all properties in a filter in normal form."""
    if isinstance(node, list):
        return set().union(*map(properties_of, node))
    if not isinstance(node, dict):
        return set()
    if "property" in node:
        return {node["property"]}
    return properties_of(node["args"]) if "op" in node else set()


def normalise(node: Node, *, depth: int = 0) -> Node:
    """Check a boolean expression of CQL2 JSON and bring it to normal form.

    Raises:
        QueryError: When it is outside the supported subset.
    """
    if isinstance(node, bool):
        return node
    if depth > _MAX_DEPTH:
        raise QueryError("filter is nested too deeply", remedy=f"At most {_MAX_DEPTH} levels.")
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
        if "op" in node and depth <= _MAX_DEPTH:
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
    return {"op": op, "args": [_array_side(op, arg) for arg in args]}


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
