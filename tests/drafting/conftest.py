"""A model to draft entries of."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests import onnx_models


@pytest.fixture
def onnx_file(tmp_path: Path) -> Path:
    return onnx_models.saved(tmp_path / "model.onnx", onnx_models.segmenter(bands=4))
