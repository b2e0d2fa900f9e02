"""A catalog with its indexes in memory gives what one without gives."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.hub import build_hub
from tests.conformance.test_conformance import CASES

import geocairn
from geocairn import Catalog
from geocairn.search.hub import open_hub
from geocairn.search.resident import Recent


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_hub(tmp_path_factory.mktemp("resident") / "hub")


@pytest.fixture(scope="module")
def resident(folder: Path) -> Iterator[Catalog]:
    with Catalog(open_hub(folder), resident=True) as opened:
        yield opened


@pytest.fixture(scope="module")
def plain(folder: Path) -> Iterator[Catalog]:
    with geocairn.open(folder) as opened:
        yield opened


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_conformance(resident: Catalog, case: dict[str, Any]) -> None:
    for _ in range(2):  # the second time, much is remembered
        search = resident.search(**case["query"])
        assert search.ids() == case["expected"]


def test_boxes_and_times_anywhere(resident: Catalog, plain: Catalog) -> None:
    rng = random.Random(3)
    for _ in range(60):
        west, south = rng.uniform(-180, 179), rng.uniform(-90, 89)
        box = [west, south, min(180, west + rng.expovariate(0.05)), min(90, south + 20)]
        year = rng.randint(2010, 2025)
        query = {"bbox": box} | rng.choice(
            [{}, {"datetime": f"{year}/.."}, {"ids": ["cloud-1.0.0"]}]
        )
        assert resident.search(**query).ids() == plain.search(**query).ids()


@pytest.mark.parametrize("text", ["b", "bu", "building", "u net", "zz", "\U0010ffff", ""])
def test_suggestions(resident: Catalog, plain: Catalog, text: str) -> None:
    assert resident.suggest(text, limit=50) == plain.suggest(text, limit=50)


def test_facets_and_items(resident: Catalog, plain: Catalog) -> None:
    for query in ({}, {"q": "building"}, {"bbox": [-30, -30, 30, 30], "sortby": "-overlap"}):
        one, other = resident.search(**query), plain.search(**query)
        assert one.facets() == other.facets()
        assert list(one.items_as_dicts()) == list(other.items_as_dicts())


def test_many_at_once(resident: Catalog) -> None:
    asked = [case for case in CASES if case["expected"]] * 2
    random.Random(5).shuffle(asked)
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda case: resident.search(**case["query"]).ids(), asked)
        assert list(found) == [case["expected"] for case in asked]


def test_only_the_latest_are_kept() -> None:
    made: list[str] = []
    recent: Recent[str] = Recent(2)

    def get(key: str) -> str:
        return recent.get(key, lambda: made.append(key) or key)  # type: ignore[func-returns-value]

    assert [get(key) for key in "abacab"] == list("abacab")
    # "b" went for "c", and came back; "a" was asked for in between and stayed.
    assert made == ["a", "b", "c", "b"]
