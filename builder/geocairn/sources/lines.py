"""Newline-delimited JSON: the form that every streaming source is brought into."""

from __future__ import annotations

import mmap
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from geocairn import _io
from geocairn.errors import InputError
from geocairn.sources.base import RawCollection, RawItem

__all__ = ["LinesChunk", "LinesSource", "spool_lines"]

_SMALLEST = 4 << 20
_ODDS = 64


@dataclass(frozen=True, slots=True)
class LinesChunk:
    """A byte range of a file of lines, cut at line ends.

    Attributes:
        path: The file to read.
        label: Its name for people.
        offset: First byte.
        size: Number of bytes.
        line: Number of lines before it.
        origins: File with one origin a line, where the lines were gathered from elsewhere.
    """

    path: str
    label: str
    offset: int
    size: int
    line: int
    origins: str | None = None

    def _read(self) -> bytes:
        with Path(self.path).open("rb") as file:
            file.seek(self.offset)
            return file.read(self.size)

    def digest(self) -> str:
        """See `Chunk.digest`."""
        return _io.digest(self.label.encode(), self._read())

    def items(self) -> Iterator[RawItem]:
        """See `Chunk.items`; blank lines are passed over."""
        folders = self._folders()
        for index, line in enumerate(self._read().split(b"\n")):
            if line and not line.isspace():
                yield RawItem(line, index, next(folders, None))

    def _folders(self) -> Iterator[Path]:
        """Folders of items that were gathered from files here, a folder a line."""
        if self.origins is None:
            return
        with Path(self.origins).open(encoding="utf-8") as names:
            for origin in islice(names, self.line, None):
                if not origin.startswith("file:"):
                    return
                yield Path(url2pathname(urlsplit(origin.rstrip("\n")).path)).parent

    def origin(self, index: int) -> str:
        """See `Chunk.origin`."""
        line = self.line + index
        if self.origins is None:
            return f"{self.label}:{line + 1}"
        with Path(self.origins).open(encoding="utf-8") as names:
            return next(islice(names, line, None)).rstrip("\n")


class LinesSource:
    """A local, uncompressed file of one JSON document a line.

    Args:
        path: The file.
        label: Its name for people; the path by default.
        origins: File with one origin a line, see `LinesChunk`.
        collections: Collections that came along.
    """

    def __init__(
        self,
        path: Path,
        *,
        label: str | None = None,
        origins: Path | None = None,
        collections: Iterable[RawCollection] = (),
    ) -> None:
        self._path = path
        self._label = label or str(path)
        self._origins = str(origins) if origins else None
        self._collections = tuple(collections)

    def collections(self) -> Iterator[RawCollection]:
        """See `Source.collections`."""
        yield from self._collections

    def chunks(self) -> Iterator[LinesChunk]:
        """Cut the file at line ends chosen by content, about 4 MiB apart.

        A line that is inserted or removed changes its own chunk, and the rest stays the same.
        """
        if self._path.stat().st_size == 0:
            return
        with self._path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=1) as data:
            start = line = 0
            while start < len(data):
                end = _cut(data, start)
                size = end - start
                yield LinesChunk(str(self._path), self._label, start, size, line, self._origins)
                line += data[start:end].count(b"\n")
                start = end


def _cut(data: mmap.mmap, start: int) -> int:
    """End of the chunk that starts here: behind the first line, of those far enough, that fits."""
    begin = data.find(b"\n", start + _SMALLEST) + 1
    while 0 < begin < len(data):
        end = data.find(b"\n", begin) + 1
        if end == 0:
            break
        if zlib.crc32(data[begin:end]) % _ODDS == 0:
            return end
        begin = end
    return len(data)


def spool_lines(
    documents: Iterable[tuple[bytes, str]],
    folder: Path,
    *,
    label: str,
    collections: Iterable[RawCollection] = (),
) -> LinesSource:
    """Write documents that arrive one by one to a file of lines, and read from that.

    Args:
        documents: JSON without line breaks, each with its origin.
        folder: Where to write; the files stay until the caller removes the folder.
        label: Name of the source for people.
        collections: Collections that came along.

    Raises:
        OutputError: If the folder cannot be written.
    """
    lines, origins = folder / "items.ndjson", folder / "origins.txt"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with lines.open("wb") as data, origins.open("w", encoding="utf-8") as names:
            for document, origin in documents:
                if b"\n" in document:
                    raise InputError("a document spans several lines", where=origin)
                data.write(document + b"\n")
                names.write(origin.replace("\n", " ") + "\n")
    except OSError as error:
        raise _io.output_error(error, folder) from error
    return LinesSource(lines, label=label, origins=origins, collections=collections)
