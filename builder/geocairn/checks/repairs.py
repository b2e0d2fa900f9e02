"""Fixes for what the specification allows and the schema rejects; each changes a document."""

from __future__ import annotations

import copy
from typing import Any

from geocairn.checks import parts

__all__ = [
    "accelerator",
    "bands_to_asset",
    "bands_to_properties",
    "dimensions",
    "no_method",
    "scalings",
    "undeclare",
]


def accelerator(item: dict[str, Any]) -> None:
    """Write ``amd64`` for ``cpu``."""
    for holder in parts.holders(item):
        name = holder.get("mlm:accelerator")
        if isinstance(name, str) and name.lower() == "cpu":
            holder["mlm:accelerator"] = "amd64"


def scalings(item: dict[str, Any]) -> None:
    """Write a scaling that changes nothing for ``{"type": null}``."""
    for entry in parts.entries(item, "mlm:input"):
        scaling = entry.get("value_scaling")
        if isinstance(scaling, list):
            entry["value_scaling"] = [
                {"type": "offset", "value": 0}
                if isinstance(one, dict) and one.get("type", "") is None
                else one
                for one in scaling
            ]


def dimensions(item: dict[str, Any]) -> None:
    """Write dimension names in lower case."""
    for field, part in (("mlm:input", "input"), ("mlm:output", "result")):
        for entry in parts.entries(item, field):
            structure = entry.get(part)
            names = structure.get("dim_order") if isinstance(structure, dict) else None
            if isinstance(structure, dict) and isinstance(names, list):
                structure["dim_order"] = [
                    name.lower() if isinstance(name, str) else name for name in names
                ]


def no_method(item: dict[str, Any]) -> None:
    """Leave out compile methods that are null."""
    for asset in parts.assets(item):
        if asset.get("mlm:compile_method", "") is None:
            del asset["mlm:compile_method"]


def bands_to_properties(item: dict[str, Any]) -> None:
    """Repeat the bands of a model asset in the properties."""
    properties = parts.properties(item)
    for asset in parts.model_assets(item):
        if isinstance(asset.get("bands"), list):
            properties.setdefault("bands", copy.deepcopy(asset["bands"]))


def bands_to_asset(item: dict[str, Any]) -> None:
    """Name the bands of the properties at the first model asset."""
    names = [{"name": one["name"]} for one in parts.entries(item, "bands") if "name" in one]
    for asset in parts.model_assets(item)[:1]:
        asset.setdefault("bands", names)


def undeclare(collection: dict[str, Any]) -> None:
    """Take the model extension out of a collection's declarations."""
    declared = collection.get("stac_extensions")
    if isinstance(declared, list):
        collection["stac_extensions"] = [url for url in declared if "/mlm/" not in str(url)]
