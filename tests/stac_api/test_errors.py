"""Whatever cannot be understood is refused, and the answer says what to do."""

from __future__ import annotations

from typing import Any

import pytest
from tests.stac_api.serving import Api

POLYGON = '{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}'


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("bbox=1,2,3", "bbox has 3 numbers"),
        ("bbox=a,b,c,d", "bbox"),
        ("bbox=0,10,1,-10", "bbox"),
        ("bbox=0,0,1,1&intersects=" + POLYGON, "both given"),
        ("intersects={", "intersects"),
        ("datetime=2024", "RFC 3339"),
        ("datetime=2024-05-01T00:00:00", "RFC 3339"),
        ("datetime=../..", "open at both ends"),
        ("datetime=2024-05-01T00:00:00Z/2023-05-01T00:00:00Z", "ends before it starts"),
        ("limit=0", "limit"),
        ("limit=ten", "limit"),
        ("sortby=overlap", "Give bbox"),
        ("sortby=geometry", "geometry"),
        ("filter=gsd <", "not CQL2"),
        ("filter=gsd = 'one'", "gsd"),
        ("filter=true&filter-lang=ecql", "filter-lang"),
        ("filter-crs=http://www.opengis.net/def/crs/EPSG/0/3857", "filter-crs"),
        ("query={'gsd'", "query"),
        ("gsd=coarse", "gsd is no number"),
        ("tasks=[1", "tasks is no JSON list"),
        ("token=abc", "token"),
        ("colections=a", "unknown parameter 'colections'"),
        ("limit=1&limit=2", "given twice"),
    ],
)
def test_get(api: Api, query: str, words: str) -> None:
    answer = api.get(f"search?{query}")
    assert answer.status_code == 400
    told = answer.json()
    assert set(told) == {"code", "description"}
    assert told["code"] == "BadRequest"
    assert words in told["description"]
    assert "\n" not in told["description"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"bbox": "0,0,1,1"}, "bbox"),
        ({"bbox": [0, 0, 1]}, "bbox"),
        ({"limit": -1}, "limit"),
        ({"limit": "10"}, "limit"),
        ({"fields": None}, "fields"),
        ({"sortby": [{"direction": "asc"}]}, "sortby"),
        ({"sortby": [{"field": "gsd", "direction": "up"}]}, "sortby"),
        ({"filter": {"op": "explode", "args": []}}, "explode"),
        ({"intersects": {"type": "Circle"}}, "Circle"),
        ({"foo": 1}, "foo"),
        ([], "dictionary"),
    ],
)
def test_post(api: Api, body: Any, words: str) -> None:
    answer = api.post(body)
    assert answer.status_code == 400
    assert words in answer.json()["description"]


def test_a_body_that_is_no_json(api: Api) -> None:
    for data in (b"", b"{", b"\xff\xfe", b"[" * 100_000):
        answer = api.send("POST", "search", data=data, headers={"Content-Type": "application/json"})
        assert answer.status_code == 400
        assert set(answer.json()) == {"code", "description"}


@pytest.mark.parametrize(
    "path",
    [
        "collections/none",
        "collections/none/items",
        "collections/none/items/a",
        "collections/none/queryables",
        "collections/buildings/items/none",
        "collections/buildings/items/..",
        "collections/buildings/items/%2e%2e%2fcatalog",
        "collections/../catalog.json",
        "nowhere",
    ],
)
def test_what_is_not_there(api: Api, path: str) -> None:
    answer = api.get(path)
    assert answer.status_code == 404
    assert answer.json()["code"] == "NotFound"


@pytest.mark.parametrize("path", ["", "conformance", "collections", "children", "queryables"])
def test_addresses_without_parameters_take_none(api: Api, path: str) -> None:
    assert api.get(f"{path}?limit=1").status_code == 400


def test_a_large_limit_is_the_largest_there_is(api: Api) -> None:
    assert api.get("search?limit=1000000").json() == api.get("search?limit=10000").json() | {
        "links": api.get("search?limit=1000000").json()["links"]
    }


def test_items_of_one_collection_are_of_no_other(api: Api) -> None:
    name = api.get("collections").json()["collections"][0]["id"]
    own = api.get(f"collections/{name}/items").json()
    assert (
        api.get(f"collections/{name}/items?collections={name}").json()["features"]
        == own["features"]
    )
    answer = api.get(f"collections/{name}/items?collections={name},other")
    assert answer.status_code == 400
    assert "/search" in answer.json()["description"]
