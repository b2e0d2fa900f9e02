"""What the search page finds: its order, its pages, as a table, side by side, shared."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from tests.site.hubs import Hub
from tests.site.searching import expect_same, found, ready

import geocairn


@pytest.mark.parametrize("order", ["-overlap", "overlap", "-created", "title", "-parameters"])
def test_orders(search: Callable[..., Page], thousand: Hub, order: str) -> None:
    page = search("?bbox=-20,-40,60,40")
    page.locator("#sort").select_option(order)
    expect(page).to_have_url(re.compile(f"sortby={order}"))
    expect_same(page, thousand, bbox=[-20, -40, 60, 40], sortby=order)
    if "overlap" in order:
        expect(page.locator(".overlap").first).to_contain_text("%")


def test_pages(search: Callable[..., Page], thousand: Hub) -> None:
    page = search("?tasks=regression")
    first = found(page)
    page.get_by_role("link", name="Next").click()
    expect(page).to_have_url(re.compile("page=2"))
    expect(page.locator(f'[data-model="{first[0]}"]')).to_have_count(0)
    with geocairn.open(thousand.url) as hub:
        ids = hub.search(tasks="regression", limit=40).ids()
    second = [next(ids) for _ in range(40)][20:] if not isinstance(ids, list) else ids[20:40]
    assert [model.split("/")[1] for model in found(page)] == second
    page.get_by_role("checkbox", name=re.compile("^Object detection")).check()
    expect(page).not_to_have_url(re.compile("page="))


def test_a_table_that_sorts(search: Callable[..., Page], thousand: Hub) -> None:
    page = search()
    page.get_by_role("button", name="Table", exact=True).click()
    page.locator("[data-sort=gsd]").click()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Resolution")
    expect_same(page, thousand, sortby="gsd")
    page.locator("[data-sort=gsd]").click()
    expect_same(page, thousand, sortby="-gsd")
    assert "view=table" in page.url


def test_models_are_compared(search: Callable[..., Page]) -> None:
    page = search()
    models = found(page)
    for box in page.locator("#results input[data-compare]").all()[:4]:
        box.check()
    expect(page.locator("#results input[data-compare]").nth(4)).to_be_disabled()
    page.get_by_role("button", name="Compare 4 models").click()
    dialog = page.get_by_role("dialog", name="Comparison")
    expect(dialog.locator("thead th")).to_have_count(4)
    expect(dialog.locator("tr.comparison__row--differs")).not_to_have_count(0)
    assert f"compare={','.join(models[:4])}" in page.url
    page.reload()
    expect(dialog.locator("thead th")).to_have_count(4)
    dialog.get_by_label("Only differences").check()
    expect(dialog.locator("tbody tr:not(.comparison__row--differs)").first).to_be_hidden()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page).not_to_have_url(re.compile("show="))


def test_nothing_found_says_what_to_leave_out(search: Callable[..., Page], thousand: Hub) -> None:
    page = search("?q=zebra&tasks=regression")
    expect(page.get_by_text("No model matches all of this")).to_be_visible()
    page.locator(".relax", has_text="zebra").click()
    expect_same(page, thousand, tasks="regression")


def test_a_search_is_shared(
    search: Callable[..., Page], thousand: Hub, new_context: Callable[..., BrowserContext]
) -> None:
    page = search("?q=robust&bbox=-60,-50,60,50&gsd=..10")
    page.locator("#sort").select_option("-overlap")
    expect_same(page, thousand, q="robust", bbox=[-60, -50, 60, 50], gsd="..10", sortby="-overlap")
    other = new_context().new_page()
    other.goto(page.url)
    ready(other)
    assert found(other) == found(page)
    expect(other.locator("#sort")).to_have_value("-overlap")
