"""A picture of the classes over the image."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rasterio.enums import Resampling

from geocairn_training.colors import rgb
from geocairn_training.inference.raster import Reader, open_raster, readable
from geocairn_training.recipe import Class

__all__ = ["overlay"]

_OPACITY = 0.45


def overlay(
    path: Path,
    reader: Reader,
    mask: Path,
    *,
    classes: Sequence[Class],
    background: int,
    largest: int = 1024,
) -> None:
    """Write the picture as PNG.

    Args:
        path: The file.
        reader: Of the image; its first three bands are taken for red, green and blue, or its
            first one for grey.
        mask: Raster of class values, of the size of the image.
        classes: Those that may occur.
        background: Value that is left clear.
        largest: Pixels of the longer side at most.
    """
    dataset = reader.dataset
    factor = min(1.0, largest / max(dataset.height, dataset.width))
    size = (max(1, round(dataset.height * factor)), max(1, round(dataset.width * factor)))
    indexes = reader.indexes[:3] if len(reader.indexes) >= 3 else reader.indexes[:1] * 3
    with readable(Path(dataset.name)):
        image = dataset.read(indexes, out_shape=(3, *size), resampling=Resampling.average)
    with open_raster(mask) as source:
        values = source.read(1, out_shape=size, resampling=Resampling.nearest)
    picture = _stretched(image.astype(np.float32))
    for index, label in enumerate(classes):
        if label.value != background:
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
