"""CQL2 over a plain item, in three-valued logic: True, False, or None for unknown."""

from __future__ import annotations

import calendar
import datetime as dt
import json
import math
import operator
import re
import unicodedata
from collections.abc import Callable
from typing import Any

import cql2
import shapely
from shapely.geometry import LineString, Point, box, shape
from tests.conformance.facets import ALIASES, facets_of, lower

Item = dict[str, Any]
Truth = bool | None

FIRST = dt.datetime(1, 1, 1, tzinfo=dt.UTC)
LAST = dt.datetime.max.replace(tzinfo=dt.UTC)
INSTANTS = ("datetime", "start_datetime", "end_datetime", "created", "updated")
COMPARE = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
RFC3339 = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)


def time_of(value: Any, *, first: bool = False, last: bool = False) -> dt.datetime | None:
    """An RFC 3339 time; with `first` or `last`, also an end of a shorter date's period."""
    if not isinstance(value, str):
        return None
    match = RFC3339.fullmatch(value)
    if match:
        fraction = ((match[3] or "") + "000000")[:6]
        zone = "+00:00" if match[4] in "Zz" else match[4]
        try:
            moment = dt.datetime.fromisoformat(f"{match[1]}T{match[2]}.{fraction}{zone}")
        except ValueError:  # there is no 30 February
            return None
        return moment.astimezone(dt.UTC)
    if not (first or last):
        return None
    year, month, day = ([int(part) for part in value.split("-")] + [0, 0])[:3]
    if first:
        return dt.datetime(year, month or 1, day or 1, tzinfo=dt.UTC)
    month = month or 12
    day = day or calendar.monthrange(year, month)[1]
    return dt.datetime(year, month, day, 23, 59, 59, 999999, tzinfo=dt.UTC)


def item_interval(item: Item) -> tuple[dt.datetime, dt.datetime] | None:
    p = item["properties"]
    moment = time_of(p.get("datetime"))
    if moment is not None:
        return moment, moment
    if "start_datetime" not in p and "end_datetime" not in p:
        return None
    start, end = time_of(p.get("start_datetime")), time_of(p.get("end_datetime"))
    if end is None or end >= dt.datetime(9999, 12, 31, tzinfo=dt.UTC):
        end = LAST
    return start or FIRST, end


def conditions(given: Any, query: Any = None) -> Callable[[Item], Truth]:
    """A filter (CQL2 text or JSON) and a query of the older extension as a function of an item."""
    if isinstance(given, str):
        given = cql2.parse_text(given).to_json()
    signs = {"eq": "=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
    tests = [
        {"op": signs[test], "args": [{"property": name}, value]}
        for name, tests in (query or {}).items()
        for test, value in tests.items()
    ]
    everything = {"op": "and", "args": [True if given is None else given, *tests]}
    return lambda item: truth(everything, item)


def truth(node: Any, item: Item) -> Truth:
    if isinstance(node, bool):
        return node
    op, args = node["op"].lower(), node["args"]
    if op == "and":
        return both([truth(arg, item) for arg in args])
    if op == "or":
        return negate(both([negate(truth(arg, item)) for arg in args]))
    if op == "not":
        return negate(truth(args[0], item))
    if op == "isnull":
        return value_of(args[0], item) is None
    if op in COMPARE:
        return compare(op, args, item)
    if op == "between":
        return both([compare(">=", args[:2], item), compare("<=", [args[0], args[2]], item)])
    if op == "in":
        results = [compare("=", [args[0], option], item) for option in args[1]]
        return True if True in results else None if None in results else False
    if op == "like":
        return like(value_of(args[0], item), value_of(args[1], item))
    if op.startswith("s_"):
        return spatial(op, args, item)
    if op.startswith("t_"):
        return temporal(op, [interval_of(arg, item) for arg in args])
    return arrays(op, [array_of(arg, item) for arg in args])


def both(values: list[Truth]) -> Truth:
    return False if False in values else None if None in values else True


def negate(value: Truth) -> Truth:
    return None if value is None else not value


def property_of(name: str, item: Item) -> Any:
    name = name.removeprefix("properties.")
    p = item["properties"]
    if name in ("id", "collection"):
        return item[name]
    if name == "geometry":
        return item["geometry"]
    if name in ("start_datetime", "end_datetime"):
        interval = item_interval(item)
        return interval and interval[name == "end_datetime"]
    if name in INSTANTS:
        return time_of(p.get(name))
    if name == "title":
        title = p.get("title", p.get("mlm:name"))
        return title if isinstance(title, str) else None
    facets = facets_of(item)
    name = ALIASES.get(name, name)
    if name in facets:
        return facets[name]
    if name in p:
        return p[name]
    value: Any = p
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def value_of(node: Any, item: Item) -> Any:
    """A scalar; numbers are doubles."""
    if isinstance(node, dict) and "property" in node:
        return double(property_of(node["property"], item))
    if isinstance(node, dict) and "op" in node:
        op, args = node["op"].lower(), [value_of(arg, item) for arg in node["args"]]
        return fold(op, args[0]) if op in ("casei", "accenti") else arithmetic(op, *args)
    return double(node)


def double(value: Any) -> Any:
    return float(value) if type(value) is int else value


def fold(op: str, value: Any) -> Any:
    if isinstance(value, list):
        return [fold(op, part) if isinstance(part, str) else part for part in value]
    if not isinstance(value, str):
        return None
    if op == "casei":
        return lower(value)
    apart = unicodedata.normalize("NFD", value)
    return unicodedata.normalize(
        "NFC", "".join(c for c in apart if unicodedata.category(c) != "Mn")
    )


def arithmetic(op: str, a: Any, b: Any) -> float | None:
    if type(a) is not float or type(b) is not float:
        return None
    try:
        result = {
            "+": lambda: a + b,
            "-": lambda: a - b,
            "*": lambda: a * b,
            "/": lambda: a / b,
            "%": lambda: math.fmod(a, b),
            "div": lambda: float(math.trunc(a / b)),
            "^": lambda: math.pow(a, b),
        }[op]()
    except (ArithmeticError, ValueError):
        return None
    return result if math.isfinite(result) else None


def compare(op: str, args: list[Any], item: Item) -> Truth:
    if any(is_time(arg) for arg in args):
        return compare_times(op, args, item)
    a, b = (value_of(arg, item) for arg in args)
    if type(a) is not type(b) or not isinstance(a, (float, str, bool)):
        return None
    return COMPARE[op](a, b)


def is_time(node: Any) -> bool:
    if not isinstance(node, dict):
        return False
    return "timestamp" in node or "date" in node or node.get("property") in INSTANTS


def compare_times(op: str, args: list[Any], item: Item) -> Truth:
    """A date stands for its whole day, a year for the whole year."""
    spans = [span_of(arg, item) for arg in args]
    if spans[0] is None or spans[1] is None:
        return None
    (a, _), (start, end) = spans
    if not (isinstance(args[0], dict) and "property" in args[0]):  # the time comes first
        flipped = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(op, op)
        return compare_times(flipped, args[::-1], item)
    return {
        "=": start <= a <= end,
        "<>": not start <= a <= end,
        "<": a < start,
        "<=": a <= end,
        ">": a > end,
        ">=": a >= start,
    }[op]


def span_of(node: Any, item: Item) -> tuple[dt.datetime, dt.datetime] | None:
    if isinstance(node, dict) and "property" in node:
        value = property_of(node["property"], item)
        moment = time_of(value) if isinstance(value, str) else value
        return (moment, moment) if isinstance(moment, dt.datetime) else None
    text = node if isinstance(node, str) else node.get("timestamp", node.get("date"))
    return time_of(text, first=True), time_of(text, last=True)


def interval_of(node: Any, item: Item) -> tuple[Any, Any] | None:
    if node == {"property": "datetime"}:
        return item_interval(item)
    if isinstance(node, dict) and "interval" in node:
        ends = []
        for place, end in enumerate(node["interval"]):
            span = (FIRST, LAST) if end == ".." else span_of(end, item)
            if span is None:
                return None
            ends.append(span[place])
        return ends[0], ends[1]
    return span_of(node, item)


def temporal(op: str, spans: list[Any]) -> Truth:
    if None in spans:
        return None
    (a, b), (c, d) = spans
    return {
        "t_after": a > d,
        "t_before": b < c,
        "t_disjoint": a > d or b < c,
        "t_intersects": a <= d and b >= c,
        "t_equals": a == c and b == d,
        "t_during": a > c and b < d,
        "t_contains": a < c and b > d,
        "t_starts": a == c and b < d,
        "t_startedby": a == c and b > d,
        "t_finishes": a > c and b == d,
        "t_finishedby": a < c and b == d,
        "t_meets": b == c,
        "t_metby": a == d,
        "t_overlaps": a < c < b < d,
        "t_overlappedby": c < a < d < b,
    }[op]


def like(value: Any, pattern: Any) -> Truth:
    if not isinstance(value, str) or not isinstance(pattern, str):
        return None
    parts = re.findall(r"\\.|%|_|[^\\%_]", pattern, re.DOTALL)
    known = {"%": ".*", "_": "."}
    wanted = "".join(known.get(p) or re.escape(p[-1]) for p in parts)
    return re.fullmatch(wanted, value, re.DOTALL) is not None


def spatial(op: str, args: list[Any], item: Item) -> Truth:
    if item["geometry"] is None:
        return None
    own = shapely.make_valid(shapely.force_2d(shape(item["geometry"])))
    sides = [own if "property" in arg else geometry_of(arg) for arg in args]
    return bool(getattr(shapely, op[2:])(*sides))


def geometry_of(node: Any) -> Any:
    if "bbox" not in node:
        return shape(node)
    return box_area(node["bbox"])


def box_area(numbers: list[float]) -> Any:
    """A box of four or six numbers; west beyond east crosses the antimeridian."""
    west, south, east, north = numbers if len(numbers) == 4 else [numbers[i] for i in (0, 1, 3, 4)]
    if west > east:
        halves = [box_area([west, south, 180, north]), box_area([-180, south, east, north])]
        return shapely.union_all(halves)
    if west < east and south < north:
        return box(west, south, east, north)
    return (
        LineString([(west, south), (east, north)])
        if (west, south) != (east, north)
        else Point(west, south)
    )


def array_of(node: Any, item: Item) -> set[str] | None:
    if isinstance(node, dict) and "op" in node:
        op = node["op"].lower()
        inner = node["args"][0]
        if isinstance(inner, dict) and "property" in inner:
            values = fold(op, property_of(inner["property"], item))
        else:
            values = [fold(op, inner)]
    elif isinstance(node, dict) and "property" in node:
        values = property_of(node["property"], item)
    else:
        values = [value_of(part, item) for part in (node if isinstance(node, list) else [node])]
    if not isinstance(values, list):
        return None
    # As JSON text, 1 and "1" and true stay apart.
    return {json.dumps(double(value)) for value in values}


def arrays(op: str, sides: list[set[str] | None]) -> Truth:
    a, b = sides
    if a is None or b is None:
        return None
    return {
        "a_contains": a >= b,
        "a_containedby": a <= b,
        "a_equals": a == b,
        "a_overlaps": bool(a & b),
    }[op]
