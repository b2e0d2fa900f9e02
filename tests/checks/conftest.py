from __future__ import annotations

from pathlib import Path

import pytest

from geocairn.checks import Checker, SchemaStore
from geocairn.checks.schemas import DIRECTORY_VARIABLE

SHARED = Path(__file__).parents[3] / "shared"
SCHEMAS = SHARED / "schemas"
ITEMS = SHARED / "data" / "items"


@pytest.fixture(autouse=True)
def _no_schemas_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither the environment nor the cache of whoever runs the tests has a say."""
    monkeypatch.delenv(DIRECTORY_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache-home"))


@pytest.fixture(scope="session")
def schemas() -> Path:
    if not SCHEMAS.is_dir():
        pytest.skip("needs the folder of JSON Schemas at ../shared/schemas")
    return SCHEMAS


@pytest.fixture(scope="session")
def store(schemas: Path) -> SchemaStore:
    return SchemaStore(schemas, offline=True)


@pytest.fixture(scope="session")
def checker(store: SchemaStore) -> Checker:
    return Checker(store=store)


@pytest.fixture(scope="session")
def real_items() -> Path:
    if not ITEMS.is_dir():
        pytest.skip("needs the real items at ../shared/data/items")
    return ITEMS
