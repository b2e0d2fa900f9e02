"""Reading windows of a raster, and writing the results of a whole one."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import rasterio.errors
import rasterio.shutil
from numpy.typing import NDArray
from rasterio.windows import Window

from geocairn.errors import InputError

__all__ = ["Reader", "cloud_optimized", "create", "georeferenced", "open_raster", "readable"]

_MINIMUM_TILED = 512


@contextlib.contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn GDAL's complaints about a file into one line that says what to do.

    Raises:
        InputError: In place of rasterio's error.
    """
    try:
        yield
    except rasterio.errors.RasterioError as error:
        raise InputError(
            f"cannot be read as an image: {str(error).splitlines()[0]}",
            where=str(path),
            remedy="Check that the file is whole, and convert it to GeoTIFF if need be.",
        ) from error


@contextlib.contextmanager
def open_raster(path: Path, mode: str = "r", **profile: Any) -> Iterator[Any]:
    """Open a raster; images without georeference are let pass without a warning.

    Raises:
        InputError: If it is to be read, and cannot be opened.
    """
    with warnings.catch_warnings(), contextlib.ExitStack() as stack:
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
        with readable(path) if mode == "r" else contextlib.nullcontext():
            dataset = stack.enter_context(rasterio.open(path, mode, **profile))
        yield dataset


def georeferenced(dataset: Any) -> bool:
    """Whether a place on the ground is known for the raster's pixels."""
    return dataset.crs is not None and not dataset.transform.is_identity


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the bands that a network takes.

    Attributes:
        dataset: The open raster.
        indexes: Bands to read, counted from 1, in the order of the network's channels.
        nodata: A value that means *no data* beside what the raster itself says.
    """

    dataset: Any
    indexes: tuple[int, ...]
    nodata: float | None = None

    @classmethod
    def over(cls, dataset: Any, *, bands: Sequence[str], nodata: float | None = None) -> Reader:
        """Choose bands: by name where the raster names them all, else the first ones.

        Raises:
            InputError: If it has too few bands.
        """
        names = [(text or "").lower() for text in dataset.descriptions]
        wanted = [band.lower() for band in bands]
        if all(name in names for name in wanted):
            return cls(dataset, tuple(names.index(name) + 1 for name in wanted), nodata)
        if dataset.count < len(bands):
            raise InputError(
                f"has {dataset.count} band{'s' * (dataset.count != 1)}, but the model takes "
                f"{len(bands)}: {', '.join(bands)}",
                where=dataset.name,
                remedy="Give an image with these bands, in this order.",
            )
        return cls(dataset, tuple(range(1, len(bands) + 1)), nodata)

    def read(self, window: Window) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """Read a window.

        Returns:
            The pixels, (bands, height, width) in the raster's own type, and which of them hold
            data, bool (height, width): those that the raster masks (by nodata value, mask or
            alpha band) do not, nor those with `nodata` in every band or a value that is no
            finite number.
        """
        with readable(Path(self.dataset.name)):
            pixels = self.dataset.read(self.indexes, window=window)
            valid: NDArray[np.bool_] = self.dataset.dataset_mask(window=window) > 0
        if self.nodata is not None:
            valid &= ~(pixels == self.nodata).all(axis=0)
        if pixels.dtype.kind == "f":
            valid &= np.isfinite(pixels).all(axis=0)
        return pixels, valid


def create(
    path: Path, like: Any, *, count: int, dtype: str, nodata: float, tags: dict[str, str]
) -> contextlib.AbstractContextManager[Any]:
    """Create a passing raster of the size and place of another, written in any strips of rows.

    Args:
        path: The file; a later step makes a Cloud Optimized GeoTIFF of it.
        like: The open raster.
        count: Number of bands.
        dtype: Of the values.
        nodata: The value that means *no data*.
        tags: Metadata.
    """

    @contextlib.contextmanager
    def created() -> Iterator[Any]:
        profile: dict[str, Any] = {
            "driver": "GTiff",
            "height": like.height,
            "width": like.width,
            "count": count,
            "dtype": dtype,
            "nodata": nodata,
            "BIGTIFF": "IF_SAFER",
        }
        if georeferenced(like):
            profile |= {"crs": like.crs, "transform": like.transform}
        with open_raster(path, "w", **profile) as dataset:
            dataset.update_tags(**tags)
            yield dataset

    return created()


def cloud_optimized(source: Path, target: Path, *, scores: bool) -> None:
    """Copy a raster into a Cloud Optimized GeoTIFF; may run in a thread of its own.

    Filters of warnings belong to all threads: whoever calls it sets them.

    Args:
        source: The raster.
        target: The file to write.
        scores: Whether it holds float32 scores, not uint8 classes: overviews are then averages.
    """
    rasterio.shutil.copy(
        str(source),
        str(target),
        driver="COG",
        COMPRESS="DEFLATE",
        LEVEL=1,
        PREDICTOR="FLOATING_POINT" if scores else "STANDARD",
        BLOCKSIZE=_MINIMUM_TILED,
        OVERVIEW_RESAMPLING="average" if scores else "nearest",
        NUM_THREADS="ALL_CPUS",
        BIGTIFF="IF_SAFER",
    )
