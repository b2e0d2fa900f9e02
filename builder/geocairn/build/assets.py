"""Files beside an item that travel with it: thumbnails, sample inputs, small models."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geocairn.sources import local_file

__all__ = ["Asset", "local_assets"]

_SHA2_256 = "1220"
_EXTENSION = "https://stac-extensions.github.io/file/"
_EXTENSION_URL = _EXTENSION + "v2.1.0/schema.json"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file to publish beside its item.

    Attributes:
        href: Its place in the item's folder, slashes and all, decoded.
        path: The file.
    """

    href: str
    path: Path


def local_assets(
    item: dict[str, Any], *, folder: Path | None
) -> tuple[dict[str, Any], list[Asset]]:
    """Find the assets that lie in the item's own folder, and state their size and checksum.

    Which files count is said in `local_file`. Checksums are multihashes of SHA2-256, as the
    file extension asks (https://github.com/stac-extensions/file#checksums).

    Args:
        item: A STAC Item with a string ``id``; it is not changed.
        folder: Its folder in the source, or None where it has none.

    Returns:
        The item, completed, and the files.
    """
    assets = item.get("assets")
    if folder is None or not isinstance(assets, dict):
        return item, []
    found, completed = [], {}
    taken = (f"{item['id']}.json", f"{item['id']}.md")
    for key, asset in assets.items():
        place = local_file(asset, folder=folder, taken=taken)
        if place is not None:
            found.append(Asset(str(place), folder / place))
            asset = asset | _facts(folder / place)
        completed[key] = asset
    return (_declared(item | {"assets": completed}), found) if found else (item, [])


def _declared(item: dict[str, Any]) -> dict[str, Any]:
    extensions = item.get("stac_extensions", [])
    if not isinstance(extensions, list):
        return item
    if any(isinstance(url, str) and url.startswith(_EXTENSION) for url in extensions):
        return item
    return item | {"stac_extensions": [*extensions, _EXTENSION_URL]}


def _facts(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    return {
        "file:size": len(data),
        "file:checksum": _SHA2_256 + hashlib.sha256(data).hexdigest(),
    }
