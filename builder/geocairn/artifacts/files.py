"""Files that somebody else made, opened with care."""

from __future__ import annotations

import contextlib
import hashlib
import mmap
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from geocairn._io import human_size
from geocairn.errors import ArtifactError, InputError

__all__ = ["checksum", "opened", "size_of"]

_SHA2_256 = "1220"


def size_of(path: Path) -> int:
    """Bytes of a plain file.

    Raises:
        InputError: If it is not there, or is a folder, a pipe or a device.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise _unreadable(path, error) from error
    if not stat.S_ISREG(status.st_mode):
        raise InputError("is no file", where=str(path), remedy="Give a model's file.")
    return status.st_size


@contextlib.contextmanager
def opened(path: Path, *, largest: int) -> Iterator[mmap.mmap]:
    """A file's bytes, read as they are asked for.

    Args:
        path: The file.
        largest: Bytes that it may have.

    Raises:
        ArtifactError: If it is empty, or larger.
        InputError: If it cannot be read.
    """
    size = size_of(path)
    if size == 0:
        raise ArtifactError("is empty", where=str(path), remedy="Download the file again.")
    if size > largest:
        raise ArtifactError(
            f"has {human_size(size)}, more than the {human_size(largest)} that such a file may "
            "have",
            where=str(path),
            remedy="Give a smaller file.",
        )
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError as error:
        raise _unreadable(path, error) from error
    try:
        data = mmap.mmap(handle, 0, access=mmap.ACCESS_READ)
    finally:
        os.close(handle)
    with data:
        yield data


def checksum(path: Path) -> str:
    """SHA2-256 of a file as a multihash, as the file extension writes it.

    https://github.com/stac-extensions/file#checksums

    Raises:
        InputError: If it cannot be read.
    """
    size_of(path)
    try:
        with path.open("rb") as file:
            return _SHA2_256 + hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> InputError:
    return InputError(
        f"cannot be read: {error.strerror or error}",
        where=str(path),
        remedy="Check the path of the file.",
    )
