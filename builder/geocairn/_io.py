"""Bytes in, bytes out: JSON, hashes and files written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from geocairn.errors import MalformedJSONError, OutputError

__all__ = [
    "canonical",
    "digest",
    "dumps",
    "human_size",
    "loads",
    "output_error",
    "whole",
    "without_password",
    "write_atomic",
]

# orjson reads integers beyond 64 bits as floats; nineteen digits are where that may begin.
# Searching for a run of one byte after a translation is ten times as fast as a pattern.
_OUTLINE = bytes(
    {**dict.fromkeys(b"0123456789", ord("0")), **dict.fromkeys(b"[{", ord("["))}.get(byte, 0)
    for byte in range(256)
)
_LONG_DIGITS = b"0" * 19
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s'\"]+@")
_BOM = b"\xef\xbb\xbf"
# What can be read must also be writable: the standard library's writer, which big integers and
# deep documents need, stops just short of a thousand levels.
_DEEPEST = 500


def loads(data: bytes, *, where: str | None = None, unique: bool = False) -> Any:
    """Parse one JSON document without losing anything JSON can say.

    Integers of any size stay integers. NaN, infinities, lone surrogates, numbers beyond
    a double's range (RFC 8259, RFC 7493) and more than 500 levels are refused.

    Args:
        data: UTF-8 text, with or without a byte-order mark.
        where: Origin for messages.
        unique: Whether to refuse an object with two members of one name, of which some programs
            read the first and others the last (RFC 7493, section 2.3).

    Raises:
        MalformedJSONError: With line and column (both from 1) of the first fault.
    """
    data = data.removeprefix(_BOM)
    try:
        value = orjson.loads(data)
        outline = data.translate(_OUTLINE)
        if outline.count(b"[") > _DEEPEST and _too_deep(value):
            raise ValueError(f"more than {_DEEPEST} levels of lists and objects")
        if unique and _may_repeat(data, value):
            json.loads(data, object_pairs_hook=_without_repeats)
        return json.loads(data) if _LONG_DIGITS in outline else value
    except (ValueError, RecursionError) as error:
        raise _malformed(data, error, where) from None


def _too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            part
            for whole in level
            for part in (whole.values() if isinstance(whole, dict) else whole)
            if isinstance(part, (dict, list))
        ]
        if not level:
            return False
    return True


def _may_repeat(data: bytes, value: Any) -> bool:
    """Whether a name may be given twice; a cheap look, for that is rare.

    Of two members with one name a parser keeps one, and with the other at least two quotation
    marks go. Written again, text has the same number of them, but for those written as escapes.
    """
    return b"\\u0022" in data or data.count(b'"') != dumps(value).count(b'"')


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"{twice[:80]!r} is given twice in one object")
    return found


def _malformed(data: bytes, error: Exception, where: str | None) -> MalformedJSONError:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        column = fault.start - data.rfind(b"\n", 0, fault.start)
        return MalformedJSONError(
            f"byte 0x{data[fault.start]:02x} at line {line}, column {column} is not UTF-8",
            where=where,
            remedy="Save the file as UTF-8.",
        )
    if isinstance(error, json.JSONDecodeError):
        text = re.sub(r": line \d+ column \d+ \(char \d+\)$", "", str(error))
        message = f"not JSON at line {error.lineno}, column {error.colno}: {text}"
    else:
        message = f"not JSON: {error}"
    return MalformedJSONError(message, where=where, remedy="Correct the JSON at that place.")


def dumps(value: Any, *, indent: bool = False) -> bytes:
    """Serialise to compact UTF-8 JSON (or indented by two), keeping the order of keys."""
    try:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2 if indent else None)
    except TypeError:
        # Integers beyond 64 bits: the standard library writes them in full.
        text = json.dumps(
            value,
            ensure_ascii=False,
            allow_nan=False,
            indent=2 if indent else None,
            separators=None if indent else (",", ":"),
        )
        return text.encode("utf-8")


def canonical(value: Any) -> bytes:
    """Serialise with sorted keys, so that equal values give equal bytes."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        text = json.dumps(
            value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
        )
        return text.encode("utf-8")


def digest(*parts: bytes) -> str:
    """SHA2-256 of the parts, each preceded by its length: the first 32 hexadecimal digits.

    Processors have instructions for it, and it takes less than half the time of BLAKE2.
    """
    state = hashlib.sha256()
    for part in parts:
        state.update(len(part).to_bytes(8, "little"))
        state.update(part)
    return state.hexdigest()[:32]


def write_atomic(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Write a file so that a reader sees the old bytes or the new ones, never a part.

    Args:
        path: The file; its folder is made if need be.
        data: Its bytes.
        durable: Whether to wait until the disk has them, against a power cut.

    Raises:
        OutputError: When the disk is full or the place cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException as error:
        # Where the folder itself cannot be made, there is nothing to remove either.
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            # People know the file by its own name.
            raise output_error(OSError(error.errno, error.strerror), path) from error
        raise


@contextlib.contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A passing name to write a file under; it gets its own when the file is whole.

    Raises:
        OutputError: When the disk is full or the place cannot be written.
    """
    temporary = path.with_suffix(".part")
    try:
        yield temporary
        temporary.replace(path)
    except OSError as error:
        raise output_error(error, path) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def output_error(error: OSError, path: Path | str) -> OutputError:
    """Turn an operating system's refusal into a message with a remedy."""
    remedies = {
        errno.ENOSPC: "Free some space on that disk, or choose another place.",
        errno.EDQUOT: "Free some of your disk quota, or choose another place.",
        errno.EROFS: "That disk is read-only: choose another place.",
        errno.EACCES: "Allow writing there, or choose another place.",
        errno.EPERM: "Allow writing there, or choose another place.",
    }
    return OutputError(
        f"cannot write: {error.strerror or error}",
        where=str(error.filename or path),
        remedy=remedies.get(error.errno or 0, "Check the path."),
    )


def without_password(text: str) -> str:
    """A text without the user names and passwords of the URLs in it: messages end up in logs."""
    return _CREDENTIALS.sub("", text)


def human_size(size: float) -> str:
    """A number of bytes for people: ``1.5 MiB``."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024 or unit == "GiB":
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    raise AssertionError
