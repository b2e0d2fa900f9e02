"""Reading by URL: http(s) through fsspec, and whatever else fsspec has a package for."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from geocairn import _io
from geocairn.errors import GeocairnError, InputError
from geocairn.sources.base import unreadable

__all__ = ["fetch", "is_remote", "read", "read_many"]

Result = TypeVar("Result")

# Seconds. An answer that keeps coming may take as long as it likes.
_CONNECT, _SILENCE = 20, 60
_PAUSES = (0.3, 1.5)
_BUSY = frozenset((408, 425, 429, 500, 502, 503, 504))
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)


def is_remote(location: str) -> bool:
    """Whether a location is a URL, rather than a path."""
    return "://" in location and not location.startswith("file://")


def read(url: str) -> bytes:
    """The bytes of a document.

    Raises:
        InputError: If they cannot be had.
    """
    return _patiently(url, lambda files, path: bytes(files.cat_file(path)))


def read_many(urls: Sequence[str]) -> list[bytes]:
    """The bytes of several documents, asked for at once.

    Raises:
        InputError: If one of them cannot be had.
    """
    if len({url.partition("://")[0] for url in urls}) > 1:
        return [read(url) for url in urls]
    try:
        files, _ = _open(urls[0])
        found = files.cat(list(urls), on_error="return")
    except Exception:  # noqa: BLE001 - what fails again alone will say why
        found = {}
    # What failed is asked for again, patiently, or explained.
    answers = (found.get(url) for url in urls)
    return [
        answer if isinstance(answer, bytes) else read(url)
        for url, answer in zip(urls, answers, strict=True)
    ]


def fetch(url: str, target: Path) -> Path:
    """Copy a file here; gives where.

    Raises:
        InputError: If it cannot be read.
        OutputError: If it cannot be written.
    """

    def copy(files: Any, path: str) -> None:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as out:
                files.get_file(path, out)
        except OSError as error:
            if error.errno in _FULL:
                raise _io.output_error(error, target) from error
            raise

    _patiently(url, copy)
    return target


def _patiently(url: str, action: Callable[[Any, str], Result]) -> Result:
    """Do something with a URL; a server that is busy or breaks off is asked again."""
    for pause in (*_PAUSES, None):
        try:
            return action(*_open(url))
        except GeocairnError:
            raise
        except Exception as error:  # every protocol has errors of its own
            if pause is None or not _passing(error):
                raise _explained(url, error) from error
            time.sleep(pause)
    raise AssertionError


def _open(url: str) -> tuple[Any, str]:
    import fsspec

    options: dict[str, Any] = {}
    if url.startswith(("http://", "https://")):
        import aiohttp

        timeout = aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT, sock_read=_SILENCE)
        # Proxies are where the environment says, as for every other program.
        options["client_kwargs"] = {"timeout": timeout, "trust_env": True}
    files, path = fsspec.url_to_fs(url, **options)
    return files, path


def _passing(error: Exception) -> bool:
    """Whether the same request may do better in a moment."""
    import aiohttp

    if isinstance(error, aiohttp.ClientResponseError):
        return error.status in _BUSY
    broken = (aiohttp.ClientPayloadError, aiohttp.ServerDisconnectedError, ConnectionResetError)
    return isinstance(error, (*broken, TimeoutError))


def _explained(url: str, error: Exception) -> InputError:
    import aiohttp

    if isinstance(error, aiohttp.ClientResponseError):
        reason = f"the server answers {error.status} {error.message}".rstrip()
    elif isinstance(error, FileNotFoundError):
        reason = "there is nothing at this address"
    elif isinstance(error, TimeoutError):
        reason = "no answer came in time"
    elif isinstance(error, aiohttp.ClientPayloadError):
        reason = "the server broke off before the end"
    else:
        reason = str(error) or type(error).__name__
    return unreadable(url, ValueError(reason))
