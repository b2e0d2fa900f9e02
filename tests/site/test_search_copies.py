"""What the search page gives to take along: code that runs, and files with what was found."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pystac
import pytest
from playwright.sync_api import Page, expect
from tests.site.hubs import Hub
from tests.site.searching import count, found, ready
from tests.site.snippets import run_sql

STATES = [
    "",
    "?q=robust+map",
    "?tasks=regression,object-detection&framework=pytorch&gsd=..10&sortby=-parameters",
    "?have=blue,green,red&filter=parameters+%3E+1000000+AND+NOT+license+%3D+%27MIT%27",
    "?datetime=2019/2020-06&collections=floods,roads&sortby=title",
    "?bbox=-20,-40,60,40&sortby=-overlap",
    "?bbox=160,-60,-120,20&q=sentinel",
    "?intersects=%7B%22type%22%3A%22Polygon%22%2C%22coordinates%22%3A%5B%5B%5B-60%2C-40%5D"
    "%2C%5B40%2C-20%5D%2C%5B10%2C50%5D%2C%5B-60%2C-40%5D%5D%5D%7D",
]


@pytest.fixture(params=STATES, ids=lambda state: state[1:13] or "everything")
def searched(request: pytest.FixtureRequest, thousand: Hub, page: Page) -> Page:
    page.goto(f"{thousand.url}models/index.html{request.param}")
    ready(page)
    return page


def code(page: Page, language: str) -> str:
    """The snippet in a language, as the dialog shows it."""
    page.get_by_role("button", name="Copy as …").click()
    dialog = page.get_by_role("dialog", name="Copy this search as")
    dialog.get_by_role("tab", name=language, exact=True).click()
    text = dialog.locator("pre").inner_text()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    return text


def test_python_finds_the_same(searched: Page) -> None:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(code(searched, "Python"), "snippet.py", "exec"), {})
    first, *rest = said.getvalue().splitlines()
    assert first == f"{count(searched)} models"
    ids = [line.split(" ")[0] for line in rest]
    assert len(ids) == count(searched)
    assert ids[:20] == [model.split("/")[1] for model in found(searched)]


def test_shell_finds_the_same(searched: Page, tmp_path: Path) -> None:
    command = Path(sys.executable).parent
    script = code(searched, "Shell").rstrip() + " --format ndjson --fields id\n"
    done = subprocess.run(
        ["sh", "-euc", script],
        env={"PATH": f"{command}:/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    ids = [json.loads(line)["id"] for line in done.stdout.splitlines()]
    assert len(ids) == count(searched)
    assert ids[:20] == [model.split("/")[1] for model in found(searched)]


def test_sql_finds_the_same(searched: Page, extensions: Path) -> None:
    query = code(searched, "SQL").replace("INSTALL spatial;\n", "")
    rows = json.loads(run_sql(query, extensions=extensions))
    assert len(rows) == min(100, count(searched))
    assert [f"{collection}/{name}" for name, collection in rows][:20] == found(searched)


def test_r_holds_the_same_sql(searched: Page) -> None:
    sql = code(searched, "SQL").replace("INSTALL spatial;\nLOAD spatial;\n", "")
    assert sql.rstrip().removesuffix(";") in code(searched, "R")


def test_the_address_is_copied(thousand: Hub, page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{thousand.url}models/index.html?q=flood")
    ready(page)
    page.get_by_role("button", name="Copy as …").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("tab", name="Python").press("ArrowLeft")
    expect(dialog.get_by_role("tab", name="URL")).to_be_focused()
    dialog.get_by_role("button", name="Copy", exact=True).click()
    expect(dialog.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def saved(page: Page, name: str) -> str:
    page.locator("#download summary").click()
    with page.expect_download() as download:
        page.get_by_role("button", name=name).click()
    return Path(download.value.path()).read_text(encoding="utf-8")


def test_results_as_item_collection(
    thousand: Hub, page: Page, schemas: Path, serve: Callable[..., Any]
) -> None:
    page.goto(f"{thousand.url}models/index.html?tasks=regression&gsd=..1")
    matched = count(page)
    made = json.loads(saved(page, "STAC ItemCollection (JSON)"))
    collection = pystac.ItemCollection.from_dict(made)
    assert len(collection) == matched
    assert [f"{item.collection_id}/{item.id}" for item in collection][:20] == found(page)
    first = made["features"][0]
    published = thousand.folder / first["collection"] / first["id"] / f"{first['id']}.json"
    assert first["properties"] == json.loads(published.read_bytes())["properties"]
    hrefs = [link["href"] for link in first["links"]]
    assert all(re.match("https?://", href) for href in hrefs)


def test_results_as_csv(thousand: Hub, page: Page) -> None:
    page.goto(f"{thousand.url}models/index.html?tasks=regression")
    matched = count(page)
    rows = list(csv.DictReader(io.StringIO(saved(page, "Table (CSV)"))))
    assert len(rows) == matched
    assert [f"{row['collection']}/{row['id']}" for row in rows][:20] == found(page)
    assert all("regression" in row["tasks"].split("; ") for row in rows)
