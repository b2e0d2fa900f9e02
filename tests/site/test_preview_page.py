"""A preview as its user sees it in Chromium."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.items import model, write_catalog
from tests.previewing import PATIENCE, Running
from tests.site.chromium import Watch

LONG = 1000 * PATIENCE


@pytest.fixture
def preview(tmp_path: Path, schemas: Path) -> Iterator[Running]:
    write_catalog(tmp_path / "catalog", [model("first")])
    settings = '[hub]\nurl = "https://hub.example/some/where/"\n'
    (tmp_path / "geocairn.toml").write_text(settings, encoding="utf-8")
    environment = os.environ | {"GEOCAIRN_SCHEMAS": str(schemas), "PYTHONUNBUFFERED": "1"}
    running = Running(tmp_path, environment=environment)
    yield running
    running.close()


def test_an_open_page_follows_the_catalog(
    preview: Running, page: Page, tmp_path: Path, watch: Watch
) -> None:
    # The line to the server breaks off whenever the page reloads.
    watch.allowed.append("ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_ABORTED")
    url = preview.url()
    path = tmp_path / "catalog/floods/first/1.2.0/item.json"
    page.goto(f"{url}floods/first-1.2.0/index.html")
    expect(page.locator("h1")).to_have_text("First")

    item = json.loads(path.read_bytes())
    item["properties"]["title"] = "Second thoughts"
    path.write_text(json.dumps(item), encoding="utf-8")
    expect(page.locator("h1")).to_have_text("Second thoughts", timeout=LONG)

    path.write_text("{", encoding="utf-8")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("item.json", timeout=LONG)
    expect(page.locator("h1")).to_have_text("Second thoughts")

    item["properties"]["title"] = "Third thoughts"
    path.write_text(json.dumps(item), encoding="utf-8")
    expect(page.locator("h1")).to_have_text("Third thoughts", timeout=LONG)
    expect(alert).to_have_count(0)

    page.goto(f"{url}models/index.html?q=third")
    expect(page.locator("#results h3")).to_have_text(["Third thoughts"])


def test_what_is_not_there_looks_like_the_hub(preview: Running, page: Page, watch: Watch) -> None:
    watch.allowed += ["404", "ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_ABORTED"]
    page.goto(f"{preview.url()}no/such/page.html")
    expect(page.locator("h1")).to_have_text("Page not found")
    assert page.evaluate("[...document.styleSheets].every((sheet) => sheet.cssRules.length > 0)")
    page.get_by_role("link", name="Search models").click()
    expect(page.locator("#count")).to_have_text("1 model")
