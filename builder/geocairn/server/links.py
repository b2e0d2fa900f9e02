"""Addresses of the API, and items and collections as it shows them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from geocairn import layout
from geocairn.search.hub import Hub, is_absolute

__all__ = ["FILES", "GEOJSON", "JSON", "QUERYABLES", "SCHEMA", "SORTABLES", "Links", "link"]

FILES = "files"
"""Folder of the API where the files of a hub in a folder are."""
JSON, GEOJSON, SCHEMA = "application/json", "application/geo+json", "application/schema+json"
QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
SORTABLES = "http://www.opengis.net/def/rel/ogc/1.0/sortables"
_OWN = frozenset(("self", "root", "parent", "collection", "items", QUERYABLES, SORTABLES))

Document = dict[str, Any]


def link(rel: str, href: str, kind: str = JSON, **more: Any) -> Document:
    """A link object."""
    return {"rel": rel, "href": href, "type": kind, **more}


class Links:
    """Addresses under which clients reach what a hub holds.

    Args:
        base: Address of the landing page, with a slash at its end.
        hub: The hub.
    """

    def __init__(self, base: str, hub: Hub) -> None:
        self.base = base
        self._hub = hub

    def collection(self, collection: str, part: str = "") -> str:
        """A collection, or one of its parts such as ``/items``."""
        return f"{self.base}collections/{_segment(collection)}{part}"

    def item(self, collection: str, item: str) -> str:
        """An item."""
        return f"{self.collection(collection)}/items/{_segment(item)}"

    def file(self, path: str) -> str:
        """A file of the hub: where the hub is, or with the API if the hub is in a folder."""
        if self._hub.remote:
            return self._hub.locate(path)
        return f"{self.base}{FILES}/{layout.relative_href(path)}"

    def place_item(self, item: Document, path: str) -> Document:
        """An item with every href absolute, and the API's links; the item is changed."""
        collection = item["collection"]
        home = self.collection(collection)
        own = [
            link("self", self.item(collection, item["id"]), GEOJSON),
            link("root", self.base),
            link("parent", home),
            link("collection", home),
        ]
        return self._place(item, path, own)

    def place_collection(self, collection: Document, path: str) -> Document:
        """A collection with every href absolute, and the API's links; it is changed."""
        id_ = collection["id"]
        own = [
            link("self", self.collection(id_)),
            link("root", self.base),
            link("parent", self.base),
            link("items", self.collection(id_, "/items"), GEOJSON),
            link(QUERYABLES, self.collection(id_, "/queryables"), SCHEMA),
            link(SORTABLES, self.collection(id_, "/sortables"), SCHEMA),
        ]
        return self._place(collection, path, own)

    def _place(self, document: Document, path: str, own: list[Document]) -> Document:
        kept = [
            part
            for part in _dicts(document.get("links"))
            if isinstance(part.get("rel"), str) and part["rel"] not in _OWN
        ]
        folder = posixpath.dirname(path)
        for part in kept:
            part["href"] = self._absolute(folder, part.get("href"), documents=True)
        assets = document.get("assets")
        for part in _dicts(assets.values() if isinstance(assets, dict) else ()):
            part["href"] = self._absolute(folder, part.get("href"), documents=False)
        document["links"] = own + kept
        return document

    def _absolute(self, folder: str, href: Any, *, documents: bool) -> Any:
        # Most are absolute, and plainly so.
        if not isinstance(href, str) or not href or href.startswith(("https://", "http://")):
            return href
        if is_absolute(href):
            return href
        parts = urlsplit(href)
        path = posixpath.normpath(posixpath.join(folder, unquote(parts.path)))
        if path.startswith("../"):
            return href  # it leads out of the hub, where nobody knows what is there
        known = self._document(path) if documents and not parts.fragment else None
        suffix = f"#{quote(parts.fragment)}" if parts.fragment else ""
        return known or self.file(path) + suffix

    def _document(self, path: str) -> str | None:
        """The API's address of an item or a collection, by its place in the hub."""
        if path == layout.CATALOG:
            return self.base
        collection, _, rest = path.partition("/")
        if path == layout.collection_json(collection):
            return self.collection(collection)
        item, _, _ = rest.partition("/")
        return self.item(collection, item) if path == layout.item_json(collection, item) else None


def _segment(name: str) -> str:
    return quote(name, safe="-._~!$&'()*+,;=:@")


def _dicts(values: Any) -> list[Document]:
    found = values if isinstance(values, Iterable) and not isinstance(values, (str, dict)) else ()
    return [value for value in found if isinstance(value, dict)]
