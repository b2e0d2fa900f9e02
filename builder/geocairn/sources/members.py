"""The features of an ItemCollection one by one, without holding the whole document.

A light reader that only follows strings and brackets finds where each feature begins and ends;
what lies between is parsed as JSON, and whatever does not fit is left to the JSON parser to name.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geocairn import _io
from geocairn.errors import InputError, MalformedJSONError
from geocairn.sources.base import unreadable

__all__ = ["Outline", "features", "outline"]

Bytes = bytes | mmap.mmap

# A string, and the next bracket outside of strings; possessive, so that no input makes it try
# anything twice.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_BRACKET = re.compile(
    rb'[^"\[\]{}]*+(?:' + _STRING.pattern + rb'[^"\[\]{}]*+)*+(?:([\[{])|([\]}]))', re.DOTALL
)
_SCALAR = re.compile(rb"[^\s,\]}]++")
_SPACE = re.compile(rb"[ \t\r\n]*+")
_OPENING = 1
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Outline:
    """What a document is.

    Attributes:
        kind: Its ``type``, None where it has none.
        features: First byte of its list of features, where it has one.
        lines: Whether more documents follow, as in newline-delimited JSON.
    """

    kind: Any = None
    features: int | None = None
    lines: bool = False


class _BrokenError(Exception):
    """The text does not go on as JSON does."""


def outline(path: Path, *, where: str) -> Outline:
    """Find out what a JSON document is, reading no more of it than that takes.

    A bare list counts as a list of features.

    Args:
        path: The file, uncompressed.
        where: Its name for people.

    Raises:
        MalformedJSONError: If it is not JSON, with line and column.
        InputError: If it cannot be read.
    """
    data = _map(path, where)
    try:
        return _outline(data)
    except _BrokenError:
        raise _fault(data, where) from None


def _outline(data: Bytes) -> Outline:
    root = _root(data)
    if data[root : root + 1] == b"[":
        return Outline("FeatureCollection", root)
    if data[root : root + 1] != b"{":
        _parse(data, 0, len(data))
        return Outline()
    kind, found = None, None
    for name, start in _members(data, root):
        if name == "features" and data[start : start + 1] == b"[":
            found = start
        else:
            value = _parse(data, start, _skip(data, start))
            kind = value if name == "type" else kind
            found = None if name == "features" else found
        if kind == "FeatureCollection" and found is not None:
            return Outline(kind, found)
    return Outline(kind, found, lines=_space(data, _skip(data, root)) < len(data))


def features(path: Path, start: int, *, where: str) -> Iterator[bytes]:
    """Give the features of an ItemCollection, each as compact JSON.

    Args:
        path: The file, uncompressed.
        start: First byte of the list, see `Outline.features`.
        where: Its name for people.

    Raises:
        MalformedJSONError: If the document is not JSON, with line and column, once the features
            before the fault have been given.
        InputError: If it cannot be read.
    """
    data = _map(path, where)
    try:
        place = _space(data, start + 1)
        while data[place : place + 1] != b"]":
            end = _skip(data, place)
            yield _io.dumps(_parse(data, place, end))
            place = _next(data, end, closing=b"]")
        if start == _root(data):
            _nothing_more(data, place + 1)
        else:
            _rest(data, place + 1)
    except _BrokenError:
        raise _fault(data, where) from None


def _map(path: Path, where: str) -> Bytes:
    try:
        with path.open("rb") as file:
            # Nothing can be mapped of an empty file.
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if file.read(1) else b""
    except OSError as error:
        raise unreadable(where, error) from error


def _fault(data: Bytes, where: str) -> InputError:
    """What is wrong, in the parser's words, with its place in the whole document."""
    try:
        _io.loads(data[:], where=where)
    except MalformedJSONError as error:
        return error
    return InputError("cannot be taken apart", where=where, remedy="Write it again as plain JSON.")


def _parse(data: Bytes, start: int, end: int) -> Any:
    try:
        return _io.loads(data[start:end])
    except MalformedJSONError:
        raise _BrokenError from None


def _root(data: Bytes) -> int:
    return _space(data, len(_BOM) if data[: len(_BOM)] == _BOM else 0)


def _space(data: Bytes, place: int) -> int:
    match = _SPACE.match(data, place)
    assert match is not None
    return match.end()


def _next(data: Bytes, end: int, *, closing: bytes) -> int:
    """Where the next part begins, or where the closing bracket is."""
    place = _space(data, end)
    if data[place : place + 1] == b",":
        place = _space(data, place + 1)
        if data[place : place + 1] == closing:
            raise _BrokenError
    elif data[place : place + 1] != closing:
        raise _BrokenError
    return place


def _members(data: Bytes, place: int) -> Iterator[tuple[str, int]]:
    """Names of an object's members, and where their values begin."""
    yield from _members_from(data, _space(data, place + 1))


def _members_from(data: Bytes, place: int) -> Iterator[tuple[str, int]]:
    while data[place : place + 1] != b"}":
        name = _STRING.match(data, place)
        colon = _space(data, name.end()) if name else 0
        if name is None or data[colon : colon + 1] != b":":
            raise _BrokenError
        start = _space(data, colon + 1)
        yield _parse(data, place, name.end()), start
        place = _next(data, _skip(data, start), closing=b"}")


def _rest(data: Bytes, end: int) -> None:
    """Follow the members behind a value to the end of the document."""
    last = end
    place = _next(data, end, closing=b"}")
    for _, start in _members_from(data, place):
        last = _skip(data, start)
        _parse(data, start, last)
    _nothing_more(data, _space(data, last) + 1)


def _nothing_more(data: Bytes, place: int) -> None:
    if _space(data, place) != len(data):
        raise _BrokenError


def _skip(data: Bytes, place: int) -> int:
    """Where the value that begins here ends."""
    if data[place : place + 1] not in (b"[", b"{"):
        match = _STRING.match(data, place) or _SCALAR.match(data, place)
        if match is None:
            raise _BrokenError
        return match.end()
    depth = 0
    while bracket := _BRACKET.match(data, place):
        place = bracket.end()
        depth += 1 if bracket.lastindex == _OPENING else -1
        if depth == 0:
            return place
    raise _BrokenError
