"""Remote files by byte ranges, and the file system through which DuckDB reads them."""

from __future__ import annotations

import datetime as dt
import io
import threading
from collections.abc import Callable
from typing import Any, Protocol

from fsspec.spec import AbstractFileSystem

__all__ = ["SCHEME", "Handle", "RangeFile", "RangeFileSystem", "Ranged"]

SCHEME = "geocairn"
_BLOCK = 1 << 10
_WHOLE = 1 << 19
"""Files up to half a MiB come in one request, as their many small reads would cost more."""

Reader = Callable[[int, int], bytes]


class RangeFile:
    """One remote file: blocks that were read stay in memory, so no byte travels twice.

    Args:
        fetch: Gives the bytes from a start up to, not including, an end.
        size: Length of the file in bytes.
        footer: Length of its Parquet footer, which is fetched in one piece; 0 if unknown.
    """

    def __init__(self, fetch: Reader, *, size: int, footer: int) -> None:
        self._fetch = fetch
        self.size = size
        self._blocks: dict[int, bytes] = {}
        self._lock = threading.Lock()
        self._footer = footer

    @property
    def is_small(self) -> bool:
        """Whether the file comes whole with the first read."""
        return self.size <= _WHOLE

    def read(self, start: int, end: int) -> bytes:
        """Bytes `start` up to, not including, `end`, or up to the end of the file."""
        end = min(end, self.size)
        if start >= end:
            return b""
        with self._lock:
            missing = self._missing(start, end)
        for first, last in missing:
            data = self._fetch(first * _BLOCK, min((last + 1) * _BLOCK, self.size))
            with self._lock:
                for number in range(first, last + 1):
                    offset = (number - first) * _BLOCK
                    self._blocks[number] = data[offset : offset + _BLOCK]
        first = start // _BLOCK
        whole = b"".join(self._blocks[n] for n in range(first, (end - 1) // _BLOCK + 1))
        return whole[start - first * _BLOCK : end - first * _BLOCK]

    def _missing(self, start: int, end: int) -> list[tuple[int, int]]:
        """Runs of blocks to fetch; the footer comes whole with its first block."""
        if not self._blocks and self.is_small:
            start, end = 0, self.size
        elif end > self.size - self._footer:
            start, end = min(start, self.size - self._footer), self.size
        runs: list[tuple[int, int]] = []
        for number in range(start // _BLOCK, (end - 1) // _BLOCK + 1):
            if number in self._blocks:
                continue
            if runs and runs[-1][1] == number - 1:
                runs[-1] = (runs[-1][0], number)
            else:
                runs.append((number, number))
        return runs


class Ranged(Protocol):
    """A file of which ranges can be read.

    Attributes:
        size: Length in bytes.
    """

    size: int

    @property
    def is_small(self) -> bool:
        """Whether the file comes whole with the first read."""
        return self.size <= _WHOLE

    def read(self, start: int, end: int) -> bytes:
        """Bytes `start` up to, not including, `end`, or up to the end of the file."""
        ...


class Handle(io.RawIOBase):
    """A position in a remote file."""

    def __init__(self, file: Ranged) -> None:
        self._file = file
        self._position = 0

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        """See `io.IOBase.seek`."""
        self._position = (0, self._position, self._file.size)[whence] + offset
        return self._position

    def tell(self) -> int:
        """See `io.IOBase.tell`."""
        return self._position

    def read(self, size: int = -1) -> bytes:
        """See `io.RawIOBase.read`."""
        end = self._file.size if size < 0 else self._position + size
        data = self._file.read(self._position, end)
        self._position += len(data)
        return data


class RangeFileSystem(AbstractFileSystem):  # type: ignore[misc]
    """What DuckDB sees of a remote hub: files named ``geocairn://<path>``.

    Args:
        find: Gives the file at a path from the hub's root.
    """

    protocol = SCHEME
    cachable = False

    def __init__(self, find: Callable[[str], RangeFile]) -> None:
        super().__init__()
        self._find = find

    def _file(self, path: str) -> RangeFile:
        return self._find(path.removeprefix(f"{SCHEME}://"))

    def open(self, path: str, *_: Any, **__: Any) -> Handle:
        """A readable file."""
        return Handle(self._file(path))

    def glob(self, path: str, **_: Any) -> list[str]:
        """The path itself: wildcards mean nothing here."""
        return [path]

    def exists(self, *_: Any, **__: Any) -> bool:
        """True: a file that is missing says so when it is opened."""
        return True

    def isfile(self, *_: Any) -> bool:
        """True: there is nothing but files."""
        return True

    def size(self, path: str) -> int:
        """Length in bytes."""
        return self._file(path).size

    def modified(self, *_: Any) -> dt.datetime:
        """Always the same: a session sees one state of the hub."""
        return dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
