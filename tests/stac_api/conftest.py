"""APIs over the hub of the conformance suite, in a folder and behind a URL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conformance.hub import build_hub
from tests.items import collection, model, square, write_catalog
from tests.server import Server
from tests.stac_api.serving import Api

from geocairn.build import BuildOptions, build


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_hub(tmp_path_factory.mktemp("api") / "hub")


@pytest.fixture(scope="session")
def api(folder: Path) -> Iterator[Api]:
    with Api(folder) as served:
        yield served


@pytest.fixture(scope="session")
def far(folder: Path) -> Iterator[Api]:
    """The same hub, behind a URL."""
    with Server(folder) as host, Api(host.url) as served:
        yield served


@pytest.fixture(scope="session")
def good_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub of items in which nothing is wrong, as clients that check them need."""
    folder = tmp_path_factory.mktemp("valid")
    items = [
        model(
            f"model-{number:03d}",
            collection=f"c{number % 2}",
            # The validator looks for some items in this box, too.
            geometry=square(20.2, 20.2) if number < 4 else square(81 + number % 20, 21),
            datetime=f"2024-01-{1 + number % 28:02d}T00:00:00Z",
            gsd=1.0 + number // 2 % 4,
            # The validator takes every letter of a text for a value of its own.
            grade="ABC"[number // 2 % 3],
        )
        for number in range(120)
    ]
    for item in items:
        for name in ("start_datetime", "end_datetime"):
            item["properties"].pop(name, None)
    catalog = write_catalog(folder / "catalog", items)
    for name in ("c0", "c1"):
        (catalog / name / "collection.json").write_text(json.dumps(collection(name)))
    build([str(catalog)], folder / "hub", options=BuildOptions(jobs=1, select=("HUB001",)))
    return folder / "hub"


@pytest.fixture(scope="session")
def valid(good_folder: Path) -> Iterator[Api]:
    with Api(good_folder) as served:
        yield served
