from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.items import model, square

from geocairn import _io
from geocairn.compile.index import INDEX_SCHEMA, OPEN_END, OPEN_START, IndexRows, _outward
from geocairn.facets import FACETS
from geocairn.itemtable import Footprints

Item = dict[str, Any]
DAY = 86_400_000_000
OPEN = "9999-12-31T23:59:59Z"


def _text(geometry: dict[str, Any] | None) -> str | None:
    return None if geometry is None else _io.dumps(geometry).decode()


def table(*items: Item) -> pa.Table:
    rows = IndexRows()
    for item in items:
        rows.add(item, digest=b"\0" * 16, position=0, claims=[], files=[])
    return rows.finish(Footprints([_text(item["geometry"]) for item in items]))


def micros(text: str) -> int:
    moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return round(moment.timestamp()) * 1_000_000


@given(st.floats(-3e38, 3e38))
def test_boxes_round_outward_by_at_most_one_step(value: float) -> None:
    values = np.array([value])
    low, high = _outward(values, up=False), _outward(values, up=True)
    assert low.dtype == high.dtype == np.float32
    assert float(low[0]) <= value <= float(high[0])
    # Nothing nearer would do.
    assert float(np.nextafter(low[0], np.float32(np.inf))) > value
    assert float(np.nextafter(high[0], np.float32(-np.inf))) < value
    if float(np.float32(value)) == value:
        assert float(low[0]) == value == float(high[0])


def test_boxes_beyond_single_precision() -> None:
    values = np.array([1.5e308, -1.5e308, 1e-300, -1e-300])
    low, high = _outward(values, up=False), _outward(values, up=True)
    assert (low.astype(np.float64) <= values).all()
    assert (high.astype(np.float64) >= values).all()
    far = model("far") | {"geometry": {"type": "Point", "coordinates": [1e308, -1e308]}}
    assert table(far)["xmin"][0].as_py() <= 1e308


boxes = st.tuples(st.floats(-180, 180), st.floats(-90, 90), st.floats(0, 90), st.floats(0, 90))


@given(st.lists(boxes, min_size=1, max_size=5))
def test_every_box_contains_its_footprint(sides: list[tuple[float, ...]]) -> None:
    items = []
    for west, south, width, height in sides:
        ring = square(west, south)["coordinates"][0]
        ring = [[west + width * (x > west), south + height * (y > south)] for x, y in ring]
        items.append(model("m", geometry={"type": "Polygon", "coordinates": [ring]}))
    found = table(*items)
    for row, item in zip(found.to_pylist(), items, strict=True):
        xs, ys = zip(*item["geometry"]["coordinates"][0], strict=True)
        assert row["xmin"] <= min(xs)
        assert row["ymin"] <= min(ys)
        assert row["xmax"] >= max(xs)
        assert row["ymax"] >= max(ys)


def test_only_what_is_no_box_has_a_shape() -> None:
    triangle = {
        "type": "Polygon",
        "coordinates": [[[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]],
    }
    ring = square(0.0, 0.0)["coordinates"][0]
    shapes = [
        (square(0.0, 0.0), False),
        ({"type": "Polygon", "coordinates": [ring[::-1]]}, False),
        ({"type": "Polygon", "coordinates": [[*ring[2:4], *ring[:3]]]}, False),
        (triangle, True),
        (
            {
                "type": "Polygon",
                "coordinates": [ring, [[0.1, 0.1], [0.2, 0.1], [0.2, 0.2], [0.1, 0.1]]],
            },
            True,
        ),
        ({"type": "MultiPolygon", "coordinates": [[ring]]}, True),
        ({"type": "Point", "coordinates": [1.0, 2.0]}, True),
        ({"type": "Polygon", "coordinates": [[ring[0], ring[2], ring[1], ring[3], ring[0]]]}, True),
    ]
    found = table(*(model("m", geometry=square(0.0, 0.0)) | {"geometry": g} for g, _ in shapes))
    assert [row is not None for row in found["shape"].to_pylist()] == [
        wanted for _, wanted in shapes
    ]


def test_an_item_without_a_place() -> None:
    row = table(model("m") | {"geometry": None}).to_pylist()[0]
    assert [row[name] for name in ("xmin", "ymin", "xmax", "ymax", "shape")] == [None] * 5
    assert row["tier"] == 3


FIRST, LAST = "2020-01-01T00:00:00Z", "2020-05-01T00:00:00Z"
JANUARY, MAY = micros("2020-01-01"), micros("2020-05-01")
INTERVALS = [
    ({"datetime": FIRST}, JANUARY, JANUARY),
    ({"datetime": "2020-01-01T05:30:00+05:30"}, JANUARY, JANUARY),
    (
        {"datetime": FIRST, "end_datetime": LAST},
        JANUARY,
        JANUARY,
    ),
    (
        {"start_datetime": FIRST, "end_datetime": LAST},
        JANUARY,
        MAY,
    ),
    ({"start_datetime": FIRST}, JANUARY, OPEN_END),
    ({"start_datetime": FIRST, "end_datetime": None}, JANUARY, OPEN_END),
    ({"start_datetime": FIRST, "end_datetime": OPEN}, JANUARY, OPEN_END),
    ({"start_datetime": None, "end_datetime": LAST}, OPEN_START, MAY),
    ({"end_datetime": LAST}, OPEN_START, MAY),
    ({"start_datetime": "nonsense", "end_datetime": 7}, OPEN_START, OPEN_END),
    ({"datetime": None}, None, None),
    ({"datetime": "nonsense"}, None, None),
]


@pytest.mark.parametrize(("times", "start", "end"), INTERVALS, ids=str)
def test_intervals(times: dict[str, Any], start: int | None, end: int | None) -> None:
    item = model("m")
    for name in ("datetime", "start_datetime", "end_datetime"):
        item["properties"].pop(name, None)
    item["properties"] |= times
    found = table(item)
    assert found["start"].cast(pa.int64()).to_pylist() == [start]
    assert found["end"].cast(pa.int64()).to_pylist() == [end]


def test_columns_are_those_of_the_index_and_some_for_the_build() -> None:
    found = table(model("m"))
    assert set(INDEX_SCHEMA.names) - {"row"} <= set(found.column_names)
    assert {facet.name for facet in FACETS} <= set(INDEX_SCHEMA.names)
    assert DAY * 365 < OPEN_END - OPEN_START
