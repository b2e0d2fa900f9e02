"""A picture of the classes over the image."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rasterio.enums import Resampling

from geocairn.run.colors import rgb
from geocairn.run.result import Prediction
from geocairn.run.scenes.rasters import open_raster, readable

__all__ = ["overlay"]

_OPACITY = 0.45


def overlay(
    path: Path, image: Path, found: Prediction, *, bands: Sequence[int], largest: int = 1024
) -> None:
    """Write the picture as PNG.

    Args:
        path: The file.
        image: The image.
        found: Its classes, of its size.
        bands: Of the image, from 1: the first three are taken for red, green and blue, or the
            first one for grey.
        largest: Pixels of the longer side at most.
    """
    indexes = list(bands[:3]) if len(bands) >= 3 else [bands[0]] * 3
    with open_raster(str(image)) as dataset, readable(str(image)):
        factor = min(1.0, largest / max(dataset.height, dataset.width))
        size = (max(1, round(dataset.height * factor)), max(1, round(dataset.width * factor)))
        pixels = dataset.read(indexes, out_shape=(3, *size), resampling=Resampling.average)
    with open_raster(str(found.path)) as dataset, readable(str(found.path)):
        values = dataset.read(1, out_shape=size, resampling=Resampling.nearest)
    picture = _stretched(pixels.astype(np.float32))
    for index, label in enumerate(found.classes):
        if label.value != found.background:
            color = np.array(rgb(label.color, index=index), np.float32)[:, None]
            here = values == label.value
            picture[:, here] = (1 - _OPACITY) * picture[:, here] + _OPACITY * color
    Image.fromarray(picture.round().astype(np.uint8).transpose(1, 2, 0)).save(path, "PNG")


def _stretched(image: NDArray[np.float32]) -> NDArray[np.float32]:
    """Stretch the values between the 2nd and the 98th percentile over 0 to 255."""
    finite = image[np.isfinite(image)]
    low, high = np.percentile(finite, (2, 98)) if finite.size else (0, 1)
    spread = max(float(high - low), 1e-6)
    filled = np.nan_to_num(image, nan=float(low))
    result: NDArray[np.float32] = np.clip((filled - low) * (255 / spread), 0, 255)
    return result.astype(np.float32)
