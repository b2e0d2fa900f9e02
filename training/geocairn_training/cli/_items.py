"""Reading the item that a command is given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from geocairn.errors import InputError
from geocairn_training.reading import content, document

__all__ = ["read_item"]


def read_item(path: Path) -> dict[str, Any]:
    """Read an item; what else there is to say of it is a matter of `geocairn check`.

    Raises:
        InputError: If there is none.
    """
    data = content(path, error=InputError, remedy="Give the path of a STAC Item (JSON).")
    value = document(data, error=InputError, where=str(path))
    found = value.get("type", "nothing") if isinstance(value, dict) else type(value).__name__
    if not isinstance(value, dict) or found != "Feature":
        raise InputError(
            f"is no STAC Item: its type is {found!r}, not 'Feature'",
            where=str(path),
            remedy="Give the JSON file of an item.",
        )
    return value
