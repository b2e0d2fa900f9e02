"""What all tests share: no network but this machine's own, schemas, and a web server for hubs."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from tests.extensions import lay_out, missing_packages
from tests.server import Server

SHARED = Path(__file__).parents[2] / "shared"
SCHEMAS = SHARED / "schemas"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def _guarded(connect: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in LOOPBACK:
            raise PermissionError(f"a test wants to reach {address[0]}: tests use no network")
        return connect(self, address)

    return guarded


# Tests measure no time: the machine may be busy.
settings.register_profile("any speed", deadline=None)
settings.load_profile("any speed")


def pytest_configure(config: pytest.Config) -> None:
    for name in ("connect", "connect_ex"):
        setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
    # A proxy would answer where nothing should, a terminal's width would wrap messages, runs would
    # go to the MLflow of whoever runs the tests, and a make that starts the tests would be taken
    # for the parent of the ones they start.
    foreign = ("GEOCAIRN_SCHEMAS", "COLUMNS", "MAKEFLAGS", "MAKELEVEL", "MFLAGS")
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name.startswith("MLFLOW_") or name in foreign:
            del os.environ[name]


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The cache of whoever runs the tests has no say, neither here nor in processes started."""
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def schemas() -> Path:
    """Folder of the published JSON Schemas, laid out by URL."""
    if not SCHEMAS.is_dir():
        pytest.skip("needs the folder of JSON Schemas at ../shared/schemas")
    return SCHEMAS


@pytest.fixture
def serve() -> Iterator[Callable[[Path], Server]]:
    """Serves folders over http, ranges included; see `tests.server.Server`."""
    with ExitStack() as stack:
        yield lambda folder: stack.enter_context(Server(folder))


@pytest.fixture(scope="session")
def extensions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """DuckDB's extensions in ``.duckdb/extensions`` of a folder that can be a home."""
    if missing := missing_packages():
        pytest.skip(f"DuckDB needs {', '.join(missing)}")
    return lay_out(tmp_path_factory.mktemp("home"))
