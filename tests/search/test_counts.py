from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.evaluator import Evaluator
from tests.conformance.facets import facets_of
from tests.conformance.make_items import make
from tests.server import Server

import geocairn
from geocairn import Catalog
from geocairn.facets import FACETS

EVALUATOR = Evaluator(make())


def counted(query: dict[str, Any]) -> dict[str, Any]:
    """Facet counts by brute force."""
    found = [facets_of(EVALUATOR.items[row]) for row in EVALUATOR.rows(query)]
    counts: dict[str, Any] = {}
    for facet in FACETS:
        values = [facets[facet.name] for facets in found if facets[facet.name] is not None]
        if facet.type in ("integer", "number"):
            counts[facet.name] = (values and {"minimum": min(values), "maximum": max(values)}) or {}
            continue
        single = [v for value in values for v in (value if isinstance(value, list) else [value])]
        pairs = sorted(Counter(single).items(), key=lambda pair: (-pair[1], pair[0]))
        counts[facet.name] = {"values": [list(pair) for pair in pairs], "distinct": len(pairs)}
    return counts


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"collections": ["urban"]},
        {"bbox": [139, -36, 142, -33]},
        {"q": "model", "gsd": "<5"},
        {"filter": "x:mixed = 1"},
        {"ids": ["full-1.0.0"]},
    ],
)
def test_counts(hub: Catalog, query: dict[str, Any]) -> None:
    assert hub.search(**query).facets() == counted(query)


def test_counts_of_the_whole_hub_are_the_ones_on_file(hub: Catalog, folder: Path) -> None:
    assert hub.facets() == json.loads((folder / "search/facets.json").read_bytes())


def test_counts_over_http(server: Server) -> None:
    with geocairn.open(server.url) as hub:
        assert hub.search(collections="water").facets() == counted({"collections": ["water"]})


def suggested(hub: Catalog, text: str, **more: Any) -> list[tuple[str, str, int]]:
    return [(s.kind, s.value, s.count) for s in hub.suggest(text, **more)]


def test_suggestions(hub: Catalog) -> None:
    assert {("facet", "FLOOD", 1), ("facet", "flood", 1)} < set(suggested(hub, "flo"))
    assert ("word", "floodplain", 1) in suggested(hub, "flo")
    assert suggested(hub, "URB")[0] == ("collection", "urban", 24)
    assert suggested(hub, "pyt")[0] == ("facet", "PyTorch", 16)
    assert ("facet", "semantic-segmentation", 2) in suggested(hub, "segm")
    assert ("facet", "Lab, of Trees", 1) in suggested(hub, "lab tre")
    assert suggested(hub, "lab xyz") == []
    assert suggested(hub, "überschw")[0] == ("word", "uberschwemmungen", 1)
    assert suggested(hub, "") == suggested(hub, "--") == []
    assert len(suggested(hub, "m", limit=3)) == 3


def test_words_are_suggested_by_how_many_items_have_them(hub: Catalog) -> None:
    words = [s for s in hub.suggest("m", limit=50) if s.kind == "word"]
    counts = [word.count for word in words]
    assert counts == sorted(counts, reverse=True)
    for word in words:
        having = [own for own in EVALUATOR.words if word.value in own]
        assert word.count == len(having)
