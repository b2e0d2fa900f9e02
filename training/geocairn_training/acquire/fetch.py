"""Downloads: few at a time, patient with busy servers, kept on disk, and whole or not there."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from time import time

import aiohttp

from geocairn import _io
from geocairn.version import __version__
from geocairn_training.errors import AcquireError

__all__ = ["Fetcher", "Patience"]

_AGENT = f"geocairn/{__version__} (+https://geocairn.org)"
_AGAIN = {408, 425, 429, 500, 502, 503, 504}


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How hard to try.

    Attributes:
        concurrency: Requests under way at once.
        attempts: Tries of one request before it is given up.
        timeout: Seconds that one try may take.
        first: Seconds before the second try; each further pause is twice as long.
        longest: The longest pause in seconds, whatever the server asks for.
    """

    concurrency: int = 8
    attempts: int = 5
    timeout: float = 60.0
    first: float = 0.5
    longest: float = 60.0


class _PassingError(Exception):
    """Something that may be gone at the next try."""

    def __init__(self, message: str, *, pause: float | None = None) -> None:
        super().__init__(message)
        self.pause = pause


class Fetcher:
    """Fetches bytes that pass a check, from the cache where they are there already.

    Args:
        session: Of aiohttp.
        cache: Folder; what was fetched once is not fetched again, by this run or a later one.
        patience: How hard to try.
    """

    def __init__(self, session: aiohttp.ClientSession, *, cache: Path, patience: Patience) -> None:
        self._session, self._cache, self._patience = session, cache, patience
        self._places = asyncio.Semaphore(patience.concurrency)

    @classmethod
    @asynccontextmanager
    async def open(cls, *, cache: Path, patience: Patience) -> AsyncIterator[Fetcher]:
        """A fetcher with a session of its own."""
        timeout = aiohttp.ClientTimeout(total=patience.timeout)
        connector = aiohttp.TCPConnector(limit_per_host=patience.concurrency)
        async with aiohttp.ClientSession(
            timeout=timeout, connector=connector, headers={"User-Agent": _AGENT}
        ) as session:
            yield cls(session, cache=cache, patience=patience)

    async def get(
        self, url: str, *, check: Callable[[bytes], str], form: dict[str, str] | None = None
    ) -> bytes | None:
        """Fetch one document.

        Args:
            url: Where from.
            check: What is wrong with the bytes; the empty text where nothing is.
            form: Sent by POST where given.

        Returns:
            The bytes; None where the server says that there is no such document (404, 410, 204).

        Raises:
            AcquireError: If every try failed, or trying again would not help.
            OutputError: If the cache cannot be written.
        """
        identity = f"{url}\n{sorted((form or {}).items())}"
        kept = self._cache / hashlib.sha256(identity.encode()).hexdigest()
        if kept.is_file():
            data = kept.read_bytes()
            if not check(data):
                return data
        async with self._places:
            found = await self._patiently(url, check, form)
        if found is not None:
            # Not flushed: a power cut costs a download, which the check then notices.
            _io.write_atomic(kept, found, durable=False)
        return found

    async def _patiently(
        self, url: str, check: Callable[[bytes], str], form: dict[str, str] | None
    ) -> bytes | None:
        patience, fault = self._patience, ""
        for attempt in range(patience.attempts):
            try:
                return await self._once(url, check, form)
            except _PassingError as error:
                fault, asked = str(error), error.pause
            except TimeoutError:
                fault, asked = f"no answer within {patience.timeout:g} s", None
            except aiohttp.InvalidURL as error:
                raise AcquireError(f"not a URL: {error}", remedy="Correct it.") from None
            except aiohttp.ClientError as error:
                fault, asked = str(error) or type(error).__name__, None
            if attempt + 1 < patience.attempts:
                # A random share keeps clients that failed together from returning together.
                usual = patience.first * 2**attempt * random.uniform(0.75, 1.25)  # noqa: S311
                await asyncio.sleep(min(patience.longest, usual if asked is None else asked))
        raise AcquireError(
            f"given up after {patience.attempts} tries: {fault}",
            where=url,
            remedy="Check the address and the network, and run the same command again: what was "
            "fetched is kept, and only the rest is asked for.",
        )

    async def _once(
        self, url: str, check: Callable[[bytes], str], form: dict[str, str] | None
    ) -> bytes | None:
        method = "GET" if form is None else "POST"
        async with self._session.request(method, url, data=form) as response:
            if response.status in (204, 404, 410):
                return None
            if response.status in _AGAIN:
                pause = _asked(response.headers.get("Retry-After", ""))
                raise _PassingError(f"the server answered {response.status}", pause=pause)
            if response.status != 200:
                raise AcquireError(
                    f"the server answered {response.status} {response.reason or ''}".rstrip(),
                    where=url,
                    remedy="Trying again will not help: check the address, and whether the server "
                    "asks for a key.",
                )
            data = await response.read()
        fault = check(data)
        if fault:
            raise _PassingError(fault)
        return data


def _asked(header: str) -> float | None:
    """Seconds that ``Retry-After`` asks for, as a number or a date (RFC 9110, 10.2.3)."""
    if header.isdigit():
        return float(header)
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - time())
    except (TypeError, ValueError):
        return None
