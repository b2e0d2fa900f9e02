from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from geocairn.build import BuildOptions
from geocairn.checks import SchemaStore


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory, where there is one: these tests write and remove thousands of files."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(prefix="geocairn-test-", dir=memory) as folder:
        yield Path(folder)


@pytest.fixture(autouse=True)
def _forgetful_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a disk remembers after a power cut is not at stake here, and takes its time."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture(scope="session")
def store(schemas: Path) -> SchemaStore:
    return SchemaStore(schemas, offline=True)


@pytest.fixture(scope="session")
def options(store: SchemaStore) -> BuildOptions:
    """A build in this process that leaves items with errors out."""
    return BuildOptions(store=store, jobs=1, keep_going=True)


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks, row groups and pages of a few items, so that a small hub has many of each."""
    monkeypatch.setattr("geocairn.sources.lines._SMALLEST", 6000)
    monkeypatch.setattr("geocairn.sources.lines._ODDS", 2)
    monkeypatch.setattr("geocairn.sources.folder._SMALLEST", 2)
    monkeypatch.setattr("geocairn.sources.folder._ODDS", 2)
    monkeypatch.setattr("geocairn.build.gather._SMALLEST_GROUP", 4)
    monkeypatch.setattr("geocairn.build.gather._LARGEST_GROUP", 12)
    monkeypatch.setattr("geocairn.build.output._PAGE", 6)
