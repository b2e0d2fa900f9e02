"""A model's file by its href: checked against its checksum and size, and kept for the next time."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from geocairn import _io
from geocairn.errors import ArtifactError, InputError
from geocairn.progress import Progress, Silent
from geocairn.run import cache, multihash, transfer
from geocairn.run.extras import need
from geocairn.run.multihash import Multihash

__all__ = ["Fetched", "fetch"]

_AGAIN = "Download it again; if it stays so, tell who publishes the model."


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that is here.

    Attributes:
        path: Where.
        checksum: Its multihash: the one that was compared, else that of SHA2-256.
        compared: Whether there was a checksum to compare it with.
    """

    path: Path
    checksum: str
    compared: bool


def fetch(
    href: str,
    *,
    checksum: str | None = None,
    size: int | None = None,
    verify: bool = True,
    progress: Progress | None = None,
) -> Fetched:
    """Have a file here.

    A file on this machine stays where it is. Others are fetched once, go on where they broke off,
    and are kept by what they contain (`geocairn.run.cache`); from then on nothing is asked for.
    Several processes that want the same file fetch it once.

    Args:
        href: A path or URL: file, http(s), s3, or another that fsspec knows.
        checksum: Multihash that it must have; None where none is known.
        size: Bytes that it must have.
        verify: Whether checksum and size are compared.
        progress: Is told the bytes.

    Raises:
        ArtifactError: If it is not the file that checksum and size speak of.
        InputError: If it cannot be had.
        OutputError: If it cannot be kept.
    """
    wanted = multihash.parse(checksum, where=href) if checksum and verify else None
    size = size if verify else None
    shown = progress or Silent()
    parts = urlsplit(href)
    if parts.scheme == "file" or len(parts.scheme) < 2:
        path = Path(unquote(parts.path) if parts.scheme == "file" else href)
        return _local(path, wanted, size, where=href)
    if wanted and (kept := cache.find(wanted.text)):
        with contextlib.suppress(ArtifactError):  # damaged on disk: fetched again below
            return _local(kept, wanted, size, where=href)
    return _remote(href, wanted, size, shown)


def _local(path: Path, wanted: Multihash | None, size: int | None, *, where: str) -> Fetched:
    from geocairn.artifacts.files import checksum, size_of

    found = size_of(path)
    if size is not None and found != size:
        raise ArtifactError(
            f"has {found:,} bytes where its item says {size:,}", where=where, remedy=_AGAIN
        )
    if wanted is None:
        return Fetched(path, checksum(path), compared=False)
    digest = wanted.of(path)
    if digest != wanted.digest:
        raise ArtifactError(
            f"has the {wanted.function} {digest}, where its item says {wanted.digest}",
            where=where,
            remedy=_AGAIN,
        )
    return Fetched(path, wanted.text, compared=True)


def _remote(url: str, wanted: Multihash | None, size: int | None, progress: Progress) -> Fetched:
    """Fetch what is not kept; without a checksum the server is asked whether it has changed."""
    folder = cache.cache_folder()
    key = wanted.text if wanted else "url-" + _io.digest(url.encode())
    with _alone(folder, key):
        if wanted and (kept := cache.find(wanted.text)):
            with contextlib.suppress(ArtifactError):  # another process was faster
                return _local(kept, wanted, size, where=url)
        known = None if wanted else _known(folder / f".{key}.json")
        try:
            remote = transfer.look(url)
        except InputError:
            if known:
                return Fetched(known["path"], known["checksum"], compared=False)
            raise
        if known and known["mark"] == remote.mark and remote.mark:
            return Fetched(known["path"], known["checksum"], compared=False)
        if size is not None and remote.size not in (None, size):
            raise ArtifactError(
                f"has {remote.size:,} bytes where its item says {size:,}", where=url, remedy=_AGAIN
            )
        return _fetched(url, wanted, size, remote, folder / f".{key}", progress)


def _fetched(
    url: str,
    wanted: Multihash | None,
    size: int | None,
    remote: transfer.Remote,
    stem: Path,
    progress: Progress,
) -> Fetched:
    # Without a checksum only what the same version has begun can be gone on with.
    version = "" if wanted else "-" + _io.digest(remote.mark.encode())[:12]
    part = stem.with_name(f"{stem.name}{version}.part")
    name = PurePosixPath(unquote(urlsplit(url).path)).name or "model"
    if not (wanted or remote.mark):
        part.unlink(missing_ok=True)
    progress.step(f"Fetch {name}"[:26], total=size or remote.size or 0, unit="B")
    transfer.download(url, part, remote=remote, progress=progress)
    try:
        found = _local(part, wanted, size if size is not None else remote.size, where=url)
    except ArtifactError:
        # Neither good for anything nor for going on with.
        part.unlink(missing_ok=True)
        raise
    path = cache.keep(part, checksum=found.checksum, name=name, source=url)
    if wanted is None:
        told = {"checksum": found.checksum, "mark": remote.mark, "url": _io.without_password(url)}
        _io.write_atomic(stem.with_name(f"{stem.name}.json"), _io.dumps(told), durable=False)
    return Fetched(path, found.checksum, compared=found.compared)


def _known(path: Path) -> dict[str, Any] | None:
    """What was fetched from an address before, where it is still kept."""
    try:
        told = _io.loads(path.read_bytes())
    except (OSError, InputError):
        return None
    if not isinstance(told, dict) or not isinstance(told.get("checksum"), str):
        return None
    kept = cache.find(told["checksum"])
    return {**told, "path": kept} if kept else None


@contextlib.contextmanager
def _alone(folder: Path, key: str) -> Iterator[None]:
    """Hold the lock of one file; others that want it wait, and then find it."""
    locks = need("filelock", purpose="share fetched models between processes")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locks.FileLock(folder / f".{key}.lock"):
            yield
    except OSError as error:
        raise _io.output_error(error, folder) from error
