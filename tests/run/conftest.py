"""What tests of running models share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.run import making

from geocairn.run.runnable import RunnableModel, load_item


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own for every test."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("GEOCAIRN_CACHE", str(folder))
    return folder


@pytest.fixture
def item(tmp_path: Path) -> dict[str, Any]:
    return making.segmenter_item(tmp_path / "model")


@pytest.fixture
def model(item: dict[str, Any]) -> RunnableModel:
    return load_item(item, threads=1)


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    """Three bands of eight bits that say that they are red, green and blue."""
    return making.raster(tmp_path / "scene.tif", making.image(), photometric="RGB")
