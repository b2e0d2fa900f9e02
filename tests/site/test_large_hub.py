"""The search page of a large hub, read by range: what it asks for, and what goes wrong."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect
from tests.server import Server
from tests.site.chromium import Watch
from tests.site.hubs import Hub

import geocairn
from geocairn import layout

RANGED = (layout.BLOCKS, layout.WORDS)


@pytest.fixture
def server(large: Hub, serve: Callable[..., Server]) -> Server:
    assert (large.folder / layout.INDEX).stat().st_size > 1 << 19
    return serve(large.folder)


def open_page(page: Page, server: Server, state: str = "") -> None:
    page.goto(f"{server.url}models/index.html{state}")


def settled(page: Page) -> None:
    """Wait until the results, their number and the counts of facets are there."""
    expect(page.locator("#count")).to_have_text(re.compile(r"\d"))
    page.wait_for_load_state("networkidle")


def found(page: Page) -> list[str]:
    rows = page.locator("#results [data-model]")
    return [str(row.get_attribute("data-model")).split("/")[1] for row in rows.all()]


def asked(hub: Hub, **query: Any) -> tuple[int, list[str]]:
    """What Python finds: how many, and the first twenty."""
    with geocairn.open(hub.folder) as opened:
        search = opened.search(limit=20, **query)
        return search.matched(), search.ids()[:20]


@pytest.mark.parametrize(
    ("state", "query"),
    [
        ("?bbox=10,40,20,50&license=MIT", {"bbox": [10, 40, 20, 50], "license": "MIT"}),
        ("?q=floods+rapid", {"q": "floods rapid"}),
        ("?q=swin&tasks=regression", {"q": "swin", "tasks": "regression"}),
        ("?q=water&bbox=-60,-50,60,50", {"q": "water", "bbox": [-60, -50, 60, 50]}),
        ("?q=water&datetime=2020/2021", {"q": "water", "datetime": "2020/2021"}),
        (
            "?bbox=-20,-40,60,40&sortby=-overlap",
            {"bbox": [-20, -40, 60, 40], "sortby": "-overlap"},
        ),
        ("?bbox=-20,-40,60,40&sortby=-created", {"bbox": [-20, -40, 60, 40], "sortby": "-created"}),
    ],
)
def test_it_finds_what_python_finds(
    large: Hub, server: Server, page: Page, state: str, query: dict[str, Any]
) -> None:
    open_page(page, server, state)
    settled(page)
    matched, first = asked(large, **query)
    expect(page.locator("#count")).to_have_text(re.compile(rf"^{matched:,} models?$"))
    assert found(page) == first
    assert matched > 20


def test_counts_of_facets_are_those_of_python(large: Hub, server: Server, page: Page) -> None:
    open_page(page, server, "?q=floods+rapid")
    settled(page)
    with geocairn.open(large.folder) as hub:
        expected = dict(hub.search(q="floods rapid").facets()["license"]["values"])
    row = page.locator("label.choice", has_text="MIT")
    expect(row).to_contain_text(f"{expected['MIT']:,}")


@pytest.mark.parametrize(
    ("state", "most_bytes", "most_requests"),
    [
        ("?bbox=10,40,14,44&license=MIT", 90_000, 30),
        ("?q=swin+floods", 90_000, 30),
        ("?sortby=-datetime&bbox=10,40,14,44", 90_000, 40),
    ],
)
def test_it_reads_no_more_than_it_needs(
    large: Hub, server: Server, page: Page, state: str, most_bytes: int, most_requests: int
) -> None:
    open_page(page, server, state)
    settled(page)
    read = [request for request in server.requests if request.path in RANGED]
    whole = sum((large.folder / path).stat().st_size for path in RANGED)
    sent = sum(request.sent for request in read)
    assert 0 < sent < most_bytes < whole / 8, (sent, whole, len(read))
    assert len(read) <= most_requests
    assert all(request.range for request in read)
    assert layout.INDEX not in {request.path for request in server.requests}


def test_a_server_without_ranges_is_told(server: Server, page: Page) -> None:
    server.ranges = False
    open_page(page, server)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("does not send parts of files")
    server.ranges = True
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#results [data-model]")).to_have_count(20)


@pytest.mark.parametrize("path", [layout.BLOCKS, layout.DIRECTORY, layout.TERMS])
@pytest.mark.parametrize(
    ("fault", "told"), [(404, "is missing on the server"), ("cut", "arrived incomplete")]
)
def test_a_file_that_is_missing_or_cut_short_is_told(
    server: Server, page: Page, watch: Watch, path: str, fault: int | str, told: str
) -> None:
    watch.allowed += ["404", "CONTENT_LENGTH_MISMATCH"]
    server.faults[path] = fault
    open_page(page, server, "?q=floods")
    expect(page.get_by_role("alert")).to_contain_text(told)
    expect(page.get_by_role("alert")).to_contain_text(path)
    server.faults.clear()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#results [data-model]")).to_have_count(20)


def test_a_file_of_another_build_is_told(
    large: Hub, server: Server, page: Page, watch: Watch
) -> None:
    size = (large.folder / layout.BLOCKS).stat().st_size

    def longer(route: Route) -> None:
        answer = route.fetch()
        headers = answer.headers
        headers["content-range"] = re.sub(r"/\d+$", f"/{size + 1}", headers["content-range"])
        route.fulfill(response=answer, headers=headers)

    page.route("**/" + layout.BLOCKS, longer)
    open_page(page, server)
    expect(page.get_by_role("alert")).to_contain_text("belongs to another build")
    assert watch.faults == []


def test_what_was_typed_last_shows(large: Hub, server: Server, page: Page) -> None:
    """Answers to what was typed before come later than they are asked for, and never show."""

    def slow(route: Route) -> None:
        time.sleep(0.05)
        route.continue_()

    page.route("**/search/*.bin", slow)
    page.route("**/search/*.parquet", slow)
    open_page(page, server)
    settled(page)
    page.evaluate(
        """() => {
          window.shown = []
          const note = () => {
            const first = document.querySelector('#results [data-model]')
            if (first) shown.push([document.getElementById('q').value, first.dataset.model])
          }
          const results = document.getElementById("results")
          new MutationObserver(note).observe(results, { childList: true })
        }"""
    )
    box = page.get_by_role("combobox", name="Search models")
    box.press_sequentially("segformer roads", delay=30)
    matched, first = asked(large, q="segformer roads")
    expect(page.locator("#count")).to_have_text(re.compile(rf"^{matched:,} models?$"))
    expect(page.locator("#results [data-model]").first).to_have_attribute(
        "data-model", re.compile(f"/{first[0]}$")
    )
    page.wait_for_timeout(1000)
    assert found(page) == first
    shown = page.evaluate("window.shown")
    assert shown
    for typed, model in shown:
        _, expected = asked(large, q=typed)
        assert model.split("/")[1] == expected[0], typed


def test_offline_it_says_so_and_goes_on_once_online(
    server: Server, page: Page, watch: Watch
) -> None:
    watch.allowed.append("ERR_INTERNET_DISCONNECTED")
    open_page(page, server)
    settled(page)
    page.context.set_offline(True)
    box = page.get_by_role("combobox", name="Search models")
    box.fill("landslides")
    expect(page.get_by_role("alert")).to_contain_text("Check the connection")
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#results [data-model]")).to_have_count(20)
