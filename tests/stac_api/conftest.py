"""APIs over the hub of the conformance suite, in a folder and behind a URL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conformance.hub import build_hub
from tests.server import Server
from tests.stac_api.serving import Api


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
