"""Resizing images to what a network takes: ``resize_type`` of the model extension."""

from __future__ import annotations

import numpy as np
import rasterio
import rasterio.warp
from numpy.typing import NDArray
from rasterio.enums import Resampling

from geocairn.errors import InputError

__all__ = ["METHODS", "resize"]

METHODS = {
    "interpolation-nearest": Resampling.nearest,
    "interpolation-linear": Resampling.bilinear,
    "interpolation-cubic": Resampling.cubic,
    "interpolation-area": Resampling.average,
    "interpolation-lanczos4": Resampling.lanczos,
    "interpolation-max": Resampling.max,
}
"""What is known here, and GDAL's method for it."""


def resize(image: NDArray[np.float32], size: tuple[int, int], *, how: str) -> NDArray[np.float32]:
    """Resize images.

    Args:
        image: float32 (..., height, width).
        size: Height and width wanted.
        how: One of `METHODS`.

    Returns:
        float32 (..., *size).

    Raises:
        InputError: If it is another.
    """
    if image.shape[-2:] == size:
        return image
    if how not in METHODS:
        raise InputError(
            f"the network takes {size[0]} x {size[1]} pixels, not windows of {image.shape[-2]} x "
            f"{image.shape[-1]}, and its item allows no resizing ({how or 'none'!r})",
            remedy="Leave --tile out, or give the size that the network takes.",
        )
    flat = image.reshape(-1, *image.shape[-2:])
    found = np.empty((len(flat), *size), np.float32)
    scale = rasterio.Affine.scale(image.shape[-1] / size[1], image.shape[-2] / size[0])
    # Any system serves, as long as it is the same one on both sides.
    rasterio.warp.reproject(
        flat,
        found,
        src_transform=rasterio.Affine.identity(),
        dst_transform=scale,
        src_crs="EPSG:3857",
        dst_crs="EPSG:3857",
        resampling=METHODS[how],
    )
    return found.reshape(*image.shape[:-2], *size)
