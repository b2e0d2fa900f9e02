"""Short ways to write a filter: facets by name, and the STAC API's older query extension."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from geocairn import _io
from geocairn.cql import all_of, normalise
from geocairn.errors import GeocairnError, QueryError
from geocairn.queryables import queryable

__all__ = ["facet_filter", "query_filter"]

_RANGE = "Write a number, '<1', '>=10', '0.3..1' (or '..1', '10..'), or a pair of numbers."
_SIGNED = re.compile(r"\s*(<=|>=|<>|<|>|=)\s*(.+?)\s*")
_QUERY = {"eq": "=", "neq": "<>", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
_QUERY_TEXT = re.compile(r"\s*([^<>=]+?)\s*(>=|<=|<>|=|>|<)\s*(.*?)\s*")


def facet_filter(name: str, value: Any) -> Any:
    """Write ``name=value`` as CQL2 JSON in normal form; None where nothing is asked.

    Words are compared without regard to case; several mean any of them.

    Raises:
        QueryError: When the value does not fit the facet's type.
    """
    if value is None or value in ("", [], ()):
        return None
    kind = queryable(name).type
    this = {"property": name}
    if kind == "number":
        return normalise(_number_range(name, value))
    if kind == "boolean":
        return normalise({"op": "=", "args": [this, _flag(name, value)]})
    words = [{"op": "casei", "args": [word]} for word in _words(name, value)]
    folded = {"op": "casei", "args": [this]}
    if kind == "strings":
        return normalise({"op": "a_overlaps", "args": [folded, words]})
    if len(words) == 1:
        return normalise({"op": "=", "args": [folded, words[0]]})
    return normalise({"op": "in", "args": [folded, words]})


def _words(name: str, value: Any) -> list[str]:
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, Iterable) or isinstance(parts, (Mapping, bytes)):
        parts = [parts]
    words = list(parts)
    if not words or not all(isinstance(word, str) for word in words):
        raise QueryError(f"{name} is not words: {value!r}", remedy=f"Write {name}=['a', 'b'].")
    return [word.strip() for word in words]


def _flag(name: str, value: Any) -> bool:
    known = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    found = value if isinstance(value, bool) else known.get(str(value).strip().lower())
    if found is None:
        raise QueryError(f"{name} is neither true nor false: {value!r}", remedy="Use true, false.")
    return found


def _number_range(name: str, value: Any) -> Any:
    this = {"property": name}
    if isinstance(value, str):
        signed = _SIGNED.fullmatch(value)
        if signed:
            return {"op": signed[1], "args": [this, _number(name, signed[2])]}
        separator = ".." if ".." in value else "/" if "/" in value else ","
        value = value.split(separator) if separator in value else value
    if isinstance(value, (str, int, float)):
        return {"op": "=", "args": [this, _number(name, value)]}
    ends = list(value) if isinstance(value, Iterable) else []
    if len(ends) != 2:
        raise QueryError(f"{name} is no range: {value!r}", remedy=_RANGE)
    bounds: list[dict[str, Any]] = [
        {"op": op, "args": [this, _number(name, end)]}
        for op, end in zip((">=", "<="), ends, strict=True)
        if end is not None and str(end).strip() not in ("", "..")
    ]
    if not bounds:
        raise QueryError(f"{name} is open at both ends: {value!r}", remedy=_RANGE)
    if len(bounds) == 2 and bounds[0]["args"][1] > bounds[1]["args"][1]:
        raise QueryError(f"{name} ends before it starts: {value!r}", remedy="Swap the ends.")
    return all_of(*bounds)


def _number(name: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise QueryError(f"{name} is no number: {value!r}", remedy=_RANGE) from None


def query_filter(value: Any) -> Any:
    """Write the STAC API's query extension as CQL2 JSON in normal form.

    Args:
        value: ``{"gsd": {"lt": 1}}``, the same as JSON text, or texts such as ``"gsd<1"``.

    Raises:
        QueryError: When it cannot be read.
    """
    if isinstance(value, Mapping):
        return all_of(*(normalise(part) for part in _from_mapping(value)))
    parts = [value] if isinstance(value, str) else value
    if not isinstance(parts, Iterable):
        raise QueryError(f"query is not understood: {value!r}", remedy="Use filter.")
    return all_of(*(query_filter(_from_query_text(part)) for part in parts))


def _from_query_text(part: Any) -> Mapping[str, Any]:
    match = _QUERY_TEXT.fullmatch(part) if isinstance(part, str) else None
    if match and not match[1].startswith("{"):
        names = {sign: name for name, sign in _QUERY.items()}
        return {match[1]: {names[match[2]]: _literal(match[3])}}
    try:
        found = _io.loads(part.encode(), where="query")
    except (AttributeError, GeocairnError):
        found = None
    if not isinstance(found, dict):
        raise QueryError(f"query is not understood: {part!r}", remedy='Write query=["gsd<1"].')
    return found


def _literal(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return {"true": True, "false": False}.get(text, text)


def _from_mapping(query: Mapping[str, Any]) -> Iterable[Any]:
    for name, tests in query.items():
        if not isinstance(tests, Mapping):
            raise QueryError(f"query of {name!r} is {tests!r}", remedy='Write {"gsd": {"lt": 1}}.')
        for test, value in tests.items():
            yield _one_test({"property": name}, str(test), value)


def _one_test(this: Mapping[str, str], test: str, value: Any) -> Any:
    if test in _QUERY:
        return {"op": _QUERY[test], "args": [this, value]}
    if test == "in":
        return {"op": "in", "args": [this, value]}
    patterns = {"startsWith": "{}%", "endsWith": "%{}", "contains": "%{}%"}
    if test in patterns and isinstance(value, str):
        escaped = re.sub(r"([%_\\])", r"\\\1", value)
        return {"op": "like", "args": [this, patterns[test].format(escaped)]}
    known = ", ".join([*_QUERY, "in", *patterns])
    raise QueryError(f"unknown test {test!r} in query", remedy=f"There are {known}.")
