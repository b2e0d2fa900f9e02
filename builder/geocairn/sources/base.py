"""What every source gives: chunks of raw items that any process can read, and collections."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from geocairn import _io
from geocairn.errors import InputError, MalformedJSONError

__all__ = ["LARGEST_DOCUMENT", "Chunk", "RawCollection", "RawItem", "Source", "unreadable"]


LARGEST_DOCUMENT = 16 << 20
"""Bytes that a document of a source may have; an item has a few thousand."""


@dataclass(frozen=True, slots=True)
class RawItem:
    """One document as found, not yet parsed.

    Attributes:
        data: Its bytes.
        index: Its place in the chunk, from 0; `Chunk.origin` turns it into words.
        folder: The folder whose files its relative hrefs mean; None where there is none.
        card: Text of the model card beside it, in Markdown.
        origin: The same as `Chunk.origin` gives, where it is known without searching.
        evidence: What the hub's keepers found when they ran the model, where they have.
    """

    data: bytes
    index: int
    folder: Path | None = None
    card: str | None = None
    origin: str = ""
    evidence: bytes | None = None

    def parse(self) -> Any:
        """Parse the document.

        Raises:
            MalformedJSONError: With line and column; of one line among others only with the
                column, for its origin has the line. Also where a name is given twice in one
                object, or the document is larger than `LARGEST_DOCUMENT`.
        """
        try:
            return _parsed(self.data)
        except MalformedJSONError as error:
            if not self.origin:
                error.message = error.message.replace("at line 1, column", "at column")
            raise


@dataclass(frozen=True, slots=True)
class RawCollection:
    """A collection's document as found, and where."""

    data: bytes
    origin: str

    def parse(self) -> Any:
        """Parse the document; raises as `RawItem.parse` does."""
        return _parsed(self.data)


def _parsed(data: bytes) -> Any:
    if len(data) > LARGEST_DOCUMENT:
        raise MalformedJSONError(
            f"has more than the {_io.human_size(LARGEST_DOCUMENT)} that a document may have",
            remedy="Put what is large into a file of its own, and refer to it as an asset.",
        )
    return _io.loads(data, unique=True)


class Chunk(Protocol):
    """A few thousand items of a source: small to send to a process, read where it is used."""

    @property
    def size(self) -> int:
        """Bytes to read, for progress."""

    def digest(self) -> str:
        """Hash of everything that the chunk's items depend on."""

    def items(self) -> Iterator[RawItem]:
        """Read the items, in order."""

    def origin(self, index: int) -> str:
        """Where an item came from, for people: a file, ``file:line`` or a URL."""


class Source(Protocol):
    """Something that holds items."""

    def collections(self) -> Iterator[RawCollection]:
        """The collections it describes, in a fixed order."""

    def chunks(self) -> Iterator[Chunk]:
        """Its items, in a fixed order, in chunks that depend on their content alone."""


def unreadable(where: str, error: Exception) -> InputError:
    """What to tell when a source, or a part of it, cannot be read."""
    if isinstance(error, OSError) and error.strerror:
        reason = error.strerror
    else:
        reason = str(error).strip() or type(error).__name__
    return InputError(
        f"cannot be read: {reason}",
        where=where,
        remedy="Check the path or address, and that what lies there is whole.",
    )
