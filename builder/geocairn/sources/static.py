"""A static STAC catalog, by path or URL, walked from its root."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urldefrag, urljoin

from geocairn import _io
from geocairn.errors import InputError
from geocairn.sources.base import RawCollection

__all__ = ["StaticWalk"]

Read = Callable[[str], bytes]
_READERS = 16
_PLACE = frozenset(("root", "parent", "self", "collection", "child", "item", "items"))


class StaticWalk:
    """Reads every collection and item that a catalog links to, each once.

    Args:
        root: URL of the catalog or collection.
        read: Fetches the bytes of a URL.
    """

    def __init__(self, root: str, *, read: Read) -> None:
        self._root = root
        self._read = read
        self.collections: list[RawCollection] = []

    def items(self) -> Iterator[tuple[bytes, str]]:
        """Walk; gives items as compact JSON with their URL, and fills `collections` on the way.

        Relative hrefs of a remote catalog become absolute, for the item moves and its files do
        not; on disk they stay, and the files beside an item move with it.

        Raises:
            InputError: If a document cannot be read or is neither catalog, collection nor item.
        """
        seen = {self._root}
        waiting = [self._root]
        with ThreadPoolExecutor(_READERS) as pool:
            while waiting:
                place = waiting.pop()
                document = _parse(self._read(place), place)
                if document.get("type") == "Feature":
                    yield _io.dumps(_absolute(document, place)), place
                    continue
                if document.get("type") not in ("Catalog", "Collection"):
                    raise InputError(
                        f"type {document.get('type')!r} is neither Catalog, Collection nor Feature",
                        where=place,
                        path="$.type",
                        remedy="Give the address of a STAC catalog.",
                    )
                if document["type"] == "Collection":
                    data = _io.dumps(_absolute(document, place))
                    self.collections.append(RawCollection(data, place))
                items = [href for href in _targets(document, place, "item") if href not in seen]
                seen.update(items)
                for href, data in zip(items, pool.map(self._read, items), strict=True):
                    yield _io.dumps(_absolute(_parse(data, href), href)), href
                children = [c for c in _targets(document, place, "child") if c not in seen]
                seen.update(children)
                waiting += reversed(children)


def _parse(data: bytes, place: str) -> dict[str, Any]:
    document = _io.loads(data, where=place)
    return document if isinstance(document, dict) else {"type": None}


def _targets(document: dict[str, Any], place: str, rel: str) -> list[str]:
    links = document.get("links")
    found = [
        urldefrag(urljoin(place, link["href"])).url
        for link in (links if isinstance(links, list) else [])
        if isinstance(link, dict) and link.get("rel") == rel and isinstance(link.get("href"), str)
    ]
    return list(dict.fromkeys(found))


def _absolute(document: dict[str, Any], place: str) -> dict[str, Any]:
    links = document.get("links")
    if isinstance(links, list):
        kept = [link for link in links if isinstance(link, dict) and link.get("rel") not in _PLACE]
        document["links"] = [_resolve(link, place) for link in kept]
    assets = document.get("assets")
    if isinstance(assets, dict):
        document["assets"] = {
            key: _resolve(asset, place) if isinstance(asset, dict) else asset
            for key, asset in assets.items()
        }
    return document


def _resolve(holder: dict[str, Any], place: str) -> dict[str, Any]:
    href = holder.get("href")
    if not isinstance(href, str) or place.startswith("file:"):
        return holder
    return holder | {"href": urljoin(place, href)}
