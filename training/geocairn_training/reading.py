"""Files that people hand over: read, or an error that says which and what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from geocairn import _io
from geocairn.errors import GeocairnError, MalformedJSONError

__all__ = ["content", "document"]


def content(
    path: Path, *, error: type[GeocairnError], remedy: str, fault: str = "cannot be read"
) -> bytes:
    """The bytes of a file.

    Args:
        path: The file.
        error: What to raise where it cannot be read.
        remedy: What to do then.
        fault: What is wrong then, before the system's own reason.

    Raises:
        GeocairnError: Of the kind `error`.
    """
    try:
        return path.read_bytes()
    except OSError as reason:
        raise error(f"{fault}: {reason.strerror}", where=str(path), remedy=remedy) from None


def document(data: bytes, *, error: type[GeocairnError], where: str | None) -> Any:
    """The value of a JSON document.

    Args:
        data: Its bytes.
        error: What to raise where they are none.
        where: Origin, for messages.

    Raises:
        GeocairnError: Of the kind `error`, with line and column.
    """
    try:
        return _io.loads(data, where=where)
    except MalformedJSONError as reason:
        raise error(reason.message, where=where, remedy=reason.remedy) from None
