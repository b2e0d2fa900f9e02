from __future__ import annotations

from typing import Any

import pytest
import shapely

from geocairn.errors import QueryError
from geocairn.geojson import boxes, parse_bbox, parse_geometry


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("1,2,3,4", (1, 2, 3, 4)),
        (" 1, 2,3 ,4 ", (1, 2, 3, 4)),
        ([1, 2, 0, 3, 4, 9], (1, 2, 3, 4)),
        (("1", "2", "3", "4"), (1, 2, 3, 4)),
        (iter([1, 2, 1, 2]), (1, 2, 1, 2)),
        ([170, -5, -170, 5], (170, -5, -170, 5)),
        ([-180, -90, 180, 90], (-180, -90, 180, 90)),
    ],
)
def test_bbox(given: Any, read: Any) -> None:
    assert parse_bbox(given) == read


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("1,2,3", "3 numbers"),
        ([1, 2, 3, 4, 5], "5 numbers"),
        ("a,b,c,d", "not numbers"),
        (5, "not numbers"),
        ([1, 5, 3, 4], "north of"),
        ([181, 0, 182, 1], "west is 181"),
        ([0, 0, 1, 91], "north is 91"),
        ([0, float("nan"), 1, 1], "south is nan"),
        ([0, 0, float("inf"), 1], "east is inf"),
    ],
)
def test_impossible_bbox(given: Any, words: str) -> None:
    with pytest.raises(QueryError, match=words) as caught:
        parse_bbox(given)
    assert repr(given)[:5] in str(caught.value)
    assert caught.value.remedy


def test_antimeridian() -> None:
    assert boxes((170, -5, -170, 5)) == ((170, -5, 180, 5), (-180, -5, -170, 5))
    assert boxes((1, 2, 3, 4)) == ((1, 2, 3, 4),)


@pytest.mark.parametrize(
    "geometry",
    [
        shapely.Point(1, 2),
        shapely.Point(1, 2, 3),
        shapely.LineString([(0, 0), (1, 1)]),
        shapely.box(0, 0, 1, 1),
        shapely.MultiPoint([(0, 0), (1, 1)]),
        shapely.MultiLineString([[(0, 0), (1, 1)]]),
        shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(2, 2, 3, 3)]),
        shapely.GeometryCollection([shapely.Point(1, 2), shapely.box(0, 0, 1, 1)]),
    ],
)
def test_every_type_is_read(geometry: Any) -> None:
    read = parse_geometry(geometry)
    assert shapely.equals(shapely.geometry.shape(read), shapely.force_2d(geometry))


def test_features() -> None:
    point = {"type": "Point", "coordinates": [1, 2]}
    feature = {"type": "Feature", "geometry": point, "properties": {}}
    read = {"type": "Point", "coordinates": [1.0, 2.0]}
    assert parse_geometry(feature) == read
    collection = {"type": "FeatureCollection", "features": [feature, feature]}
    assert parse_geometry(collection) == {"type": "GeometryCollection", "geometries": [read, read]}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (5, "not a geometry"),
        ({"type": "Circle"}, "unknown geometry type 'Circle'"),
        ({"type": ["Point"]}, "unknown geometry type"),
        ({"type": "Feature", "geometry": None}, "not a geometry"),
        ({"type": "FeatureCollection", "features": []}, "no parts"),
        ({"type": "Point"}, "no coordinates"),
        ({"type": "Point", "coordinates": []}, "no coordinates"),
        ({"type": "Point", "coordinates": [1]}, "not a position"),
        ({"type": "Point", "coordinates": ["1", "2"]}, "not a position"),
        ({"type": "Point", "coordinates": [float("nan"), 2]}, "beyond"),
        ({"type": "Point", "coordinates": [27, 95]}, "Swap latitude"),
        ({"type": "Point", "coordinates": [190, 5]}, "antimeridian"),
        ({"type": "LineString", "coordinates": [[1, 2]]}, "two positions"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1]]]}, "not closed"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]}, "not closed"),
        ("{", "not JSON"),
    ],
)
def test_impossible_geometry(given: Any, words: str) -> None:
    with pytest.raises(Exception, match=words) as caught:
        parse_geometry(given)
    assert caught.value.remedy  # type: ignore[attr-defined]


def test_bottomless_collections() -> None:
    geometry: dict[str, Any] = {"type": "Point", "coordinates": [1, 2]}
    for _ in range(50):
        geometry = {"type": "GeometryCollection", "geometries": [geometry]}
    with pytest.raises(QueryError, match="too deeply"):
        parse_geometry(geometry)
