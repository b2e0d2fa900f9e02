"""The addresses that an item refers to, and what it says is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["Target", "targets"]

Kind = Literal["model", "file", "licence", "link"]

_MULTIHASH = re.compile(r"1220([0-9a-f]{64})").fullmatch
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_MOST = 200


@dataclass(frozen=True, slots=True)
class Target:
    """An address that an item refers to.

    Attributes:
        url: The address.
        kind: What is there: the model, another file, the licence's text, or anything else.
        name: Key of the asset, or relation of the link.
        size: Bytes that the item says it has; None where it does not say.
        sha256: SHA2-256 that the item says it has, in hexadecimal; empty where it does not say.
    """

    url: str
    kind: Kind
    name: str
    size: int | None = None
    sha256: str = ""


def targets(item: dict[str, Any]) -> list[Target]:
    """Absolute addresses of an item's assets and links, each once; at most 200.

    Args:
        item: A STAC Item; values of an unexpected type are passed over.
    """
    found: dict[str, Target] = {}
    for target in (*_assets(item), *_links(item)):
        found.setdefault(target.url, target)
    return list(found.values())[:_MOST]


def _assets(item: dict[str, Any]) -> Iterator[Target]:
    assets = item.get("assets")
    for key, asset in assets.items() if isinstance(assets, dict) else ():
        href = asset.get("href") if isinstance(asset, dict) else None
        if not isinstance(href, str) or not _SCHEME.match(href):
            continue
        roles, size, checksum = (asset.get(f) for f in ("roles", "file:size", "file:checksum"))
        match = _MULTIHASH(checksum) if isinstance(checksum, str) else None
        yield Target(
            href,
            "model" if isinstance(roles, list) and "mlm:model" in roles else "file",
            key,
            size if isinstance(size, int) and not isinstance(size, bool) else None,
            match[1] if match else "",
        )


def _links(item: dict[str, Any]) -> Iterator[Target]:
    links = item.get("links")
    for link in links if isinstance(links, list) else ():
        href = link.get("href") if isinstance(link, dict) else None
        relation = link.get("rel") if isinstance(link, dict) else None
        if isinstance(href, str) and isinstance(relation, str) and _SCHEME.match(href):
            yield Target(href, "licence" if relation == "license" else "link", relation)
