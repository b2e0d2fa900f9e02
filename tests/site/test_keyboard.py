"""Every control of every page, reached and used with the keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.site.hubs import Hub
from tests.site.pages import KINDS
from tests.site.searching import expect_same, found, ready

# What someone with a mouse can press or type into, and can see.
CONTROLS = """() => {
  const all = 'a[href], button, input, select, textarea, summary, [tabindex="0"]'
  const seen = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled
    && !one.closest('[inert]') && one.tabIndex >= 0
  // Of radio buttons the arrow keys choose; Tab reaches the chosen one.
  const alone = (one) => one.type !== 'radio' || one.checked
  const found = [...document.querySelectorAll(all)].filter((one) => seen(one) && alone(one))
  found.forEach((one, at) => { one.dataset.at = at })
  return found.length
}"""
FOCUSED = """() => {
  const one = document.activeElement
  const style = getComputedStyle(one)
  const within = one.closest('.choice, .switch, .search__box, label')
  const marked = style.outlineStyle !== 'none' || style.boxShadow !== 'none'
    || (within && getComputedStyle(within).outlineStyle !== 'none')
    // How a thumb looks is tested by itself, for nobody can ask for its style.
    || one.type === 'range'
  const { width, height } = one.getBoundingClientRect()
  const shown = width > 0 && height > 0
  return { at: one.dataset.at ?? null, marked, shown, html: one.outerHTML.slice(0, 120) }
}"""


def walk(page: Page) -> None:
    """Press Tab through a page; every control must come, in order, and show that it is chosen."""
    expected = page.evaluate(CONTROLS)
    assert expected > 5
    reached: list[int] = []
    # A field for a day has a stop for each part of it.
    for _ in range(expected + 5 + 4 * page.locator("input[type=date]").count()):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused["at"] is None:
            break
        assert focused["marked"], focused["html"]
        assert focused["shown"], focused["html"]
        reached.append(int(focused["at"]))
    assert reached == sorted(reached)
    missed = sorted(set(range(expected)) - set(reached))
    named = [page.locator(f"[data-at='{at}']").evaluate("(x) => x.outerHTML") for at in missed]
    assert named == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_control_is_reached(catalog: Hub, page: Page, kind: str) -> None:
    page.goto(catalog.sub + KINDS[kind])
    page.wait_for_load_state("networkidle")
    if kind == "search":
        ready(page)
        expect(page.locator("#facets .facet").first).to_be_visible()
    walk(page)


@pytest.mark.parametrize("state", ["?view=table&bbox=-20,-40,60,40", "?tasks=regression&page=2"])
def test_every_control_of_a_search_is_reached(search: Callable[..., Page], state: str) -> None:
    page = search(state)
    page.wait_for_load_state("networkidle")
    walk(page)


def press(page: Page, key: str, *, until: str, most: int = 200) -> None:
    """Press a key until something has the focus."""
    for _ in range(most):
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", until):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} does not reach {until}")


def test_a_search_from_word_to_comparison(search: Callable[..., Page], thousand: Hub) -> None:
    page = search()
    press(page, "Tab", until="#q")
    page.keyboard.type("robust")
    expect(page.locator("#suggestions [role=option]").first).to_be_visible()
    page.keyboard.press("Escape")
    press(page, "Tab", until="#facets input[type=checkbox]")
    page.keyboard.press("Space")
    expect(page.locator(".condition")).to_have_count(1)
    press(page, "Tab", until="#sort")
    page.keyboard.press("n")  # Newest first
    expect(page).to_have_url(re.compile("sortby=-created"))
    press(page, "Tab", until="#views [value=table]")
    page.keyboard.press("Enter")
    expect(page.locator("#results table")).to_be_visible()
    press(page, "Tab", until="[data-sort=gsd]")
    page.keyboard.press("Enter")
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Resolution")
    first, second, *_ = found(page)
    for model in (first, second):
        press(page, "Tab", until=f"[data-compare='{model}']")
        page.keyboard.press("Space")
    press(page, "Tab", until=".compare-bar .button--primary")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Comparison")
    expect(dialog.locator("thead th")).to_have_count(2)
    # The focus stays in the dialog, and goes back to where it came from.
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body || "
            "document.activeElement.closest('dialog') !== null"
        )
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.locator(".compare-bar .button--primary")).to_be_focused()


def test_a_download_and_a_copy(search: Callable[..., Page]) -> None:
    page = search("?tasks=regression")
    press(page, "Tab", until="#copy-as")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Copy this search as")
    expect(dialog).to_be_visible()
    press(page, "Tab", until="[role=tab]")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(dialog.get_by_role("tab", name="SQL")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.locator("#copy-as")).to_be_focused()
    press(page, "Tab", until="#download summary")
    page.keyboard.press("Enter")
    press(page, "Tab", until="#download-csv")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename.endswith(".csv")


def test_a_period_by_arrow_keys(search: Callable[..., Page], thousand: Hub) -> None:
    page = search()
    expect(page.locator("#timeline .range__bar")).not_to_have_count(0)
    press(page, "Tab", until="#timeline input[type=range]")
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    press(page, "Tab", until="#timeline .range__thumb--to")
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile(r"datetime=\d{4}/\d{4}"))
    match = re.search(r"datetime=(\d{4}/\d{4})", page.url)
    assert match
    expect_same(page, thousand, datetime=match[1])


def test_a_thumb_shows_that_it_is_chosen(search: Callable[..., Page]) -> None:
    page = search()
    expect(page.locator("#timeline .range__bar")).not_to_have_count(0)
    thumb = page.get_by_role("slider", name="Period from")
    before = thumb.screenshot()
    press(page, "Tab", until="#timeline input[type=range]")
    expect(thumb).to_be_focused()
    assert thumb.screenshot() != before
