"""The API on a free port of this machine, as its users have it."""

from __future__ import annotations

import socket
import threading
import time
from types import TracebackType
from typing import Any

import requests
import uvicorn

from geocairn.server import Options, create_app

_SECONDS_TO_START = 60


class Api:
    """Serves a hub, as a context manager.

    Attributes:
        url: Address of the landing page.
        app: The application.
    """

    def __init__(self, hub: Any, **options: Any) -> None:
        self.app = create_app(Options(str(hub), **options))
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/"
        config = uvicorn.Config(
            self.app,
            log_level="warning",
            access_log=False,
            proxy_headers=False,
            # A busy machine must not close what a client is about to use.
            timeout_keep_alive=600,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],))
        self._session = requests.Session()

    def __enter__(self) -> Api:
        self._thread.start()
        deadline = time.monotonic() + _SECONDS_TO_START
        while not self._server.started:
            assert self._thread.is_alive()
            assert time.monotonic() < deadline
            time.sleep(0.01)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._session.close()
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()

    def get(self, path: str, **options: Any) -> requests.Response:
        """GET, by path from the landing page."""
        return self._session.get(self.url + path, **options)

    def post(self, body: Any, **options: Any) -> requests.Response:
        """``POST /search``."""
        return self._session.post(f"{self.url}search", json=body, **options)

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        """Any other request."""
        return self._session.request(method, self.url + path, **options)
