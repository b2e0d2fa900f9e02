"""Asking addresses of others: what is asked, what is refused, and where it ends."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from geocairn.errors import InputError
from geocairn.web import RefusedError, Web

HERE = "127.0.0.1"


@contextmanager
def server(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[str]:
    """A web server that answers every GET in one way; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 5

        def do_GET(self) -> None:
            answer(self)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    http = ThreadingHTTPServer((HERE, 0), Handler)
    http.daemon_threads = True
    thread = threading.Thread(target=http.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://{HERE}:{http.server_port}"
    finally:
        http.shutdown()
        thread.join()
        http.server_close()


def redirects(target: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", target)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def says(data: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("ETag", '"x"')
        handler.end_headers()
        handler.wfile.write(data)

    return answer


@pytest.fixture
def web() -> Web:
    return Web(allowed=[HERE], pause=0, timeout=2)


def test_an_answer_has_status_headers_and_body(web: Web) -> None:
    with server(says(b"hello")) as url:
        answer = web.ask(f"{url}/x?y=1")
    assert (answer.status, answer.data, answer.whole) == (200, b"hello", True)
    assert answer.headers["etag"] == '"x"'


def test_a_body_is_cut(web: Web) -> None:
    with server(says(b"x" * 100_000)) as url:
        answer = web.ask(url, limit=1000)
        assert (len(answer.data), answer.whole) == (1000, False)
        assert web.ask(url, limit=100_000).whole


PRIVATE = [
    "127.0.0.1",
    "127.1.2.3",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "[::1]",
    "[::]",
    "[fe80::1]",
    "[fc00::1]",
    "[ff02::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:169.254.169.254]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
]


@pytest.mark.parametrize("place", PRIVATE)
def test_private_addresses_are_refused(place: str) -> None:
    with pytest.raises(RefusedError, match="not a public address"):
        Web(pause=0).ask(f"https://{place}/latest/meta-data")


@pytest.mark.parametrize("place", PRIVATE)
def test_private_addresses_behind_a_name_are_refused(
    monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    resolved = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (place.strip("[]"), 443))]
    public = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [*public, *resolved])
    with pytest.raises(RefusedError, match="not a public address"):
        Web(pause=0).ask("https://harmless.example/")


@pytest.mark.parametrize(
    "target",
    [
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/",
        "http://example.org/",
        "file:///etc/passwd",
        "ftp://example.org/x",
        "gopher://example.org/x",
        "//10.0.0.1/",
        "https://user:password@example.org/",
        "https:///x",
        "https://exa mple.org/",
    ],
)
def test_every_redirect_is_looked_at(web: Web, target: str) -> None:
    with server(redirects(target)) as url, pytest.raises(RefusedError):
        web.ask(url)


def test_redirects_have_an_end(web: Web) -> None:
    with server(redirects("/again")) as url, pytest.raises(RefusedError, match="more than 5 times"):
        web.ask(url)


def test_the_address_that_was_looked_at_is_the_one_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name that leads elsewhere the second time (DNS rebinding) changes nothing."""
    asked: list[Any] = []
    connected: list[Any] = []

    def resolve(host: str, port: int, **_: object) -> list[Any]:
        asked.append(host)
        place = "93.184.216.34" if len(asked) == 1 else HERE
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (place, port))]

    def connect(place: Any, timeout: float) -> Any:
        connected.append(place)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(InputError, match="cannot be reached"):
        Web(pause=0).ask("https://rebinding.example/")
    assert asked == ["rebinding.example"]
    assert connected == [("93.184.216.34", 443)]


def test_plain_http_is_refused_unless_the_host_is_allowed(web: Web) -> None:
    with server(says(b"x")) as url:
        assert web.ask(url).status == 200
        with pytest.raises(RefusedError, match="only https"):
            Web(pause=0).ask(url)


def test_a_server_that_trickles_is_given_up() -> None:
    def trickle(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(200):
            try:
                handler.wfile.write(b"x")
                handler.wfile.flush()
            except OSError:
                return
            time.sleep(0.02)

    with server(trickle) as url, pytest.raises(InputError, match="no answer came in time"):
        Web(allowed=[HERE], pause=0, deadline=0.3).ask(url)


def test_a_server_that_says_nothing_is_given_up() -> None:
    with socket.create_server((HERE, 0)) as silent:
        url = f"http://{HERE}:{silent.getsockname()[1]}/"
        with pytest.raises(InputError, match="no answer came in time"):
            Web(allowed=[HERE], pause=0, timeout=0.2).ask(url)


def test_a_server_that_speaks_something_else_is_no_crash() -> None:
    def chatter() -> None:
        connection, _ = odd.accept()
        with connection:
            connection.sendall(b"\x00\xff" * 50_000 + b"\r\n\r\n")

    with socket.create_server((HERE, 0)) as odd:
        thread = threading.Thread(target=chatter)
        thread.start()
        with pytest.raises(InputError, match="cannot be reached"):
            Web(allowed=[HERE], pause=0, timeout=2).ask(f"http://{HERE}:{odd.getsockname()[1]}/")
        thread.join()


def test_a_host_is_not_asked_twice_at_once() -> None:
    web = Web(allowed=[HERE], pause=0.2)
    with server(says(b"x")) as url:
        begun = time.monotonic()
        for _ in range(3):
            web.ask(url)
    assert time.monotonic() - begun >= 0.4


def test_another_address_of_the_name_will_do(monkeypatch: pytest.MonkeyPatch, web: Web) -> None:
    """A name may have an address that this machine cannot reach, such as one of IPv6."""

    real = socket.getaddrinfo

    def resolve(host: str, port: int, *more: Any, **named: Any) -> list[Any]:
        if more:  # the connection itself asks for what is an address already
            return real(host, port, *more)
        return [(0, 0, 0, "", (place, port)) for place in ("127.0.0.2", HERE)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    connect = socket.create_connection

    def only_one(place: Any, timeout: float) -> socket.socket:
        if place[0] != HERE:
            raise OSError("no way there")
        return connect(place, timeout)

    with server(says(b"hello")) as url:
        monkeypatch.setattr(socket, "create_connection", only_one)
        assert web.ask(url).data == b"hello"
