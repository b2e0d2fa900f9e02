"""The web as tests have it: this machine, and published JSON Schemas from a folder."""

from __future__ import annotations

import io
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.error import URLError
from urllib.parse import urlsplit

import requests
from tests.conftest import LOOPBACK

_SEND = requests.adapters.HTTPAdapter.send


@contextmanager
def stored_web(schemas: Path) -> Iterator[list[str]]:
    """Answer requests for schemas from a folder; gives the addresses that were not there."""
    missing: list[str] = []

    def stored(url: str) -> bytes | None:
        parts = urlsplit(url)
        file = schemas / parts.netloc / parts.path.lstrip("/")
        if not file.is_file():
            missing.append(url)
            return None
        return file.read_bytes()

    def send(self: Any, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        assert request.url
        if urlsplit(request.url).hostname in LOOPBACK:
            return _SEND(self, request, **options)
        data = stored(request.url)
        if data is None:
            raise requests.ConnectionError(f"tests use no network: {request.url}")
        answer = requests.Response()
        answer.status_code, answer.url, answer.request = 200, request.url, request
        answer.headers["Content-Type"] = "application/json"
        answer.raw = io.BytesIO(data)
        return answer

    class Opener(urllib.request.HTTPSHandler):
        def https_open(self, request: urllib.request.Request) -> Any:
            data = stored(request.full_url)
            if data is None:
                raise URLError(f"tests use no network: {request.full_url}")
            headers = Message()
            headers["Content-Type"] = "application/json"
            return urllib.response.addinfourl(io.BytesIO(data), headers, request.full_url, 200)

    before = urllib.request._opener  # type: ignore[attr-defined]
    opener = urllib.request.build_opener(Opener)
    # What build_opener makes reads the reason of an answer.
    with patch.object(requests.adapters.HTTPAdapter, "send", send):
        urllib.request.install_opener(opener)
        try:
            yield missing
        finally:
            urllib.request._opener = before  # type: ignore[attr-defined]
