"""Bytes from elsewhere into a growing file: http(s) by ranges, S3 and its like through fsspec."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geocairn import _io
from geocairn.errors import GeocairnError, InputError
from geocairn.progress import Progress

__all__ = ["Remote", "download", "look"]

_BLOCK = 4 << 20
_CONNECT, _SILENCE = 20, 60
_PAUSES = (0.3, 1.5, 4.0)
_NOT_THERE = (403, 404, 410)


@dataclass(frozen=True, slots=True)
class Remote:
    """What a server says of a file.

    Attributes:
        size: Its bytes; None where it does not say.
        mark: What changes when the file does; empty where there is no such thing.
        ranges: Whether parts of it can be asked for.
    """

    size: int | None
    mark: str
    ranges: bool


def look(url: str) -> Remote:
    """Ask what there is.

    Raises:
        InputError: If there is nothing, or nobody answers.
    """
    try:
        files, path = _open(url)
        told = files.info(path)
    except Exception as error:  # every protocol has errors of its own
        raise _explained(url, error) from error
    mark = told.get("ETag") or told.get("e_tag") or told.get("LastModified") or ""
    size = told.get("size")
    # Web servers say so when they give no parts, or show it when they are asked for one.
    ranges = told.get("partial") is not False
    return Remote(size if isinstance(size, int) else None, str(mark), ranges)


def download(url: str, part: Path, *, remote: Remote, progress: Progress) -> None:
    """Bring what is missing of a file; what broke off goes on where it ended.

    Args:
        url: Where it is.
        part: The file; what it holds already is taken for the beginning.
        remote: What `look` said.
        progress: Is told the bytes.

    Raises:
        InputError: If the server breaks off again and again.
        OutputError: If the file cannot be written.
    """
    if not remote.ranges:
        part.unlink(missing_ok=True)
    begun = part.stat().st_size if part.exists() else 0
    if remote.size is not None and begun > remote.size:
        part.unlink()
        begun = 0
    if begun:
        progress.advance(begun)
    last: Exception | None = None
    for pause in (*_PAUSES, 0.0):
        try:
            for count in _pieces(url, part, remote):
                progress.advance(count)
            return
        except GeocairnError:
            raise
        except Exception as error:  # noqa: BLE001 - likewise
            last = error
            if _final(error):
                break
            time.sleep(pause)
    assert last is not None
    raise _explained(url, last) from last


def _pieces(url: str, part: Path, remote: Remote) -> Iterator[int]:
    files, path = _open(url)
    if not remote.ranges or remote.size is None:
        part.unlink(missing_ok=True)
        with files.open(path, "rb", block_size=0) as stream:
            while block := stream.read(_BLOCK):
                _append(part, block)
                yield len(block)
        return
    done = part.stat().st_size if part.exists() else 0
    while done < remote.size:
        end = min(done + _BLOCK, remote.size)
        block = bytes(files.cat_file(path, start=done, end=end))
        if len(block) > end - done:  # the whole file, as servers send that know no ranges
            part.unlink(missing_ok=True)
            _append(part, block)
            yield len(block) - done
            return
        if not block:
            raise ConnectionResetError("the server broke off")
        _append(part, block)
        done += len(block)
        yield len(block)


def _append(part: Path, block: bytes) -> None:
    try:
        with part.open("ab") as file:
            file.write(block)
    except OSError as error:
        raise _io.output_error(error, part) from error


def _open(url: str) -> tuple[Any, str]:
    import fsspec

    scheme = url.partition("://")[0]
    options: dict[str, Any] = {}
    if scheme in ("http", "https"):
        import aiohttp

        timeout = aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT, sock_read=_SILENCE)
        options["client_kwargs"] = {"timeout": timeout, "trust_env": True}
    elif scheme in ("s3", "gs", "az", "abfs"):
        return _store(scheme), url
    return fsspec.url_to_fs(url, **options)  # type: ignore[no-any-return]


def _store(scheme: str) -> Any:
    """Object stores, with the keys and the address that the environment names."""
    from geocairn.run.extras import need

    stores = need("obstore.fsspec", purpose=f"read {scheme}://")
    options = {"allow_http": True} if scheme == "s3" and _plain_endpoint() else {}
    return stores.FsspecStore(scheme, client_options=options)


def _plain_endpoint() -> bool:
    """Whether the environment names a store without TLS, as there are on one's own machine."""
    import os

    names = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
    return any(os.environ.get(name, "").startswith("http://") for name in names)


def _final(error: Exception) -> bool:
    """Whether asking again cannot help."""
    status = getattr(error, "status", None)
    return isinstance(error, (FileNotFoundError, PermissionError)) or status in _NOT_THERE


def _explained(url: str, error: Exception) -> InputError | GeocairnError:
    if isinstance(error, GeocairnError):
        return error
    if isinstance(error, FileNotFoundError):
        reason = "there is nothing at this address"
    elif isinstance(error, TimeoutError):
        reason = "no answer came in time"
    else:
        lines = _io.without_password(str(error)).splitlines()
        reason = lines[0] if lines else type(error).__name__
    return InputError(
        f"cannot be read: {reason}",
        where=_io.without_password(url),
        remedy="Check the address and the connection; what came so far is kept, and goes on.",
    )
