"""A network without weights, and rasters for it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio

from geocairn_training.inference import Predictor
from geocairn_training.recipe import Class, Recipe

UTM = rasterio.Affine(0.5, 0, 320_000, 0, -0.5, 3_060_000)


@pytest.fixture
def recipe() -> Recipe:
    return Recipe(
        name="bright",
        bands=("red", "green", "blue"),
        mean=(100.0, 110.0, 120.0),
        std=(40.0, 50.0, 60.0),
        classes=(
            Class(value=0, name="other"),
            Class(value=1, name="bright", title="Bright ground", color="ff8800"),
        ),
        channels=1,
        activation="sigmoid",
        tile=(64, 64),
        multiple=16,
    )


@pytest.fixture
def predictor(recipe: Recipe) -> Predictor:
    """Four times the sum of the scaled bands, pixel by pixel: no window can change it."""

    def network(scaled: Any) -> Any:
        assert scaled.dtype == np.float32
        assert scaled.shape[-2] % 16 == scaled.shape[-1] % 16 == 0
        return 4 * scaled.sum(axis=1, keepdims=True)

    return Predictor(recipe, network)


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Path]:
    """Writes pixels (bands, height, width) as GeoTIFF."""

    def made(pixels: Any, name: str = "scene.tif", **profile: Any) -> Path:
        count, height, width = pixels.shape
        fields = {"driver": "GTiff", "crs": "EPSG:32645", "transform": UTM, "dtype": pixels.dtype}
        fields |= {"count": count, "height": height, "width": width} | profile
        path = tmp_path / name
        with rasterio.open(path, "w", **fields) as dataset:
            dataset.write(pixels)
        return path

    return made


@pytest.fixture
def pixels() -> Any:
    """Dark ground with two bright buildings, uint8 (3, 150, 200)."""
    image = np.random.default_rng(5).integers(60, 80, (3, 150, 200)).astype(np.uint8)
    image[:, 20:60, 30:90] += 120
    image[:, 90:130, 120:150] += 120
    return image
