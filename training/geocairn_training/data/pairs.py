"""Chips and their masks, paired by file name and checked before anything is trained on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import rasterio
from affine import Affine
from rasterio.crs import CRS
from rasterio.errors import RasterioError
from rasterio.warp import transform_bounds

from geocairn_training.errors import DataError
from geocairn_training.facts import Box

__all__ = ["Grid", "Pair", "find", "grid"]

_ENDINGS = (".tif", ".tiff")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Where the pixels of a raster lie.

    Attributes:
        crs: Coordinate reference system.
        transform: From pixels to the CRS.
        dtypes: Type of each band.
        nodata: Value of pixels without data; None where there is none.
    """

    path: Path
    height: int
    width: int
    bands: int
    crs: CRS
    transform: Affine
    dtypes: tuple[str, ...]
    nodata: float | None

    @property
    def box(self) -> Box:
        """``(west, south, east, north)`` in degrees (WGS 84)."""
        west, north = self.transform @ (0, 0)
        east, south = self.transform @ (self.width, self.height)
        bounds: Box = transform_bounds(self.crs, "EPSG:4326", west, south, east, north)
        return bounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A chip and the mask of the same name."""

    chip: Grid
    mask: Grid

    @property
    def name(self) -> str:
        """File name without its ending."""
        return self.chip.path.stem


def grid(path: Path) -> Grid:
    """Read where the pixels of a raster lie.

    Raises:
        DataError: If it cannot be read, or has no coordinate reference system.
    """
    try:
        with rasterio.open(path) as file:
            found = Grid(
                path=path,
                height=file.height,
                width=file.width,
                bands=file.count,
                crs=file.crs,
                transform=file.transform,
                dtypes=tuple(file.dtypes),
                nodata=file.nodata,
            )
    except (RasterioError, OSError) as error:
        raise DataError(
            f"not a raster that can be read: {error}",
            where=str(path),
            remedy="Fetch or write that file again, or take it out of the folder.",
        ) from None
    if not found.crs:
        raise DataError(
            "no coordinate reference system",
            where=str(path),
            remedy="Write its CRS and transform into the file, for example with rio edit-info.",
        )
    return found


def find(chips: Path, labels: Path, *, bands: int) -> tuple[Pair, ...]:
    """Pair every chip with the mask of the same name.

    Args:
        chips: Folder of GeoTIFF chips, one size, with `bands` bands each.
        labels: Folder of GeoTIFF masks of one band.
        bands: Bands that a chip must have.

    Returns:
        The pairs in order of their names.

    Raises:
        DataError: If a folder is missing or empty, one of a pair is missing, or they do not lie
            on the same pixels.
    """
    images, masks = _listed(chips, "chips"), _listed(labels, "masks")
    _compare_names(images, masks, chips, labels)
    pairs = tuple(Pair(chip=grid(images[name]), mask=grid(masks[name])) for name in images)
    first = pairs[0].chip
    for pair in pairs:
        _check(pair, first, bands)
    return pairs


def _listed(folder: Path, what: str) -> dict[str, Path]:
    if not folder.is_dir():
        raise DataError(
            f"there is no such folder of {what}",
            where=str(folder),
            remedy="Name one, or make one with `geocairn-train preprocess`.",
        )
    found = {path.stem: path for path in sorted(folder.iterdir()) if path.suffix in _ENDINGS}
    if not found:
        raise DataError(
            f"no GeoTIFF {what} here",
            where=str(folder),
            remedy=f"Name the folder that has the {what}: files that end in .tif.",
        )
    return found


def _compare_names(
    images: dict[str, Path], masks: dict[str, Path], chips: Path, labels: Path
) -> None:
    for missing, folder, what in (
        (sorted(images.keys() - masks.keys()), labels, "mask"),
        (sorted(masks.keys() - images.keys()), chips, "chip"),
    ):
        if missing:
            more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
            raise DataError(
                f"no {what} is named {missing[0]}{more}",
                where=str(folder),
                remedy="Chips and masks belong together by name: add the missing files, or take "
                "out their counterparts.",
            )


def _check(pair: Pair, first: Grid, bands: int) -> None:
    chip, mask = pair.chip, pair.mask
    faults: Sequence[tuple[Grid, bool, str]] = (
        (chip, chip.bands == bands, f"{chip.bands} bands where {bands} are asked for"),
        (chip, len(set(chip.dtypes)) == 1, f"bands of several types: {', '.join(chip.dtypes)}"),
        (
            chip,
            (chip.height, chip.width, chip.dtypes) == (first.height, first.width, first.dtypes),
            f"{chip.height} x {chip.width} {chip.dtypes[0]}, but {first.path.name} is "
            f"{first.height} x {first.width} {first.dtypes[0]}",
        ),
        (mask, mask.bands == 1, f"a mask has one band, not {mask.bands}"),
        (
            mask,
            (mask.height, mask.width) == (chip.height, chip.width),
            f"{mask.height} x {mask.width} pixels, but its chip has {chip.height} x {chip.width}",
        ),
        (mask, mask.crs == chip.crs, f"is in {mask.crs}, but its chip in {chip.crs}"),
        (mask, _aligned(chip, mask), "does not lie where its chip lies"),
    )
    for which, right, message in faults:
        if not right:
            raise DataError(
                message,
                where=str(which.path),
                remedy="Make chips and masks anew with `geocairn-train preprocess`, or take this "
                "pair out of the folders.",
            )


def _aligned(chip: Grid, mask: Grid) -> bool:
    """Whether corners agree to a tenth of a pixel."""
    inverse = ~chip.transform
    corners = ((0, 0), (chip.width, chip.height))
    return all(
        abs(here - there) < 0.1
        for corner in corners
        for here, there in zip(corner, inverse @ (mask.transform @ corner), strict=True)
    )
