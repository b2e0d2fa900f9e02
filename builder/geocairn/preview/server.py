"""The web server of a preview: files of a folder, and news of builds for open pages."""

from __future__ import annotations

import errno
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

from geocairn.errors import GeocairnError
from geocairn.preview.files import RELOAD, Answer, answer

__all__ = ["News", "Server"]

_EVENTS = "/.preview/events"
_SCRIPT = Path(__file__).with_name("reload.js")
_HEARTBEAT = 10.0


class News:
    """What the last build became, for everyone who waits for it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count = 0
        self._closed = False
        self._build = 1
        self._error: str | None = None

    def tell(self, error: str | None = None) -> None:
        """A build ended: well, so that pages are to reload, or with an error to be shown."""
        with self._changed:
            self._count += 1
            self._build += error is None
            self._error = error
            self._changed.notify_all()

    def close(self) -> None:
        """Let everyone who waits go."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def wait(self, seen: int | None) -> tuple[int, str] | None:
        """What there is to tell someone who has seen so much; None where that is nothing new.

        Raises:
            EOFError: If there will be no more.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._count != seen, _HEARTBEAT)
            if self._closed:
                raise EOFError
            if self._count == seen:
                return None
            return self._count, json.dumps({"build": self._build, "error": self._error})


class Server:
    """Serves a folder on this machine only, as a context manager.

    Args:
        folder: What is served; it may not be there yet.
        port: The port; 0 takes any that is free.
        news: What open pages are told.

    Attributes:
        url: Its address.

    Raises:
        GeocairnError: If the port cannot be had.
    """

    def __init__(self, folder: Path, *, port: int, news: News) -> None:
        class Handler(_Handler):
            served = folder
            told = news

        try:
            self._http = _Threads(("127.0.0.1", port), Handler)
        except OSError as error:
            raise _refused(error, port) from error
        self._news = news
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.1,), daemon=True)
        self.url = f"http://127.0.0.1:{self._http.server_port}/"

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._news.close()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


class _Threads(ThreadingHTTPServer):
    daemon_threads = True
    # A page asks for many files at once.
    request_queue_size = 64


def _refused(error: OSError, port: int) -> GeocairnError:
    if error.errno == errno.EADDRINUSE:
        return GeocairnError(
            f"port {port} is in use",
            remedy="End the other program, or choose another port: --port 8001, or --port 0 for "
            "any that is free.",
        )
    return GeocairnError(
        f"port {port} cannot be had: {error.strerror or error}",
        remedy="Choose another port, above 1023, with --port.",
    )


class _Handler(BaseHTTPRequestHandler):
    served: Path
    told: News
    protocol_version = "HTTP/1.1"
    # Headers and body are two writes: without this, the second waits for an acknowledgement.
    disable_nagle_algorithm = True
    timeout = 60

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: a page asks for dozens of files."""

    def do_HEAD(self) -> None:
        """Answer with headers only."""
        self._respond(body=False)

    def do_GET(self) -> None:
        """Answer with a file, or with news for as long as someone listens."""
        if urlsplit(self.path).path == _EVENTS:
            self._stream()
        else:
            self._respond(body=True)

    def _respond(self, *, body: bool) -> None:
        if urlsplit(self.path).path == RELOAD:
            headers = {
                "Content-Type": "text/javascript; charset=utf-8",
                "Cache-Control": "no-cache",
            }
            given = Answer(200, _SCRIPT.read_bytes(), headers)
        else:
            given = answer(self.served, self.path, self.headers)
        self.send_response(given.status)
        for name, value in given.headers.items():
            self.send_header(name, value)
        self.send_header("X-Content-Type-Options", "nosniff")
        if given.status != 304:
            self.send_header("Content-Length", str(len(given.body)))
        self.end_headers()
        if body:
            self.wfile.write(given.body)

    def _stream(self) -> None:
        """Server-sent events (WHATWG HTML, section 9.2)."""
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        seen: int | None = None
        try:
            self.wfile.write(b"retry: 1000\n\n")
            while True:
                # A comment now and then tells whether the other side still listens.
                line = b":\n\n"
                if (news := self.told.wait(seen)) is not None:
                    seen, data = news
                    line = f"data: {data}\n\n".encode()
                self.wfile.write(line)
                self.wfile.flush()
        except (EOFError, OSError):
            return
