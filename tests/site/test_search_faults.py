"""The search page where something is missing or means ill."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from tests.site.chromium import Watch, axe, overflow
from tests.site.hubs import Hub
from tests.site.searching import asked, count, expect_same, found, ready


def test_without_scripts_it_leads_to_the_collections(
    thousand: Hub, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{thousand.url}models/index.html")
    expect(page.get_by_text("Searching needs JavaScript")).to_be_visible()
    links = page.locator(".without-scripts a")
    expect(links).to_have_count(len(list(thousand.folder.glob("*/collection.json"))))
    expect(page.locator("#search")).to_be_hidden()


@pytest.mark.parametrize(
    ("fault", "told"), [(404, "is missing on the server"), ("cut", "arrived incomplete")]
)
def test_a_broken_index_is_told(
    thousand: Hub,
    page: Page,
    watch: Watch,
    serve: Callable[..., Any],
    fault: int | str,
    told: str,
) -> None:
    watch.allowed += ["404", "CONTENT_LENGTH_MISMATCH"]
    server = serve(thousand.folder)
    server.faults["search/index.parquet"] = fault
    page.goto(f"{server.url}models/index.html")
    expect(page.get_by_role("alert")).to_contain_text(told)
    server.faults.clear()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#results [data-model]")).to_have_count(20)


def test_a_filter_that_cannot_be_read_is_told(search: Callable[..., Page]) -> None:
    page = search()
    page.locator("summary", has_text="Filter (CQL2)").click()
    page.get_by_label("Filter (CQL2)").fill("gsd <")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("alert")).to_contain_text("This search cannot be read")
    page.get_by_label("Filter (CQL2)").fill("gsd < 1")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("#results [data-model]")).to_have_count(20)


@pytest.mark.parametrize("width", [320, 1440])
def test_hostile_models_do_no_harm(
    hostile: Hub, new_context: Callable[..., BrowserContext], width: int
) -> None:
    page = new_context(viewport={"width": width, "height": 900}).new_page()
    for view in ("cards", "table"):
        page.goto(f"{hostile.url}models/index.html?view={view}")
        ready(page)
        assert count(page) == len(hostile.items())
        assert found(page)
        assert overflow(page) == []
    page.goto(f"{hostile.url}models/index.html")
    ready(page)
    assert axe(page) == []
    for box in page.locator("#results input[data-compare]").all()[:4]:
        box.check()
    page.get_by_role("button", name="Compare 4 models").click()
    expect(page.get_by_role("dialog").locator("thead th")).to_have_count(4)


def test_it_goes_on_offline(search: Callable[..., Page], watch: Watch, thousand: Hub) -> None:
    watch.allowed.append("ERR_INTERNET_DISCONNECTED")
    page = search()
    page.wait_for_timeout(1500)  # What comes after the first results has come then.
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.get_by_role("combobox", name="Search models").press_sequentially("floods")
    page.get_by_role("checkbox", name=re.compile("^Regression")).check()
    matched, _ = asked(thousand, q="floods", tasks="regression")
    expect(page.locator("#count")).to_have_text(re.compile(rf"^{matched} models?$"))
    page.get_by_role("button", name="Copy as …").click()
    expect(page.get_by_role("dialog").locator("pre")).to_contain_text('q="floods"')


def test_a_server_without_ranges_serves_a_small_hub(
    thousand: Hub, page: Page, serve: Callable[..., Any]
) -> None:
    server = serve(thousand.folder)
    server.ranges = False
    page.goto(f"{server.url}models/index.html")
    expect(page.locator("#results [data-model]")).to_have_count(20)


def test_it_works_below_a_path(thousand: Hub, page: Page) -> None:
    page.goto(f"{thousand.sub}models/index.html?q=flood")
    expect_same(page, thousand, q="flood")
    model = found(page)[0]
    link = page.locator(f'[data-model="{model}"] h3 a').evaluate("link => link.href")
    assert link == f"{thousand.sub}{model}/index.html"
