"""A small hub that has everything a doctor looks at, and copies of it to break."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.items import model, models, square, write_catalog, write_lines

from geocairn.build import BuildOptions, build
from geocairn.config import HubConfig

Item = dict[str, Any]


def _items() -> list[Item]:
    found = models(9, collections=2)
    found += [
        model("versioned", collection="c0", version=version, geometry=square(20.0, 40.0))
        for version in ("1.0.0", "1.1.0", "1.10.0")
    ]
    nowhere = model("nowhere", collection="c1", gsd=10)
    nowhere["geometry"] = None
    del nowhere["bbox"]
    world = model("world", collection="c1", geometry=square(-170.0, -70.0, 140.0))
    return [*found, nowhere, world]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub of two collections, ``c0`` and ``c1``; one item has files and a model card."""
    folder = tmp_path_factory.mktemp("doctor")
    catalog = write_catalog(folder / "catalog", _items())
    place = catalog / "c0" / "model-0000"
    (place / "README.md").write_text("# A card\n\nTrained on purpose, with évaluation.\n")
    version = next(path for path in place.iterdir() if path.is_dir())
    (version / "thumbnail.png").write_bytes(b"\x89PNG not really")
    item = model("model-0000", collection="c0", geometry=square(-170.0, -60.0), gsd=10.0)
    item["assets"]["thumbnail"] = {"href": "./thumbnail.png", "roles": ["thumbnail"]}
    write_catalog(catalog, [item])
    options = BuildOptions(jobs=1, select=("HUB001",))
    assert build([str(catalog)], folder / "hub", options=options).items == len(_items())
    return folder / "hub"


@pytest.fixture
def hub(built: Path, tmp_path: Path) -> Path:
    """A copy of the hub, to break."""
    return Path(shutil.copytree(built, tmp_path / "hub"))


@pytest.fixture(scope="session")
def paged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub of one collection, ``c0``, that is large enough for pages and has an address."""
    folder = tmp_path_factory.mktemp("paged")
    base = model("page", geometry=square(0.0, 0.0))
    items = [base | {"id": f"page-{n:04d}-1.0.0", "collection": "c0"} for n in range(1150)]
    source = write_lines(folder / "items.ndjson", items)
    config = HubConfig(url="https://example.org/hub/")
    options = BuildOptions(jobs=1, select=("HUB001",), config=config)
    build([str(source)], folder / "hub", options=options)
    return folder / "hub"
