"""What watches the pages must itself see what it watches for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from tests.server import Server
from tests.site.chromium import Watch, axe, executable, overflow

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>A page</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'self'; img-src 'self' data:">
<link rel="icon" href="data:,">{head}</head>
<body><main><h1>A page</h1>{body}</main></body></html>
"""


@pytest.fixture
def show(tmp_path: Path, serve: Callable[[Path], Server], page: Page) -> Callable[..., Page]:
    def shown(body: str = "", head: str = "", script: str = "") -> Page:
        (tmp_path / "index.html").write_text(PAGE.format(head=head, body=body), encoding="utf-8")
        (tmp_path / "favicon.ico").touch()
        (tmp_path / "script.js").write_text(script, encoding="utf-8")
        page.goto(serve(tmp_path).url)
        page.wait_for_load_state("networkidle")
        return page

    return shown


LINKED = '<script type="module" src="script.js"></script>'


@pytest.mark.parametrize(
    ("page_of", "fault"),
    [
        ({"head": LINKED, "script": "console.error('told')"}, "console error: told"),
        ({"head": LINKED, "script": "nothing.there()"}, "script: .*nothing is not defined"),
        ({"head": "<script>1</script>"}, "Content Security Policy"),
        ({"body": '<p style="color: red">red</p>'}, "Content Security Policy"),
        ({"body": '<img src="https://example.org/a.png" alt="">'}, "example.org"),
        ({"body": '<img src="missing.png" alt="">'}, "404"),
        (
            {"head": LINKED, "script": "await fetch('https://example.org/').catch(() => 0)"},
            "example.org",
        ),
    ],
)
def test_fault_is_noticed(
    show: Callable[..., Page], watch: Watch, page_of: dict[str, str], fault: str
) -> None:
    show(**page_of)
    assert watch.unexpected
    watch.allowed += [fault, "Content Security Policy"]
    assert watch.unexpected == []


def test_request_to_another_host_is_noticed(show: Callable[..., Page], watch: Watch) -> None:
    page = show(body='<a href="https://example.org/">elsewhere</a>')
    assert watch.faults == []
    with pytest.raises(Exception, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("https://example.org/")
    watch.allowed.append("^request to another host: https://example.org/$")
    assert watch.faults[0] == "request to another host: https://example.org/"


def test_clean_page_has_no_faults(show: Callable[..., Page], watch: Watch) -> None:
    page = show(head=LINKED, script="document.querySelector('h1').textContent = 'Ran'")
    expect(page.locator("h1")).to_have_text("Ran")
    assert watch.faults == []
    assert axe(page) == []
    assert overflow(page) == []


def test_axe_finds_what_is_wrong(show: Callable[..., Page]) -> None:
    page = show(body="<img src='script.js'><input>")
    assert [line.split()[0] for line in axe(page)] == ["image-alt", "label"]


def test_overflow_names_the_element(show: Callable[..., Page]) -> None:
    page = show(body=f"<p id='wide'>{'x' * 900}</p>")
    assert any('id="wide"' in line for line in overflow(page))


def test_contexts_are_watched_alike(
    new_context: Callable[..., BrowserContext], watch: Watch, tmp_path: Path, serve: Callable
) -> None:
    (tmp_path / "index.html").write_text(PAGE.format(head="<script>1</script>", body=""))
    new_context(locale="de").new_page().goto(serve(tmp_path).url)
    assert watch.unexpected
    watch.allowed.append("Content Security Policy")


def test_missing_chromium_is_no_reason_to_skip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("GEOCAIRN_CHROMIUM", raising=False)
    with pytest.raises(FileNotFoundError, match="apt-get install chromium"):
        executable()
