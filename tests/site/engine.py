"""Hubs, and a page with the search engine alone, for the tests of the engine."""

from __future__ import annotations

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from tests.conformance import make_queries

import geocairn
from geocairn import layout
from geocairn.compile import directory
from geocairn.facets import FACETS

SITE = Path(__file__).parents[2] / "site"
PAGE = "engine/index.html"


def node() -> str:
    """Node's command; without it, or what it needs, a test fails."""
    found = shutil.which("node")
    if found is None or not (SITE / "node_modules").is_dir():
        pytest.fail("Node and site/node_modules are needed: `make site` installs them")
    return found


def add_page(hub: Path) -> None:
    """Put a page into a hub that has the engine as ``engine``; see site/tests/engine-page.js."""
    page, bundle = SITE / "tests" / "engine-page.js", SITE / "bench" / "bundle.mjs"
    command = [node(), str(bundle), str(page), str(hub / "engine")]
    subprocess.run(command, check=True, timeout=120)


def parts_of(hub: Path) -> dict[str, Any]:
    """How many parts the indexes of a hub have, by file."""
    found = directory.opened((hub / layout.DIRECTORY).read_bytes())
    return {
        layout.INDEX: len(found["parts"]["rows"]),
        layout.TERMS: pq.read_metadata(hub / layout.TERMS).num_row_groups,
        layout.WORDS: len(found["words"]["first"]),
    }


@cache
def cases(hub: Path) -> list[dict[str, Any]]:
    """The queries of the conformance suite, and how often Python finds each value of a facet."""
    found: list[dict[str, Any]] = json.loads(make_queries.TARGET.read_text(encoding="utf-8"))
    with geocairn.open(hub) as opened:
        for case in found:
            case["counts"] = _counts(opened.search(**case["query"]).facets())
    return found


def _counts(facets: dict[str, Any]) -> dict[str, dict[str, int]]:
    """Counts by value as JavaScript writes it; of numbers there are bins, and none here."""
    listed = [facet.name for facet in FACETS if facet.type not in ("number", "integer")]
    return {
        name: {
            (str(value).lower() if isinstance(value, bool) else value): count
            for value, count in facets.get(name, {}).get("values", [])
        }
        for name in listed
    }
