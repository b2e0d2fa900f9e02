from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import SHARED

from geocairn.checks import Checker, SchemaStore


@pytest.fixture(scope="session")
def store(schemas: Path) -> SchemaStore:
    return SchemaStore(schemas, offline=True)


@pytest.fixture(scope="session")
def checker(store: SchemaStore) -> Checker:
    return Checker(store=store)


@pytest.fixture(scope="session")
def real_items() -> Path:
    items = SHARED / "data" / "items"
    if not items.is_dir():
        pytest.skip("needs the real items at ../shared/data/items")
    return items
