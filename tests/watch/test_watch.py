"""Rounds of the watch over a server that changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from tests.items import model, write_catalog
from tests.running import call
from tests.server import Server
from tests.test_web import server

from geocairn.errors import InputError
from geocairn.watch import Status, load_status, save_status, watch
from geocairn.web import Web

WEIGHTS = bytes(range(256)) * 40
NAME = "floods/flood-unet-1.2.0"


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Server]:
    folder = tmp_path / "host"
    folder.mkdir()
    (folder / "weights.pt").write_bytes(WEIGHTS)
    (folder / "LICENCE.txt").write_text("Do as you like.")
    (folder / "paper.html").write_text("<p>How it was done.</p>")
    with Server(folder) as server:
        yield server


def item(host: Server, **changes: Any) -> dict[str, Any]:
    """A model whose weights, licence and paper lie on the server."""
    made = model()
    made["assets"] = {
        "weights": made["assets"]["weights"]
        | {
            "href": f"{host.url}weights.pt",
            "file:size": len(WEIGHTS),
            "file:checksum": "1220" + hashlib.sha256(WEIGHTS).hexdigest(),
        }
        | changes
    }
    made["links"] = [
        {"rel": "license", "href": f"{host.url}LICENCE.txt"},
        {"rel": "cite-as", "href": f"{host.url}paper.html"},
    ]
    return made


class Rounds:
    """Rounds over one item, each a week after the other."""

    def __init__(self, made: dict[str, Any], **options: Any) -> None:
        self.made, self.options = made, options
        self.status, self.week = Status(), 0

    def next(self) -> str:
        """One more round; gives the item's state."""
        self.week += 1
        web = Web(allowed=["127.0.0.1"], pause=0, timeout=5)
        at = f"2026-01-{self.week:02}T00:00:00Z"
        self.last = watch([self.made], self.status, at=at, web=web, **self.options)
        return self.status.models[NAME].state


def test_what_is_as_it_was_is_fine(host: Server) -> None:
    rounds = Rounds(item(host))
    assert [rounds.next(), rounds.next()] == ["fine", "fine"]
    assert not rounds.last.rots
    assert rounds.last.addresses == 3
    assert len(rounds.status.models[NAME].history) == 1
    methods = [(r.method, r.path) for r in host.requests[:3]]
    assert methods == [("GET", "weights.pt"), ("GET", "LICENCE.txt"), ("HEAD", "paper.html")]


def test_gone_weights_make_a_tombstone_the_second_time(host: Server) -> None:
    rounds = Rounds(item(host))
    rounds.next()
    host.faults["weights.pt"] = 404
    assert rounds.next() == "unsure"
    assert not rounds.last.rots
    assert rounds.next() == "vanished"
    assert rounds.last.rots
    known = rounds.status.models[NAME]
    assert known.title == "Flood unet"
    assert "weights" in known.history[-1].told
    assert "the server answers 404" in known.history[-1].told
    del host.faults["weights.pt"]
    assert rounds.next() == "fine"
    assert [event.state for event in known.history] == ["fine", "unsure", "vanished", "fine"]


def test_a_server_that_is_down_for_a_moment_is_no_news(host: Server) -> None:
    rounds = Rounds(item(host))
    rounds.next()
    host.faults["paper.html"] = 503
    assert rounds.next() == "unsure"
    del host.faults["paper.html"]
    assert rounds.next() == "fine"
    host.faults["paper.html"] = 503
    assert [rounds.next(), rounds.next()] == ["unsure", "rots"]


def test_a_host_that_does_not_like_programs_is_no_news(host: Server) -> None:
    rounds = Rounds(item(host))
    host.faults["paper.html"] = 403
    assert [rounds.next() for _ in range(4)] == ["unsure"] * 4
    assert not rounds.last.rots


def test_exchanged_weights_are_told_until_they_are_put_right(host: Server) -> None:
    rounds = Rounds(item(host))
    rounds.next()
    (host.folder / "weights.pt").write_bytes(WEIGHTS[::-1])
    assert [rounds.next(), rounds.next()] == ["changed", "changed"]
    assert "has another checksum" in rounds.status.models[NAME].history[-1].told
    (host.folder / "weights.pt").write_bytes(WEIGHTS)
    assert rounds.next() == "fine"


def test_large_weights_are_judged_by_their_size(host: Server) -> None:
    rounds = Rounds(item(host), largest=100)
    assert rounds.next() == "fine"
    assert ("HEAD", "weights.pt") in [(r.method, r.path) for r in host.requests]
    (host.folder / "weights.pt").write_bytes(WEIGHTS[:100])
    assert rounds.next() == "changed"
    assert "has 100 B, not the 10.0 KiB" in rounds.status.models[NAME].history[-1].told


def test_weights_that_are_larger_than_they_say_are_not_read_to_the_end(host: Server) -> None:
    small = item(host) | {}
    del small["assets"]["weights"]["file:size"]
    rounds = Rounds(small, largest=1000)
    assert rounds.next() == "changed"
    assert "larger than" in rounds.status.models[NAME].history[-1].told


def test_another_licence_is_told(host: Server) -> None:
    rounds = Rounds(item(host))
    rounds.next()
    (host.folder / "LICENCE.txt").write_text("Pay first.")
    assert [rounds.next(), rounds.next()] == ["changed", "changed"]
    assert "is another text than before" in rounds.status.models[NAME].history[-1].told


@pytest.mark.parametrize("href", ["http://example.org/w.pt", "https://10.0.0.1/w", "file:///etc/x"])
def test_what_must_not_be_asked_is_not(host: Server, href: str) -> None:
    rounds = Rounds(item(host, href=href))
    assert rounds.next() == "rots"


def test_a_model_that_the_hub_takes_out_stays_known(host: Server) -> None:
    rounds = Rounds(item(host))
    rounds.next()
    web = Web(allowed=["127.0.0.1"], pause=0)
    done = watch([], rounds.status, at="2026-02-01T00:00:00Z", web=web)
    assert done.news == [NAME]
    assert not done.rots
    assert rounds.status.models[NAME].title == "Flood unet"
    assert rounds.status.models[NAME].state == "removed"


def test_history_has_an_end(host: Server) -> None:
    rounds = Rounds(item(host))
    for _ in range(14):
        host.faults.pop("paper.html", None)
        rounds.next()
        host.faults["paper.html"] = 500
        rounds.next()
    assert len(rounds.status.models[NAME].history) == 20


def test_odd_items_are_no_crash() -> None:
    odd: list[dict[str, Any]] = [
        {"id": 5},
        {"assets": [], "links": {}},
        {"assets": {"a": None, "b": {"href": 5}, "c": {"href": "x" * 5000}}},
        {"assets": {"a": {"href": "https://[", "roles": "mlm:model", "file:size": "x"}}},
        {"links": [None, {"rel": 1, "href": "x:"}, {"rel": "a", "href": "nonsense:"}]},
    ]
    for one in odd:
        watch([one], Status(), at="2026-01-01T00:00:00Z", web=Web(pause=0))


def test_status_is_written_and_read(host: Server, tmp_path: Path) -> None:
    rounds = Rounds(item(host))
    rounds.next()
    host.faults["weights.pt"] = 404
    rounds.next()
    path = tmp_path / "status.json"
    save_status(path, rounds.status)
    again = load_status(path)
    assert again == rounds.status
    save_status(tmp_path / "again.json", again)
    assert (tmp_path / "again.json").read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    "text", ["[]", "5", '{"geocairn_status": 2}', '{"geocairn_status": 1, "models": 5}', "{"]
)
def test_what_is_no_status_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "status.json"
    path.write_text(text)
    with pytest.raises(InputError):
        load_status(path)


def test_nothing_is_known_at_first(tmp_path: Path) -> None:
    assert load_status(tmp_path / "none.json") == Status()
    (tmp_path / "empty.json").write_text("{}")
    assert load_status(tmp_path / "empty.json") == Status()


def test_the_command_keeps_what_it_finds(
    capfd: pytest.CaptureFixture[str], host: Server, tmp_path: Path
) -> None:
    catalog = write_catalog(tmp_path / "catalog", [item(host)])
    path = tmp_path / "status.json"
    run = ("watch", catalog, "--status", path, "--allow", "127.0.0.1", "--pause", "0")
    done = call(capfd, *run)
    assert (done.code, done.out) == (0, "3 addresses of 1 model asked: all is well.\n")
    host.faults["weights.pt"] = 410
    assert call(capfd, *run).code == 0
    done = call(capfd, *run, "--format", "markdown")
    assert done.code == 1
    assert "| floods/flood\\-unet-1.2.0 | vanished |" in done.out.replace("flood-", "flood\\-")
    told = json.loads(call(capfd, *run, "--format", "json").out)
    assert told["wrong"][NAME]["state"] == "vanished"
    assert call(capfd, "watch", tmp_path / "nothing", "--status", path).code == 2


def test_what_did_not_change_is_not_read_again() -> None:
    """The server is told what is known of the file, and says that it is still that one."""
    asked: list[str | None] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        known = handler.headers.get("If-None-Match")
        asked.append(known)
        handler.send_response(304 if known == '"v1"' else 200)
        handler.send_header("ETag", '"v1"')
        handler.send_header("Content-Length", str(0 if known else len(WEIGHTS)))
        handler.end_headers()
        if not known:
            handler.wfile.write(WEIGHTS)

    made = model()
    with server(answer) as url:
        made["assets"]["weights"] |= {
            "href": f"{url}/w.pt",
            "file:size": len(WEIGHTS),
            "file:checksum": "1220" + hashlib.sha256(WEIGHTS).hexdigest(),
        }
        made["assets"].pop("source")
        made["links"] = []
        rounds = Rounds(made)
        assert [rounds.next(), rounds.next(), rounds.next()] == ["fine"] * 3
        assert asked == [None, '"v1"', '"v1"']
        made["assets"]["weights"]["file:checksum"] = "1220" + "0" * 64
        assert rounds.next() == "changed"
    assert asked[-1] is None
