"""A static file server for tests: byte ranges, faults on demand, and a count of what it sends."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

RANGE = re.compile(r"bytes=(\d+)-(\d+)")


class RangeServer(ThreadingHTTPServer):
    """Serves a folder.

    Attributes:
        sent: Bytes of bodies sent so far.
        requests: (path, range or None) of every request so far.
        ranges: Whether Range requests are honoured.
        cut: Paths whose files pretend to be so many bytes shorter.
        failures: Status codes to answer to the next requests with, before anything else.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder = folder
        self.sent = 0
        self.requests: list[tuple[str, str | None]] = []
        self.ranges = True
        self.cut: dict[str, int] = {}
        self.failures: list[int] = []
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/"

    def reset(self) -> None:
        self.sent, self.requests = 0, []


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # A reply is one write of headers and one of the body; without this the second one waits.
    disable_nagle_algorithm = True
    server: RangeServer

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path).lstrip("/")
        asked = self.headers.get("Range")
        with self.server.lock:
            self.server.requests.append((path, asked))
            failure = self.server.failures.pop(0) if self.server.failures else None
        file = self.server.folder / path
        if failure or not file.is_file():
            self._answer(failure or 404, b"no")
            return
        data = file.read_bytes()
        data = data[: len(data) - self.server.cut.get(path, 0)]
        match = RANGE.fullmatch(asked or "")
        if match is None or not self.server.ranges:
            self._answer(200, data)
            return
        start, end = int(match[1]), min(int(match[2]) + 1, len(data))
        if start >= len(data):
            self._answer(416, b"", {"Content-Range": f"bytes */{len(data)}"})
            return
        headers = {"Content-Range": f"bytes {start}-{end - 1}/{len(data)}"}
        self._answer(206, data[start:end], headers)

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        with self.server.lock:
            self.server.sent += len(body)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the reader wanted no more

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(folder: Path) -> Iterator[RangeServer]:
    """Serve a folder in the background."""
    with RangeServer(folder) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
