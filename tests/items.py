"""Small valid items and collections for tests, and the files they are read from."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from geocairn.checks.examples import COLLECTION, ITEM

Document = dict[str, Any]


def model(name: str = "flood-unet", *, collection: str = "floods", **changes: Any) -> Document:
    """A STAC-MLM Item of about 3 KB in which `geocairn check` finds nothing.

    Args:
        name: The model's name; the item's id is ``<name>-<version>``.
        collection: Its collection.
        changes: Properties to set; ``geometry`` takes the place of the item's, with its box;
            ``mlm:`` and other prefixes are written with two underscores (``mlm__tasks``).
    """
    item = copy.deepcopy(ITEM)
    geometry = changes.pop("geometry", item["geometry"])
    item["geometry"], item["collection"] = geometry, collection
    if geometry != ITEM["geometry"]:
        item["bbox"] = box_of(geometry)
    properties = {key.replace("__", ":"): value for key, value in changes.items()}
    item["properties"] |= {"title": name.replace("-", " ").capitalize()} | properties
    item["id"] = f"{name}-{item['properties']['version']}"
    # The derived links are the builder's.
    item["links"] = [link for link in item["links"] if link["rel"] != "collection"]
    return item


def collection(name: str = "floods", **changes: Any) -> Document:
    """A Collection in which `geocairn check` finds nothing."""
    return copy.deepcopy(COLLECTION) | {"id": name, "title": name.capitalize()} | changes


def square(west: float, south: float, side: float = 0.5) -> Document:
    """A square as a GeoJSON polygon, counter-clockwise, in degrees."""
    east, north = west + side, south + side
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def box_of(polygon: Document) -> list[float]:
    """West, south, east, north of a polygon's outer ring."""
    xs, ys = zip(*(position[:2] for position in polygon["coordinates"][0]), strict=True)
    return [min(xs), min(ys), max(xs), max(ys)]


def models(count: int, *, collections: int = 2) -> list[Document]:
    """Several different items over some collections ``c0``, ``c1``, ..."""
    return [
        model(
            f"model-{number:04d}",
            collection=f"c{number % collections}",
            geometry=square(-170 + number * 37 % 330, -60 + number * 23 % 110),
            gsd=10.0 + number % 3,
        )
        for number in range(count)
    ]


def write_lines(path: Path, items: Iterable[Document]) -> Path:
    """Write NDJSON."""
    text = "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def write_catalog(folder: Path, items: Iterable[Document]) -> Path:
    """Write a catalog folder: ``<collection>/<model>/<version>/item.json`` and collections."""
    for item in items:
        name, version = item["id"].rsplit("-", 1)
        place = folder / item["collection"] / name / version
        place.mkdir(parents=True, exist_ok=True)
        (place / "item.json").write_text(json.dumps(item), encoding="utf-8")
        described = folder / item["collection"] / "collection.json"
        described.write_text(json.dumps(collection(item["collection"])), encoding="utf-8")
    return folder
