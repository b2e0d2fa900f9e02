"""A small built hub whose items have everything that other readers may stumble over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import shapely
from benchmarks.generate import items as generated
from tests.compile.reading import BOX
from tests.items import square, write_lines

from geocairn.build import BuildOptions, build

Item = dict[str, Any]

NOWHERE = "nowhere-1.0.0"
DEEP = "deep-1.0.0"
WRAPPED = "wrapped-1.0.0"


def _made_odd(nowhere: Item, deep: Item, wrapped: Item) -> None:
    nowhere |= {"id": NOWHERE, "geometry": None}
    nowhere.pop("bbox", None)
    ring = [[*position, 12.5] for position in square(10.0, 10.0)["coordinates"][0]]
    deep |= {
        "id": DEEP,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "bbox": [10.0, 10.0, 12.5, 10.5, 10.5, 12.5],
    }
    deep["assets"]["seldom"] = {"href": "https://example.org/seldom.txt", "seldom:field": [1, "a"]}
    parts = [square(179.5, -1.0)["coordinates"], square(-180.0, -1.0)["coordinates"]]
    wrapped |= {
        "id": WRAPPED,
        "geometry": {"type": "MultiPolygon", "coordinates": parts},
        "bbox": [179.5, -1.0, -179.5, -0.5],
    }
    wrapped["properties"]["mlm:pretrained_source"] = None


@pytest.fixture(scope="session")
def items() -> list[Item]:
    """The items that the hub is built from."""
    found = [item | {"collection": "floods"} for item in generated(243)]
    _made_odd(*found[100:103])
    return found


@pytest.fixture(scope="session")
def hub(items: list[Item], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub of one collection, ``floods``."""
    folder = tmp_path_factory.mktemp("readers")
    source = write_lines(folder / "items.ndjson", items)
    result = build([str(source)], folder / "hub", options=BuildOptions(jobs=1, select=("HUB001",)))
    assert result.items == len(items)
    return folder / "hub"


@pytest.fixture(scope="session")
def table_path(hub: Path) -> str:
    """The collection's ``items.parquet``."""
    return str(hub / "floods" / "items.parquet")


@pytest.fixture(scope="session")
def by_id(items: list[Item]) -> dict[str, Item]:
    return {item["id"]: item for item in items}


@pytest.fixture(scope="session")
def in_box(items: list[Item]) -> set[str]:
    """Ids of the items whose geometry meets `BOX`, by shapely over their JSON."""
    area = shapely.box(*BOX)
    shapes = {
        i["id"]: shapely.from_geojson(json.dumps(i["geometry"])) for i in items if i["geometry"]
    }
    found = {name for name, shape in shapes.items() if shape.intersects(area)}
    assert 5 < len(found) < len(items) / 2
    return found
