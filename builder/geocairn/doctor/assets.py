"""Files that items bring along: are they there, and are they what the items say."""

from __future__ import annotations

import hashlib
import posixpath
from typing import Any
from urllib.parse import unquote, urlsplit

from geocairn import layout
from geocairn.doctor.context import Context

__all__ = ["check_assets"]

_SHA2_256 = "1220"


def check_assets(context: Context, items: list[dict[str, Any]]) -> None:
    """Compare the assets that items have in the hub with their sizes and checksums."""
    wanted = [
        (item["id"], key, asset, path)
        for item in items
        for key, asset in item["assets"].items()
        if (path := _place(item, asset)) is not None
    ]
    data = context.files.read_many([path for *_, path in wanted])
    for (item, key, asset, path), content in zip(wanted, data, strict=True):
        if content is None:
            message = f"asset {key!r} of {item} is not there"
            context.say("DOC070", message, file=path, path=("assets", key, "href"), item=item)
        else:
            _compare(context, item, key, asset, path, content)


def _place(item: dict[str, Any], asset: Any) -> str | None:
    """Path of an asset's file in the hub; None for one that is elsewhere."""
    href = asset.get("href") if isinstance(asset, dict) else None
    if not isinstance(href, str) or not href:
        return None
    parts = urlsplit(href)
    if parts.scheme or parts.netloc or href.startswith(("/", "\\")):
        return None
    folder = layout.item_folder(item["collection"], item["id"])
    path = posixpath.normpath(posixpath.join(folder, unquote(parts.path)))
    return path if path.startswith(f"{folder}/") else None


def _compare(
    context: Context, item: str, key: str, asset: dict[str, Any], path: str, content: bytes
) -> None:
    size, checksum = asset.get("file:size"), asset.get("file:checksum")
    if size is not None and size != len(content):
        message = f"has {len(content):,} bytes, asset {key!r} of {item} says {size}"
        place = ("assets", key, "file:size")
        context.say("DOC071", message, file=path, path=place, value=size, item=item)
    elif checksum is not None and checksum != _SHA2_256 + hashlib.sha256(content).hexdigest():
        message = f"has another checksum than asset {key!r} of {item} says"
        place = ("assets", key, "file:checksum")
        context.say("DOC071", message, file=path, path=place, value=checksum, item=item)
