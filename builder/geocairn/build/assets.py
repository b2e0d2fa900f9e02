"""Files beside an item that travel with it: thumbnails, sample inputs, small models."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from geocairn import _io
from geocairn.checks import hub
from geocairn.checks.rules.hrefs import is_relative
from geocairn.findings import Finding
from geocairn.sources import LARGEST, local_file

__all__ = ["Asset", "local_assets", "not_served"]

_SHA2_256 = "1220"
_EXTENSION = "https://stac-extensions.github.io/file/"
_EXTENSION_URL = _EXTENSION + "v2.1.0/schema.json"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file to publish beside its item.

    Attributes:
        href: Its place in the item's folder, slashes and all, decoded.
        data: What is in it.
    """

    href: str
    data: bytes


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
            found.append(Asset(str(place), (folder / place).read_bytes()))
            asset = asset | _facts(found[-1].data)
        completed[key] = asset
    return (_declared(item | {"assets": completed}), found) if found else (item, [])


def _declared(item: dict[str, Any]) -> dict[str, Any]:
    extensions = item.get("stac_extensions", [])
    if not isinstance(extensions, list):
        return item
    if any(isinstance(url, str) and url.startswith(_EXTENSION) for url in extensions):
        return item
    return item | {"stac_extensions": [*extensions, _EXTENSION_URL]}


def not_served(item: dict[str, Any], *, folder: Path | None) -> Iterator[Finding]:
    """Look for relative paths to files that the hub will not have.

    A file that is not in the folder at all is left to the checks.

    Args:
        item: A STAC Item with a string ``id``.
        folder: Its folder in the source, or None where it has none.
    """
    assets = item.get("assets")
    for key, asset in assets.items() if isinstance(assets, dict) else ():
        href = asset.get("href") if isinstance(asset, dict) else None
        if not isinstance(href, str) or "://" in href or not is_relative(href):
            continue
        if folder is None:
            reason = "is relative, and the item comes without a folder"
            yield hub.not_served(item["id"], asset=key, href=href, reason=reason)
        elif (size := _size(folder, href)) > LARGEST:
            reason = f"has {_io.human_size(size)}, more than the hub serves"
            yield hub.not_served(item["id"], asset=key, href=href, reason=reason)


def _size(folder: Path, href: str) -> int:
    try:
        return (folder / unquote(urlsplit(href).path)).stat().st_size
    except (OSError, ValueError):
        return 0


def _facts(data: bytes) -> dict[str, Any]:
    return {
        "file:size": len(data),
        "file:checksum": _SHA2_256 + hashlib.sha256(data).hexdigest(),
    }
