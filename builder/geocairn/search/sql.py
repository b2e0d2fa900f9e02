"""A filter in normal form as SQL over the search index, every value a bound parameter.

Names in the SQL are the index's own columns, and the columns ``p0, p1, ...`` and ``s0, s1, ...``
of a stage table: item properties read on demand (JSON text) and spatial predicates worked out
beforehand. Nothing that a query says ever becomes part of the text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from geocairn.cql import ARITHMETIC, ARRAYS, COMPARISONS, FOLDS, SPATIAL
from geocairn.queryables import queryable

__all__ = ["Compiler", "SpatialLeaf", "quoted", "sort_expressions"]

_FOLD = {"casei": "lower", "accenti": "strip_accents"}
_RFC3339 = r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)"
_ARRAY = {
    "a_contains": "list_has_all({0}, {1})",
    "a_containedby": "list_has_all({1}, {0})",
    "a_overlaps": "list_has_any({0}, {1})",
    "a_equals": "(list_has_all({0}, {1}) AND list_has_all({1}, {0}))",
}


@dataclass(frozen=True, slots=True)
class SpatialLeaf:
    """One spatial predicate of a filter: operator and GeoJSON geometry (or ``{"bbox": ...}``)."""

    op: str
    shape: dict[str, Any]


def quoted(column: str) -> str:
    """An identifier of the index in double quotes (``end`` is a word of SQL)."""
    return '"' + column.replace('"', '""') + '"'


@dataclass
class Compiler:
    """Turns expressions into SQL; gathers parameters and what the stage table must hold.

    Attributes:
        parameters: Values by name, for DuckDB's ``$name``.
        properties: Item properties by name, in the order of the columns ``p0, p1, ...``.
        spatial: Spatial predicates, in the order of the columns ``s0, s1, ...``.
    """

    parameters: dict[str, Any] = field(default_factory=dict)
    properties: list[str] = field(default_factory=list)
    spatial: list[SpatialLeaf] = field(default_factory=list)

    def bind(self, value: Any) -> str:
        """Keep a value as a parameter and give its place in the SQL."""
        name = f"v{len(self.parameters)}"
        self.parameters[name] = value
        return f"${name}"

    def stage_size(self) -> int:
        """How many columns of the stage table are asked for so far."""
        return len(self.properties) + len(self.spatial)

    def condition(self, node: Any) -> str:
        """SQL of a boolean expression; unknown is NULL, as in CQL2."""
        if isinstance(node, bool):
            return "TRUE" if node else "FALSE"
        op, args = node["op"], node["args"]
        if op in ("and", "or"):
            return "(" + f" {op.upper()} ".join(self.condition(arg) for arg in args) + ")"
        if op == "not":
            return f"(NOT {self.condition(args[0])})"
        if op in SPATIAL:
            return self._spatial(op, args)
        if op in ARRAYS:
            return self._array(op, args)
        return _PREDICATES[op](self, op, args)

    def _comparison(self, op: str, args: Sequence[Any]) -> str:
        kind = _kind(args)
        if kind != "json":
            return self._compare(op, args, kind)
        # Two values of any type: comparable where both are of one.
        options = (self._compare(op, args, each) for each in ("number", "string", "boolean"))
        return f"coalesce({', '.join(options)})"

    def _compare(self, op: str, args: Sequence[Any], kind: str) -> str:
        left, right = (self.value(arg, kind) for arg in args)
        return f"({left} {op} {right})"

    def _between(self, _: str, args: Sequence[Any]) -> str:
        return self.condition(
            {
                "op": "and",
                "args": [
                    {"op": ">=", "args": [args[0], args[1]]},
                    {"op": "<=", "args": [args[0], args[2]]},
                ],
            }
        )

    def _in(self, _: str, args: Sequence[Any]) -> str:
        options = args[1]
        if not options:
            return "FALSE"
        kind = _kind([args[0], *options])
        if kind == "json":
            return self.condition(
                {"op": "or", "args": [{"op": "=", "args": [args[0], o]} for o in options]}
            )
        value = self.value(args[0], kind)
        return f"({value} IN ({', '.join(self.value(option, kind) for option in options)}))"

    def _is_null(self, _: str, args: Sequence[Any]) -> str:
        node = args[0]
        if isinstance(node, dict) and "property" in node:
            found = queryable(node["property"])
            if found.type == "geometry":
                return '("xmin" IS NULL)'
            column = quoted(found.column) if found.column else self.property(found.name)
            return f"({column} IS NULL)"
        return f"({self.value(node, _kind([node]))} IS NULL)"

    def _like(self, _: str, args: Sequence[Any]) -> str:
        left, right = (self.value(arg, "string") for arg in args)
        return f"({left} LIKE {right} ESCAPE '\\')"

    def _spatial(self, op: str, args: Sequence[Any]) -> str:
        self.spatial.append(SpatialLeaf(op, args[1]))
        return f"s{len(self.spatial) - 1}"

    def property(self, name: str) -> str:
        """Column of the stage table that holds an item property."""
        if name not in self.properties:
            self.properties.append(name)
        return f"p{self.properties.index(name)}"

    def value(self, node: Any, kind: str) -> str:
        """SQL of a scalar expression, as the type it is compared as."""
        if not isinstance(node, dict):
            return self.bind(node)
        if "property" in node:
            found = queryable(node["property"])
            if found.column is None:
                return _typed(self.property(found.name), kind)
            return quoted(found.column) if found.type == kind else "NULL"
        if "timestamp" in node:
            return self.bind(datetime.fromisoformat(node["timestamp"]))
        op, args = node["op"], node["args"]
        if op in FOLDS:
            return f"{_FOLD[op]}({self.value(args[0], 'string')})"
        left, right = (f"({self.value(arg, 'number')})::DOUBLE" for arg in args)
        sql = {"div": f"trunc({left} / {right})", "^": f"pow({left}, {right})"}.get(
            op, f"({left} {op} {right})"
        )
        # A lambda, so that the operand is not repeated in the text at every level.
        return f"list_transform([{sql}], lambda v: CASE WHEN isfinite(v) THEN v END)[1]"

    def _array(self, op: str, args: Sequence[Any]) -> str:
        plain = not any(_is_json_list(arg) for arg in args)
        return _ARRAY[op].format(*(self._list(arg, plain=plain) for arg in args))

    def _list(self, node: Any, *, plain: bool) -> str:
        """SQL of a list of strings; with other types about, of strings that tell the type."""
        if isinstance(node, list):
            keys = [self._element(part, plain=plain) for part in node]
            return f"[{', '.join(keys)}]::VARCHAR[]"
        if "op" in node:
            inner = self._list(node["args"][0], plain=plain)
            return f"list_transform({inner}, lambda x: {_FOLD[node['op']]}(x))"
        found = queryable(node["property"])
        if found.column:
            prefix = "x" if plain else "'s' || x"
            column = quoted(found.column)
            return column if plain else f"list_transform({column}, lambda x: {prefix})"
        column = self.property(found.name)
        return (
            f"CASE WHEN {column}[1] = '[' THEN list_transform(json_extract({column}, '$[*]'), "
            f"lambda x: CASE (x::VARCHAR)[1] WHEN '\"' THEN 's' || (x ->> '$') "
            f"WHEN 't' THEN 'b1' WHEN 'f' THEN 'b0' WHEN 'n' THEN 'o' WHEN '[' THEN 'o' "
            f"WHEN '{{' THEN 'o' ELSE 'n' || (x::DOUBLE + 0.0)::VARCHAR END) END"
        )

    def _element(self, node: Any, *, plain: bool) -> str:
        if isinstance(node, bool):
            return self.bind("b1" if node else "b0")
        if isinstance(node, float):
            return f"'n' || ({self.bind(node)}::DOUBLE + 0.0)::VARCHAR"
        text = self.value(node, "string")
        return text if plain else f"'s' || {text}"


_PREDICATES: dict[str, Callable[[Compiler, str, Sequence[Any]], str]] = {
    **dict.fromkeys(COMPARISONS, Compiler._comparison),  # noqa: SLF001
    "between": Compiler._between,  # noqa: SLF001
    "in": Compiler._in,  # noqa: SLF001
    "isNull": Compiler._is_null,  # noqa: SLF001
    "like": Compiler._like,  # noqa: SLF001
}


def _kind(nodes: Sequence[Any]) -> str:
    """The type at which values are compared: the one that is known, or ``json``."""
    for node in nodes:
        if isinstance(node, bool):
            return "boolean"
        if isinstance(node, str):
            return "string"
        if isinstance(node, (int, float)):
            return "number"
        if "timestamp" in node:
            return "instant"
        if "op" in node:
            return "number" if node["op"] in ARITHMETIC else "string"
        kind = queryable(node["property"]).type
        if kind != "json":
            return kind
    return "json"


def _typed(column: str, kind: str) -> str:
    """A JSON property as one type; NULL where it is of another."""
    if kind == "string":
        return f"CASE WHEN {column}[1] = '\"' THEN {column}::JSON ->> '$' END"
    if kind == "number":
        return f"CASE WHEN {column}[1] BETWEEN '-' AND '9' THEN {column}::DOUBLE END"
    if kind == "boolean":
        return f"CASE {column} WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END"
    text = f"{column}::JSON ->> '$'"
    return (
        f"CASE WHEN {column}[1] = '\"' AND regexp_full_match({text}, '{_RFC3339}') "
        f"THEN try_cast(upper({text}) AS TIMESTAMPTZ) END"
    )


def _is_json_list(node: Any) -> bool:
    if isinstance(node, list):
        return any(not isinstance(part, (str, dict)) for part in node)
    if "op" in node:
        return _is_json_list(node["args"][0])
    return queryable(node["property"]).column is None


def sort_expressions(column: str) -> list[str]:
    """Keys that order a JSON property: numbers, then strings, then false and true, then others."""
    rank = (
        f"CASE WHEN {column} IS NULL THEN NULL WHEN {column}[1] BETWEEN '-' AND '9' THEN 0 "
        f"WHEN {column}[1] = '\"' THEN 1 WHEN {column} IN ('true', 'false') THEN 2 ELSE 3 END"
    )
    return [
        rank,
        _typed(column, "number"),
        _typed(column, "string"),
        f"CASE WHEN NOT ({column}[1] BETWEEN '-' AND '9') THEN {column} END",
    ]
