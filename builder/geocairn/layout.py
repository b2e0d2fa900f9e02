"""Where things lie in a built hub: the one place that knows its file names."""

from __future__ import annotations

import re
from urllib.parse import quote

__all__ = [
    "BLOCKS",
    "CATALOG",
    "DIRECTORY",
    "FACETS",
    "INDEX",
    "MANIFEST",
    "RESERVED",
    "TERMS",
    "WORDS",
    "card",
    "card_link",
    "child_catalog",
    "collection_json",
    "is_page",
    "item_folder",
    "item_json",
    "items_parquet",
    "relative_href",
]

_PLAIN = re.compile(r"[A-Za-z0-9/._-]*").fullmatch

CATALOG = "catalog.json"
MANIFEST = "search/manifest.json"
INDEX = "search/index.parquet"
TERMS = "search/terms.parquet"
FACETS = "search/facets.json"
BLOCKS = "search/blocks.bin"
DIRECTORY = "search/directory.bin"
WORDS = "search/words.bin"
RESERVED = frozenset(
    (
        "404.html",
        "assets",
        "catalog.json",
        "collection.json",
        "docs",
        "feed.xml",
        "index.html",
        "items.parquet",
        "legal",
        "match",
        "models",
        "pages",
        "privacy",
        "publishers",
        "report",
        "robots.txt",
        "search",
        "sitemap.xml",
        "submit",
    )
)
"""Names of a hub's own files and folders, which no collection and no item can have."""


def collection_json(collection: str) -> str:
    """Path of a collection's JSON, from the hub's root."""
    return f"{collection}/collection.json"


def items_parquet(collection: str) -> str:
    """Path of a collection's stac-geoparquet mirror, from the hub's root."""
    return f"{collection}/items.parquet"


def is_page(path: str, *, collection: str) -> bool:
    """Whether a path is a page of a collection's items."""
    return path.startswith(f"{collection}/pages/")


def child_catalog(collection: str, name: str) -> str:
    """Path of one page of a large collection's items, from the hub's root."""
    return f"{collection}/pages/{name}/catalog.json"


def item_folder(collection: str, item: str) -> str:
    """Folder of an item and its small assets, from the hub's root."""
    return f"{collection}/{item}"


def item_json(collection: str, item: str) -> str:
    """Path of an item's JSON, from the hub's root."""
    return f"{collection}/{item}/{item}.json"


def card(collection: str, item: str) -> str:
    """Path of an item's model card, where it has one, from the hub's root."""
    return f"{collection}/{item}/{item}.md"


def card_link(item: str) -> dict[str, str]:
    """The link from an item to its model card (``describedby`` as IANA registers it)."""
    href = f"./{relative_href(item)}.md"
    return {"rel": "describedby", "href": href, "type": "text/markdown", "title": "Model card"}


def relative_href(path: str) -> str:
    """A path as a URL reference: percent-encoded, slashes kept."""
    # Nearly every path is plain, and a large hub has millions of links.
    if _PLAIN(path):
        return path
    return quote(path, safe="/-._~!$&'()*+,;=:@")
