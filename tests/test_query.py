from __future__ import annotations

import datetime as dt
import json
from dataclasses import FrozenInstanceError
from types import SimpleNamespace
from typing import Any

import pytest
import shapely

from geocairn import QueryError, SearchQuery
from geocairn.query import DEFAULT_LIMIT, Fields, SortKey

parse = SearchQuery.parse


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (None, None),
        ("a", ("a",)),
        ("a,b", ("a", "b")),
        (["a", "b", "a"], ("a", "b")),
        (iter(["a"]), ("a",)),
        (SimpleNamespace(id="a"), ("a",)),
        ([SimpleNamespace(id="a"), "b"], ("a", "b")),
        ([], None),
        ("", None),
    ],
)
def test_ids_and_collections(given: Any, read: Any) -> None:
    assert parse(collections=given).collections == read


@pytest.mark.parametrize("given", [7, {"a": 1}, [1], b"a", [None]])
def test_ids_that_are_none(given: Any) -> None:
    with pytest.raises(QueryError, match="ids"):
        parse(ids=given)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("-gsd", (SortKey("gsd", "desc"),)),
        ("+gsd,id", (SortKey("gsd"), SortKey("id"))),
        (["-properties.gsd", "+id"], (SortKey("gsd", "desc"), SortKey("id"))),
        ([{"field": "gsd", "direction": "desc"}], (SortKey("gsd", "desc"),)),
        ({"field": "gsd"}, (SortKey("gsd"),)),
        ("gsd,-gsd", (SortKey("gsd"),)),
        ([], ()),
        (None, ()),
    ],
)
def test_sortby(given: Any, read: Any) -> None:
    assert parse(sortby=given).sortby == read


@pytest.mark.parametrize(
    "given",
    ["-", ",", [1], [{"direction": "asc"}], 5, "geometry", [{"field": "a", "direction": 1}]],
)
def test_sortby_that_is_none(given: Any) -> None:
    with pytest.raises(QueryError, match="sort"):
        parse(sortby=given)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("id,-assets", Fields(("id",), ("assets",))),
        (["+id", "-assets"], Fields(("id",), ("assets",))),
        (["id,-assets"], Fields(("id",), ("assets",))),
        ({"include": ["id"], "exclude": ["assets"]}, Fields(("id",), ("assets",))),
        ({"include": ["id"]}, Fields(("id",), ())),
        (None, None),
    ],
)
def test_fields(given: Any, read: Any) -> None:
    assert parse(fields=given).fields == read


@pytest.mark.parametrize("given", ["a,,b", ["-"], [3]])
def test_fields_that_are_none(given: Any) -> None:
    with pytest.raises(QueryError, match="fields"):
        parse(fields=given)


@pytest.mark.parametrize("limit", [0, -1, 10_001, "5", True, 1.5])
def test_limit_out_of_range(limit: Any) -> None:
    with pytest.raises(QueryError, match="limit is"):
        parse(limit=limit)


def test_words() -> None:
    assert parse(q="flood").q == "flood"
    assert parse(q=["flood", "u-net"]).q == "flood u-net"
    assert parse(q="").q is None
    with pytest.raises(QueryError, match="q is not words"):
        parse(q=5)  # type: ignore[arg-type]


def test_geometry_as_text_mapping_and_object() -> None:
    point = {"type": "Point", "coordinates": [85.0, 27.0]}
    for given in (
        point,
        json.dumps(point),
        shapely.Point(85, 27),
        {"type": "Feature", "geometry": point},
    ):
        assert parse(intersects=given).intersects == point


def test_bbox_and_geometry_exclude_each_other() -> None:
    with pytest.raises(QueryError, match="both given"):
        parse(bbox="1,2,3,4", intersects={"type": "Point", "coordinates": [1, 2]})


def test_bbox_over_the_antimeridian_is_two_boxes() -> None:
    assert parse(bbox=[170, -5, -170, 5]).areas() == ((170, -5, 180, 5), (-180, -5, -170, 5))
    assert parse(bbox=[1, 2, 3, 4]).areas() == ((1, 2, 3, 4),)
    assert parse().areas() == ()


def test_orders_that_need_something() -> None:
    with pytest.raises(QueryError, match="overlap without an area"):
        parse(sortby="-overlap")
    with pytest.raises(QueryError, match="score without words"):
        parse(sortby="score")
    assert parse(sortby="-overlap", bbox=[1, 2, 3, 4]).sortby == (SortKey("overlap", "desc"),)


def test_unknown_parameter_names_the_facets() -> None:
    with pytest.raises(QueryError, match=r"(?s)'task'.*tasks, framework"):
        parse(task="classification")


def test_is_frozen() -> None:
    query = parse(q="flood")
    with pytest.raises(FrozenInstanceError):
        query.q = "fire"  # type: ignore[misc]


def test_request_body_parses_to_the_same_query() -> None:
    query = parse(
        ids="a",
        collections=["c"],
        bbox="170,-10,-170,10",
        datetime=dt.datetime(2024, 5, 1, 12, tzinfo=dt.UTC),
        q="flood",
        filter="gsd < 1 OR T_INTERSECTS(datetime, INTERVAL('2020-01-01', '..'))",
        tasks="classification",
        sortby="-gsd",
        fields="id,-assets",
        limit=7,
    )
    body = json.loads(json.dumps(query.to_dict()))
    assert parse(**{name.replace("-", "_"): value for name, value in body.items()}) == query


def test_body_leaves_out_what_is_not_asked() -> None:
    assert parse().to_dict() == {"limit": DEFAULT_LIMIT}


def test_token_continues_only_its_own_search() -> None:
    first = parse(q="flood", limit=5)
    token = first.token_at(5)
    assert parse(q="flood", limit=9, fields="id", token=token).offset() == 5
    for other in ({"q": "fire"}, {"q": "flood", "sortby": "id"}, {}):
        with pytest.raises(QueryError, match="does not belong"):
            parse(**other, token=token)


@pytest.mark.parametrize("token", ["x", "====", "é", "LTEu", "a" * 5000])
def test_token_that_is_none(token: str) -> None:
    with pytest.raises(QueryError, match="token"):
        parse(token=token)


def test_older_query_extension() -> None:
    wanted = parse(filter="gsd < 1 AND title = 'x'").filter
    assert parse(query={"gsd": {"lt": 1}, "title": {"eq": "x"}}).filter == wanted
    assert parse(query=["gsd<1", "title=x"]).filter == wanted
    assert parse(query=['{"gsd": {"lt": 1}}', "title=x"]).filter == wanted
    assert parse(query={"title": {"contains": "50%"}}).filter["args"][1] == r"%50\%%"
    for bad in ({"gsd": 1}, {"gsd": {"near": 1}}, ["gsd"], 5):
        with pytest.raises(QueryError, match="query"):
            parse(query=bad)
