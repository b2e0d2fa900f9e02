"""The Python engine answers every query of the suite as the brute-force evaluator does."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conformance import make_items, make_queries
from tests.conformance.evaluator import Evaluator
from tests.conformance.hub import build_hub
from tests.server import Server

import geocairn
from geocairn import Catalog

CASES: list[dict[str, Any]] = json.loads(make_queries.TARGET.read_text(encoding="utf-8"))
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_hub(tmp_path_factory.mktemp("conformance") / "hub")


@pytest.fixture(scope="module")
def hub(folder: Path) -> Iterator[Catalog]:
    with geocairn.open(folder) as opened:
        yield opened


@pytest.fixture(scope="module")
def remote(folder: Path) -> Iterator[Catalog]:
    with Server(folder) as server, geocairn.open(server.url) as opened:
        yield opened


def test_items_file_is_current() -> None:
    assert make_items.TARGET.read_text(encoding="utf-8") == make_items.text()


def test_queries_file_is_current() -> None:
    assert make_queries.TARGET.read_text(encoding="utf-8") == make_queries.text()


def test_suite_is_large_and_names_are_distinct() -> None:
    assert len(CASES) >= 120
    assert Counter(case["name"] for case in CASES).most_common(1)[0][1] == 1
    assert sum(bool(case["expected"]) for case in CASES) > 0.9 * len(CASES)


def test_hub_order_is_the_documented_one(hub: Catalog) -> None:
    assert hub.search().ids() == [item["id"] for item in Evaluator(make_items.make()).items]


@every_case
def test_local(hub: Catalog, case: dict[str, Any]) -> None:
    search = hub.search(**case["query"])
    assert search.ids() == case["expected"]
    assert search.matched() == len(case["expected"])


@every_case
def test_over_http(remote: Catalog, case: dict[str, Any]) -> None:
    assert remote.search(**case["query"]).ids() == case["expected"]


@every_case
def test_page_by_page(hub: Catalog, case: dict[str, Any]) -> None:
    limit = max(1, len(case["expected"]) // 3)
    found: list[dict[str, Any]] = []
    token = None
    while True:  # every page from a search of its own, as a server would
        search = hub.search(**case["query"], limit=limit, token=token)
        page = search.page_as_dict()
        assert page["numberMatched"] == len(case["expected"])
        assert page["numberReturned"] == len(page["features"]) <= limit
        found += page["features"]
        token = page.get("next")
        if token is None:
            break
    assert [item["id"] for item in found] == case["expected"]
    if "overlap" in case:
        shares = [item["properties"]["overlap_percentage"] for item in found]
        assert shares == case["overlap"]
