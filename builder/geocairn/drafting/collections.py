"""A collection that begins with a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geocairn.sensors import OPEN_END, OPEN_START

__all__ = ["collection_of"]


def collection_of(item: Mapping[str, Any]) -> dict[str, Any]:
    """The ``collection.json`` of a new collection; a build works out its extent from its items.

    Args:
        item: Its first item.
    """
    properties, name = item["properties"], item["collection"]
    interval = [properties.get("start_datetime"), properties.get("end_datetime")]
    return {
        "type": "Collection",
        "stac_version": "1.1.0",
        "id": name,
        "description": f"Models of the collection {name}.",
        "license": properties.get("license") or "other",
        "extent": {
            "spatial": {"bbox": [item.get("bbox") or [-180, -90, 180, 90]]},
            "temporal": {
                "interval": [[None if at in (OPEN_START, OPEN_END) else at for at in interval]]
            },
        },
        "links": [],
    }
