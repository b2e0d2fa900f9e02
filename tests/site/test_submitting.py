"""The submit page in Chromium: from a file, an item or nothing to an entry and on its way."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import onnx
import pytest
from playwright.sync_api import Locator, Page, expect
from tests.items import model
from tests.onnx_models import segmenter
from tests.site.hubs import Hub

from geocairn.drafting import FIELDS
from geocairn.drafting.form import form

ANSWERS = {
    key: field.example for key, field in FIELDS.items() if key not in ("sensor", "framework")
}


@pytest.fixture
def submit(showcase: Hub, page: Page) -> Page:
    page.goto(f"{showcase.url}submit/index.html")
    page.locator("#field-title").wait_for()
    return page


def findings(page: Page) -> Locator:
    return page.locator("#submit-findings li")


def answer(page: Page, answers: dict[str, str]) -> None:
    for key, text in answers.items():
        page.locator(f"#field-{key}").fill(text)


def complete(page: Page, **other: str) -> None:
    page.locator("#field-sensor").select_option("sentinel-2-msi")
    page.locator("#field-framework").select_option("PyTorch")
    answer(page, {**ANSWERS, **other})
    expect(findings(page)).to_have_count(0)
    expect(page.locator("#submit-verdict")).to_contain_text("Nothing found here")


def item_of(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(page.locator("#submit-item").text_content() or "")
    return found


def downloaded(page: Page, folder: Path) -> Path:
    with page.expect_download() as waiting:
        page.locator("#submit-zip").click()
    target = folder / waiting.value.suggested_filename
    waiting.value.save_as(target)
    return target


def test_every_field_is_asked(submit: Page) -> None:
    for key, field in FIELDS.items():
        control = submit.get_by_label(field.label, exact=False).and_(
            submit.locator(f"#field-{key}")
        )
        expect(control).to_be_visible()
        expect(control).to_have_accessible_description(field.help)
    options = submit.locator("#field-sensor option")
    expect(options).to_have_count(1 + len(form()["sensors"]))


def test_an_empty_form_says_what_is_needed(submit: Page) -> None:
    needed = [field for field in FIELDS.values() if field.required]
    expect(findings(submit).filter(has_text="is still needed")).to_have_count(len(needed))
    # What schemas say of the same is not said again: only what the form does not call needed.
    others = findings(submit).filter(has_not_text="is still needed")
    expect(others).to_have_count(2)
    expect(others.first).to_contain_text("mlm:input")
    expect(others.last).to_contain_text("mlm:output")
    findings(submit).first.get_by_role("button").press("Enter")
    expect(submit.locator("#field-collection")).to_be_focused()
    expect(submit.locator("#submit-zip")).to_be_disabled()


def test_a_complete_form_makes_an_entry_that_passes_the_checks(
    submit: Page, tmp_path: Path, schemas: Path
) -> None:
    complete(submit)
    with zipfile.ZipFile(downloaded(submit, tmp_path)) as archive:
        archive.extractall(tmp_path)
    command = [sys.executable, "-m", "geocairn", "check", "catalog/floods/delta-unet"]
    command += ["--schemas", str(schemas), "--offline", "--ignore", "STAC011,STAC012"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_what_the_schemas_refuse_is_shown(submit: Page) -> None:
    complete(submit)
    submit.locator("#field-framework_version").fill("newest")
    expect(findings(submit).filter(has_text="mlm:framework_version")).not_to_have_count(0)


def test_a_wrong_answer_is_told_beside_its_field(submit: Page) -> None:
    field = submit.locator("#field-gsd")
    field.fill("ten")
    field.blur()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(submit.locator("#fault-gsd")).to_have_text("This is no number.")
    field.fill("10")
    field.blur()
    expect(submit.locator("#fault-gsd")).to_be_hidden()


def test_a_model_file_fills_the_form_and_travels_in_the_zip(submit: Page, tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    onnx.save(segmenter(bands=4), path)
    submit.locator("#submit-file").set_input_files(path)
    expect(submit.locator("#submit-told")).to_contain_text("net.onnx")
    expect(submit.locator("#field-input_shape")).to_have_value("-1, 4, -1, -1")
    complete(submit, url="", input_shape="", output_shape="")
    with zipfile.ZipFile(downloaded(submit, tmp_path)) as archive:
        base = "catalog/floods/delta-unet/"
        assert sorted(archive.namelist()) == sorted(
            [
                f"{base}1.0.0/item.json",
                f"{base}1.0.0/net.onnx",
                f"{base}README.md",
                f"{base}owners.toml",
                "catalog/floods/collection.json",
                "catalog/floods/owners.toml",
            ]
        )
        assert archive.read(f"{base}1.0.0/net.onnx") == path.read_bytes()
        item = json.loads(archive.read(f"{base}1.0.0/item.json"))
        assert item["assets"]["model"]["href"] == "./net.onnx"
        owners = tomllib.loads(archive.read(f"{base}owners.toml").decode())
        assert owners == {"owners": [{"login": "octocat", "id": 583231}]}


def test_a_pull_request_begins_at_github(submit: Page) -> None:
    complete(submit)
    steps = submit.locator("#submit-steps a")
    # The collection is new, and comes with two files of its own.
    expect(steps).to_have_count(5)
    expect(submit.locator("#submit-new")).to_be_visible()
    submit.locator("#field-collection").fill("show")
    expect(steps).to_have_count(3)
    expect(submit.locator("#submit-new")).to_be_hidden()
    submit.locator("#submit-branch").fill("delta")
    expect(steps.nth(1)).to_have_attribute("href", re.compile(r"/new/delta\?"))
    first, *others = [urlsplit(one.get_attribute("href") or "") for one in steps.all()]
    assert (first.netloc, first.path) == ("github.com", "/hub-example/models/new/main")
    query = parse_qs(first.query)
    assert query["filename"] == ["catalog/show/delta-unet/1.0.0/item.json"]
    assert json.loads(query["value"][0]) == item_of(submit)
    assert {one.path for one in others} == {"/octocat/models/new/delta"}


def test_an_item_is_taken_up(submit: Page, tmp_path: Path) -> None:
    path = tmp_path / "item.json"
    path.write_text(json.dumps(model("delta-unet-2.0.0")))
    submit.locator("#submit-file").set_input_files(path)
    expect(submit.locator("#field-architecture")).to_have_value(
        model("x")["properties"]["mlm:architecture"]
    )
    expect(submit.locator("#submit-item")).to_contain_text("mlm:input")
    assert item_of(submit)["properties"]["mlm:input"] == model("x")["properties"]["mlm:input"]


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("a.onnx", b"\xff" * 99, "This is no ONNX file, or it is damaged."),
        ("a.safetensors", b"\x09" * 99, "This is no safetensors file, or it is damaged."),
        ("a.json", b"[1", "This file holds no STAC Item."),
        ("a.pth", b"", "Only .onnx, .safetensors and item.json can be read here."),
    ],
)
def test_files_that_cannot_be_used(
    submit: Page, tmp_path: Path, name: str, data: bytes, told: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    submit.locator("#submit-file").set_input_files(path)
    expect(submit.locator("#submit-told")).to_have_text(told)


def test_a_hostile_card_is_shown_harmless(submit: Page) -> None:
    submit.locator("#submit-card").fill(
        '# Hi\n\n<script>alert(1)</script><img src=x onerror="alert(1)">\n\n'
        "[press](javascript:alert(1)) **bold**"
    )
    preview = submit.locator("#submit-preview")
    expect(preview.locator("strong")).to_have_text("bold")
    expect(preview.locator("script, img, [onerror], a[href^='javascript']")).to_have_count(0)


def test_nothing_is_sent(submit: Page, showcase: Hub) -> None:
    asked: list[str] = []
    submit.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    complete(submit)
    assert [one for one in asked if not one.startswith(f"GET {showcase.url}assets/")] == []


def test_it_speaks_german(showcase: Hub, page: Page) -> None:
    page.goto(f"{showcase.url}de/submit/index.html")
    expect(page.get_by_label("Titel", exact=False).first).to_be_visible()
    field = page.locator("#field-gsd")
    field.fill("ten")
    field.blur()
    expect(page.locator("#fault-gsd")).to_have_text("Das ist keine Zahl.")
    answer(page, {**ANSWERS, "framework_version": "neueste", "gsd": "10"})
    found = findings(page).filter(has_text="mlm:framework_version")
    expect(found.first).to_contain_text("muss")
