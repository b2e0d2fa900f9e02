"""The match page in Chromium: a scene in, models out, best first, with reasons; nothing leaves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from tests.run import making, scenes
from tests.site.chromium import Watch, axe, overflow
from tests.site.hubs import ELSEWHERE, Hub

import geocairn

# Counts the bytes of files that scripts read, however they do it.
COUNTING = """
(() => {
  globalThis.read = 0
  for (const name of ['arrayBuffer', 'text', 'stream']) {
    const own = Blob.prototype[name]
    Blob.prototype[name] = function (...args) {
      globalThis.read += this.size
      return own.apply(this, args)
    }
  }
  const own = FileReader.prototype.readAsArrayBuffer
  FileReader.prototype.readAsArrayBuffer = function (blob) {
    globalThis.read += blob.size
    return own.call(this, blob)
  }
})()
"""


def go(page: Page, hub: Hub, path: str = "match/index.html") -> Page:
    page.goto(hub.sub + path)
    page.locator("#match").wait_for()
    return page


def drop(page: Page, path: Path) -> None:
    page.locator("#match-file").set_input_files(path)


def paste(page: Page, text: str) -> None:
    page.locator("#match-given").fill(text)
    page.locator("#match-form button").press("Enter")


def told(page: Page) -> Locator:
    return page.locator("#match-told")


def cards(page: Page, heading: str) -> Locator:
    return page.locator(f"#match-results h2:text-is('{heading}') + ul > li")


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    return making.raster(tmp_path / "scene.tif", making.image(), photometric="RGB")


def test_best_first_as_in_python(catalog: Hub, page: Page, scene: Path) -> None:
    with geocairn.open(catalog.folder) as hub:
        expected = [one for one in hub.match(scene) if one.runs]
    drop(go(page, catalog), scene)
    expect(told(page)).to_have_text(f"{len(expected)} models can run on this scene.")
    expect(page.locator("#match-scene")).to_contain_text("red (band 1)")
    found = cards(page, "Models that can run on it, best first")
    page.get_by_role("button", name=f"Show {len(expected) - 12} more").press("Enter")
    expect(found).to_have_count(len(expected))
    expect(found.nth(12).locator("a").first).to_be_focused()
    names = [str(one.get_attribute("data-model")).rpartition("/")[2] for one in found.all()]
    assert names == [one.model for one in expected]
    first = found.first
    best = expected[0]
    expect(first).to_contain_text(f"suits to {100 * best.score:.3g}%")
    for reason in best.reasons:
        assert reason.text in str(first.text_content())
    near = cards(page, "Those that nearly fit, and what they lack")
    expect(near.first).to_contain_text("no band of the scene has this name, colour or wavelength")
    first.locator("a").first.click()
    expect(page.locator("h1")).to_have_text(best.title)


def test_only_the_header_is_read_and_nothing_is_sent(catalog: Hub, page: Page, scene: Path) -> None:
    with scene.open("ab") as file:
        file.truncate(80 << 20)
    asked: list[str] = []
    page.add_init_script(COUNTING)
    go(page, catalog)
    page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    drop(page, scene)
    expect(told(page)).to_contain_text("can run on this scene")
    assert 0 < page.evaluate("globalThis.read") < 100_000
    assert [one for one in asked if not one.startswith(f"GET {catalog.sub}")] == []


def test_an_item_is_pasted(catalog: Hub, page: Page) -> None:
    paste(go(page, catalog), json.dumps(scenes.item()))
    expect(page.locator("#match-scene")).to_contain_text("May 1, 2023")
    first = cards(page, "Models that can run on it, best first").first
    expect(first).to_contain_text("sensor: msi, sentinel-2, as in training")
    expect(first).to_contain_text("resolution: 10 m a pixel, trained at 10 m")
    expect(page).to_have_url(f"{catalog.sub}match/index.html")


def test_an_address_of_the_same_host_is_kept_in_that_of_the_page(catalog: Hub, page: Page) -> None:
    served = catalog.folder.parents[1] / "scene-of-match.json"
    served.write_text(json.dumps(scenes.item("kathmandu")))
    paste(go(page, catalog), "/scene-of-match.json")
    expect(page).to_have_url(f"{catalog.sub}match/index.html?item=%2Fscene-of-match.json")
    expect(page.locator("#match-scene")).to_contain_text("kathmandu")
    page.reload()
    expect(page.locator("#match-scene")).to_contain_text("kathmandu")
    expect(told(page)).to_contain_text("can run on this scene")
    served.unlink()


def test_other_hosts_are_asked_only_where_the_settings_name_them(
    catalog: Hub, client: Hub, page: Page
) -> None:
    asked = []

    def answer(route: Any) -> None:
        asked.append(route.request.url)
        headers = {"Access-Control-Allow-Origin": "*"}
        route.fulfill(json=scenes.item("elsewhere"), headers=headers)

    page.route(f"{ELSEWHERE}/**", answer)
    paste(go(page, catalog), f"{ELSEWHERE}/item.json")
    expect(told(page)).to_contain_text(f"run: geocairn match {ELSEWHERE}/item.json")
    assert asked == []
    page.goto(f"{client.sub}match/index.html?item={ELSEWHERE}/item.json")
    expect(page.locator("#match-hosts")).to_contain_text(ELSEWHERE)
    expect(page.locator("#match-scene")).to_contain_text("elsewhere")
    assert asked == [f"{ELSEWHERE}/item.json"]
    link = page.locator("#match-results a").first
    link.click()
    expect(page.locator("h1")).not_to_have_text("")
    assert "/models/model.html?id=" in page.url


def test_what_is_not_there(catalog: Hub, page: Page, watch: Watch) -> None:
    watch.allowed.append("404")
    paste(go(page, catalog), "nothing.json")
    expect(told(page)).to_contain_text("its host answers 404")
    paste(page, "ftp://example.org/a.json")
    expect(told(page)).to_have_text("This is neither JSON nor an address of the web.")


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.tif", b"\x89PNG\r\n\x1a\n", "neither a GeoTIFF nor a STAC Item"),
        ("a.tif", b"", "neither a GeoTIFF nor a STAC Item"),
        ("a.tif", b"II*\0\x08\0\0\0", "cannot be read as a GeoTIFF"),
        ("a.json", b'{"type": "Feature", ', "This is no JSON"),
        ("a.json", b'{"type": "FeatureCollection"}', "This is no STAC Item"),
        ("a.json", b'{"type": "Feature", "assets": {"__proto__": 1}}', "no asset that is a raster"),
    ],
)
def test_files_that_cannot_be_used(
    catalog: Hub, page: Page, tmp_path: Path, name: str, data: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    drop(go(page, catalog), path)
    expect(told(page)).to_contain_text(message)
    expect(page.locator("#match-results")).to_be_empty()


def test_hostile_texts_stay_texts(catalog: Hub, page: Page) -> None:
    mark = "<img src=x onerror=alert(1)>"
    asset = {"href": "a.tif", "bands": [{"name": mark, "common_name": "red"}] * 3}
    paste(go(page, catalog), json.dumps(scenes.item(mark, assets={mark: asset})))
    expect(page.locator("#match-scene")).to_contain_text(mark)
    expect(page.locator("#match img[src='x']")).to_have_count(0)


def test_an_image_that_lies_nowhere(catalog: Hub, page: Page, tmp_path: Path) -> None:
    path = making.raster(tmp_path / "a.tif", making.image(), crs=None)
    drop(go(page, catalog), path)
    expect(page.locator("#match-scene")).to_contain_text("does not say where it lies")
    expect(told(page)).to_contain_text("can run on this scene")


def test_a_large_hub_is_narrowed(large: Hub, page: Page) -> None:
    paste(go(page, large), json.dumps(scenes.item()))
    results = page.locator("#match-results")
    expect(results).to_contain_text("48 of 10,000 models were looked at closely")
    first = cards(page, "Models that can run on it, best first").first
    expect(first).to_contain_text("resolution: 10 m a pixel, trained at 10 m")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_results_are_accessible(catalog: Hub, new_context: Any, scene: Path, theme: str) -> None:
    context: BrowserContext = new_context(
        color_scheme=theme, viewport={"width": 320, "height": 640}
    )
    page = go(context.new_page(), catalog, "de/match/index.html")
    drop(page, scene)
    expect(told(page)).to_contain_text("laufen auf dieser Szene")
    expect(page.locator("#match-results")).to_contain_text("Auflösung: 2 m je Pixel")
    assert axe(page) == []
    assert overflow(page) == []


def test_it_is_found_from_the_search(catalog: Hub, page: Page) -> None:
    page.goto(f"{catalog.sub}models/index.html")
    page.get_by_role("link", name="Which models can run on my image?").click()
    expect(page.locator("h1")).to_have_text("Match a scene")
