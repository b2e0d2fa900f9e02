"""Nothing is left in English on German pages, whatever is opened on them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from babel.messages.pofile import read_po
from playwright.sync_api import Page, expect
from tests.site.chromium import Watch, go
from tests.site.hubs import ROOT, Hub
from tests.site.pages import KINDS, SCRIPTED, path_of
from tests.site.searching import ready

SHOWN = """() => {
  const found = []
  const skipped = 'script, style, noscript, pre, code, .prose, [lang]:not(html)'
  const walk = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT)
  while (walk.nextNode()) {
    if (!walk.currentNode.parentElement.closest(skipped)) {
      found.push(walk.currentNode.data.trim())
    }
  }
  for (const name of ['aria-label', 'placeholder', 'title', 'alt']) {
    for (const one of document.querySelectorAll(`[${name}]`)) {
      if (!one.closest(skipped)) found.push(one.getAttribute(name))
    }
  }
  return found
}"""


@pytest.fixture(scope="module")
def english() -> set[str]:
    """Every text that has a translation, as it would stand there without."""
    with (ROOT / "site/locale/de/LC_MESSAGES/geocairn.po").open("rb") as file:
        catalogue = read_po(file, locale="de")
    known = {message.id for message in catalogue if message.id and message.id != message.string}
    found = {text for entry in known for text in ([entry] if isinstance(entry, str) else entry)}
    # What has a value in it never stands alone; what is a word of German, too, tells nothing.
    german = {message.string for message in catalogue if isinstance(message.string, str)}
    # "open" is a keyword of some of the models.
    return {text for text in found if "{" not in text} - german - {"open"}


def left(page: Page, english: set[str]) -> list[str]:
    """The texts of a page that are English."""
    shown = page.evaluate(SHOWN)
    assert len(shown) > 10
    return sorted(set(shown) & english)


def test_english_would_be_noticed(catalog: Hub, page: Page, english: set[str]) -> None:
    page.goto(catalog.sub + path_of("model"))
    assert len(left(page, english)) > 20


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"missing"}))
def test_pages(catalog: Hub, page: Page, english: set[str], kind: str) -> None:
    go(page, catalog.sub + path_of(kind, "de"), fetches=kind in SCRIPTED)
    assert left(page, english) == []


def test_model_that_scripts_show(client: Hub, page: Page, english: set[str]) -> None:
    page.goto(f"{client.sub}de/models/model.html?id=show/flood-unet-1.2.0")
    page.locator("article.model").wait_for()
    page.get_by_text("Hier anzeigen").click()
    page.locator(".raw pre").wait_for()
    assert left(page, english) == []


def _compare(page: Page) -> None:
    for box in page.locator("#results input[data-compare]").all()[:2]:
        box.check()
    page.locator(".compare-bar .button--primary").click()
    page.locator(".comparison tbody tr").first.wait_for()


def _copy(page: Page) -> None:
    page.locator("#copy-as").click()
    page.get_by_role("dialog").locator("pre").wait_for()


def _suggest(page: Page) -> None:
    page.locator("#q").press_sequentially("flood")
    page.locator("#suggestions [role=option]").first.wait_for()


def _draw(page: Page) -> None:
    page.locator(".map__tool-button").first.click()
    expect(page.locator(".map__hint")).not_to_be_empty()


def _everything(page: Page) -> None:
    for summary in page.locator("main summary").all():
        if summary.is_visible():
            summary.click()


@pytest.mark.parametrize(
    ("state", "act"),
    [
        ("?view=table&bbox=-20,-40,60,40&tasks=regression", _everything),
        ("?q=zebra&tasks=regression&gsd=..10&pretrained=true", _everything),
        ("?datetime=2019/2020&have=red,green&license=MIT", _suggest),
        ("?filter=gsd+%3C", _draw),
        ("", _compare),
        ("?q=robust", _copy),
    ],
)
def test_search(
    thousand: Hub, page: Page, english: set[str], state: str, act: Callable[[Page], None]
) -> None:
    page.goto(f"{thousand.sub}de/models/index.html{state}")
    page.locator("#results [data-model], #results .message").first.wait_for()
    page.wait_for_load_state("networkidle")
    act(page)
    assert left(page, english) == []


def test_failures(
    thousand: Hub, page: Page, watch: Watch, serve: Callable[..., Any], english: set[str]
) -> None:
    watch.allowed.append("404")
    server = serve(thousand.folder)
    server.faults["search/index.parquet"] = 404
    page.goto(f"{server.url}de/models/index.html")
    expect(page.get_by_role("alert")).to_be_visible()
    assert left(page, english) == []
    server.faults.clear()
    page.locator("#results button").click()
    ready(page)
    expect(page.locator("#count")).to_have_text(re.compile("Modelle$"))
