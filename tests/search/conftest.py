from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conformance.hub import build_hub
from tests.server import Server

import geocairn
from geocairn import Catalog


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hub of the conformance suite; tests that change files copy it first."""
    return build_hub(tmp_path_factory.mktemp("search") / "hub")


@pytest.fixture(scope="session")
def hub(folder: Path) -> Iterator[Catalog]:
    with geocairn.open(folder) as opened:
        yield opened


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    with Server(folder) as running:
        yield running
