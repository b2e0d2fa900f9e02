"""A web server for tests: static files with ranges, a log of requests, and faults on demand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tests.serving import Serving

KINDS = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".xml": "application/xml",
}


@dataclass(frozen=True)
class Request:
    """One request answered: its path, decoded, its ``Range`` header and the bytes sent."""

    method: str
    path: str
    range: str | None
    sent: int


class Server(Serving):
    """Serves a folder on a free port of this machine, as a context manager.

    Attributes:
        url: Its address, ending with a slash.
        requests: What was asked so far.
        faults: By path: an HTTP status to answer with, or "cut" to break off half way.
        ranges: Whether ``Range`` is honoured.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.requests: list[Request] = []
        self.faults: dict[str, int | str] = {}
        self.ranges = True
        outer = self

        class Handler(_Handler):
            server_of = outer

        super().__init__(Handler)
        self.url = f"http://127.0.0.1:{self.port}/"

    @property
    def sent(self) -> int:
        """Bytes of all bodies sent so far."""
        return sum(request.sent for request in self.requests)


class _Handler(BaseHTTPRequestHandler):
    server_of: Server
    protocol_version = "HTTP/1.1"
    timeout = 5

    def log_message(self, *args: object) -> None:
        """Say nothing."""

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        path = unquote(urlsplit(self.path).path).lstrip("/")
        fault = self.server_of.faults.get(path)
        file = self.server_of.folder / path
        if file.is_dir() and path.endswith("/") == bool(path):
            file /= "index.html"
        if isinstance(fault, int):
            self._send(fault, b"fault", path, body=body)
        elif not file.resolve().is_relative_to(self.server_of.folder.resolve()):
            self._send(403, b"outside", path, body=body)
        elif not file.is_file():
            self._send(404, b"not here", path, body=body)
        else:
            self._send_file(file, path, body=body, cut=fault == "cut")

    def _send_file(self, file: Path, path: str, *, body: bool, cut: bool) -> None:
        data = file.read_bytes()
        headers = {"Content-Type": KINDS.get(file.suffix, "application/octet-stream")}
        if self.server_of.ranges:
            headers["Accept-Ranges"] = "bytes"
        asked = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        if not asked or not self.server_of.ranges or asked[0] == "bytes=-":
            self._send(200, data, path, headers, body=body, cut=cut)
            return
        size = len(data)
        start = int(asked[1]) if asked[1] else max(0, size - int(asked[2]))
        end = min(int(asked[2]), size - 1) if asked[1] and asked[2] else size - 1
        if start > end:
            self._send(416, b"", path, {"Content-Range": f"bytes */{size}"}, body=body)
            return
        headers["Content-Range"] = f"bytes {start}-{end}/{size}"
        self._send(206, data[start : end + 1], path, headers, body=body, cut=cut)

    def _send(
        self,
        status: int,
        data: bytes,
        path: str,
        headers: dict[str, str] | None = None,
        *,
        body: bool,
        cut: bool = False,
    ) -> None:
        sent = data[: len(data) // 2] if cut else data
        asked = self.headers.get("Range")
        count = len(sent) if body else 0
        self.server_of.requests.append(Request(self.command, path, asked, count))
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if body:
            self.wfile.write(sent)
        self.close_connection = self.close_connection or cut
