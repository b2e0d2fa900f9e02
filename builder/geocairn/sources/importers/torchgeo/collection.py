"""The collection that the entries are in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from geocairn.authoring import STAC_VERSION
from geocairn.sensors import OPEN_END, OPEN_START
from geocairn.sources.importers.torchgeo.describe import COLLECTION
from geocairn.sources.importers.torchgeo.words import DOCUMENTATION

__all__ = ["OWNERS", "collection"]

OWNERS = """\
# Written by `geocairn import torchgeo`. Nobody has claimed this model yet, so the hub's maintainers
# look after it, and the next import may change it. To claim it, name its owners: GitHub logins with
# their numeric ids (https://api.github.com/users/<login>). The import then leaves it alone.
#
# owners = [{ login = "octocat", id = 583231 }]
owners = []
"""

_DESCRIPTION = """\
Weights that [TorchGeo](https://github.com/torchgeo/torchgeo) declares for models of Earth \
observation, imported from its source code. Facts that it does not state are left out. Where an \
item says `geocairn:extent_basis: sensor`, its footprint and period are those of the sensor, not \
of the training data; where it says `unknown`, it has no footprint and its period is open. Each \
item states its own licence where TorchGeo's source declares one."""


def collection(items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Write the collection's JSON; a build completes its extent and links."""
    return {
        "type": "Collection",
        "stac_version": STAC_VERSION,
        "id": COLLECTION,
        "title": "Models from TorchGeo",
        "description": _DESCRIPTION,
        "keywords": ["TorchGeo", "pre-trained", "PyTorch"],
        "license": "other",
        "providers": [
            {
                "name": "TorchGeo",
                "description": "Declares the weights and converts many of them.",
                "roles": ["processor"],
                "url": "https://github.com/torchgeo/torchgeo",
            }
        ],
        "extent": {
            "spatial": {"bbox": [_bbox(items)]},
            "temporal": {"interval": [_interval(items)]},
        },
        "links": [
            {
                "rel": "license",
                "href": DOCUMENTATION,
                "type": "text/html",
                "title": "TorchGeo's table of licences",
            }
        ],
    }


def _bbox(items: Sequence[dict[str, Any]]) -> list[float]:
    boxes = [item["bbox"] for item in items if "bbox" in item]
    if not boxes:
        # A collection must have a box; with nothing known there is only the whole Earth.
        return [-180, -90, 180, 90]
    west, south, east, north = zip(*boxes, strict=True)
    return [min(west), min(south), max(east), max(north)]


def _interval(items: Sequence[dict[str, Any]]) -> list[str | None]:
    starts = {item["properties"]["start_datetime"] for item in items} - {OPEN_START}
    ends = {item["properties"]["end_datetime"] for item in items}
    return [
        min(starts, default=None),
        None if OPEN_END in ends or not ends else max(ends),
    ]
