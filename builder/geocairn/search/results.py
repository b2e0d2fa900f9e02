"""Rows to items that can be used anywhere: every href absolute, from the item's own place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from geocairn import _io, layout
from geocairn.errors import GeocairnError, HubError
from geocairn.query import Fields
from geocairn.search.engine import Engine, Rows
from geocairn.search.hub import Hub, is_absolute

__all__ = ["OVERLAP", "Place", "absolute_hrefs", "load_items", "select_fields"]

Item = dict[str, Any]
Place = Callable[[Item, str], Item]
"""Given an item and its path from the hub's root, gives it with hrefs that can be used."""

OVERLAP = "overlap_percentage"
"""Property of a result of ``sortby=overlap``: percent of the area asked for that it covers."""

_MANY = 200
_GEOJSON = "application/geo+json"
_ALWAYS = ("type", "stac_version", "id", "collection")


def load_items(
    engine: Engine,
    rows: Rows,
    *,
    overlaps: Iterable[float] | None = None,
    place: Place | None = None,
) -> list[Item]:
    """Read the items of some rows.

    Args:
        engine: The hub's engine.
        rows: The rows, in the order wanted.
        overlaps: Percentage of each, to go into its property `OVERLAP`.
        place: What makes their hrefs absolute; they lead to the hub's own files without it.
    """
    place = place or (lambda item, path: absolute_hrefs(engine.hub, item, path, kind=_GEOJSON))
    read = _from_tables if len(rows) > _MANY else _from_files
    items = read(engine, rows, place)
    if overlaps is not None:
        for item, overlap in zip(items, overlaps, strict=True):
            item["properties"][OVERLAP] = overlap
    return items


def _from_files(engine: Engine, rows: Rows, place: Place) -> list[Item]:
    paths = [layout.item_json(*place) for place in engine.places(rows)]
    items = []
    for path, data in zip(paths, engine.hub.read_many(paths), strict=True):
        try:
            item = _io.loads(data, where=path)
        except GeocairnError as error:
            raise HubError(
                str(error), where=engine.hub.href, remedy="Build or publish the hub again."
            ) from None
        items.append(place(item, path))
    return items


def _from_tables(engine: Engine, rows: Rows, place: Place) -> list[Item]:
    import pyarrow.compute as pc  # only large results need tables

    from geocairn import itemtable

    by_row: dict[int, Item] = {}
    ascending = np.sort(rows)
    for collection, members in engine.members().items():
        inside = np.intersect1d(members, ascending, assume_unique=True)
        if len(inside) == 0:
            continue
        table = engine.table(
            "SELECT f.* FROM given JOIN read_parquet($items, file_row_number = true) AS f "
            "ON f.file_row_number = given.position",
            {"items": engine.hub.scan_path(layout.items_parquet(collection))},
            given={"position": np.searchsorted(members, inside)},
        )
        table = table.take(pc.sort_indices(table["file_row_number"]))
        restored = itemtable.items(table.drop_columns(["file_row_number"]))
        for row, item in zip(inside.tolist(), restored, strict=True):
            path = layout.item_json(collection, item["id"])
            by_row[row] = place(item, path)
    return [by_row[row] for row in rows.tolist()]


def absolute_hrefs(hub: Hub, document: Item, path: str, *, kind: str) -> Item:
    """Make every href of a document absolute, from its place in the hub, and say that place.

    Args:
        hub: The hub.
        document: An item or a collection; it is changed.
        path: Its path from the hub's root.
        kind: Media type for its ``self`` link.
    """
    links = document.get("links")
    kept = [link for link in links or [] if isinstance(link, dict) and link.get("rel") != "self"]
    own = {"rel": "self", "href": hub.locate(path), "type": kind}
    assets = document.get("assets")
    for part in (*kept, *(assets.values() if isinstance(assets, dict) else ())):
        href = part.get("href") if isinstance(part, dict) else None
        if isinstance(href, str) and href and not is_absolute(href):
            part["href"] = hub.locate(path, href)
    document["links"] = [own, *kept]
    return document


def select_fields(item: Item, fields: Fields | None) -> Item:
    """Only the members of an item that a query asks for.

    A name is a path of members with dots between; one that is no member of an item is looked
    for among its properties. Identity (type, version, id, collection) always stays. What is
    included stays, too, when it or what it is in is excluded as well.
    """
    if fields is None:
        return item
    included = [_path(item, name) for name in fields.include]
    if included:
        chosen: Item = {name: item[name] for name in _ALWAYS if name in item}
        for path in included:
            _copy(item, chosen, path)
    else:
        chosen = dict(item)
    for name in fields.exclude:
        path = _path(item, name)
        if name not in _ALWAYS and all(inside[: len(path)] != path for inside in included):
            chosen = _without(chosen, path)
    return chosen


def _path(item: Item, name: str) -> list[str]:
    if name in item:
        return [name]
    head, _, tail = name.partition(".")
    if tail and head in item:
        inside = item[head]
        # A key may itself hold a dot.
        return [head, tail] if isinstance(inside, dict) and tail in inside else name.split(".")
    return ["properties", name]


def _copy(source: Any, target: Item, path: list[str]) -> None:
    name = path[0]
    if not isinstance(source, dict) or name not in source:
        return
    if len(path) == 1:
        target[name] = source[name]
    elif target.get(name) is not source[name]:  # it may be there already as a whole
        part = dict(target.get(name, {}))
        _copy(source[name], part, path[1:])
        if part:
            target[name] = part


def _without(source: Any, path: list[str]) -> Any:
    if not isinstance(source, dict) or path[0] not in source:
        return source
    copy = dict(source)
    if len(path) == 1:
        del copy[path[0]]
    else:
        copy[path[0]] = _without(copy[path[0]], path[1:])
    return copy
