"""Chips and masks of a made-up town, small enough to be trained on in seconds."""

from __future__ import annotations

from pathlib import Path

import pytest

from geocairn_training.data.synthetic import make


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("town"), chips=16, size=32)
