"""The search page as someone uses it: typing, choosing, and what it looks like."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from tests.site.chromium import axe, overflow
from tests.site.hubs import Hub
from tests.site.searching import asked, count, expect_same, ready

import geocairn


def test_everything_shows_at_first(search: Callable[..., Page], thousand: Hub) -> None:
    page = search()
    expect_same(page, thousand)
    expect(page.locator("#map .map__hit")).not_to_have_count(0)
    assert page.locator("#map .map__land").get_attribute("d")


def test_typing_finds_and_suggests(search: Callable[..., Page], thousand: Hub) -> None:
    page = search()
    box = page.get_by_role("combobox", name="Search models")
    box.press_sequentially("segf")
    expect(page.locator("#suggestions [role=option]").first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    expect_same(page, thousand, q="segf")
    box.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value("segf")
    assert "q=segf" in page.url


def test_what_is_typed_is_asked_at_once(search: Callable[..., Page]) -> None:
    """Before any other event, such as an answer to what stood there before."""
    address = search().evaluate(
        """() => {
          const box = document.getElementById('q')
          box.value = 'segf'
          box.dispatchEvent(new InputEvent('input'))
          return location.search
        }"""
    )
    assert address == "?q=segf"


def test_suggestions_are_chosen_by_keys(search: Callable[..., Page], thousand: Hub) -> None:
    page = search()
    box = page.get_by_role("combobox", name="Search models")
    box.press_sequentially("flood")
    option = page.get_by_role("option").filter(has_text="Collection").first
    expect(option).to_be_visible()
    box.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "suggestion-0")
    expect(option).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    expect(box).to_have_value("")
    expect_same(page, thousand, collections=["floods"])


def test_facets_narrow_and_come_back(search: Callable[..., Page], thousand: Hub) -> None:
    page = search()
    task = page.get_by_role("checkbox", name=re.compile("^Regression"))
    task.check()
    expect_same(page, thousand, tasks=["regression"])
    page.get_by_role("checkbox", name=re.compile("^Object detection")).check()
    expect_same(page, thousand, tasks=["regression", "object-detection"])
    page.go_back()
    expect_same(page, thousand, tasks=["regression"])
    expect(task).to_be_checked()
    page.get_by_role("button", name="Remove Task: Regression").click()
    expect_same(page, thousand)
    expect(task).not_to_be_checked()


def test_counts_tell_what_a_choice_would_give(search: Callable[..., Page], thousand: Hub) -> None:
    page = search("?framework=PyTorch&tasks=regression")
    with geocairn.open(thousand.url) as hub:
        facets = hub.search(framework="PyTorch").facets()
    expected = dict(facets["tasks"]["values"])
    row = page.locator("label.choice", has_text="Object detection")
    expect(row.locator(".choice__count")).to_have_text(str(expected["object-detection"]))


def test_a_range_is_chosen_with_thumbs(search: Callable[..., Page], thousand: Hub) -> None:
    page = search()
    low = page.get_by_role("slider", name="Ground resolution, at least")
    low.focus()
    for _ in range(3):
        low.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"gsd="))
    match = re.search(r"gsd=([^&]+)", page.url)
    assert match
    expect_same(page, thousand, gsd=match[1])
    assert asked(thousand, gsd=match[1])[0] < 1000


def test_bands_i_have(search: Callable[..., Page], thousand: Hub) -> None:
    page = search()
    page.get_by_role("button", name="RGB", exact=True).click()
    expect(page).to_have_url(re.compile("have=blue,green,red"))
    with geocairn.open(thousand.url) as hub:
        text = "A_CONTAINEDBY(bands, ('red', 'green', 'blue', 'R', 'G', 'B'))"
        least = hub.search(filter=text).matched()
    assert least <= count(page) < 1000
    page.get_by_role("radio", name="Uses any of these").check()
    expect_same(page, thousand, bands=["blue", "green", "red"])


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1440])
def test_it_is_accessible_at_any_width(
    thousand: Hub, new_context: Callable[..., BrowserContext], theme: str, width: int
) -> None:
    viewport = {"width": width, "height": 900}
    page = new_context(color_scheme=theme, viewport=viewport).new_page()
    page.goto(f"{thousand.url}models/index.html?tasks=regression&map=shown&bbox=-20,-40,60,40")
    ready(page)
    assert axe(page) == []
    assert overflow(page) == []
    page.goto(f"{thousand.url}models/index.html?view=table")
    ready(page)
    assert axe(page) == []
    assert overflow(page) == []


def test_german(thousand: Hub, page: Page) -> None:
    page.goto(f"{thousand.url}de/models/index.html?gsd=..1")
    expect(page.locator("#count")).to_have_text(re.compile("Modelle$"))
    expect(page.get_by_role("button", name="Rechteck zeichnen")).to_be_visible()
    expect(page.locator(".condition")).to_contain_text("bis 1 m")
