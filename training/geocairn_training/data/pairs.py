"""Chips and their masks, paired by file name and checked before anything is trained on them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from affine import Affine
from rasterio.crs import CRS
from rasterio.warp import transform, transform_bounds

from geocairn_training.data.rasters import opened
from geocairn_training.errors import DataError
from geocairn_training.facts import Box

__all__ = ["Grid", "Pair", "find", "grid"]

_ENDINGS = (".tif", ".tiff")
_RADIUS, _ECCENTRICITY = 6378137.0, 0.00669437999014  # WGS 84: metres, and the eccentricity squared


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

    @property
    def ground(self) -> tuple[float, float]:
        """Width and height on the ground in metres, along the lines through the middle.

        By the radii of curvature of the WGS 84 ellipsoid, which are exact for what is small:
        neither the scale of a projection nor its turn against north gets in.
        """
        wide, high = self.width, self.height
        ends = ((0, high / 2), (wide, high / 2), (wide / 2, 0), (wide / 2, high))
        x, y = zip(*(self.transform @ end for end in ends), strict=True)
        places = list(zip(*transform(self.crs, "EPSG:4326", x, y)[:2], strict=True))
        return _distance(*places[:2]), _distance(*places[2:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A chip and the mask of the same name, and the weights of its pixels where there are any."""

    chip: Grid
    mask: Grid
    weights: Grid | None = None

    @property
    def name(self) -> str:
        """File name without its ending."""
        return self.chip.path.stem


def _distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Metres between two places that are near, by longitude and latitude in degrees."""
    middle = math.radians((one[1] + other[1]) / 2)
    bent = 1 - _ECCENTRICITY * math.sin(middle) ** 2
    east = _RADIUS / math.sqrt(bent) * math.cos(middle) * math.radians(other[0] - one[0])
    north = _RADIUS * (1 - _ECCENTRICITY) / bent**1.5 * math.radians(other[1] - one[1])
    return math.hypot(east, north)


def grid(path: Path) -> Grid:
    """Read where the pixels of a raster lie.

    Raises:
        DataError: If it cannot be read, or has no coordinate reference system.
    """
    with opened(path) as file:
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
    if not found.crs:
        raise DataError(
            "no coordinate reference system",
            where=str(path),
            remedy="Write its CRS and transform into the file, for example with rio edit-info.",
        )
    return found


def find(chips: Path, labels: Path, *, bands: int, weights: Path | None = None) -> tuple[Pair, ...]:
    """Pair every chip with the mask of the same name.

    Args:
        chips: Folder of GeoTIFF chips, one size, with `bands` bands each.
        labels: Folder of GeoTIFF masks of one band.
        bands: Bands that a chip must have.
        weights: Folder of GeoTIFF weights of one band; None for no weights.

    Returns:
        The pairs in order of their names.

    Raises:
        DataError: If a folder is missing or empty, one of a pair is missing, or they do not lie
            on the same pixels.
    """
    images, masks = _listed(chips, "chips"), _listed(labels, "masks")
    _compare_names(images, masks, (chips, "chip"), (labels, "mask"))
    heavy = {}
    if weights is not None:
        heavy = _listed(weights, "weights")
        _compare_names(images, heavy, (chips, "chip"), (weights, "file of weights"))
    pairs = tuple(
        Pair(
            chip=grid(images[name]),
            mask=grid(masks[name]),
            weights=grid(heavy[name]) if heavy else None,
        )
        for name in images
    )
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
    images: dict[str, Path],
    others: dict[str, Path],
    first: tuple[Path, str],
    second: tuple[Path, str],
) -> None:
    for missing, (folder, what) in (
        (sorted(images.keys() - others.keys()), second),
        (sorted(others.keys() - images.keys()), first),
    ):
        if missing:
            more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
            raise DataError(
                f"no {what} is named {missing[0]}{more}",
                where=str(folder),
                remedy=f"A {first[1]} and its {second[1]} belong together by name: add the missing "
                "files, or take out their counterparts.",
            )


def _check(pair: Pair, first: Grid, bands: int) -> None:
    chip = pair.chip
    faults: list[tuple[Grid, bool, str]] = [
        (chip, chip.bands == bands, f"{chip.bands} bands where {bands} are asked for"),
        (chip, len(set(chip.dtypes)) == 1, f"bands of several types: {', '.join(chip.dtypes)}"),
        (
            chip,
            (chip.height, chip.width, chip.dtypes) == (first.height, first.width, first.dtypes),
            f"{chip.height} x {chip.width} {chip.dtypes[0]}, but {first.path.name} is "
            f"{first.height} x {first.width} {first.dtypes[0]}",
        ),
        *_faults_beside(chip, pair.mask, "a mask"),
    ]
    if pair.weights is not None:
        faults += _faults_beside(chip, pair.weights, "a file of weights")
    for which, right, message in faults:
        if not right:
            raise DataError(
                message,
                where=str(which.path),
                remedy="Make the folders anew with `geocairn-train preprocess`, or take this pair "
                "out of them.",
            )


def _faults_beside(chip: Grid, other: Grid, what: str) -> list[tuple[Grid, bool, str]]:
    """What must hold of a file that lies on the pixels of a chip."""
    return [
        (other, other.bands == 1, f"{what} has one band, not {other.bands}"),
        (
            other,
            (other.height, other.width) == (chip.height, chip.width),
            f"{other.height} x {other.width} pixels, but its chip has {chip.height} x {chip.width}",
        ),
        (other, other.crs == chip.crs, f"is in {other.crs}, but its chip in {chip.crs}"),
        (other, _aligned(chip, other), "does not lie where its chip lies"),
    ]


def _aligned(chip: Grid, mask: Grid) -> bool:
    """Whether corners agree to a tenth of a pixel."""
    inverse = ~chip.transform
    corners = ((0, 0), (chip.width, chip.height))
    return all(
        abs(here - there) < 0.1
        for corner in corners
        for here, there in zip(corner, inverse @ (mask.transform @ corner), strict=True)
    )
