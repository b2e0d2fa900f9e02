"""CQL2 text and JSON to the normal form."""

from __future__ import annotations

import re
from typing import Any

from geocairn import _io
from geocairn.cql.normal import MAX_DEPTH, normalise
from geocairn.errors import GeocairnError, QueryError

__all__ = ["parse_filter"]

_MAX_OPERATORS = 1000
_MAX_TEXT = 1_000_000
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"")
# Coordinates in up to three rounds of brackets; possessive, so that no text makes it backtrack.
_NUMBERS = r"[-+.\deE,\s]++"
_RING = rf"\((?:{_NUMBERS})?+\)"
_RINGS = rf"\((?:{_NUMBERS}|{_RING})*+\)"
_COORDINATES = re.compile(
    r"\b(?:BBOX|(?:MULTI)?(?:POINT|LINESTRING|POLYGON))\s*+Z?M?\s*+"
    rf"\((?:{_NUMBERS}|{_RINGS})*+\)",
    re.IGNORECASE,
)
_OPERATOR = re.compile(r"[-+*/%^=<>]|\b(?:and|or|not|div|is|in|like|between)\b", re.IGNORECASE)

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
    if (
        len(text) > _MAX_TEXT
        or deepest > MAX_DEPTH
        or (len(_OPERATOR.findall(bare)) > _MAX_OPERATORS)
    ):
        raise QueryError(
            f"filter is too large: {len(text)} characters, nested {deepest} deep",
            remedy=f"At most {MAX_DEPTH} levels and {_MAX_OPERATORS} operators; use IN for many.",
        )
