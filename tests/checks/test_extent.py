"""Boundaries of the rules on footprints, beyond each rule's own examples."""

from __future__ import annotations

from typing import Any

import pytest

from geocairn.checks import Checker
from geocairn.checks.examples import ITEM


def codes(checker: Checker, geometry: Any, bbox: Any, **properties: Any) -> list[str]:
    item = {**ITEM, "geometry": geometry, "bbox": bbox}
    if bbox is None:
        del item["bbox"]
    item["properties"] = {**ITEM["properties"], **properties}
    return [finding.code for finding in checker.item(item)]


def box(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def multi(*boxes: dict[str, Any]) -> dict[str, Any]:
    return {"type": "MultiPolygon", "coordinates": [one["coordinates"] for one in boxes]}


def test_rounding_is_let_pass_in_proportion(checker: Checker) -> None:
    assert codes(checker, box(10.001, 20, 12, 22), [10, 20, 12, 22]) == []
    # A footprint of fifty metres: the same difference is twice its width.
    small = box(10.001, 20, 10.0015, 20.0005)
    assert codes(checker, small, [10, 20, 10.0015, 20.0005]) == ["STAC034"]
    assert codes(checker, small, [10.001, 20.0, 10.0015, 20.000501]) == []


def test_across_the_antimeridian_either_box_is_right(checker: Checker) -> None:
    fiji = multi(box(177, -20, 180, -16), box(-180, -20, -178, -16))
    assert codes(checker, fiji, [177, -20, -178, -16]) == []
    assert codes(checker, fiji, [-180, -20, 180, -16]) == []
    assert codes(checker, fiji, [170, -20, -178, -16]) == ["STAC034"]
    apart = multi(box(177, -20, 179, -16), box(-179, -20, -178, -16))
    assert codes(checker, apart, [177, -20, -178, -16]) == []


def test_fixing_a_box_across_the_antimeridian(checker: Checker) -> None:
    fiji = multi(box(177, -20, 180, -16), box(-180, -20, -178, -16))
    item = {**ITEM, "geometry": fiji, "bbox": [0, 0, 5, 5]}
    fixed, applied = checker.fix(item, checker.item(item))
    assert applied == ["STAC034"]
    assert fixed["bbox"] == [177, -20, -178, -16]


def test_wide_footprints_are_no_mistake(checker: Checker) -> None:
    assert codes(checker, box(-170, -60, 170, 70), [-170, -60, 170, 70]) == []
    assert codes(checker, box(-180, -56, 180, 84), [-180, -56, 180, 84]) == []


@pytest.mark.parametrize("text", ["Global land cover", "trained worldwide", "for the whole Earth"])
def test_the_whole_world_may_be_said_in_words(checker: Checker, text: str) -> None:
    world = box(-180, -90, 180, 90)
    assert codes(checker, world, [-180, -90, 180, 90]) == ["STAC031"]
    assert codes(checker, world, [-180, -90, 180, 90], description=text) == []
    assert codes(checker, world, [-180, -90, 180, 90], description="globalised") == ["STAC031"]


def test_exchanged_coordinates_that_are_both_possible(checker: Checker) -> None:
    # Kathmandu: 27 north and 85 east. The box tells which way round the geometry is meant.
    assert codes(checker, box(85, 27, 86, 28), [27, 85, 28, 86]) == ["STAC032"]


def test_the_box_alone_may_be_off_the_earth(checker: Checker) -> None:
    assert codes(checker, box(170, 10, 180, 20), [170, 10, 190, 20]) == ["STAC033"]


def test_three_dimensions_throughout_are_fine(checker: Checker) -> None:
    ring = [[1, 1, 5], [2, 1, 7], [2, 2, 6], [1, 1, 5]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    assert codes(checker, geometry, [1, 1, 5, 2, 2, 7]) == []
    assert codes(checker, geometry, [1, 1, 2, 2]) == ["STAC036"]
    item = {**ITEM, "geometry": geometry, "bbox": [1, 1, 5, 3, 2, 7]}
    assert checker.fix(item, checker.item(item))[0]["bbox"] == [1, 1, 5, 2, 2, 7]


@pytest.mark.parametrize(
    ("geometry", "bbox"),
    [
        (None, None),
        ({"type": "Point", "coordinates": [85.5, 27.7]}, [85.5, 27.7, 85.5, 27.7]),
        ({"type": "LineString", "coordinates": [[1, 1], [2, 3]]}, [1, 1, 2, 3]),
        (
            {
                "type": "GeometryCollection",
                "geometries": [box(1, 1, 2, 2), {"type": "Point", "coordinates": [5, 6]}],
            },
            [1, 1, 5, 6],
        ),
    ],
)
def test_other_geometries(checker: Checker, geometry: Any, bbox: Any) -> None:
    found = codes(checker, geometry, bbox)
    # The core's schema allows no collection of geometries; the rules have nothing to add.
    assert [code for code in found if not code.startswith("SCH")] == []


@pytest.mark.parametrize("bbox", [[0, 0, 1, 1], [0, 0, 0, 0]])
def test_placeholders(checker: Checker, bbox: list[float]) -> None:
    assert codes(checker, box(*bbox), bbox) == ["STAC030"]
