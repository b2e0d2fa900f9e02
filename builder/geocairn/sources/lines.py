"""Newline-delimited JSON: the form that every streaming source is brought into."""

from __future__ import annotations

import os
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO

from geocairn import _io
from geocairn.sources.base import RawCollection, RawItem, unreadable

__all__ = ["LineNumbers", "LinesChunk", "LinesSource", "Origins", "spool_lines"]

_SMALLEST = 2 << 20
_MOST_CHUNKS = 512
_ODDS = 32
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Origins:
    """Where each line of a chunk was gathered from.

    Attributes:
        path: File with one origin a line.
        offset: Where in that file the chunk's first origin is.
    """

    path: str
    offset: int

    def of(self, index: int) -> str:
        """Where the chunk's line of this number comes from."""
        with Path(self.path).open("rb") as file:
            file.seek(self.offset)
            return next(islice(file, index, None)).rstrip(b"\n").decode()


@dataclass(slots=True)
class LineNumbers:
    """Counts the lines of a file, when someone wants to know: most builds never do.

    Attributes:
        path: The file.
        known: Places in it, ascending, each with the number of lines before it.
    """

    path: str
    known: list[tuple[int, int]] = field(default_factory=lambda: [(0, 0)])

    def before(self, offset: int) -> int:
        """Number of lines before a place where one begins."""
        nearest = bisect_right(self.known, offset, key=itemgetter(0)) - 1
        place, count = self.known[nearest]
        if place < offset:
            with Path(self.path).open("rb") as file:
                file.seek(place)
                while block := file.read(min(_BLOCK, offset - place)):
                    place, count = place + len(block), count + block.count(b"\n")
            self.known.insert(nearest + 1, (offset, count))
        return count


@dataclass(frozen=True, slots=True)
class LinesChunk:
    """A byte range of a file of lines, cut at line ends.

    Attributes:
        path: The file to read, absolute.
        label: Its name for people.
        offset: First byte.
        size: Number of bytes.
        numbers: Tells how many lines are before it.
        origins: Where the lines come from, if they were gathered from elsewhere.
    """

    path: str
    label: str
    offset: int
    size: int
    numbers: LineNumbers
    origins: Origins | None = None

    def _read(self) -> bytes:
        try:
            with Path(self.path).open("rb") as file:
                file.seek(self.offset)
                return file.read(self.size)
        except OSError as error:
            raise unreadable(self.label, error) from error

    def digest(self) -> str:
        """See `Chunk.digest`."""
        return _io.digest(self.label.encode("utf-8", "surrogateescape"), self._read())

    def items(self) -> Iterator[RawItem]:
        """See `Chunk.items`; blank lines are passed over."""
        for index, line in enumerate(self._read().split(b"\n")):
            if line and not line.isspace():
                yield RawItem(line, index)

    def origin(self, index: int) -> str:
        """See `Chunk.origin`."""
        if self.origins is not None:
            return self.origins.of(index)
        try:
            return f"{self.label}:{self.numbers.before(self.offset) + index + 1}"
        except OSError as error:
            raise unreadable(self.label, error) from error


class LinesSource:
    """A local, uncompressed file of one JSON document a line.

    Args:
        path: The file.
        label: Its name for people; the path by default.
        origins: File with one origin a line, where the lines were gathered from elsewhere.
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
        # Processes that read the chunks may run in another folder.
        self._path = path.absolute()
        self._label = label or str(path)
        self._origins = origins
        self._collections = tuple(collections)

    def collections(self) -> Iterator[RawCollection]:
        """See `Source.collections`."""
        yield from self._collections

    def chunks(self) -> Iterator[LinesChunk]:
        """Cut the file at line ends chosen by content, 2 MiB apart or more in a large file.

        A line that is inserted or removed changes its own chunk, and the rest stays the same.

        Raises:
            InputError: If the file cannot be read.
        """
        start = 0
        path, label = str(self._path), self._label
        numbers = LineNumbers(path)
        try:
            with self._path.open("rb") as file, self._open_origins() as names:
                size = os.fstat(file.fileno()).st_size
                while start < size:
                    end = _cut(file, start, size, smallest=_smallest(size))
                    origins = self._next_origins(names, file, start, end)
                    yield LinesChunk(path, label, start, end - start, numbers, origins)
                    start = end
        except OSError as error:
            raise unreadable(self._label, error) from error

    def _open_origins(self) -> AbstractContextManager[BinaryIO | None]:
        return self._origins.open("rb") if self._origins else nullcontext()

    def _next_origins(
        self, names: BinaryIO | None, file: BinaryIO, start: int, end: int
    ) -> Origins | None:
        if names is None:
            return None
        offset = names.tell()
        file.seek(start)
        for _ in range(file.read(end - start).count(b"\n")):
            names.readline()
        return Origins(str(self._origins), offset)


def _smallest(size: int) -> int:
    """Least bytes of a chunk, doubled until there are few enough: each row group visits all."""
    smallest = _SMALLEST
    while size > smallest * _MOST_CHUNKS:
        smallest *= 2
    return smallest


def _cut(file: BinaryIO, start: int, size: int, *, smallest: int) -> int:
    """End of the chunk that starts here: behind the first line, of those far enough, that fits."""
    file.seek(start + smallest)
    file.readline()
    while line := file.readline():
        if zlib.crc32(line) % _ODDS == 0:
            break
    return min(file.tell(), size)


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
        collections: Collections that came along; looked at when all documents have arrived.

    Raises:
        InputError: If a document cannot be read.
        OutputError: If the folder cannot be written.
    """
    lines, origins = folder / "items.ndjson", folder / "origins.txt"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with lines.open("wb") as data, origins.open("wb") as names:
            for document, origin in documents:
                data.write(document + b"\n")
                names.write(origin.replace("\n", " ").encode("utf-8", "replace") + b"\n")
    except OSError as error:
        raise _io.output_error(error, folder) from error
    return LinesSource(lines, label=label, origins=origins, collections=collections)
