"""A model's page as someone uses it: code that runs, pictures, files, the JSON behind it."""

from __future__ import annotations

import ast
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from tests.items import models, write_lines
from tests.server import Server
from tests.site.chromium import Watch
from tests.site.hubs import Hub, build
from tests.site.snippets import run_python, run_r, run_sql

MODEL = "show/flood-unet-1.2.0"


@pytest.fixture(params=["showcase", "client"])
def opened(request: pytest.FixtureRequest, page: Page) -> Page:
    """The model's page: its own, and the one that scripts fill."""
    hub: Hub = request.getfixturevalue(request.param)
    by_scripts = request.param == "client"
    page.goto(hub.sub + (f"models/model.html?id={MODEL}" if by_scripts else f"{MODEL}/index.html"))
    expect(page.locator(".copy").first).to_be_visible()
    return page


@pytest.fixture
def tiled(serve: Callable[[Path], Server], tmp_path: Path, schemas: Path) -> str:
    """A hub whose map has tiles from another server of this machine."""
    tile = tmp_path / "tile.png"
    Image.new("RGB", (256, 256), "#9fb8c8").save(tile)
    for zoom in range(6):
        for x in range(2**zoom):
            column = tmp_path / "tiles" / str(zoom) / str(x)
            column.mkdir(parents=True)
            for y in range(2**zoom):
                (column / f"{y}.png").hardlink_to(tile)
    settings = tmp_path / "tiled.toml"
    address = serve(tmp_path / "tiles").url + "{z}/{x}/{y}.png"
    settings.write_text(
        f'[site]\ntiles = "{address}"\nattribution = "© Tiles of a test"\n', "utf-8"
    )
    source = write_lines(tmp_path / "items.ndjson", models(3))
    build([str(source)], tmp_path / "hub", settings=settings, schemas=schemas)
    return serve(tmp_path / "hub").url


def copied(page: Page, name: str) -> str:
    """What the button beside a piece of code copies."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    use = page.locator("details.use", has=page.get_by_text(name, exact=True))
    if use.get_attribute("open") is None:
        use.locator("summary").click()
    use.get_by_role("button", name="Copy").click()
    expect(use.get_by_role("button", name="Copied")).to_be_visible()
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


def test_python_runs(opened: Page, tmp_path: Path) -> None:
    said = run_python(copied(opened, "Python"), folder=tmp_path).splitlines()
    named = dict(line.split(" ", 1) for line in said)
    assert set(named) == {"weights", "source", "onnx", "thumbnail", "notes"}
    assert named["onnx"].startswith("http://127.0.0.1:")


def test_onnxruntime_runs(opened: Page, tmp_path: Path) -> None:
    code = copied(opened, "onnxruntime")
    assert "B02 B03 B04 B08, scaled" in code
    assert run_python(code, folder=tmp_path) == "scores (1, 2, 256, 256) float32\n"


def test_sql_runs(opened: Page, extensions: Path) -> None:
    rows = json.loads(run_sql(copied(opened, "DuckDB SQL"), extensions=extensions))
    assert rows == [["flood-unet-1.2.0", "Flood unet"]]


def test_r_runs(opened: Page, tmp_path: Path) -> None:
    code = copied(opened, "R")
    assert "jsonlite" in code
    if shutil.which("Rscript") is None:
        pytest.skip("needs R")
    assert "Flood unet" in run_r(code, folder=tmp_path)


def test_python_of_qgis_and_arcgis_is_python(opened: Page) -> None:
    assert '"/vsicurl/" + "http://127.0.0.1' in copied(opened, "QGIS")
    for name in ("QGIS", "ArcGIS"):
        ast.parse(copied(opened, name))


def test_what_it_shows_is_there(opened: Page) -> None:
    picture = opened.locator(".model__thumbnail")
    assert picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 96
    for name in ("Network", "Notes", "Notes beside it"):
        link = opened.get_by_role("link", name=name, exact=True).first
        href = link.evaluate("(link) => link.href")
        assert opened.request.get(href).ok, href
    notes = opened.locator("#about").get_by_role("link", name="notes")
    assert opened.request.get(notes.evaluate("(link) => link.href")).text() == "Notes.\n"


def test_german_page_finds_the_same_files(showcase: Hub, page: Page) -> None:
    page.goto(f"{showcase.sub}de/{MODEL}/index.html")
    own = f"{showcase.sub}{MODEL}/"
    hrefs = page.locator("main a[href]").evaluate_all("(all) => all.map((one) => one.href)")
    assert {f"{own}notes.txt", f"{own}model.onnx", f"{own}flood-unet-1.2.0.json"} <= set(hrefs)
    for href in {href for href in hrefs if href.startswith(own)} - {f"{own}overview.png"}:
        assert page.request.get(href).ok, href
    picture = page.locator(".model__thumbnail")
    assert picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 96


def test_json_is_shown_with_links(opened: Page) -> None:
    opened.get_by_text("Show it here").click()
    code = opened.locator(".raw pre")
    expect(code).to_contain_text('"stac_version": "1.1.0"')
    item = json.loads(code.inner_text())
    assert f"{item['collection']}/{item['id']}" == MODEL
    link = code.get_by_role("link", name='"../collection.json"').first
    assert opened.request.get(link.evaluate("(link) => link.href")).json()["id"] == "show"


def test_it_goes_on_offline(opened: Page, watch: Watch) -> None:
    opened.wait_for_load_state("networkidle")
    opened.context.set_offline(True)
    assert "geocairn.open" in copied(opened, "Python")
    opened.get_by_role("button", name="Light or dark").click()
    expect(opened.locator("html")).to_have_attribute("data-theme", "dark")
    watch.allowed.append("ERR_INTERNET_DISCONNECTED")
    opened.get_by_text("Show it here").click()
    expect(opened.get_by_text("The description could not be loaded.")).to_be_visible()


def test_picture_is_on_the_card_in_the_search(showcase: Hub, page: Page) -> None:
    page.goto(f"{showcase.sub}models/index.html")
    card = page.locator(f'[data-model="{MODEL}"]')
    image = card.locator(".result__picture img")
    assert image.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 96
    other = page.locator('[data-model="show/burn-unet-1.2.0"]')
    expect(other.locator(".result__picture svg")).to_be_visible()
    expect(other.locator("img")).to_have_count(0)


def test_picture_of_another_host_is_not_shown(hostile: Hub, page: Page) -> None:
    page.goto(f"{hostile.url}models/index.html?q=links")
    page.locator('[data-model="markup/links-1.2.0"] .result__picture svg').wait_for()
    page.goto(f"{hostile.url}markup/links-1.2.0/index.html")
    expect(page.locator("h1")).to_be_visible()
    assert page.locator("img").count() == 0


def test_a_map_with_tiles(page: Page, tiled: str) -> None:
    page.goto(f"{tiled}models/index.html")
    expect(page.locator("#map image").first).to_be_visible()
    loaded = page.evaluate(
        "() => performance.getEntriesByType('resource').map((one) => one.name)"
        ".filter((name) => /\\d+\\/\\d+\\/\\d+\\.png$/.test(name))"
    )
    assert loaded
    expect(page.locator(".map__by")).to_have_text("© Tiles of a test")
    assert not page.locator("#map .map__land").get_attribute("d")
    zoom = len(loaded)
    page.locator("#map").press("+")
    page.locator("#map").press("+")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("() => performance.getEntriesByType('resource').length") > zoom
