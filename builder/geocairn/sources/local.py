"""Files beside an item that its assets refer to."""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from geocairn import _io
from geocairn.errors import MalformedJSONError

__all__ = ["LARGEST", "beside", "evidence_path", "local_file"]

LARGEST = 5 << 20
"""Bytes of the largest file that a hub serves itself; larger ones live elsewhere, by URL."""


def local_file(
    asset: Any, *, folder: Path, taken: Container[str] = (), largest: int = LARGEST
) -> PurePosixPath | None:
    """The file in the item's own folder that an asset's relative href means.

    Only plain files inside the folder count: no symbolic links on the way, nothing above it,
    nothing that is larger than allowed.

    Args:
        asset: An asset of an item, or anything that stands in its place.
        folder: The item's folder.
        taken: Names that the hub's own files have in that folder.
        largest: Bytes that it may have; by default those that a hub serves.

    Returns:
        Its path from the folder, or None where there is no such file.
    """
    href = asset.get("href") if isinstance(asset, dict) else None
    if not isinstance(href, str):
        return None
    try:
        parts = urlsplit(href)
        path = PurePosixPath(unquote(parts.path))
        if parts.scheme or parts.netloc or path.is_absolute() or ".." in path.parts:
            return None
        if not path.parts or str(path) in taken or "\\" in str(path):
            return None
        place = folder / path
        inside = place.resolve() == folder.resolve() / path
        fits = inside and place.is_file() and place.stat().st_size <= largest
    except (ValueError, OSError):  # no URL at all, or no name that a file could have
        return None
    return path if fits else None


def evidence_path(folder: Path) -> Path:
    """Where the evidence for an item lies, from the folder of all evidence.

    Args:
        folder: The item's own folder, ``.../<collection>/<model>/<version>``.
    """
    names = folder.absolute().parts[-3:]
    return Path(*names[:-1], f"{names[-1]}.json")


def beside(data: bytes, *, folder: Path) -> bytes:
    """Names, sizes and times of the local files that an item refers to.

    Args:
        data: The item's JSON, or any other bytes.
        folder: Its folder.
    """
    try:
        item = _io.loads(data)
    except MalformedJSONError:
        return b""
    assets = item.get("assets") if isinstance(item, dict) else None
    if not isinstance(assets, dict):
        return b""
    found = []
    for asset in assets.values():
        if (path := local_file(asset, folder=folder)) is not None:
            status = (folder / path).stat()
            found.append(f"{path} {status.st_size} {status.st_mtime_ns}")
    return "\n".join(found).encode("utf-8", "surrogatepass")
