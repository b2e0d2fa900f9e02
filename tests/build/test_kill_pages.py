"""Builds that are killed while they render pages."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.items import models, write_lines
from tests.sites import make_site
from tests.trees import differences, tree

from geocairn import swap

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")

COUNT = 300
DRIVER = """
import sys
from pathlib import Path
from geocairn.build import BuildOptions, build
from geocairn.checks import SchemaStore
from geocairn.compile.pages.site import Site

source, hub, site, schemas = map(Path, sys.argv[1:])
options = BuildOptions(
    site=Site(site / "templates", site / "locale", site),
    store=SchemaStore(directory=schemas),
    jobs=1,
)
build([str(source)], hub, options=options)
"""


def rendered(staging: Path) -> int:
    """Pages of models that are staged; folders may come and go meanwhile."""
    return sum("index.html" in files for _, _, files in os.walk(staging))


def test_killed_while_pages_are_rendered(tmp_path: Path, schemas: Path) -> None:
    hub, site = tmp_path / "hub", tmp_path / "site"
    make_site(site)
    items = models(COUNT)
    write_lines(tmp_path / "one.ndjson", items)
    for item in items:
        item["properties"]["title"] += " again"
    write_lines(tmp_path / "other.ndjson", items)

    def start(source: str) -> subprocess.Popen[bytes]:
        paths = (tmp_path / f"{source}.ndjson", hub, site, schemas)
        return subprocess.Popen([sys.executable, "-c", DRIVER, *map(str, paths)])

    assert start("one").wait(120) == 0
    before = tree(hub)
    for wanted in (1, COUNT, 2 * COUNT - 20):
        process = start("other")
        try:
            while rendered(swap.staging_folder(hub)) < wanted and process.poll() is None:
                time.sleep(0.001)
        finally:
            process.send_signal(signal.SIGKILL)
            assert process.wait() == -signal.SIGKILL
        assert not swap.pending(hub)
        assert differences(before, tree(hub)) == []
    assert start("other").wait(120) == 0
    after = tree(hub)
    assert differences(before, after) != []
    assert "again" in (hub / "de/c0/model-0000-1.2.0/index.html").read_text(encoding="utf-8")
