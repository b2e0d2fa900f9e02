"""STAC Items of models and of scenes, read from wherever they are."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from geocairn import _io
from geocairn.errors import InputError

__all__ = ["absolute", "absolute_assets", "is_item", "own_href", "read_item"]

_LARGEST = 16 << 20


def is_item(value: Any) -> bool:
    """Whether a parsed document is a STAC Item."""
    return isinstance(value, Mapping) and value.get("type") == "Feature" and "assets" in value


def read_item(href: str) -> dict[str, Any]:
    """Read an item by path or URL.

    Raises:
        InputError: If there is none.
    """
    import fsspec

    try:
        with fsspec.open(href, "rb") as file:
            data = file.read(_LARGEST + 1)
    except Exception as error:  # every protocol has errors of its own
        raise InputError(
            f"cannot be read: {_io.without_password(str(error)) or type(error).__name__}",
            where=_io.without_password(href),
            remedy="Check the path or the address of the STAC Item.",
        ) from error
    item: Any = _io.loads(data, where=href) if len(data) <= _LARGEST else None
    if not is_item(item):
        raise InputError(
            "is no STAC Item", where=href, remedy="Give a raster, or a STAC Item of a scene."
        )
    found: dict[str, Any] = item
    return found


def absolute_assets(item: dict[str, Any], base: str) -> dict[str, Any]:
    """The same item, the hrefs of its assets absolute from where it was read."""
    assets = {
        key: {**asset, "href": absolute(asset["href"], base)}
        if isinstance(asset, Mapping) and isinstance(asset.get("href"), str)
        else asset
        for key, asset in (item.get("assets") or {}).items()
    }
    return {**item, "assets": assets}


def absolute(href: str, base: str) -> str:
    """An href as it stands by itself, from where it was written."""
    if urlsplit(href).scheme or href.startswith("/") or not base:
        return unquote(urlsplit(href).path) if href.startswith("file://") else href
    if "://" in base:
        return urljoin(base, href)
    return os.path.normpath(Path(base).parent / unquote(href))


def own_href(item: Mapping[str, Any]) -> str:
    """Where an item lies, as its ``self`` link says; empty where it has none."""
    links = (link for link in item.get("links") or () if isinstance(link, Mapping))
    return next((str(link.get("href") or "") for link in links if link.get("rel") == "self"), "")
