"""Reading the item that a command is given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from geocairn import _io
from geocairn.errors import InputError

__all__ = ["read_item"]


def read_item(path: Path) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        InputError: If there is none.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror}",
            where=str(path),
            remedy="Give the path of a STAC Item (JSON).",
        ) from None
    value = _io.loads(data, where=str(path))
    if not isinstance(value, dict):
        raise InputError("is no JSON object", where=str(path), remedy="Give a STAC Item.")
    return value
