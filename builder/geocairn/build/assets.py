"""Files beside an item that travel with it: thumbnails, sample inputs, small models."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

__all__ = ["LARGEST", "Asset", "local_assets"]

LARGEST = 5 << 20
"""Bytes of the largest file that a hub serves itself; larger ones live elsewhere, by URL."""

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

    Only plain files inside the folder count: no symbolic links, nothing above it, nothing
    over `LARGEST`. Checksums are multihashes of SHA2-256, as the file extension asks
    (https://github.com/stac-extensions/file#checksums).

    Args:
        item: A STAC Item; it is not changed.
        folder: Its folder in the source, or None where it has none.

    Returns:
        The item, completed, and the files.
    """
    assets = item.get("assets")
    if folder is None or not isinstance(assets, dict):
        return item, []
    found, completed = [], {}
    for key, asset in assets.items():
        place = _place(asset, folder)
        if place is not None:
            found.append(place)
            asset = asset | _facts(place.path)
        completed[key] = asset
    return (_declared(item | {"assets": completed}), found) if found else (item, [])


def _declared(item: dict[str, Any]) -> dict[str, Any]:
    extensions = item.get("stac_extensions", [])
    if not isinstance(extensions, list):
        return item
    if any(isinstance(url, str) and url.startswith(_EXTENSION) for url in extensions):
        return item
    return item | {"stac_extensions": [*extensions, _EXTENSION_URL]}


def _place(asset: Any, folder: Path) -> Asset | None:
    href = asset.get("href") if isinstance(asset, dict) else None
    if not isinstance(href, str) or urlsplit(href).scheme or href.startswith(("/", "\\")):
        return None
    parts = PurePosixPath(unquote(urlsplit(href).path)).parts
    path = folder.joinpath(*parts)
    inside = parts and ".." not in parts and path.resolve().is_relative_to(folder.resolve())
    if not inside or path.is_symlink() or not path.is_file() or path.stat().st_size > LARGEST:
        return None
    return Asset("/".join(parts), path)


def _facts(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    return {
        "file:size": len(data),
        "file:checksum": _SHA2_256 + hashlib.sha256(data).hexdigest(),
    }
