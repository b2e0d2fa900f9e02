"""Raster files, on disk or behind URLs, and datasets that are already open."""

from __future__ import annotations

import contextlib
import re
import threading
import warnings
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import rasterio
import rasterio.errors
from numpy.typing import NDArray
from rasterio.enums import ColorInterp, MaskFlags, Resampling
from rasterio.vrt import WarpedVRT

from geocairn import _io
from geocairn.errors import InputError
from geocairn.run.scenes.base import Place, SceneBand, Window
from geocairn.sensors import LANDSAT_ETM, LANDSAT_OLI_TIRS, LANDSAT_TM, SENTINEL2_MSI, Sensor

__all__ = ["RasterSource", "bands_of", "from_file_name", "open_raster", "readable"]

_COLORS = {
    ColorInterp.red: "red",
    ColorInterp.green: "green",
    ColorInterp.blue: "blue",
}
_FILE_NAMES: tuple[tuple[re.Pattern[str], Sensor], ...] = (
    (re.compile(r"(?:^|_)T\d\d[A-Z]{3}_.*_(B\d[0-9A]?)(?:_\d+m)?$", re.IGNORECASE), SENTINEL2_MSI),
    (re.compile(r"^S2.*[_.](B\d[0-9A]?)(?:_\d+m)?$", re.IGNORECASE), SENTINEL2_MSI),
    (re.compile(r"^L[COT]0[89]_.*_((?:SR_|ST_)?B\d+)$", re.IGNORECASE), LANDSAT_OLI_TIRS),
    (re.compile(r"^LE07_.*_((?:SR_|ST_)?B\d+)$", re.IGNORECASE), LANDSAT_ETM),
    (re.compile(r"^LT05_.*_((?:SR_|ST_)?B\d+)$", re.IGNORECASE), LANDSAT_TM),
)
# Directory listings and side-car files cost requests, and say nothing that is needed here.
_ENVIRONMENT = {"GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR", "GDAL_HTTP_MAX_RETRY": "3"}
# How GDAL tells of a server that does not answer, or does not have the file.
_UNREACHED = ("CURL error", "HTTP response code", "HTTP error code")
_NO_LETTERS = re.compile(r"band[ _]?\d+$", re.IGNORECASE)


@contextlib.contextmanager
def readable(name: str) -> Iterator[None]:
    """Turn GDAL's complaints about a file into one line that says what to do.

    Raises:
        InputError: In place of rasterio's error.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
            yield
    except rasterio.errors.RasterioError as error:
        # Of a read that failed only the cause says why.
        cause = error.__cause__ if "previous exception" in str(error) else None
        lines = _io.without_password(str(cause or error)).splitlines() or [type(error).__name__]
        unreached = any(word in lines[0] for word in _UNREACHED)
        raise InputError(
            f"cannot be read as an image: {lines[0]}",
            where=_io.without_password(name),
            remedy="Check the address and the network, then try again."
            if unreached
            else "Check that the file is whole, and convert it to GeoTIFF if need be.",
        ) from error


def open_raster(href: str) -> Any:
    """Open a raster by path or URL.

    Raises:
        InputError: If there is none.
    """
    remote = "://" in href
    with rasterio.Env(**(_ENVIRONMENT if remote else {})), readable(href):
        return rasterio.open(href)


class RasterSource:
    """A raster.

    Args:
        dataset: The open dataset.
        owned: Whether it is closed together with this.
    """

    def __init__(self, dataset: Any, *, owned: bool = True) -> None:
        self._dataset = dataset
        self._owned = owned
        # GDAL's datasets serve one thread at a time.
        self._lock = threading.Lock()
        self.place = place_of(dataset)
        self._whole = all(flags == [MaskFlags.all_valid] for flags in dataset.mask_flag_enums)

    @classmethod
    def open(cls, href: str) -> RasterSource:
        """Open a raster by path or URL."""
        return cls(open_raster(href))

    def dtype(self, index: int) -> str:
        """See `Source.dtype`."""
        found: str = self._dataset.dtypes[index - 1]
        return found

    def read(
        self, indexes: Sequence[int], window: Window
    ) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """See `Source.read`.

        What the raster masks (by its value for *no data*, a mask or an alpha band) holds none, nor
        does what is no finite number.
        """
        top, left, height, width = window
        place = rasterio.windows.Window(left, top, width, height)
        with self._lock, readable(self._dataset.name):
            pixels = self._dataset.read(list(indexes), window=place)
            # Where nothing is masked there is nothing to read.
            masks = None if self._whole else self._dataset.read_masks(list(indexes), window=place)
        valid = np.ones(pixels.shape[-2:], bool) if masks is None else (masks > 0).all(axis=0)
        if pixels.dtype.kind == "f":
            valid &= np.isfinite(pixels).all(axis=0)
        return pixels, valid

    def overview(self, indexes: Sequence[int], size: int) -> NDArray[Any]:
        """See `Source.overview`."""
        height, width = min(size, self.place.height), min(size, self.place.width)
        with self._lock, readable(self._dataset.name):
            found = self._dataset.read(
                list(indexes),
                out_shape=(len(indexes), height, width),
                masked=True,
                resampling=Resampling.nearest,
            )
        values: NDArray[Any] = found.astype(np.float64).filled(np.nan)
        return values

    def onto(self, place: Place) -> RasterSource:
        """See `Source.onto`; bilinear, as suits measurements."""
        with readable(self._dataset.name):
            laid = WarpedVRT(
                self._dataset,
                crs=place.crs,
                transform=place.transform,
                height=place.height,
                width=place.width,
                resampling=Resampling.bilinear,
            )
        return RasterSource(laid)

    def close(self) -> None:
        """See `Source.close`."""
        if self._owned:
            self._dataset.close()


def place_of(dataset: Any) -> Place:
    """Where the pixels of a dataset lie; an identity transform says that nobody knows."""
    known = dataset.crs is not None and not dataset.transform.is_identity
    transform = None if dataset.transform.is_identity else dataset.transform
    return Place(dataset.height, dataset.width, transform, dataset.crs if known else None)


def bands_of(dataset: Any, *, href: str, source: int = 0) -> tuple[SceneBand, ...]:
    """The bands of a dataset, with what it says of them; alpha bands are left out."""
    sensor, only = from_file_name(href) if dataset.count == 1 else (None, "")
    found = []
    for index in range(1, dataset.count + 1):
        color = dataset.colorinterp[index - 1]
        name = (dataset.descriptions[index - 1] or "").strip() or only
        # GDAL takes the fourth band of four for transparency, whatever is in it.
        if color is ColorInterp.alpha and name.lower() in ("", "alpha"):
            continue
        if _NO_LETTERS.match(name):
            name = ""
        tags = {key.upper(): value for key, value in dataset.tags(index).items()}
        known = sensor.band(name) if sensor and name else None
        wavelength = _wavelength(tags)
        found.append(
            SceneBand(
                name=name,
                common_name=_common_name(known, name, color),
                wavelength=known.center_wavelength if known else wavelength,
                width=known.full_width_half_max if known else None,
                dtype=dataset.dtypes[index - 1],
                nodata=dataset.nodatavals[index - 1],
                source=source,
                index=index,
            )
        )
    return tuple(found)


def _common_name(known: Any, name: str, color: ColorInterp) -> str:
    """A colour counts where there is no name: GDAL takes the first three of any bands for RGB."""
    if known is not None:
        told: str = known.common_name or ""
        return told
    return "" if name else _COLORS.get(color, "")


def from_file_name(href: str) -> tuple[Sensor | None, str]:
    """Sensor and band that a file's name tells, as those of Sentinel-2 and Landsat do."""
    stem = PurePosixPath(urlsplit(href).path.replace("\\", "/")).stem
    for pattern, sensor in _FILE_NAMES:
        if match := pattern.search(stem):
            return sensor, match[1].upper()
    return None, ""


def _wavelength(tags: dict[str, str]) -> float | None:
    """Of the centre in µm, as GDAL writes it (CENTRAL_WAVELENGTH_UM, WAVELENGTH in nm or µm)."""
    for name in ("CENTRAL_WAVELENGTH_UM", "WAVELENGTH"):
        with contextlib.suppress(KeyError, ValueError):
            value = float(tags[name])
            unit = tags.get("WAVELENGTH_UNITS", "").lower()
            nanometres = unit.startswith("nano") or (not unit and value > 100)
            return value / 1000 if nanometres else value
    return None
