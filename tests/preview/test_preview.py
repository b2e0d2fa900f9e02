"""`geocairn preview` as its users run it: a process, a browser, and files that change."""

from __future__ import annotations

import http.client
import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.items import model, write_catalog
from tests.previewing import PATIENCE, Running, get
from tests.running import Ran, call


@pytest.fixture
def start(tmp_path: Path, schemas: Path) -> Iterator[Callable[..., Running]]:
    write_catalog(tmp_path / "catalog", [model("first")])
    environment = os.environ | {"GEOCAIRN_SCHEMAS": str(schemas), "PYTHONUNBUFFERED": "1"}
    with ExitStack() as stack:

        def started(*arguments: str) -> Running:
            running = Running(tmp_path, *arguments, environment=environment)
            stack.callback(running.close)
            return running

        yield started


def test_serves_builds_again_and_ends(start: Callable[..., Running], tmp_path: Path) -> None:
    running = start()
    url = running.url()
    item = "/floods/first-1.2.0/first-1.2.0.json"
    assert json.loads(get(url, item)[2])["id"] == "first-1.2.0"
    status, headers, data = get(url, "/floods/items.parquet", range="bytes=0-3")
    assert (status, data) == (206, b"PAR1")
    size = (tmp_path / "_build/hub/floods/items.parquet").stat().st_size
    assert headers["Content-Range"] == f"bytes 0-3/{size}"

    with closing(http.client.HTTPConnection(str(urlsplit(url).netloc), timeout=PATIENCE)) as line:
        line.request("GET", "/.preview/events")
        events = line.getresponse()
        assert events.headers["Content-Type"] == "text/event-stream"
        news = (json.loads(raw[6:]) for raw in iter(events.readline, b"") if raw[:6] == b"data: ")
        assert next(news) == {"build": 1, "error": None}
        write_catalog(tmp_path / "catalog", [model("second")])
        running.line("changed; building ...")
        assert next(news) == {"build": 2, "error": None}
        assert get(url, item.replace("first", "second"))[0] == 200

        place = tmp_path / "catalog/floods/second/1.2.0/item.json"
        whole = place.read_text(encoding="utf-8")
        place.write_text(whole[:99], encoding="utf-8")
        failed = next(news)
        assert failed["build"] == 2
        assert "item.json" in failed["error"]
        assert get(url, item.replace("first", "second"))[0] == 200

        place.write_text(whole, encoding="utf-8")
        assert next(news) == {"build": 3, "error": None}
        assert running.interrupt() == 0
        assert list(news) == []
    running.line("Ended.")


def test_head_and_connections_that_stay(start: Callable[..., Running]) -> None:
    url = start().url()
    with closing(http.client.HTTPConnection(str(urlsplit(url).netloc), timeout=PATIENCE)) as kept:
        for method in ("HEAD", "GET", "HEAD", "GET"):
            kept.request(method, "/catalog.json")
            answer = kept.getresponse()
            body = answer.read()
            assert answer.status == 200
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            length = int(answer.headers["Content-Length"])
            assert len(body) == (0 if method == "HEAD" else length)
            assert length > 0


def test_first_build_that_fails(start: Callable[..., Running], tmp_path: Path) -> None:
    for path in tmp_path.glob("catalog/**/item.json"):
        path.write_text("{", encoding="utf-8")
    running = start()
    running.line("there is nothing to show, for the build failed")
    assert running._process.wait(PATIENCE) == 2


def test_later_build_that_fails_shows_what_there_was(
    start: Callable[..., Running], tmp_path: Path
) -> None:
    first = start()
    first.url()
    assert first.interrupt() == 0
    (tmp_path / "catalog/floods/first/1.2.0/item.json").write_text("{", encoding="utf-8")
    again = start()
    again.line("The hub is shown as it was before.")
    url = again.url()
    assert get(url, "/floods/first-1.2.0/first-1.2.0.json")[0] == 200
    assert again.interrupt() == 0


def test_serves_without_building(start: Callable[..., Running], tmp_path: Path) -> None:
    first = start()
    first.url()
    first.interrupt()
    (tmp_path / "catalog/floods/first/1.2.0/item.json").write_text("{", encoding="utf-8")
    again = start("--no-build")
    assert get(again.url(), "/floods/first-1.2.0/first-1.2.0.json")[0] == 200
    assert again.interrupt() == 0
    assert "Building ..." not in again.said


def test_nothing_to_serve(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ran: Ran = call(capfd, "preview", "--no-build", "--port", "0", "-o", tmp_path / "none")
    assert ran.code == 2
    assert "none: is no hub" in ran.err
    assert "Build it with `geocairn build`" in ran.err


def test_port_in_use(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = call(capfd, "preview", "--no-build", "--port", str(port), "-o", tmp_path)
    assert ran.code == 2
    assert f"port {port} is in use" in ran.err
    assert "--port 0" in ran.err
