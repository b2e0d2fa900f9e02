"""Items as nobody should write them, as hypothesis strategies: valid JSON is all they promise."""

from __future__ import annotations

import string
from typing import Any

from hypothesis import strategies as st

from geocairn.itemtable import columns as c

Strategy = st.SearchStrategy[Any]

texts: Strategy = st.one_of(
    st.text(max_size=8),
    st.sampled_from(["", "null", "[]", "\x00", "\u2028", "é", "é", "\U0001f6f0", "x" * 300]),
)
whole: Strategy = st.one_of(
    st.integers(-10, 10),
    st.integers(-(2**70), 2**70),
    st.sampled_from(
        [2**53 + 1, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64, 10**30, -(10**300)]
    ),
)
doubles: Strategy = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([-0.0, 0.0, 1e308, -1e308, 5e-324, 0.1 + 0.2, 1e22, 1e-7, 2.0**63, 1.0]),
)
scalars: Strategy = st.one_of(st.none(), st.booleans(), whole, doubles, texts)
# Names that some column, asset field or reader of ours has a meaning for.
names: Strategy = st.one_of(
    texts,
    st.sampled_from(
        [
            *(field.name for field in c.spool_schema()),
            c.REST,
            c.OTHER_ASSETS,
            "properties",
            "type",
            "key",
            "href",
            "rel",
            "roles",
            "list",
            "element",
            "a.b",
            "xmin",
        ]
    ),
)
values: Strategy = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=8,
)
objects: Strategy = st.dictionaries(names, values, max_size=4)


def mostly(usual: Strategy, unusual: Strategy = values) -> Strategy:
    """One of the first kind three times in four."""
    return st.one_of(usual, usual, usual, unusual)


degrees: Strategy = st.one_of(
    st.floats(-180, 180),
    st.integers(-180, 180),
    st.sampled_from([-0.0, 180.0, -180.0, 90.0, 1e-9, 12.345678901234567]),
)
positions: Strategy = st.one_of(
    st.lists(degrees, min_size=2, max_size=2),
    st.lists(degrees, min_size=3, max_size=3),
    st.lists(doubles | whole, max_size=5),
)


@st.composite
def boxes(draw: st.DrawFn) -> list[float]:
    """West, south, east, north; some cross the antimeridian, some are points."""
    west, east = draw(st.floats(-180, 180)), draw(st.floats(-180, 180))
    south, north = sorted([draw(st.floats(-90, 90)), draw(st.floats(-90, 90))])
    return [west, south, east, north]


def ring(box: list[float]) -> list[list[float]]:
    west, south, east, north = box
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


@st.composite
def footprints(draw: st.DrawFn) -> dict[str, Any]:
    """Boxes, as most items have them; those across the antimeridian in two parts (RFC 7946)."""
    west, south, east, north = draw(boxes())
    if west <= east:
        return {"type": "Polygon", "coordinates": [ring([west, south, east, north])]}
    halves = [[west, south, 180.0, north], [-180.0, south, east, north]]
    return {"type": "MultiPolygon", "coordinates": [[ring(half)] for half in halves]}


def _coordinates(kind: str) -> Strategy:
    line = st.lists(positions, max_size=5)
    rings = st.lists(line, max_size=3)
    return {
        "Point": positions,
        "MultiPoint": line,
        "LineString": line,
        "MultiLineString": rings,
        "Polygon": rings,
        "MultiPolygon": st.lists(rings, max_size=2),
    }[kind]


simple: Strategy = st.sampled_from(
    ["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"]
).flatmap(
    lambda kind: st.fixed_dictionaries(
        {"type": st.just(kind), "coordinates": mostly(_coordinates(kind))},
        optional={"bbox": boxes(), "crs": values},
    )
)
shapes: Strategy = st.recursive(
    simple | footprints(),
    lambda inner: st.fixed_dictionaries(
        {"type": st.just("GeometryCollection"), "geometries": st.lists(inner, max_size=3)}
    ),
    max_leaves=4,
)
geometries: Strategy = mostly(st.one_of(footprints(), shapes, st.none()))
bboxes: Strategy = mostly(
    st.one_of(
        boxes(),
        st.lists(degrees, min_size=4, max_size=4),
        st.lists(degrees, min_size=6, max_size=6),
    )
)


@st.composite
def times(draw: st.DrawFn) -> str:
    """Times in every form that RFC 3339 allows, and in some that it does not."""
    year = draw(st.sampled_from(["0000", "0001", "1582", "1969", "2024", "9999"]))
    date = draw(st.sampled_from(["01-01", "02-29", "02-30", "12-31", "W01-1", "001"]))
    clock = draw(
        st.sampled_from(
            ["00:00:00", "23:59:59", "23:59:60", "24:00:00", "12:00", "120000", "1:2:3"]
        )
    )
    fraction = draw(
        st.sampled_from(["", ".", ".5", ".500", ".500000", ".000000", ".1234567", ",5", ",500000"])
    )
    zone = draw(
        st.sampled_from(
            ["Z", "z", "", "+00:00", "-00:00", "+05:45", "-23:59", "+24:00", "+00:00:30", " "]
        )
    )
    between = draw(st.sampled_from(["T", "T", "T", "t", " ", "_"]))
    return f"{year}-{date}{between}{clock}{fraction}{zone}"


def _properties() -> Strategy:
    strings = mostly(st.lists(texts, max_size=3))
    typed: dict[str, Strategy] = {
        **dict.fromkeys(c.TIMES, mostly(times())),
        **dict.fromkeys(c.TEXTS, mostly(texts)),
        **dict.fromkeys(c.TEXT_LISTS, strings),
        **dict.fromkeys(c.FLAGS, mostly(st.booleans())),
        **dict.fromkeys(c.INTEGERS, mostly(whole)),
        **dict.fromkeys(c.NUMBERS, mostly(doubles | whole)),
        **dict.fromkeys(c.JSON_TEXTS, values),
    }
    found = st.fixed_dictionaries({}, optional=typed)
    return st.builds(lambda one, other: other | one, found, objects)


_asset: Strategy = st.builds(
    lambda one, other: other | one,
    st.fixed_dictionaries(
        {},
        optional={
            **dict.fromkeys(c.ASSET_TEXTS, mostly(texts)),
            "roles": mostly(st.lists(texts, max_size=3)),
        },
    ),
    objects,
)
assets: Strategy = st.dictionaries(
    st.sampled_from(["model", "data", "key", "a.b", ""]) | names, mostly(_asset), max_size=5
)
_link: Strategy = st.dictionaries(
    st.sampled_from(["href", "rel", "type", "title", "merge"]), mostly(texts), max_size=5
)
items: Strategy = st.builds(
    lambda one, other: other | one,
    st.fixed_dictionaries(
        {
            "type": mostly(st.just("Feature"), st.just("Feature") | values),
            "properties": mostly(_properties()),
        },
        optional={
            "id": mostly(texts),
            "collection": mostly(texts),
            "stac_version": mostly(st.text(string.digits + ".")),
            "stac_extensions": mostly(st.lists(texts, max_size=3)),
            "geometry": geometries,
            "bbox": bboxes,
            "links": mostly(st.lists(mostly(_link), max_size=4)),
            "assets": mostly(assets),
        },
    ),
    objects,
)
