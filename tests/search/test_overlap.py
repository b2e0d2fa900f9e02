"""The first pages of an order by overlap, for which not every geometry is read."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conformance.evaluator import Evaluator
from tests.conformance.make_items import make

from geocairn import Catalog
from geocairn.search import order, overlap

EVALUATOR = Evaluator(make())


@st.composite
def areas(draw: Any) -> dict[str, Any]:
    west, south = draw(st.floats(-170, 150)), draw(st.floats(-80, 60))
    if draw(st.booleans()):  # about Kathmandu, where footprints share edges
        west, south = 85 + draw(st.floats(0, 0.4)), 27.5 + draw(st.floats(0, 0.2))
    width, height = draw(st.floats(0.01, 25)), draw(st.floats(0.01, 25))
    if draw(st.booleans()):
        return {"bbox": [west, south, west + width, south + height]}
    corners = [[west, south], [west + width, south], [west, south + height], [west, south]]
    return {"intersects": {"type": "Polygon", "coordinates": [corners]}}


@given(areas(), st.sampled_from(["-overlap", "overlap", "-overlap,-id"]), st.integers(1, 5))
def test_first_ones_are_the_first_of_all(
    hub: Catalog, area: dict[str, Any], sortby: str, count: int
) -> None:
    query = {**area, "sortby": sortby}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(order, "_FIRST", count)
        found = list(hub.search(**query, limit=count, max_items=count).items_as_dicts())
    rows = EVALUATOR.rows(query)[:count]
    assert [item["id"] for item in found] == [EVALUATOR.items[row]["id"] for row in rows]
    shares = [item["properties"]["overlap_percentage"] for item in found]
    assert shares == pytest.approx(EVALUATOR.overlaps(rows, query), rel=2e-6)


def test_geometries_are_read_only_where_they_matter(
    hub: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    original = overlap.geometries

    def counted(engine: Any, rows: Any) -> Any:
        read.append(len(rows))
        return original(engine, rows)

    monkeypatch.setattr(overlap, "geometries", counted)
    monkeypatch.setattr(order, "_FIRST", 3)
    box = [85.2, 27.6, 85.5, 27.8]
    assert hub.search(bbox=box, sortby="-overlap", max_items=3).matched() == 9
    assert len(list(hub.search(bbox=box, sortby="-overlap", max_items=3).items_as_dicts())) == 3
    assert sum(read) == 2  # one with the very outline of the box, and one that is no box
