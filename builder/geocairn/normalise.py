"""Brings documents to STAC 1.1 and takes out what the builder writes itself.

What changed between STAC 1.0 and 1.1, from the specification's changelog and its best practices on
bands [1]_: ``eo:bands`` and ``raster:bands`` became one common ``bands``, merged entry by entry,
with the fields of both extensions prefixed (``eo:common_name``, ``raster:scale``) except those
that are common metadata now (``data_type``, ``nodata``, ``statistics``, ``unit``, ``name``,
``description``); item asset definitions moved from an extension into the core; and the licences
``proprietary`` and ``various`` became ``other``.

.. [1] https://github.com/radiantearth/stac-spec/blob/v1.1.0/CHANGELOG.md and
   https://github.com/radiantearth/stac-spec/blob/v1.1.0/best-practices.md#bands
"""

from __future__ import annotations

import copy
import re
from typing import Any

from geocairn.layout import card_link

__all__ = ["DERIVED_LINKS", "normalise", "normalise_collection"]

VERSION = "1.1.0"
DERIVED_LINKS = frozenset(
    {
        "root",
        "parent",
        "collection",
        "self",
        "items",
        "predecessor-version",
        "successor-version",
        "latest-version",
    }
)
"""Relations of an item's links that the builder writes itself."""

_COLLECTION_LINKS = DERIVED_LINKS | {"item", "child"}
_UPGRADED = re.compile(r"1\.(?:0\.\d+(?:-[\w.]+)?|1\.0-[\w.]+)\Z")
_OLD_LICENCES = ("proprietary", "various")
_PREFIXED: dict[str, frozenset[str]] = {
    "eo": frozenset(
        {"common_name", "center_wavelength", "full_width_half_max", "solar_illumination"}
    ),
    "raster": frozenset(
        {"sampling", "bits_per_sample", "spatial_resolution", "scale", "offset", "histogram"}
    ),
}
_OLD_EXTENSION = re.compile(r"https://stac-extensions\.github\.io/(eo|raster)/v1\.\d+\.\d+/")
_NEW_EXTENSION = "https://stac-extensions.github.io/{}/v2.0.0/schema.json"
_ITEM_ASSETS = "https://stac-extensions.github.io/item-assets/"
_OLD_BANDS = ("eo:bands", "raster:bands")

Document = dict[str, Any]


def normalise(item: Document) -> tuple[Document, list[str]]:
    """Bring an item to the form that the hub has.

    Pure (the item given is left as it is) and idempotent.

    Args:
        item: A STAC Item 1.0 or 1.1, or any other JSON object, of which only the parts that look
            like an item's are touched.

    Returns:
        The item, the same object where there was nothing to do, and what changed: one short
        sentence each.
    """
    changes: list[str] = []
    result = _version_and_licence(item, changes, _dict(item.get("properties")), "properties")
    result = _links(result, changes, DERIVED_LINKS)
    result = _without_card_link(result)
    if _has_old_bands(result):
        result = _upgrade_bands(result, changes)
    return result, changes


def normalise_collection(collection: Document) -> tuple[Document, list[str]]:
    """Bring a collection to the form that the hub has; see `normalise`."""
    changes: list[str] = []
    result = _version_and_licence(collection, changes, collection, "")
    result = _links(result, changes, _COLLECTION_LINKS)
    extensions = result.get("stac_extensions")
    if isinstance(extensions, list) and any(_is_item_assets(url) for url in extensions):
        kept = [url for url in extensions if not _is_item_assets(url)]
        result = {**result, "stac_extensions": kept}
        changes.append("Item asset definitions are part of STAC 1.1: dropped their extension.")
    holders = [_dict(result.get("summaries")), *_parts(result, "item_assets", "assets")]
    if any(field in holder for holder in holders for field in _OLD_BANDS):
        result = _upgrade_collection_bands(result, changes)
    return result, changes


def _dict(value: Any) -> Document:
    return value if isinstance(value, dict) else {}


def _is_item_assets(url: Any) -> bool:
    return isinstance(url, str) and url.startswith(_ITEM_ASSETS)


def _parts(document: Document, *fields: str) -> list[Document]:
    return [
        one for field in fields for one in _dict(document.get(field)).values() if type(one) is dict
    ]


def _version_and_licence(
    document: Document, changes: list[str], holder: Document, field: str
) -> Document:
    version = document.get("stac_version")
    if version != VERSION and isinstance(version, str) and _UPGRADED.match(version):
        document = {**document, "stac_version": VERSION}
        changes.append(f"Upgraded STAC {version} to {VERSION}.")
    licence = holder.get("license")
    if isinstance(licence, str) and licence in _OLD_LICENCES:
        other = {**holder, "license": "other"}
        document = {**document, field: other} if field else {**document, "license": "other"}
        changes.append(f"Replaced the licence {licence!r}, which STAC 1.1 retired, by 'other'.")
    return document


def _links(document: Document, changes: list[str], derived: frozenset[str]) -> Document:
    links = document.get("links")
    if links is None and "links" not in document:
        changes.append("Added the empty list of links.")
        return {**document, "links": []}
    if not isinstance(links, list) or not links:
        return document
    kept = [
        link
        for link in links
        if not (
            isinstance(link, dict)
            and isinstance(relation := link.get("rel"), str)
            and relation in derived
        )
    ]
    if len(kept) == len(links):
        return document
    changes.append("Dropped links that the builder writes itself.")
    return {**document, "links": kept}


def _without_card_link(item: Document) -> Document:
    """The item without the link to its card that a hub gave it: the card stayed there."""
    links, name = item.get("links"), item.get("id")
    if not isinstance(links, list) or not isinstance(name, str) or not links:
        return item
    link = card_link(name)
    return {**item, "links": [one for one in links if one != link]} if link in links else item


def _has_old_bands(item: Document) -> bool:
    properties = item.get("properties")
    if isinstance(properties, dict) and ("eo:bands" in properties or "raster:bands" in properties):
        return True
    assets = item.get("assets")
    if isinstance(assets, dict):
        for asset in assets.values():
            if isinstance(asset, dict) and ("eo:bands" in asset or "raster:bands" in asset):
                return True
    return False


def _upgrade_bands(item: Document, changes: list[str]) -> Document:
    properties = _with_bands(_dict(item.get("properties")))
    assets = _dict(item.get("assets"))
    assets = {
        key: _with_bands(asset) if isinstance(asset, dict) else asset
        for key, asset in assets.items()
    }
    result = {**item}
    if "properties" in item and isinstance(item["properties"], dict):
        result["properties"] = properties
    if isinstance(item.get("assets"), dict):
        result["assets"] = assets
    if result == item:
        return item  # Nothing could be merged.
    changes.append("Merged eo:bands and raster:bands into bands.")
    models = [asset for asset in _parts(result, "assets") if _is_model(asset)]
    _both_places(properties, models)
    holders = [properties, *_parts(result, "assets")]
    return _declare(result, holders)


def _upgrade_collection_bands(collection: Document, changes: list[str]) -> Document:
    result = {**collection}
    for field in ("item_assets", "assets"):
        if isinstance(collection.get(field), dict):
            result[field] = {
                key: _with_bands(asset) if isinstance(asset, dict) else asset
                for key, asset in collection[field].items()
            }
    if isinstance(collection.get("summaries"), dict):
        result["summaries"] = _with_bands(collection["summaries"])
    if result == collection:
        return collection
    changes.append("Merged eo:bands and raster:bands into bands.")
    holders = [_dict(result.get("summaries")), *_parts(result, "item_assets", "assets")]
    return _declare(result, holders)


def _is_model(asset: Document) -> bool:
    roles = asset.get("roles")
    return isinstance(roles, list) and "mlm:model" in roles


def _both_places(properties: Document, models: list[Document]) -> None:
    """Write bands in the properties and at a model asset, where only one has them.

    The model extension wants them in the properties, and the core allows them there only where
    an asset has them, too. Both documents given are copies already.
    """
    if "bands" in properties:
        bands = properties["bands"]
        if isinstance(bands, list) and models and not any("bands" in one for one in models):
            models[0]["bands"] = [
                {"name": band["name"]}
                for band in bands
                if isinstance(band, dict) and "name" in band
            ]
        return
    described = [one["bands"] for one in models if isinstance(one.get("bands"), list)]
    if not described:
        return
    bands = copy.deepcopy(described[0])
    names = {_name(band) for band in bands}
    for other in described[1:]:
        bands += [copy.deepcopy(band) for band in other if _name(band) not in names]
        names |= {_name(band) for band in other}
    properties["bands"] = bands


def _name(band: Any) -> str | None:
    name = band.get("name") if isinstance(band, dict) else None
    return name if isinstance(name, str) else None


def _with_bands(holder: Document) -> Document:
    """A holder of ``eo:bands`` or ``raster:bands`` with ``bands`` in their place, as a copy.

    The same object where there are none, or where they cannot be matched with each other.
    """
    old = {field: holder[field] for field in _OLD_BANDS if field in holder}
    if not old or not all(_is_bands(bands) for bands in old.values()):
        return holder
    merged: list[Document] | None = None
    if "bands" in holder:
        if not _is_bands(holder["bands"]):
            return holder
        merged = [dict(band) for band in holder["bands"]]
    for field, bands in old.items():
        prefix = field.partition(":")[0]
        renamed = [_rename(band, prefix) for band in bands]
        merged = renamed if merged is None else _merge(merged, renamed)
        if merged is None:
            return holder
    result: Document = {}
    for key, value in holder.items():
        if key in ("bands", *old):
            result.setdefault("bands", merged)
        else:
            result[key] = value
    return result


def _is_bands(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(band, dict) for band in value)


def _rename(band: Document, prefix: str) -> Document:
    fields = _PREFIXED[prefix]
    return {f"{prefix}:{key}" if key in fields else key: value for key, value in band.items()}


def _merge(first: list[Document], second: list[Document]) -> list[Document] | None:
    """Merge two lists of bands: by place, or by name where places differ; None if neither fits."""
    one, other = [_name(band) for band in first], [_name(band) for band in second]
    if len(one) == len(other) and all(
        a is None or b is None or a == b for a, b in zip(one, other, strict=True)
    ):
        return [{**b, **a} for a, b in zip(first, second, strict=True)]
    if None in one or None in other or len(set(one)) < len(one) or len(set(other)) < len(other):
        return None
    if not set(one) & set(other):
        return None
    by_name = dict(zip(other, second, strict=True))
    merged = [{**by_name.pop(name, {}), **band} for name, band in zip(one, first, strict=True)]
    return merged + list(by_name.values())


def _declare(document: Document, holders: list[Document]) -> Document:
    """Declare the new versions of the band extensions, or none where no field of theirs is left."""
    extensions = document.get("stac_extensions")
    if not isinstance(extensions, list):
        return document
    declared: list[Any] = []
    for url in extensions:
        match = _OLD_EXTENSION.match(url) if isinstance(url, str) else None
        if match and not _uses_old(holders, match[1]):
            new = _NEW_EXTENSION.format(match[1])
            if _uses(holders, match[1]) and new not in declared and new not in extensions:
                declared.append(new)
        else:
            declared.append(url)
    return {**document, "stac_extensions": declared}


def _uses_old(holders: list[Document], prefix: str) -> bool:
    return any(f"{prefix}:bands" in holder for holder in holders)


def _uses(holders: list[Document], prefix: str) -> bool:
    start = f"{prefix}:"
    for holder in holders:
        bands = holder.get("bands")
        for one in (holder, *(bands if isinstance(bands, list) else ())):
            if isinstance(one, dict) and any(key.startswith(start) for key in one):
                return True
    return False
