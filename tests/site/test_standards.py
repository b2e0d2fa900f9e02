"""Every kind of page in Chromium: accessible, clean, complete, in both themes and languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from tests.site.chromium import Watch, axe, go, overflow
from tests.site.hubs import Hub
from tests.site.pages import DOCS, KINDS, LANGUAGES, SCRIPTED, path_of

PHONE = {"viewport": {"width": 320, "height": 640}}


@pytest.fixture
def open_page(new_context: Callable[..., BrowserContext], catalog: Hub) -> Callable[..., Page]:
    """Opens a page of the catalog's hub, below a path, by kind and language."""

    def opened(kind: str, language: str = "en", **options: Any) -> Page:
        page = new_context(**options).new_page()
        # Where scripts are off, no callback would be called.
        fetches = kind in SCRIPTED or options.get("java_script_enabled") is False
        go(page, catalog.sub + path_of(kind, language), fetches=fetches)
        return page

    return opened


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_accessible(open_page: Callable[..., Page], kind: str, theme: str) -> None:
    for language in LANGUAGES:
        page = open_page(kind, language, color_scheme=theme)
        assert page.locator("html").get_attribute("lang") in (language, "en")
        assert axe(page) == [], language
        # Where scripts run, nothing says that none do.
        for one in page.locator(".without-scripts").all():
            expect(one).to_be_hidden()
        assert "JavaScript" not in page.locator("body").inner_text()


@pytest.mark.parametrize("kind", KINDS)
def test_fits_a_phone(open_page: Callable[..., Page], kind: str) -> None:
    for language in LANGUAGES:
        page = open_page(kind, language, **PHONE)
        assert overflow(page) == [], language
        assert axe(page) == [], language
        expect(page.locator("h1")).to_have_count(1)


@pytest.mark.parametrize("path", DOCS)
def test_documentation(new_context: Callable[..., BrowserContext], catalog: Hub, path: str) -> None:
    for theme, options in (("light", {}), ("dark", {}), ("light", PHONE)):
        page = new_context(color_scheme=theme, **options).new_page()
        go(page, f"{catalog.sub}docs/{path}")
        assert axe(page) == [], theme
        assert overflow(page) == [], theme
        page.get_by_role("link", name="Models", exact=True).click()
        expect(page).to_have_url(f"{catalog.sub}models/index.html")
        page.context.close()


def test_documentation_is_searched(page: Page, catalog: Hub) -> None:
    go(page, f"{catalog.url}docs/index.html")
    field = page.get_by_label("Search the documentation")
    field.press_sequentially("exit codes")
    first = page.locator("[data-found] a").first
    expect(first).to_contain_text("Exit codes")
    field.press("ArrowDown")
    expect(first).to_be_focused()
    first.press("Enter")
    expect(page).to_have_url(re.compile(r"docs/exit-codes\.html"))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in SCRIPTED])
def test_reads_well_without_scripts(open_page: Callable[..., Page], kind: str) -> None:
    with_scripts = open_page(kind)
    without = open_page(kind, java_script_enabled=False)
    expect(without.locator("h1")).to_be_visible()
    expect(without.locator("h1")).to_have_text(with_scripts.locator("h1").inner_text())
    # No control that does nothing: buttons are put in, or shown, by scripts.
    buttons = without.locator("main button[type=button]").all()
    assert [one.inner_text() for one in buttons if one.is_visible()] == []


def test_search_without_scripts_leads_to_all_models(open_page: Callable[..., Page]) -> None:
    page = open_page("search", java_script_enabled=False)
    page.locator("main").get_by_role("link", name="TorchGeo").first.click()
    expect(page).to_have_url(re.compile(r"/torchgeo/index\.html$"))
    page.locator("main a[href*='unet-sentinel2-2class-ftw']").first.click()
    expect(page.locator("h1")).to_contain_text("U-Net")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in SCRIPTED])
def test_prints_black_on_white(open_page: Callable[..., Page], kind: str) -> None:
    page = open_page(kind, color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size({"width": 700, "height": 990})
    assert overflow(page) == []
    expect(page.locator(".header__tools")).to_be_hidden()
    for name, wanted in (("color", "dark"), ("backgroundColor", "light")):
        color = page.locator("body").evaluate(f"(body) => getComputedStyle(body).{name}")
        parts = [float(part) for part in re.findall(r"[\d.]+", color)]
        clear = len(parts) == 4 and parts[3] == 0
        tone = "light" if clear or sum(parts[:3]) / 3 > 128 else "dark"
        assert tone == wanted, f"{name}: {color}"


def test_theme_is_kept(open_page: Callable[..., Page]) -> None:
    page = open_page("home")
    switch = page.get_by_role("button", name="Light or dark")
    before = page.locator("body").evaluate("(body) => getComputedStyle(body).backgroundColor")
    switch.click()
    after = page.locator("body").evaluate("(body) => getComputedStyle(body).backgroundColor")
    assert after != before
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.get_by_role("link", name="Documentation").first.click()
    expect(page).to_have_url(re.compile(r"docs/index\.html$"))
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    kept = page.locator("body").evaluate("(body) => getComputedStyle(body).backgroundColor")
    assert kept == after


def test_language_is_switched_in_place(open_page: Callable[..., Page]) -> None:
    page = open_page("model")
    page.locator("[data-language=de]").click()
    expect(page).to_have_url(re.compile(rf"/{path_of('model', 'de')}$"))
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.locator("[data-language=en]").click()
    expect(page).to_have_url(re.compile(rf"catalog/{path_of('model')}$"))


def test_only_the_keyboard(open_page: Callable[..., Page]) -> None:
    page = open_page("home")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.closest('main') !== null")
    assert focused
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"


@pytest.mark.parametrize("width", [320, 1280])
def test_hostile_models_do_nothing(
    new_context: Callable[..., BrowserContext], hostile: Hub, watch: Watch, width: int
) -> None:
    page = new_context(viewport={"width": width, "height": 900}).new_page()
    page.add_init_script("window.pwned = (n) => console.error('pwned', n)")
    paths = [f"{item['collection']}/{item['id']}/index.html" for item in hostile.items()]
    assert len(paths) == 12
    kinds = ["index.html", "models/index.html", "publishers/index.html", "report/index.html"]
    collections = sorted({f"{path.split('/')[0]}/index.html" for path in paths})
    for path in [*paths, *kinds, *collections]:
        go(page, hostile.url + path, fetches=path.startswith("models/"))
        expect(page.locator("h1")).to_have_count(1)
        expect(page.locator(".footer")).to_be_attached()
        assert overflow(page) == [], path
        assert axe(page) == [], path
        assert watch.unexpected == [], path
        schemes = page.evaluate("[...document.links].map((link) => link.protocol)")
        assert set(schemes) <= {"http:", "https:", "mailto:"}, path
