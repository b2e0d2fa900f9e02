"""Parts of a document by name, with the type they should have, whatever the document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from geocairn import layout

__all__ = [
    "assets",
    "entries",
    "holders",
    "id_problem",
    "is_model",
    "model_assets",
    "properties",
]

_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|\Z)", re.IGNORECASE)
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|#%]')
_LONGEST = 200


def properties(item: dict[str, Any]) -> dict[str, Any]:
    """An item's properties; an empty object where they are none."""
    found = item.get("properties")
    return found if isinstance(found, dict) else {}


def assets(item: dict[str, Any]) -> list[dict[str, Any]]:
    """An item's assets that are objects."""
    found = item.get("assets")
    if not isinstance(found, dict):
        return []
    return [asset for asset in found.values() if isinstance(asset, dict)]


def is_model(asset: dict[str, Any]) -> bool:
    """Whether an asset has the role ``mlm:model``."""
    roles = asset.get("roles")
    return isinstance(roles, list) and "mlm:model" in roles


def model_assets(item: dict[str, Any]) -> list[dict[str, Any]]:
    """An item's assets with the role ``mlm:model``."""
    return [asset for asset in assets(item) if is_model(asset)]


def holders(item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Where fields such as ``mlm:accelerator`` may stand: the properties and every asset."""
    yield properties(item)
    yield from assets(item)


def entries(item: dict[str, Any], field: str) -> list[dict[str, Any]]:
    """Entries of a list in the properties, such as ``mlm:input``, that are objects."""
    found = properties(item).get(field)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


@lru_cache(maxsize=256)  # an item's id is asked about twice, a collection's for every item
def id_problem(identifier: str) -> str | None:
    """Why an id cannot name a folder and a URL everywhere; None where it can."""
    if match := _UNSAFE.search(identifier):
        return f"contains {match[0]!r}"
    if not identifier or identifier[0] in ". -" or identifier[-1] in ". ":
        return "begins or ends with a dot, a space or a hyphen"
    if _RESERVED.match(identifier):
        return "is a name that Windows reserves"
    if identifier.lower() in layout.RESERVED:
        return "is the name of one of the hub's own files or folders"
    if len(identifier.encode("utf-8", errors="replace")) > _LONGEST:
        return f"is longer than {_LONGEST} bytes"
    return None
