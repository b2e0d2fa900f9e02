"""Models that run in Chromium, on their pages: what comes out is what Python gives."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import rasterio.errors
import rasterio.features
import rasterio.warp
import shapely
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect
from tests.run import making
from tests.site.chromium import Watch, axe, overflow
from tests.site.hubs import Hub
from tests.site.pages import path_of
from tests.site.trials import SAMPLE, SHIPPED, TASKS

import geocairn

SHIPPED_PAGE = "buildings/banepa-unet-1.0.0/index.html"
TOLERANCE = 1e-3
READY = re.compile("It is ready")
DONE = re.compile("Done in")
RUNTIME = re.compile(r"\.wasm|/ort\.|tryworker|panel-|model\.onnx")
# Compiling ONNX Runtime takes seconds where many tests run at once.
PATIENCE = 60_000


def begin(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_role("button", name="Try it here").click()
    expect(page.locator("#try-file")).to_be_visible()


def told(page: Page) -> Any:
    return page.locator("#try .notice[role=status]")


def give(page: Page, file: Path) -> None:
    page.locator("#try-file").set_input_files(file)
    expect(told(page)).to_contain_text(file.name)
    expect(told(page)).to_contain_text(READY)


def run(page: Page) -> None:
    page.get_by_role("button", name="Run the model").click()
    expect(told(page)).to_contain_text(DONE, timeout=PATIENCE)


def taken(page: Page, name: str, folder: Path) -> Path:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=name).click()
    target = folder / waiting.value.suggested_filename
    waiting.value.save_as(target)
    return target


def read(path: Path) -> NDArray[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
        with rasterio.open(path) as dataset:
            values: NDArray[Any] = dataset.read()
    return values


def place(path: Path) -> tuple[Any, ...]:
    with rasterio.open(path) as dataset:
        return dataset.crs, dataset.transform, dataset.shape


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Several windows of the sample in UTM, in tiles, with a corner that holds no data."""
    part = read(SAMPLE)
    pixels = np.concatenate([part, part[:, ::-1]], axis=1)[:, :800]
    pixels = np.concatenate([pixels, pixels[:, :, ::-1]], axis=2)[:, :, :640]
    pixels = np.maximum(pixels, 1)
    pixels[:, :100, :130] = 0
    more = {"tiled": True, "blockxsize": 256, "blockysize": 256, "predictor": 2}
    transform = rasterio.Affine(0.13, 0, 354_000, 0, -0.13, 3_057_000)
    return making.raster(
        tmp_path / "large.tif", pixels, transform=transform, nodata=0,
        photometric="RGB", compress="deflate", **more,
    )  # fmt: skip


def test_sample_of_the_shipped_model(trial: Hub, page: Page, tmp_path: Path) -> None:
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.goto(trial.sub + SHIPPED_PAGE)
    expect(page.locator(".copy").first).to_be_visible()
    assert [url for url in asked if RUNTIME.search(url)] == []
    page.locator("#try-start").focus()
    page.keyboard.press("Enter")
    expect(told(page)).to_contain_text("Sample: 512 \u00d7 512 pixels, uint8")
    assert page.evaluate("document.activeElement.className") == "try__panel"
    run(page)
    assert {"jspi" in url for url in asked if url.endswith(".wasm")} == {True}
    legend = page.locator(".try__legend")
    expect(legend).to_contain_text("building")
    scores = read(taken(page, "Scores", tmp_path))
    expected = read(SHIPPED / "1.0.0/sample-output.tif")
    assert np.abs(scores - expected).max() < TOLERANCE
    share = legend.locator("tbody tr").last.locator("td").first.text_content() or ""
    assert float(share.strip("%")) == pytest.approx((expected > 0.5).mean() * 100, abs=0.06)
    overlay = page.locator(".try__over")
    page.locator("#try-opacity").fill("25")
    assert overlay.evaluate("(one) => getComputedStyle(one).opacity") == "0.25"
    colored = overlay.evaluate(
        "(one) => { const { data } = one.getContext('2d').getImageData(0, 0, 512, 512)\n"
        "  return data.filter((value, at) => at % 4 === 3 && value).length }"
    )
    assert colored == (expected > 0.5).sum()


def test_image_of_ones_own(trial: Hub, page: Page, tmp_path: Path, large: Path) -> None:
    begin(page, trial.sub + SHIPPED_PAGE)
    give(page, large)
    run(page)
    model = geocairn.load(str(SHIPPED / "1.0.0"))
    mask, scores = tmp_path / "mask.tif", tmp_path / "python.tif"
    model.predict(large, mask, scores=str(scores), tile=512)
    found = taken(page, "Scores", tmp_path)
    assert np.nanmax(np.abs(read(found) - read(scores))) < TOLERANCE
    np.testing.assert_array_equal(np.isnan(read(found)), np.isnan(read(scores)))
    classes = taken(page, "Classes", tmp_path)
    assert place(found) == place(classes) == place(large)
    differs = read(classes) != read(mask)
    # Only what is as good as on the threshold may fall to either side.
    assert np.abs(read(scores)[differs] - 0.5).max(initial=0) < TOLERANCE
    with rasterio.open(classes) as dataset:
        assert dataset.nodata == 255
        assert dataset.colormap(1)[1][:3] == (0xE6, 0x55, 0x0D)
    burnt = rasterized(taken(page, "Polygons", tmp_path), classes)
    np.testing.assert_array_equal(burnt, read(classes)[0] == 1)
    area = page.locator(".try__legend tbody tr").last.locator("td").last.text_content() or ""
    square_metres = (read(classes) == 1).sum() * 0.13**2
    assert float(re.sub(r"[^\d.]", "", area)) == pytest.approx(square_metres, rel=0.01)


def rasterized(features: Path, like: Path) -> NDArray[np.bool_]:
    """Which pixels the polygons of a GeoJSON cover, which are in degrees and valid."""
    document = json.loads(features.read_text(encoding="utf-8"))
    shapes = [shapely.geometry.shape(one["geometry"]) for one in document["features"]]
    assert all(one.is_valid and one.exterior.is_ccw for one in shapes)
    assert shapely.box(85.4, 27.5, 85.7, 27.8).contains(shapely.union_all(shapes))
    told = document["features"][0]["properties"]
    assert told["class"] == "building"
    assert 0.5 <= told["score"] <= 1
    with rasterio.open(like) as dataset:
        crs, transform, shape = dataset.crs, dataset.transform, dataset.shape
    back = rasterio.warp.transform_geom(
        "EPSG:4326", crs, [one["geometry"] for one in document["features"]]
    )
    return rasterio.features.geometry_mask(back, shape, transform, invert=True)


@pytest.mark.parametrize("task", TASKS)
def test_every_task_gives_what_python_gives(
    trial: Hub, page: Page, tmp_path: Path, task: str
) -> None:
    names = ("blue", "nir", "red", "green")
    pixels = making.image(100, 150, bands=4)
    scene = making.raster(tmp_path / "scene.tif", pixels, names=names, compress="lzw")
    begin(page, f"{trial.sub}trial/{task}-1.2.0/index.html")
    give(page, scene)
    run(page)
    item = trial.folder / f"trial/{task}-1.2.0/{task}-1.2.0.json"
    model = geocairn.load(str(item))
    if task in ("scaled", "fixed", "index"):
        dense(page, model, scene, tmp_path, values=task == "index")
        return
    model.predict(scene, tmp_path / "expected.geojson")
    expected = json.loads((tmp_path / "expected.geojson").read_text(encoding="utf-8"))["features"]
    path = taken(page, "Results", tmp_path)
    found = json.loads(path.read_text(encoding="utf-8"))["features"]
    assert len(found) == len(expected) > 5
    for one, other in zip(found, expected, strict=True):
        shapes = [shapely.geometry.shape(part["geometry"]) for part in (one, other)]
        assert shapes[0].symmetric_difference(shapes[1]).area < 0.01 * shapes[1].area
        for key, value in one["properties"].items():
            if key in other["properties"]:
                assert value == pytest.approx(other["properties"][key], abs=TOLERANCE), key
        assert {"value"} <= one["properties"].keys()


def dense(page: Page, model: Any, scene: Path, folder: Path, *, values: bool) -> None:
    target, scores = folder / "expected.tif", folder / "expected-scores.tif"
    found = taken(page, "Values" if values else "Scores", folder)
    if values:
        model.predict(scene, target, tile=(128, 160))
        scores = target
    else:
        model.predict(scene, target, scores=str(scores))
        assert (read(taken(page, "Classes", folder)) != read(target)).mean() < TOLERANCE
    assert place(found) == place(scores)
    assert np.abs(read(found) - read(scores)).max() < TOLERANCE


def test_build_without_switching(
    trial: Hub, new_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    """Browsers whose WebAssembly cannot wait take the build that computes on processors only."""
    context = new_context()
    context.add_init_script("delete WebAssembly.Suspending")
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    begin(page, f"{trial.sub}trial/scaled-1.2.0/index.html")
    picture = tmp_path / "photo.png"
    Image.fromarray(making.image(60, 70).transpose(1, 2, 0)).save(picture)
    give(page, picture)
    run(page)
    assert {"jspi" in url for url in asked if url.endswith(".wasm")} == {False}
    target, scores = tmp_path / "mask.tif", tmp_path / "scores-python.tif"
    item = trial.folder / "trial/scaled-1.2.0/scaled-1.2.0.json"
    geocairn.load(str(item)).predict(picture, target, scores=str(scores))
    found = taken(page, "Scores", tmp_path)
    assert np.abs(read(found) - read(scores)).max() < TOLERANCE
    expect(page.locator("#try")).to_contain_text("areas are counted in pixels")
    expect(page.get_by_role("button", name="GeoJSON")).to_have_count(0)


def test_stopping(trial: Hub, page: Page, tmp_path: Path) -> None:
    begin(page, trial.sub + SHIPPED_PAGE)
    give(page, making.raster(tmp_path / "wide.tif", making.image(1800, 1800), photometric="RGB"))
    page.get_by_role("button", name="Run the model").click()
    expect(page.locator(".try__time")).to_contain_text(
        re.compile(r"of 25 windows"), timeout=PATIENCE
    )
    page.get_by_role("button", name="Stop").click()
    expect(told(page)).to_have_text("Stopped.")
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    expect(page.get_by_role("button", name="Scores")).to_have_count(0)
    give(page, making.raster(tmp_path / "small.tif", making.image(40, 50), photometric="RGB"))
    run(page)


def bad_files(folder: Path) -> dict[str, tuple[Path, str]]:
    plain = making.image(30, 40)
    whole = making.raster(folder / "whole.tif", plain, photometric="RGB", compress="deflate")
    cut, bomb, deep = folder / "cut.tif", folder / "bomb.png", folder / "deep.png"
    cut.write_bytes(whole.read_bytes()[: len(whole.read_bytes()) // 2])
    Image.new("RGB", (8, 8)).save(bomb)
    data = bytearray(bomb.read_bytes())
    data[16:24] = (60_000).to_bytes(4, "big") * 2
    bomb.write_bytes(bytes(data))
    Image.fromarray(np.arange(64, dtype=np.uint16).reshape(8, 8) * 900).save(deep)
    (folder / "text.tif").write_text("nothing of the kind", encoding="utf-8")
    (folder / "empty.tif").write_bytes(b"")
    one = making.raster(folder / "one.tif", plain[:1])
    many = making.raster(folder / "complex.tif", plain.astype(np.complex64))
    masked = making.raster(folder / "masked.tif", plain * 0, nodata=0, photometric="RGB")
    return {
        "text": (folder / "text.tif", "no GeoTIFF, PNG or JPEG"),
        "empty": (folder / "empty.tif", "empty"),
        "cut": (cut, "is damaged"),
        "bomb": (bomb, "60,000 \u00d7 60,000 pixels"),
        "deep": (deep, "16 bits"),
        "one": (one, "too few bands: 1, and the model needs 3"),
        "complex": (many, "cannot be read here"),
        "masked": (masked, "no data at all"),
    }


def test_bad_files_are_explained(trial: Hub, page: Page, tmp_path: Path) -> None:
    begin(page, f"{trial.sub}trial/scaled-1.2.0/index.html")
    button = page.get_by_role("button", name="Run the model")
    for name, (path, said) in bad_files(tmp_path).items():
        page.locator("#try-file").set_input_files(path)
        if name == "masked":
            expect(told(page)).to_contain_text(READY)
            button.click()
        expect(told(page)).to_contain_text(said, timeout=PATIENCE)
        expect(told(page)).to_have_class(re.compile("notice--error"))
        expect(page.get_by_role("button", name="Scores")).to_have_count(0)
    assert button.is_enabled()  # The last one could be opened.


def test_bands_are_asked_for_and_doubts_are_said(trial: Hub, page: Page, tmp_path: Path) -> None:
    begin(page, f"{trial.sub}trial/scaled-1.2.0/index.html")
    fractions = (making.image(40, 50, bands=4) / 255).astype(np.float32)
    scene = making.raster(tmp_path / "fractions.tif", fractions)
    give(page, scene)
    button = page.get_by_role("button", name="Run the model")
    expect(button).to_be_disabled()
    for name, band in (("red", "3"), ("green", "2"), ("blue", "1")):
        page.get_by_label(name, exact=True).select_option(label=f"Band {band}")
    expect(button).to_be_enabled()
    expect(page.locator("#try")).to_contain_text("may not suit the model: red has values from")
    run(page)
    item = trial.folder / "trial/scaled-1.2.0/scaled-1.2.0.json"
    mask = tmp_path / "mask.tif"
    geocairn.load(str(item)).predict(
        scene, mask, bands={"red": 3, "green": 2, "blue": 1}, check=False
    )
    np.testing.assert_array_equal(read(taken(page, "Classes", tmp_path)), read(mask))


def test_model_that_is_another_than_described(trial: Hub, page: Page, tmp_path: Path) -> None:
    begin(page, f"{trial.sub}trial/other-1.2.0/index.html")
    give(page, making.raster(tmp_path / "scene.tif", making.image(32, 32, bands=2)))
    page.get_by_role("button", name="Run the model").click()
    expect(told(page)).to_contain_text("is not what its description says", timeout=PATIENCE)


def test_file_that_was_changed(trial: Hub, page: Page, watch: Watch) -> None:
    page.route("**/model.onnx", lambda route: route.fulfill(body=b"other", status=200))
    begin(page, trial.sub + SHIPPED_PAGE)
    page.get_by_role("button", name="Run the model").click()
    expect(told(page)).to_contain_text("it is not the one described")
    page.unroute("**/model.onnx")
    watch.allowed.append("404")
    page.route("**/model.onnx", lambda route: route.fulfill(status=404))
    begin(page, trial.sub + SHIPPED_PAGE)
    page.get_by_role("button", name="Run the model").click()
    expect(told(page)).to_contain_text("could not be fetched")


def test_no_button_where_nothing_would_come_of_it(trial: Hub, catalog: Hub, page: Page) -> None:
    for url in (f"{trial.sub}trial/vector-1.2.0/index.html", catalog.sub + path_of("model")):
        page.goto(url)
        expect(page.locator("h1")).to_be_visible()
        expect(page.locator("#try, script[src*='/try-']")).to_have_count(0)


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 320)])
def test_accessible_in_german(
    trial: Hub,
    new_context: Callable[..., BrowserContext],
    tmp_path: Path,
    theme: str,
    width: int,
) -> None:
    viewport = {"width": width, "height": 900}
    page = new_context(color_scheme=theme, viewport=viewport, locale="de-DE").new_page()
    page.goto(f"{trial.sub}de/trial/scene-1.2.0/index.html")
    page.get_by_role("button", name="Hier ausprobieren").click()
    scene = making.raster(tmp_path / "scene.tif", making.image(100, 90), photometric="RGB")
    page.locator("#try-file").set_input_files(scene)
    page.get_by_role("button", name="Modell ausführen").click()
    expect(page.locator(".try__files")).to_be_visible(timeout=PATIENCE)
    assert axe(page, within="#try") == []
    assert overflow(page) == []
    assert "Klasse" in (page.locator(".try__results").text_content() or "")


def test_page_that_scripts_fill(client: Hub, page: Page, tmp_path: Path) -> None:
    begin(page, f"{client.sub}models/model.html?id=show/flood-unet-1.2.0")
    pixels = making.image(40, 50, bands=4).astype(np.uint16) * 12
    names = ("B02", "B03", "B04", "B08")
    give(page, making.raster(tmp_path / "scene.tif", pixels, names=names))
    run(page)
    expect(page.locator(".try__legend")).to_contain_text("water")
