"""A model in one archive, for whoever runs ONNX: network, item and card."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from geocairn import _io
from geocairn.export.archive import write_zip
from geocairn.export.card import write_card
from geocairn.run.loading import Loaded

__all__ = ["write_bundle"]

_MODEL, _ITEM, _CARD = "model.onnx", "item.json", "README.md"


def write_bundle(path: Path, item: Mapping[str, Any], loaded: Loaded, *, text: str = "") -> None:
    """Write the archive.

    Args:
        path: The file.
        item: The model's item.
        loaded: The model.
        text: Its card; empty for one that is made of the item.

    Raises:
        OutputError: If it cannot be written.
    """
    asset = {
        **loaded.asset.raw,
        "href": f"./{_MODEL}",
        "file:checksum": loaded.file.checksum,
        "file:size": loaded.file.path.stat().st_size,
    }
    packed = {**item, "assets": {loaded.asset.key: asset}, "links": _links(item)}
    parts = {
        _ITEM: _io.dumps(packed, indent=True) + b"\n",
        _CARD: write_card(item, text=text, address=_ITEM).encode(),
    }
    write_zip(path, {**parts, _MODEL: loaded.file.path.read_bytes()})


def _links(item: Mapping[str, Any]) -> list[Any]:
    """Links that mean something outside of the hub."""
    links = item.get("links")
    return [
        link
        for link in (links if isinstance(links, list) else ())
        if isinstance(link, Mapping)
        and "://" in str(link.get("href"))
        and link.get("rel") != "self"
    ]
