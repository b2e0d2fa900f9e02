"""Rasters that were cut off, or have blocks that were never written, are told from whole ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio

from geocairn.errors import OutputError
from geocairn.run.rawfile import cloud_optimized
from geocairn.run.whole import check

PLACE = {"transform": rasterio.Affine.scale(2), "crs": "EPSG:32645"}


def test_a_file_that_ends_early(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (900, 900)).astype(np.uint8)
    source, path = tmp_path / "source.tif", tmp_path / "whole.tif"
    with rasterio.open(
        source, "w", driver="GTiff", count=1, height=900, width=900, dtype="uint8", **PLACE
    ) as dataset:
        dataset.write(noise, 1)
    cloud_optimized(source, path, resampling="nearest")
    check(path, where=path)
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(OutputError, match="a file ends after"):
        check(path, where=path)


def test_a_block_that_was_never_written(tmp_path: Path) -> None:
    """GDAL reads it as missing data, and says nothing."""
    gap = tmp_path / "gap.tif"
    profile = {"driver": "GTiff", "count": 1, "height": 900, "width": 900, "dtype": "uint8"}
    with rasterio.open(gap, "w", **profile, **PLACE, tiled=True, sparse_ok=True) as dataset:
        dataset.write(np.ones((200, 200), np.uint8), 1, window=((0, 200), (0, 200)))
    with pytest.raises(OutputError, match="a part is missing"):
        check(gap, where=gap)
