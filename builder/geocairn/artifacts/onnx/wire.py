"""Protocol buffers, read field by field and without copying what is not asked for.

A model file is a tree of messages whose leaves are mostly weights. Here a message is a range of
bytes; its fields are walked through one after the other, and whatever is of no interest is stepped
over. So a file of gigabytes costs no memory, and nothing in it is built before it has been judged.
The encoding: https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator

from geocairn.errors import ArtifactError

__all__ = ["FIXED32", "LENGTH", "VARINT", "Field", "Message", "Source"]

VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5
_MOST_FIELDS = 1_000_000
_LONGEST_TEXT = 4096
_SIGN = 1 << 63


class Source:
    """The bytes of a file, and how many more fields may be walked through in it.

    Without such a bound, millions of empty fields keep a reader busy for minutes.

    Args:
        data: The bytes.
    """

    __slots__ = ("data", "left")

    def __init__(self, data: bytes | mmap.mmap) -> None:
        self.data = data
        self.left = _MOST_FIELDS

    def message(self) -> Message:
        """All of it."""
        return Message(self, 0, len(self.data))


class Field:
    """One field of a message.

    Attributes:
        number: Its number in the message's definition.
        kind: Its wire type.
        value: The number of a varint or fixed field, as it stands; 0 for others.
        message: The bytes of a field with a length; an empty range for others.
    """

    __slots__ = ("kind", "message", "number", "value")

    def __init__(self, number: int, kind: int, value: int, message: Message) -> None:
        self.number = number
        self.kind = kind
        self.value = value
        self.message = message

    def integer(self) -> int:
        """The value of an ``int64``, whose sign is in its highest bit."""
        return self.value - (1 << 64) if self.value & _SIGN else self.value

    def floating(self) -> float:
        """The value of a ``float``."""
        number: float = struct.unpack("<f", self.value.to_bytes(4, "little"))[0]
        return number


class Message:
    """A range of bytes that holds a message, a text or packed numbers.

    Args:
        source: The file.
        start: First byte.
        end: The byte behind the last.
    """

    __slots__ = ("end", "source", "start")

    def __init__(self, source: Source, start: int, end: int) -> None:
        self.source = source
        self.start = start
        self.end = end

    def __len__(self) -> int:
        return self.end - self.start

    def __iter__(self) -> Iterator[Field]:
        """Its fields, in order.

        Raises:
            ArtifactError: Where the bytes are no message, or end within a field, or the file has
                too many of them.
        """
        source, place, end = self.source, self.start, self.end
        nothing = Message(source, end, end)
        while place < end:
            source.left -= 1
            if source.left < 0:
                raise self._damaged(place, f"there are more than {_MOST_FIELDS:,} fields")
            key, place = self._varint(place)
            number, kind = key >> 3, key & 7
            value, inner = 0, nothing
            if kind == VARINT:
                value, place = self._varint(place)
            elif kind == LENGTH:
                size, place = self._varint(place)
                if size > end - place:
                    raise self._damaged(place, f"a field of {size:,} bytes ends behind the file")
                inner = Message(source, place, place + size)
                place += size
            elif kind in (FIXED32, FIXED64):
                width = 4 if kind == FIXED32 else 8
                if width > end - place:
                    raise self._damaged(place, "a number is cut off")
                value = int.from_bytes(source.data[place : place + width], "little")
                place += width
            else:
                raise self._damaged(place, f"there is no wire type {kind}")
            if number == 0:
                raise self._damaged(place, "a field has the number 0")
            yield Field(number, kind, value, inner)

    def text(self) -> str:
        """The bytes as text, for people and for comparison.

        Raises:
            ArtifactError: If it is not UTF-8, or longer than any name should be.
        """
        if len(self) > _LONGEST_TEXT:
            raise self._damaged(self.start, f"a name has {len(self):,} bytes")
        try:
            return self.bytes().decode("utf-8")
        except UnicodeDecodeError:
            raise self._damaged(self.start, "a name is not UTF-8") from None

    def bytes(self) -> bytes:
        """A copy of the bytes; for small ones."""
        return self.source.data[self.start : self.end]

    def numbers(self) -> Iterator[int]:
        """Packed ``int64``."""
        place = self.start
        while place < self.end:
            value, place = self._varint(place)
            yield value - (1 << 64) if value & _SIGN else value

    def _varint(self, place: int) -> tuple[int, int]:
        data, end = self.source.data, self.end
        value = shift = 0
        while place < end:
            byte = data[place]
            place += 1
            value |= (byte & 127) << shift
            if byte < 128:
                return value & (1 << 64) - 1, place
            shift += 7
            if shift > 63:
                raise self._damaged(place, "a number has more than 64 bits")
        raise self._damaged(place, "a number is cut off")

    @staticmethod
    def _damaged(place: int, reason: str) -> ArtifactError:
        return ArtifactError(
            f"is no whole ONNX file: at byte {place:,}, {reason}",
            remedy="Export or download the file again.",
        )
