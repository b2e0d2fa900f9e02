"""The browser's search engine, in Node, against hubs served over HTTP."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conformance.hub import build_hub
from tests.server import Server
from tests.site.engine import SITE, cases, node, parts_of
from tests.site.shapes import footprints, pairs


@pytest.fixture(scope="module", params=["together", "divided"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    hub = tmp_path_factory.mktemp("engine") / "hub"
    return build_hub(hub, divided=request.param == "divided")


def test_a_divided_hub_has_several_parts_of_everything(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    hub = build_hub(tmp_path_factory.mktemp("divided") / "hub", divided=True)
    assert min(parts_of(hub).values()) >= 4, parts_of(hub)


def node_tests(name: str, environment: dict[str, str]) -> None:
    """Run one file of Node tests; its report is the message of a failure."""
    done = subprocess.run(
        [node(), "--test", "--test-reporter=spec", str(SITE / "tests" / name)],
        cwd=SITE,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert "skipped 0" in done.stdout, "tests were left out"


def test_every_query_of_the_conformance_suite(
    folder: Path, serve: Callable[[Path], Server], tmp_path: Path
) -> None:
    queries = tmp_path / "queries.json"
    queries.write_text(json.dumps(cases(folder)), encoding="utf-8")
    url = serve(folder).url
    node_tests("conformance.test.js", {"GEOCAIRN_HUB": url, "GEOCAIRN_QUERIES": str(queries)})


def test_geometries_are_compared_as_shapely_does(tmp_path: Path) -> None:
    made = {"pairs": pairs(4000, seed=11), "footprints": footprints(4000, seed=12)}
    shapes = tmp_path / "shapes.json"
    shapes.write_text(json.dumps(made), encoding="utf-8")
    node_tests("shapes.test.js", {"GEOCAIRN_SHAPES": str(shapes)})
