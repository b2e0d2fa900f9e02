"""Raster files: opened with an error that helps, written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio
from affine import Affine
from rasterio.errors import RasterioError
from rasterio.io import MemoryFile

from geocairn import _io
from geocairn_training.errors import DataError

__all__ = ["opened", "write"]


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """Open a raster to read it, as rasterio does.

    Raises:
        DataError: If it cannot be opened, or not be read to its end.
    """
    try:
        with rasterio.open(path) as file:
            yield file
    except (RasterioError, OSError) as error:
        raise DataError(
            f"not a raster that can be read to its end: {error}",
            where=str(path),
            remedy="The file is damaged or none: fetch or write it again, or take it out.",
        ) from None


def write(
    path: Path,
    values: npt.NDArray[np.generic],
    *,
    crs: Any,
    transform: Affine,
    nodata: float | None = None,
) -> None:
    """Write a GeoTIFF.

    It is put together in memory: on a full disk GDAL goes on without an error.

    Args:
        path: The file; its folder is made if need be.
        values: (bands, h, w).
        crs: Whatever rasterio takes for one.
        transform: From pixels to the CRS.
        nodata: Value of pixels without data.

    Raises:
        OutputError: When the disk is full or the place cannot be written.
    """
    bands, height, width = values.shape
    with MemoryFile() as memory:
        with memory.open(
            driver="GTiff",
            height=height,
            width=width,
            count=bands,
            dtype=values.dtype,
            crs=crs,
            transform=transform,
            nodata=nodata,
            compress="deflate",
            predictor=2 if values.dtype.kind in "iu" else 3,
        ) as file:
            file.write(values)
        _io.write_atomic(path, memory.read(), durable=False)
