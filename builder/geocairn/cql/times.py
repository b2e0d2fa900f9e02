"""Time in CQL2, written as comparisons of timestamps.

A date stands for all of its day, a truncated one for all of its month or year; an instant is an
interval of no length. Operators follow Allen's interval algebra as CQL2 prescribes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geocairn.errors import QueryError
from geocairn.queryables import queryable
from geocairn.temporal import Interval, format_instant, parse_part

__all__ = ["EARLIEST", "LATEST", "lower_comparison", "lower_temporal"]

EARLIEST = "0001-01-01T00:00:00.000000Z"
"""How an open start is written."""
LATEST = "9999-12-31T23:59:59.999999Z"
"""How an open end is written."""

_FLIP = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_REMEDY = (
    "Write TIMESTAMP('2024-05-01T12:00:00Z'), DATE('2024-05-01') or INTERVAL('2024-01-01', '..')."
)

# Each operator as a conjunction of "end of the first, comparison, end of the second".
_ALLEN: Mapping[str, tuple[tuple[int, str, int], ...]] = {
    "t_after": ((0, ">", 1),),
    "t_before": ((1, "<", 0),),
    "t_contains": ((0, "<", 0), (1, ">", 1)),
    "t_during": ((0, ">", 0), (1, "<", 1)),
    "t_equals": ((0, "=", 0), (1, "=", 1)),
    "t_finishedby": ((0, "<", 0), (1, "=", 1)),
    "t_finishes": ((0, ">", 0), (1, "=", 1)),
    "t_intersects": ((0, "<=", 1), (1, ">=", 0)),
    "t_meets": ((1, "=", 0),),
    "t_metby": ((0, "=", 1),),
    "t_overlappedby": ((0, ">", 0), (0, "<", 1), (1, ">", 1)),
    "t_overlaps": ((0, "<", 0), (1, ">", 0), (1, "<", 1)),
    "t_startedby": ((0, "=", 0), (1, ">", 1)),
    "t_starts": ((0, "=", 0), (1, "<", 1)),
}

Node = Any


def lower_comparison(op: str, values: list[Node]) -> Node:
    """Write a comparison with a time so that only timestamps remain.

    Args:
        op: One of ``= <> < <= > >=``.
        values: Two values; strings, dates and timestamps are read as times.
    """
    left, right = values
    if not _is_property(left) and _is_property(right):
        return lower_comparison(_FLIP.get(op, op), [right, left])
    first = left if _is_property(left) else _stamp(_period(left).start)
    if _is_property(right):
        return {"op": op, "args": [first, right]}
    period = _period(right)
    start, end = _stamp(period.start), _stamp(period.end)
    if op in ("=", "<>") and start != end:
        inside = {
            "op": "and",
            "args": [{"op": ">=", "args": [first, start]}, {"op": "<=", "args": [first, end]}],
        }
        return inside if op == "=" else {"op": "not", "args": [inside]}
    return {"op": op, "args": [first, end if op in ("<=", ">") else start]}


def lower_temporal(op: str, args: list[Node]) -> Node:
    """Write a temporal operator as comparisons of timestamps.

    Raises:
        QueryError: When the operator is unknown or an argument is no time.
    """
    if op not in _ALLEN and op != "t_disjoint":
        known = ", ".join(sorted([*_ALLEN, "t_disjoint"]))
        raise QueryError(f"unknown operator {op!r} in filter", remedy=f"There are {known}.")
    if len(args) != 2:
        raise QueryError(f"{op!r} takes 2 arguments, not {len(args)}", remedy=_REMEDY)
    if op == "t_disjoint":
        return {"op": "not", "args": [lower_temporal("t_intersects", args)]}
    sides = [_interval(arg) for arg in args]
    parts = [
        {"op": sign, "args": [sides[0][first], sides[1][second]]}
        for first, sign, second in _ALLEN[op]
    ]
    return parts[0] if len(parts) == 1 else {"op": "and", "args": parts}


def _interval(node: Node) -> tuple[Node, Node]:
    if _is_property(node):
        if _property(node)["property"] == "datetime":
            return {"property": "start_datetime"}, {"property": "end_datetime"}
        return _property(node), _property(node)
    if isinstance(node, Mapping) and "interval" in node:
        ends = node["interval"]
        if not isinstance(ends, (list, tuple)) or len(ends) != 2:
            raise QueryError(f"an interval has two ends, not {ends!r}", remedy=_REMEDY)
        start, end = _bound(ends[0], end=False), _bound(ends[1], end=True)
        stamps = [side.get("timestamp") for side in (start, end)]
        if all(stamps) and stamps[0] > stamps[1]:
            raise QueryError(f"interval ends before it starts: {ends!r}", remedy="Swap the ends.")
        return start, end
    period = _period(node)
    return _stamp(period.start), _stamp(period.end)


def _bound(node: Node, *, end: bool) -> Node:
    if _is_property(node):
        return _property(node)
    if node == "..":
        return {"timestamp": LATEST if end else EARLIEST}
    period = _period(node)
    return _stamp(period.end if end else period.start)


def _is_property(node: Node) -> bool:
    return isinstance(node, Mapping) and "property" in node


def _property(node: Node) -> Node:
    name = str(node["property"]).removeprefix("properties.")
    if queryable(name).type not in ("instant", "json"):
        raise QueryError(f"{name!r} is not a time", remedy="Use datetime, created or updated.")
    return {"property": name}


def _period(node: Node) -> Interval:
    if isinstance(node, Mapping):
        node = node.get("timestamp", node.get("date"))
    if not isinstance(node, str):
        raise QueryError(f"not a time: {node!r}", remedy=_REMEDY)
    return parse_part(node)


def _stamp(moment: Any) -> Node:
    # Fixed width, so that stamps also order as text.
    text = format_instant(moment).removesuffix("Z")
    return {"timestamp": (text if "." in text else text + ".000000") + "Z"}
