"""The browser's search engine, in Node, against a hub served over HTTP."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.conformance import make_queries
from tests.conformance.hub import build_hub
from tests.server import Server

SITE = Path(__file__).parents[2] / "site"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_hub(tmp_path_factory.mktemp("engine") / "hub")


def node_tests(name: str, environment: dict[str, str]) -> None:
    """Run one file of Node tests; its report is the message of a failure."""
    node = shutil.which("node")
    if node is None or not (SITE / "node_modules").is_dir():
        pytest.fail("Node and site/node_modules are needed: `make site` installs them")
    done = subprocess.run(
        [node, "--test", "--test-reporter=spec", str(SITE / "tests" / name)],
        cwd=SITE,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert "skipped 0" in done.stdout, "tests were left out"


def test_every_query_of_the_conformance_suite(folder: Path) -> None:
    with Server(folder) as server:
        node_tests(
            "conformance.test.js",
            {"GEOCAIRN_HUB": server.url, "GEOCAIRN_QUERIES": str(make_queries.TARGET)},
        )
