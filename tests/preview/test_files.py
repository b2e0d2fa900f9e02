"""Answers as a good static host gives them."""

from __future__ import annotations

import gzip
from email.message import Message
from pathlib import Path

import pytest

from geocairn.preview.files import Answer, answer, media_type

PAGE = (
    "<!doctype html><html><head><title>x</title></head><body>" + "words " * 400 + "</body></html>"
)
DATA = bytes(range(256)) * 8
SCRIPT = b'<script src="/.preview/reload.js" defer></script></head>'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    hub = tmp_path / "hub"
    (hub / "models").mkdir(parents=True)
    (hub / "index.html").write_text(PAGE, encoding="utf-8")
    (hub / "models/index.html").write_text(PAGE, encoding="utf-8")
    (hub / "items.parquet").write_bytes(DATA)
    (hub / "big.json").write_bytes(b"[" + b"1," * 2000 + b"1]")
    (hub / "größe ü.txt").write_text("ü", encoding="utf-8")
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    (hub / "way-out").symlink_to(tmp_path / "secret")
    return hub


def ask(folder: Path, target: str, **headers: str) -> Answer:
    message = Message()
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    return answer(folder, target, message)


def test_whole_file(folder: Path) -> None:
    found = ask(folder, "/items.parquet?x=1#y")
    assert (found.status, found.body) == (200, DATA)
    assert found.headers["Content-Type"] == "application/vnd.apache.parquet"
    assert found.headers["Accept-Ranges"] == "bytes"
    assert "Content-Encoding" not in found.headers


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("0-0", 0, 1),
        ("5-9", 5, 10),
        ("2000-", 2000, 2048),
        ("2000-9999", 2000, 2048),
        ("-8", 2040, 2048),
        ("-9999", 0, 2048),
    ],
)
def test_range(folder: Path, asked: str, start: int, end: int) -> None:
    found = ask(folder, "/items.parquet", range=f"bytes={asked}", accept_encoding="gzip")
    assert (found.status, found.body) == (206, DATA[start:end])
    assert found.headers["Content-Range"] == f"bytes {start}-{end - 1}/2048"


@pytest.mark.parametrize("asked", ["2048-", "9999-10000", "-0"])
def test_range_beyond_the_end(folder: Path, asked: str) -> None:
    found = ask(folder, "/items.parquet", range=f"bytes={asked}")
    assert (found.status, found.body) == (416, b"")
    assert found.headers["Content-Range"] == "bytes */2048"


@pytest.mark.parametrize("asked", ["bytes=-", "bytes=9-5", "bytes=0-1,4-5", "items=0-1", "bytes=x"])
def test_range_that_is_none_is_ignored(folder: Path, asked: str) -> None:
    found = ask(folder, "/items.parquet", range=asked)
    assert (found.status, found.body) == (200, DATA)


def test_range_of_a_changed_file_is_all_of_it(folder: Path) -> None:
    tag = ask(folder, "/items.parquet").headers["ETag"]
    assert ask(folder, "/items.parquet", range="bytes=0-1", if_range=tag).status == 206
    (folder / "items.parquet").write_bytes(DATA[1:])
    found = ask(folder, "/items.parquet", range="bytes=0-1", if_range=tag)
    assert (found.status, found.body) == (200, DATA[1:])


@pytest.mark.parametrize("target", ["/items.parquet", "/big.json", "/"])
@pytest.mark.parametrize("accepted", ["gzip", ""])
def test_file_that_someone_has(folder: Path, target: str, accepted: str) -> None:
    tag = ask(folder, target, accept_encoding=accepted).headers["ETag"]
    for given in (tag, f'"other", W/{tag}', "*"):
        found = ask(folder, target, if_none_match=given, accept_encoding=accepted)
        assert (found.status, found.body) == (304, b"")
        assert found.headers["ETag"] == tag
    assert ask(folder, target, if_none_match='"other"', accept_encoding=accepted).status == 200


def test_text_is_packed_for_those_who_take_it(folder: Path) -> None:
    plain = ask(folder, "/big.json")
    packed = ask(folder, "/big.json", accept_encoding="br, gzip;q=0.5")
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 10
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
    for refused in ("", "br", "gzip;q=0", "identity"):
        found = ask(folder, "/big.json", accept_encoding=refused)
        assert "Content-Encoding" not in found.headers
    small = ask(folder, "/gr%C3%B6%C3%9Fe%20%C3%BC.txt", accept_encoding="gzip")
    assert small.body == "ü".encode()


def test_pages_reload_and_nothing_else_does(folder: Path) -> None:
    found = ask(folder, "/")
    assert found.headers["Content-Type"] == "text/html; charset=utf-8"
    assert found.body.count(SCRIPT) == 1
    assert found.body.replace(SCRIPT, b"</head>") == PAGE.encode()
    assert (folder / "index.html").read_text(encoding="utf-8") == PAGE
    assert b"preview" not in ask(folder, "/big.json").body


def test_folder_is_its_index(folder: Path) -> None:
    assert ask(folder, "/models/?q=x").body == ask(folder, "/models/index.html").body
    found = ask(folder, "/models")
    assert (found.status, found.headers["Location"]) == (301, "/models/")
    assert ask(folder, "//models").headers["Location"] == "/models/"
    (folder / "empty").mkdir()
    assert ask(folder, "/empty/").status == 404


@pytest.mark.parametrize(
    "target", ["/../secret", "/%2e%2e/secret", "/models/../../secret", "/way-out", "/%00", "/x/y"]
)
def test_what_is_not_there_or_elsewhere_is_not_found(folder: Path, target: str) -> None:
    found = ask(folder, target)
    assert found.status == 404
    assert not found.body.startswith(b"secret")
    assert found.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_own_page_for_what_is_not_found(folder: Path) -> None:
    (folder / "404.html").write_text(PAGE, encoding="utf-8")
    found = ask(folder, "/nothing/here")
    assert found.status == 404
    assert found.headers["Content-Type"] == "text/html; charset=utf-8"
    assert b"words" in found.body


def test_page_for_what_is_not_found_is_shown_where_the_hub_is_now(folder: Path) -> None:
    page = '<html data-root="/eo/hub/"><a href="/eo/hub/index.html">/eo/hub/</a><a href="/x">'
    (folder / "404.html").write_text(page, encoding="utf-8")
    body = ask(folder, "/nothing/here").body
    assert body.startswith(b'<html data-root="/"><a href="/index.html">/eo/hub/</a><a href="/x">')


def test_hub_that_is_not_there_yet(tmp_path: Path) -> None:
    assert ask(tmp_path / "none", "/").status == 404


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.js", "text/javascript; charset=utf-8"),
        ("a.CSS", "text/css; charset=utf-8"),
        ("a.json", "application/json"),
        ("a.svg", "image/svg+xml"),
        ("a.md", "text/markdown; charset=utf-8"),
        ("a.xml", "application/xml"),
        ("a.onnx", "application/octet-stream"),
    ],
)
def test_media_types(name: str, kind: str) -> None:
    assert media_type(Path(name)) == kind
