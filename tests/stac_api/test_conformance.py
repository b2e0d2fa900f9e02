"""Every query of the conformance suite gives through the API what it gives everywhere."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from tests.conformance.test_conformance import CASES
from tests.stac_api.serving import Api

from geocairn.facets import FACET_NAMES
from geocairn.query import SearchQuery

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
Query = dict[str, Any]


def plain(query: Query) -> Query:
    """The query in the forms that STAC API has, where Python's has more."""
    made = dict(query)
    if "datetime" in made:
        # Dates stand for whole days in Python alone; the API wants what the standard has.
        made["datetime"] = str(SearchQuery.parse(datetime=made["datetime"]).datetime)
    if "filter_lang" in made:
        made["filter-lang"] = made.pop("filter_lang")
    return made


def as_text(query: Query) -> dict[str, str]:
    """Parameters of a GET request."""
    made = {}
    for name, value in plain(query).items():
        if name in ("sortby", "fields") and not isinstance(value, str):
            parsed = SearchQuery.parse(**{name: value}, **_area(query))
            value = [("-" if k.direction == "desc" else "") + k.field for k in parsed.sortby]
        if name == "q" and isinstance(value, list):
            value = " ".join(value)
        if name in FACET_NAMES and not isinstance(value, (str, list)):
            value = str(value)
        if name not in FACET_NAMES and isinstance(value, list) and not _objects(value):
            value = ",".join(map(str, value))
        made[name] = value if isinstance(value, str) else json.dumps(value)
    return made


def _objects(values: list[Any]) -> bool:
    return any(isinstance(value, dict) for value in values)


def _area(query: Query) -> Query:
    return {name: query[name] for name in ("bbox", "intersects", "q") if name in query}


def as_body(query: Query) -> Query:
    """The body of a POST request."""
    made = plain(query)
    parsed = SearchQuery.parse(**query)
    for name in ("ids", "collections", "bbox", "intersects"):
        if name in made:
            value = getattr(parsed, name)
            made[name] = list(value) if isinstance(value, tuple) else value
    if "sortby" in made:
        made["sortby"] = [{"field": k.field, "direction": k.direction} for k in parsed.sortby]
    if isinstance(made.get("query"), (str, list)):
        # The text forms of this older extension are pystac-client's, which sends objects.
        made["filter"], made["filter-lang"] = parsed.filter, "cql2-json"
        del made["query"]
    return made


def found(page: Any) -> list[str]:
    return [item["id"] for item in page["features"]]


def check(page: Any, case: Query) -> None:
    assert found(page) == case["expected"][:1000]
    assert page["numberMatched"] == len(case["expected"])
    if "overlap" in case:
        shares = [item["properties"]["overlap_percentage"] for item in page["features"]]
        assert shares == case["overlap"]


@every_case
def test_get(api: Api, case: Query) -> None:
    answer = api.get("search", params=as_text(case["query"]) | {"limit": "1000"})
    assert answer.status_code == 200, answer.text
    check(answer.json(), case)


@every_case
def test_post(api: Api, case: Query) -> None:
    answer = api.post(as_body(case["query"]) | {"limit": 1000})
    assert answer.status_code == 200, answer.text
    check(answer.json(), case)


@every_case
def test_hub_behind_a_url(far: Api, case: Query) -> None:
    answer = far.post(as_body(case["query"]) | {"limit": 1000})
    assert answer.status_code == 200, answer.text
    check(answer.json(), case)


@every_case
def test_page_by_page_and_back(api: Api, case: Query) -> None:
    limit = max(1, len(case["expected"]) // 3)
    answer = api.get("search", params=as_text(case["query"]) | {"limit": str(limit)}).json()
    pages = [answer]
    while following := link(pages[-1], "next"):
        assert following["method"] == "GET"
        pages.append(api.get(following["href"].removeprefix(api.url)).json())
    assert [id_ for page in pages for id_ in found(page)] == case["expected"]
    for before, page in pairwise(pages):
        back = link(page, "prev")
        assert back
        assert found(api.get(back["href"].removeprefix(api.url)).json()) == found(before)
    assert link(pages[0], "prev") is None


def link(page: Any, rel: str) -> dict[str, Any] | None:
    return next((part for part in page["links"] if part["rel"] == rel), None)


def test_next_page_by_post(api: Api) -> None:
    page = api.post({"limit": 15, "q": "model", "sortby": [{"field": "id"}]}).json()
    ids = found(page)
    while following := link(page, "next"):
        assert following["method"] == "POST"
        assert following["body"]["q"] == "model"
        assert following["merge"] is False
        page = api.post(following["body"]).json()
        ids += found(page)
    assert ids == sorted(ids)
    assert len(ids) == page["numberMatched"] > 30
