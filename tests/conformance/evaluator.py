"""Answers a search by brute force over plain JSON, from docs/search.md and nothing of geocairn.

It is slow and straightforward on purpose: what it says is what every engine must say.
"""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Any

import numpy as np
import shapely
from shapely.geometry import shape
from tests.conformance.conditions import box_area, conditions, item_interval, time_of
from tests.conformance.facets import ALIASES, facet_filters, facets_of

Item = dict[str, Any]


class Evaluator:
    """Holds the items of a hub in its order."""

    def __init__(self, items: list[Item]) -> None:
        self.items = sorted(items, key=place)
        self.words = [impacts(item) for item in self.items]

    def search(self, query: dict[str, Any]) -> list[str]:
        """Ids of all matching items, in order."""
        return [self.items[row]["id"] for row in self.rows(query)]

    def rows(self, query: dict[str, Any]) -> list[int]:
        scores = self.scores(query.get("q"))
        area = area_of(query)
        test = conditions(query.get("filter"), query.get("query"))
        rows = [
            row
            for row, item in enumerate(self.items)
            if row in scores and self.plain(item, query, area) and test(item) is True
        ]
        for key in reversed(sort_keys(query)):
            field, down = key.lstrip("+-"), key.startswith("-")
            values = {row: self.sort_value(row, field, area, scores) for row in rows}
            known = [row for row in rows if values[row] is not None]
            # Python's sort keeps the order of equal ones, in reverse too.
            known.sort(key=lambda row, values=values: values[row], reverse=down)
            rows = known + [row for row in rows if values[row] is None]
        return rows

    def overlaps(self, rows: list[int], query: dict[str, Any]) -> list[float]:
        """Percentage of the query's area that each row covers."""
        return [overlap(self.items[row], area_of(query)) for row in rows]

    def plain(self, item: Item, query: dict[str, Any], area: Any) -> bool:
        ids, collections = query.get("ids"), query.get("collections")
        if ids and item["id"] not in ids:
            return False
        if collections and item["collection"] not in collections:
            return False
        if area is not None and not meets(item, area):
            return False
        if "datetime" in query:
            start, end = query_interval(query["datetime"])
            own = item_interval(item)
            if own is None or own[0] > end or own[1] < start:
                return False
        return all(test(item) for test in facet_filters(query))

    def scores(self, q: str | None) -> dict[int, int]:
        """Score of each item that has all the words."""
        words = tokens(q or "")
        if not words:
            return dict.fromkeys(range(len(self.items)), 0)
        exact = sorted({word for word in words[:-1] if word != words[-1]})
        found = [
            {row: own[word] for row, own in enumerate(self.words) if word in own} for word in exact
        ]
        found.append(
            {
                row: max(value for word, value in own.items() if word.startswith(words[-1]))
                for row, own in enumerate(self.words)
                if any(word.startswith(words[-1]) for word in own)
            }
        )
        total: dict[int, int] = {}
        for row in range(len(self.items)):
            if all(row in one for one in found):
                total[row] = sum(one[row] * weight(len(one), len(self.items)) for one in found)
        return total

    def sort_value(self, row: int, field: str, area: Any, scores: dict[int, int]) -> Any:
        item = self.items[row]
        properties = item["properties"]
        if field == "score":
            return scores[row]
        if field == "overlap":
            return overlap(item, area)
        if field in ("id", "collection"):
            return item[field]
        interval = item_interval(item)
        if field == "datetime":
            return time_of(properties.get("datetime")) or (interval and interval[0])
        if field in ("start_datetime", "end_datetime"):
            return interval and interval[field == "end_datetime"]
        if field in ("created", "updated"):
            return time_of(properties.get(field))
        if field == "title":
            title = properties.get("title", properties.get("mlm:name"))
            return title if isinstance(title, str) else None
        facets = facets_of(item)
        field = ALIASES.get(field.removeprefix("properties."), field)
        if field in facets:
            return facets[field]
        value = properties.get(field)
        if value is None:
            return None
        # Numbers, then strings, then false and true.
        if type(value) in (int, float):
            return (0, float(value))
        return (1 if isinstance(value, str) else 2, value)


def sort_keys(query: dict[str, Any]) -> list[str]:
    given = query.get("sortby")
    if given:
        return given.split(",") if isinstance(given, str) else list(given)
    return ["-score"] if tokens(query.get("q") or "") else []


# The hub's order


def place(item: Item) -> tuple[Any, ...]:
    geometry = item.get("geometry")
    interval = item_interval(item)
    start = () if interval is None else (interval[0],)  # without a time first
    names = (start, item["collection"], item["id"])
    if geometry is None:
        return (3, 0, *names)
    west, south, east, north = shape(geometry).bounds
    side = max(east - west, north - south)
    tier = 0 if side <= 11.25 else 1 if side <= 90 else 2
    cells = 1 << 16
    x = min(int(((west + east) / 2 / 360 + 0.5) * cells), cells - 1)
    y = min(int(((south + north) / 2 / 180 + 0.5) * cells), cells - 1)
    return (tier, hilbert(cells, x, y), *names)


def hilbert(cells: int, x: int, y: int) -> int:
    """Distance along the curve, as https://en.wikipedia.org/wiki/Hilbert_curve has it."""
    distance, side = 0, cells // 2
    while side > 0:
        right, upper = int(x & side > 0), int(y & side > 0)
        distance += side * side * ((3 * right) ^ upper)
        if upper == 0:
            if right == 1:
                x, y = cells - 1 - x, cells - 1 - y
            x, y = y, x
        side //= 2
    return distance


# Space and time


def area_of(query: dict[str, Any]) -> Any:
    if "intersects" in query:
        return shape(query["intersects"])
    if "bbox" not in query:
        return None
    return box_area(query["bbox"])


def meets(item: Item, area: Any) -> bool:
    return item["geometry"] is not None and bool(shapely.intersects(footprint(item), area))


def footprint(item: Item) -> Any:
    return shapely.make_valid(shapely.force_2d(shape(item["geometry"])))


def overlap(item: Item, area: Any) -> float:
    """Percent of the area that the item covers, to six significant digits."""
    common = shapely.intersection(footprint(item), area)
    share = common.area / area.area if area.area else common.length / area.length
    return float(f"{min(100 * share, 100):.6g}")


def query_interval(text: str) -> tuple[Any, Any]:
    start, _, end = text.partition("/")
    end = end or start if "/" not in text else end
    low = "0001-01-01T00:00:00Z" if start in ("", "..") else start
    high = "9999-12-31T23:59:59.999999Z" if end in ("", "..") else end
    return time_of(low, first=True), time_of(high, last=True)


# Words


def tokens(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", text)
    folded = "".join(c for c in folded if not unicodedata.category(c).startswith("M")).casefold()
    folded = unicodedata.normalize("NFKD", folded)
    folded = "".join(c for c in folded if not unicodedata.category(c).startswith("M"))
    return [word[:64] for word in re.findall(r"[^\W_]+", folded)]


WEIGHTS = {
    "id": 8,
    "mlm:name": 8,
    "title": 6,
    "keywords": 4,
    "mlm:tasks": 4,
    "mlm:architecture": 4,
    "mlm:framework": 3,
    "description": 1,
}


def impacts(item: Item) -> dict[str, int]:
    fields = {**item["properties"], "id": item["id"]}
    counts: dict[str, int] = {}
    for name, times in WEIGHTS.items():
        value = fields.get(name)
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str):
                for word in tokens(text):
                    counts[word] = counts.get(word, 0) + times
    length = sum(counts.values())
    norm = 1.2 * (0.25 + 0.75 * length / 100)
    return {word: max(1, math.floor(15 * n / (n + norm) + 0.5)) for word, n in counts.items()}


def weight(matching: int, items: int) -> int:
    return math.floor(1024 * math.log(1 + (items - matching + 0.5) / (matching + 0.5)) + 0.5)


def float32_outward(value: float, *, up: bool) -> float:
    """For the tests of edges: the box as an index keeps it."""
    near = np.float32(value)
    if (near < value) if up else (near > value):
        near = np.nextafter(near, np.float32(np.inf if up else -np.inf))
    return float(near)
