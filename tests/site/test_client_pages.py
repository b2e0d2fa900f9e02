"""Models of hubs too large for a page each: what scripts show is what Python would have written."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from tests.site.chromium import Watch, axe, overflow
from tests.site.hubs import Hub
from tests.site.pages import html_faults

MODELS = ("flood-unet-1.2.0", "flood-unet-1.0.0", "burn-unet-1.2.0", "hostile-card-1.2.0")
# Everything that is seen or led to, in order: elements with what matters of them, and texts. What
# says where something is, is said from the hub's root, by model instead of by page.
SEEN = """(article) => {
  const root = new URL(document.documentElement.dataset.root, location.href).href
  const place = (address) => {
    const found = new URL(address, location.href).href.replace(root, '').replace(/^de\\//, '')
    const shown = /^models\\/model\\.html\\?id=(.+)$/.exec(found)
    return shown ? `${decodeURIComponent(shown[1])}/index.html` : found
  }
  const seen = []
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const text = node.data.replace(/\\s+/g, ' ').trim()
      const hub = text.replaceAll(root, 'ROOT/').replace(/hubs\\/(showcase|client)/, 'hubs/x')
      if (text) seen.push(hub.replace(/models\\/model\\.html\\?id=([\\w./-]+)/, '$1/index.html'))
      return
    }
    if (node.nodeType !== Node.ELEMENT_NODE) return
    const said = [node.localName]
    for (const { name, value } of node.attributes) {
      const leads = ['href', 'src', 'data-json', 'data-item'].includes(name)
      said.push(`${name}=${leads ? place(value) : value.replace(/\\s+/g, ' ').trim()}`)
    }
    seen.push(said.sort().join(' '))
    for (const child of node.childNodes) walk(child)
  }
  walk(article)
  return seen
}"""


def shown(page: Page, url: str) -> list[str]:
    page.goto(url)
    article = page.locator("article.model")
    article.wait_for()
    expect(page.locator(".copy").first).to_be_visible()
    found: list[str] = article.evaluate(SEEN)
    return found


@pytest.mark.parametrize("language", ["", "de/"])
@pytest.mark.parametrize("model", MODELS)
def test_both_show_the_same(
    showcase: Hub, client: Hub, page: Page, model: str, language: str
) -> None:
    written = shown(page, f"{showcase.sub}{language}show/{model}/index.html")
    title = page.title()
    made = shown(page, f"{client.sub}{language}models/model.html?id=show/{model}")
    # Not every model of the hub passed all checks, and of one alone scripts do not know.
    badge = [
        at for at, text in enumerate(written) if text in ("Checks passed", "Prüfungen bestanden")
    ]
    for at in badge:
        del written[at - 3 : at + 1]
    assert made == written
    assert page.title() == title
    assert len(made) > 300


def test_badge_is_where_it_is_earned(showcase: Hub, page: Page) -> None:
    for model in MODELS:
        page.goto(f"{showcase.url}show/{model}/index.html")
        expected = 0 if model.startswith("burn") else 1
        expect(page.get_by_text("Checks passed")).to_have_count(expected)


def test_hostile_card_does_nothing(client: Hub, page: Page, watch: Watch) -> None:
    page.add_init_script("window.pwned = (n) => console.error('pwned', n)")
    page.goto(f"{client.url}models/model.html?id=show/hostile-card-1.2.0")
    about = page.locator("#about")
    expect(about).to_contain_text("remote")
    assert about.locator("img, iframe, form, input, style, script, [onclick], [style]").count() == 0
    assert about.locator("a[href]").evaluate_all("(all) => all.map((one) => one.href)") == [
        "https://example.org/track.png"
    ]
    assert watch.faults == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_accessible(
    client: Hub, new_context: Callable[..., BrowserContext], theme: str, width: int
) -> None:
    viewport = {"width": width, "height": 900}
    page = new_context(color_scheme=theme, viewport=viewport).new_page()
    for model in MODELS:
        page.goto(f"{client.sub}models/model.html?id=show/{model}")
        expect(page.locator("article.model h1")).to_be_visible()
        assert axe(page) == []
        assert overflow(page) == []


def test_the_way_there_and_on(client: Hub, page: Page) -> None:
    page.goto(f"{client.sub}index.html")
    page.get_by_role("link", name="Burn unet").first.click()
    expect(page.locator("h1")).to_have_text("Burn unet")
    page.get_by_role("link", name="Flood U-Net 1.2.0").click()
    expect(page.locator("h1")).to_have_text("Flood unet")
    page.locator("#versions").get_by_role("link", name="flood-unet-1.0.0").click()
    expect(page).to_have_url(re.compile(r"model\.html\?id=show/flood-unet-1\.0\.0$"))
    page.get_by_role("link", name="flood-unet-1.2.0").first.click()
    expect(page).to_have_url(re.compile(r"model\.html\?id=show/flood-unet-1\.2\.0$"))
    expect(page.locator(".copy").first).to_be_visible()
    page.locator("[data-language=de]").click()
    expect(page).to_have_url(re.compile(r"/de/models/model\.html\?id=show/flood-unet-1\.2\.0$"))
    expect(page.get_by_role("heading", name="So wird es zitiert")).to_be_visible()
    page.get_by_role("link", name="Show", exact=True).click()
    expect(page.get_by_role("link", name="Diese Sammlung durchsuchen")).to_be_visible()
    page.goto(f"{client.sub}models/index.html")
    page.locator("#results h3 a").first.click()
    expect(page.locator("article.model h1")).to_be_visible()


@pytest.mark.parametrize(
    "name", ["show/nothing", "../catalog.json", "show", "a/b/c", "show/%2e%2e", ""]
)
def test_what_is_not_there_is_told(client: Hub, page: Page, watch: Watch, name: str) -> None:
    watch.allowed.append("404")
    page.goto(f"{client.url}models/model.html?id={name}")
    expect(page.get_by_text("This model could not be loaded.")).to_be_visible()
    assert axe(page) == []


def test_without_scripts_it_says_so(
    client: Hub, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{client.url}models/model.html?id=show/burn-unet-1.2.0")
    expect(page.get_by_text("Showing a model needs JavaScript here.")).to_be_visible()
    expect(page.get_by_text("Loading the model")).to_be_hidden()


def test_a_card_that_is_gone_leaves_the_rest(
    client: Hub, page: Page, watch: Watch, serve: Callable[..., Any]
) -> None:
    watch.allowed.append("404")
    server = serve(client.folder)
    server.faults["show/flood-unet-1.2.0/flood-unet-1.2.0.md"] = 404
    page.goto(f"{server.url}models/model.html?id=show/flood-unet-1.2.0")
    expect(page.locator("article.model h1")).to_be_visible()
    expect(page.locator("#about")).to_have_count(0)


def test_what_scripts_write_is_valid(client: Hub, page: Page, tmp_path: Path) -> None:
    for model in MODELS:
        page.goto(f"{client.url}models/model.html?id=show/{model}")
        expect(page.locator("article.model h1")).to_be_visible()
        # As browsers write it, what is there or not has an empty value.
        written = re.sub(r' (open|hidden)=""', r" \1", page.content())
        (tmp_path / f"{model}.html").write_text(written, encoding="utf-8")
    assert html_faults(tmp_path) == []
