"""The static STAC tree: what the builder adds to items, collections, their pages and the root."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from geocairn import layout
from geocairn.compile.geoparquet import MEDIA_TYPE
from geocairn.compile.versions import RELATIONS
from geocairn.config import HubConfig

__all__ = [
    "DERIVED",
    "add_version_links",
    "link_item",
    "page",
    "render_collection",
    "root_catalog",
]

DERIVED = frozenset(("root", "parent", "collection", "self", "items", "item", "child"))
_GEOJSON = "application/geo+json"
_JSON = "application/json"
_FIRST_LINKS = 3


def _link(rel: str, href: str, kind: str = _JSON, title: str | None = None) -> dict[str, str]:
    link = {"rel": rel, "href": layout.relative_href(href), "type": kind}
    return link | {"title": title} if title else link


def link_item(item: dict[str, Any], *, config: HubConfig, card: bool = False) -> dict[str, Any]:
    """Give an item the links of its place in the hub, before its own.

    Every item's parent is its collection, also where child catalogs list the items page by
    page: the page an item is on may change when others come, and the item should not.

    Args:
        item: The item.
        config: The hub's settings.
        card: Whether it has a model card, which lies beside it.
    """
    links = item.get("links")
    own = links if isinstance(links, list) else []
    derived: list[Any] = list(_place_of_items(config.title))
    if config.url:
        path = layout.relative_href(layout.item_json(item["collection"], item["id"]))
        derived.append({"rel": "self", "href": config.url + path, "type": _GEOJSON})
    if card:
        derived.append(layout.card_link(item["id"]))
    return item | {"links": derived + own}


@lru_cache(maxsize=1)
def _place_of_items(title: str) -> tuple[dict[str, str], ...]:
    """Links that every item has; made once, for nobody changes them."""
    return (
        _link("root", "../../catalog.json", title=title),
        _link("parent", "../collection.json"),
        _link("collection", "../collection.json"),
    )


def add_version_links(item: dict[str, Any], targets: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Put version links, as (relation, id of the other item) pairs, behind the place's links.

    They take the place of those that are there.
    """
    links = [
        link for link in item["links"] if not (isinstance(link, dict) and _is_version_link(link))
    ]
    added = [_link(rel, f"../{other}/{other}.json", _GEOJSON) for rel, other in targets]
    return item | {"links": [*links[:_FIRST_LINKS], *added, *links[_FIRST_LINKS:]]}


def _is_version_link(link: Mapping[str, Any]) -> bool:
    relation = link.get("rel")
    return isinstance(relation, str) and relation in RELATIONS


def _place(path_to_root: str, config: HubConfig, *, path: str) -> list[dict[str, str]]:
    links = [_link("root", path_to_root, title=config.title)]
    if config.url:
        href = config.url + layout.relative_href(path)
        links.append({"rel": "self", "href": href, "type": _JSON})
    return links


def render_collection(
    collection: Mapping[str, Any],
    *,
    config: HubConfig,
    extent: Mapping[str, Any],
    summaries: Mapping[str, Any],
    items: Sequence[tuple[str, str | None]],
    pages: Sequence[tuple[str, str]],
) -> dict[str, Any]:
    """Complete a collection with what its items say.

    Args:
        collection: As described by its makers; their summaries stay where items say nothing.
        config: The hub's settings.
        extent: STAC extent of the items.
        summaries: STAC summaries of the items.
        items: (id, title) of every item, or nothing where there are pages.
        pages: (name, title) of every child catalog.
    """
    name = collection["id"]
    given = collection.get("links")
    links = given if isinstance(given, list) else []
    own = [link for link in links if isinstance(link, dict) and link.get("rel") not in DERIVED]
    place = _place("../catalog.json", config, path=layout.collection_json(name))
    place.append(_link("parent", "../catalog.json", title=config.title))
    listed = [_link("item", f"./{i}/{i}.json", _GEOJSON, title) for i, title in items]
    listed += [_link("child", f"./pages/{p}/catalog.json", _JSON, title) for p, title in pages]
    mirror = {
        "href": "./items.parquet",
        "title": "All items as stac-geoparquet",
        "type": MEDIA_TYPE,
        "roles": ["collection-mirror"],
    }
    known = collection.get("summaries")
    merged = (dict(known) if isinstance(known, dict) else {}) | dict(summaries)
    assets = collection.get("assets")
    done = dict(collection) | {
        "type": "Collection",
        "extent": extent,
        "links": place + own + listed,
        "assets": (dict(assets) if isinstance(assets, dict) else {}) | {"items": mirror},
    }
    return done | {"summaries": merged} if merged else done


def page(
    collection: str, name: str, items: Iterable[tuple[str, str | None]], *, config: HubConfig
) -> dict[str, Any]:
    """A child catalog that lists some of a large collection's items."""
    links = _place("../../../catalog.json", config, path=layout.child_catalog(collection, name))
    links.append(_link("parent", "../../collection.json"))
    links += [_link("item", f"../../{i}/{i}.json", _GEOJSON, title) for i, title in items]
    return {
        "type": "Catalog",
        "stac_version": "1.1.0",
        "id": f"{collection}-{name}",
        "description": f"Items of the collection {collection}, from {name} on.",
        "links": links,
    }


def root_catalog(collections: Iterable[Mapping[str, Any]], *, config: HubConfig) -> dict[str, Any]:
    """The catalog at the hub's root."""
    links = _place("./catalog.json", config, path=layout.CATALOG)
    for collection in collections:
        href = f"./{layout.collection_json(collection['id'])}"
        links.append(_link("child", href, title=collection.get("title")))
    return {
        "type": "Catalog",
        "stac_version": "1.1.0",
        "id": config.id,
        "title": config.title,
        "description": config.description,
        "links": links,
    }
