"""A hub's files, as the doctor reads them: what is missing is None, not an error."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from geocairn import layout
from geocairn.errors import MissingFileError
from geocairn.search.hub import Hub, LocalHub, open_hub
from geocairn.search.ranges import Handle, Ranged
from geocairn.search.remote import RemoteHub

__all__ = ["HubFiles"]

_AT_ONCE = 128


class HubFiles:
    """The files of a hub in a folder or behind a URL.

    Args:
        href: The folder or URL.

    Raises:
        HubError: When there is no hub, or it cannot be reached.
    """

    def __init__(self, href: str) -> None:
        self.hub: Hub = open_hub(href, strict=False)
        self.manifest = self.hub.manifest

    @property
    def folder(self) -> Path | None:
        """The hub's folder; None behind a URL."""
        return self.hub.folder if isinstance(self.hub, LocalHub) else None

    def read(self, path: str) -> bytes | None:
        """One whole file, or None where there is none."""
        return next(self.read_many([path]))

    def read_many(self, paths: Sequence[str]) -> Iterator[bytes | None]:
        """Whole files in the order asked for, a bounded number at a time."""
        for start in range(0, len(paths), _AT_ONCE):
            yield from self._read(paths[start : start + _AT_ONCE])

    def _read(self, paths: Sequence[str]) -> list[bytes | None]:
        if self.folder is not None:
            return [_read_local(f"{self.folder}/{path}", self.hub, path) for path in paths]
        try:
            return list(self.hub.read_many(paths))
        except MissingFileError:
            if len(paths) == 1:
                return [None]
            # Halves until those that are missing stand alone.
            middle = len(paths) // 2
            return self._read(paths[:middle]) + self._read(paths[middle:])

    def cards(self, places: Sequence[tuple[str, str]]) -> Iterator[str | None]:
        """Texts of some items' model cards; behind a URL each is a request, so ask rarely.

        Args:
            places: Collection and id of each.
        """
        for data in self.read_many([layout.card(*place) for place in places]):
            yield None if data is None else data.decode("utf-8", "replace")

    def size(self, path: str) -> int:
        """Length of a file in bytes.

        Raises:
            MissingFileError: When there is none.
        """
        if isinstance(self.hub, RemoteHub):
            return self.hub.file(path).size
        try:
            return Path(self.hub.scan_path(path)).stat().st_size
        except (FileNotFoundError, NotADirectoryError):
            raise MissingFileError(f"there is no {path}", where=self.hub.href) from None

    def parquet(self, path: str) -> pq.ParquetFile:
        """A Parquet file, read by ranges where it is behind a URL.

        Raises:
            MissingFileError: When there is none.
            pyarrow.ArrowException: When it is none.
        """
        size = self.size(path)
        if isinstance(self.hub, RemoteHub):
            return pq.ParquetFile(Handle(_Remote(self.hub, path, size)), pre_buffer=True)
        return pq.ParquetFile(self.hub.scan_path(path))

    def range(self, path: str, start: int, end: int) -> bytes:
        """Some bytes of a file that is there."""
        if isinstance(self.hub, RemoteHub):
            return self.hub.read_range(path, start, end)
        with Path(self.hub.scan_path(path)).open("rb") as file:
            file.seek(start)
            return file.read(end - start)

    def close(self) -> None:
        """Release connections."""
        self.hub.close()


def _read_local(place: str, hub: Hub, path: str) -> bytes | None:
    # Asked before it is opened: most items have no card, and an exception each takes long.
    return hub.read(path) if os.path.isfile(place) else None  # noqa: PTH113


class _Remote(Ranged):
    """Ranges of a remote file, kept nowhere: a table is read once, from one end to the other."""

    def __init__(self, hub: RemoteHub, path: str, size: int) -> None:
        self._hub: Any = hub
        self._path = path
        self.size = size

    def read(self, start: int, end: int) -> bytes:
        end = min(end, self.size)
        data: bytes = self._hub.read_range(self._path, start, end) if start < end else b""
        return data
