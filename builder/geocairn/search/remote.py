"""A hub behind a URL, read by byte ranges: never a whole index, every range at most once."""

from __future__ import annotations

import asyncio
import contextlib
import re
import threading
import weakref
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

import aiohttp
import yarl
import zstandard
from fsspec.asyn import get_loop, iothread, sync

from geocairn import layout
from geocairn.errors import HubError, MissingFileError
from geocairn.search.hub import Manifest, join_url, read_manifest
from geocairn.search.pages import PageReader
from geocairn.search.ranges import SCHEME, RangeFile, RangeFileSystem

__all__ = ["RemoteHub"]

T = TypeVar("T")

_CONNECTIONS = 16
_TRIES = 3
_PAUSE = 0.1
_TIMEOUT = aiohttp.ClientTimeout(total=120, sock_connect=15, sock_read=30)
_RANGES = "Serve the hub from a static host that answers Range requests; most do."
_TOTAL = re.compile(r"bytes \d+-\d+/(\d+)")


class _Retry(Exception):  # noqa: N818  # not an error by itself: it asks for another try
    """A failure that may pass."""


class RemoteHub:
    """A hub behind an http(s) URL.

    Args:
        url: Its address, ending with a slash.
        strict: Whether a file of another size than the manifest says is refused.

    Attributes:
        bytes_read: Bytes of all bodies received so far.
        requests: Requests made so far.
    """

    remote = True

    def __init__(self, url: str, *, strict: bool = True) -> None:
        self.href = url
        self.bytes_read = 0
        self.requests = 0
        self._session: aiohttp.ClientSession | None = None
        self._files: dict[str, RangeFile] = {}
        self._pages: dict[tuple[str, str], PageReader] = {}
        self._without_pages: set[str] = set()
        self._lock = threading.Lock()
        self.manifest: Manifest = read_manifest(self)
        self._recorded: Manifest = self.manifest["files"] if strict else {}

    def read(self, path: str) -> bytes:
        """See `Hub.read`."""
        return self.read_many([path])[0]

    def read_many(self, paths: Sequence[str]) -> list[bytes]:
        """See `Hub.read_many`; several at a time."""

        async def gather() -> list[bytes]:
            return list(await asyncio.gather(*(self._get(path, None) for path in paths)))

        return self._run(gather)

    def read_range(self, path: str, start: int, end: int) -> bytes:
        """Bytes `start` up to, not including, `end` of a file."""
        return self._run(lambda: self._get(path, (start, end)))

    def scan_path(self, path: str) -> str:
        """See `Hub.scan_path`."""
        return f"{SCHEME}://{path}"

    def locate(self, path: str, href: str = "") -> str:
        """See `Hub.locate`."""
        return join_url(self.href, path, href)

    def prepare(self, connection: Any) -> None:
        """See `Hub.prepare`: DuckDB reads through this object, several ranges at a time."""
        connection.register_filesystem(RangeFileSystem(self.file))
        # Threads wait for the network here more than they compute.
        connection.execute(f"SET threads = {_CONNECTIONS}")

    def file(self, path: str) -> RangeFile:
        """The file at a path, with all that was read of it so far."""
        with self._lock:
            if path not in self._files:
                recorded = self._recorded.get(path) or {"size": self._length(path)}
                self._files[path] = RangeFile(
                    lambda start, end: self.read_range(path, start, end),
                    size=recorded["size"],
                    footer=recorded.get("footer", 0),
                )
            return self._files[path]

    def values(self, path: str, column: str, rows: list[int]) -> list[str] | None:
        """See `Hub.values`: page by page, where a file is too large to be here already."""
        file = self.file(path)
        if file.is_small or path in self._without_pages:
            return None
        try:
            if (path, column) not in self._pages:
                self._pages[path, column] = PageReader(file, column)
            return self._pages[path, column].values(rows)
        except (ValueError, KeyError, IndexError, zstandard.ZstdError):
            # Written by something else than geocairn: DuckDB reads it all the same.
            self._without_pages.add(path)
            return None

    def close(self) -> None:
        """Close the connections; the next read opens new ones."""
        if self._session is not None:
            _close(self._session)
            self._session = None

    def _length(self, path: str) -> int:
        lengths: list[int] = []
        self._run(lambda: self._get(path, (0, 1), lengths))
        return lengths[0]

    @staticmethod
    def _run(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        result: T = sync(get_loop(), work)
        return result

    async def _get(
        self, path: str, span: tuple[int, int] | None, lengths: list[int] | None = None
    ) -> bytes:
        """One file or range; its whole length is appended to `lengths`."""
        for number in range(_TRIES):
            try:
                return await self._try(path, span, [] if lengths is None else lengths)
            except (_Retry, aiohttp.ClientError, TimeoutError) as error:
                if number == _TRIES - 1:
                    raise HubError(
                        f"cannot read {path}: {error or type(error).__name__}",
                        where=self.href,
                        remedy="Check the address and the network, then try again.",
                    ) from None
                await asyncio.sleep(_PAUSE * 4**number)
        raise AssertionError

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                timeout=_TIMEOUT,
                trust_env=True,
                connector=aiohttp.TCPConnector(limit=_CONNECTIONS),
            )
            weakref.finalize(self, _close, self._session)
        return self._session

    async def _try(self, path: str, span: tuple[int, int] | None, lengths: list[int]) -> bytes:
        headers = {}
        if span is not None:
            # A compressed body would have other ranges than the file.
            headers = {"Range": f"bytes={span[0]}-{span[1] - 1}", "Accept-Encoding": "identity"}
        self.requests += 1
        url = yarl.URL(self.locate(path), encoded=True)
        async with self._client().get(url, headers=headers) as response:
            self._check(response, path)
            if span is not None:
                lengths.append(self._check_range(response, path))
            data: bytes = await response.read()
            self.bytes_read += len(data)
            if span is not None and len(data) != span[1] - span[0]:
                raise self._changed(path)
            return data

    def _check(self, response: aiohttp.ClientResponse, path: str) -> None:
        status = response.status
        if status in (429, 500, 502, 503, 504):
            raise _Retry(f"the server answered {status} {response.reason}")
        if status == 416:
            raise self._changed(path)
        if status in (404, 410) and path == layout.MANIFEST:
            raise MissingFileError(
                f"not a geocairn hub: there is no {path}",
                where=self.href,
                remedy="Give the URL of a hub that `geocairn build` made.",
            )
        if status >= 400:
            kind = MissingFileError if status in (404, 410) else HubError
            raise kind(
                f"cannot read {path}: the server answered {status} {response.reason}",
                where=self.href,
                remedy="Publish the whole hub, and allow reading it.",
            )

    def _check_range(self, response: aiohttp.ClientResponse, path: str) -> int:
        """Whole length of the file of which a range came."""
        total = _TOTAL.fullmatch(response.headers.get("Content-Range", ""))
        if response.status != 206 or total is None:
            # The body is the whole file: it is not read.
            raise HubError(
                f"the server ignores Range requests (it answered {response.status} for {path})",
                where=self.href,
                remedy=_RANGES,
            )
        recorded = self._recorded.get(path)
        if recorded and recorded["size"] != int(total[1]):
            raise self._changed(path)
        return int(total[1])

    def _changed(self, path: str) -> HubError:
        return HubError(
            f"{path} is not as long as the manifest says",
            where=self.href,
            remedy="The hub was published in part, or anew meanwhile: publish or open it again.",
        )


def _close(session: aiohttp.ClientSession) -> None:
    loop = get_loop()
    if session.closed or not loop.is_running():
        return
    closing = asyncio.run_coroutine_threadsafe(session.close(), loop)
    # The collector may have called this from the loop's own thread, which must not wait for itself.
    if threading.current_thread() is not iothread[0]:
        with contextlib.suppress(TimeoutError):
            closing.result(timeout=1)
