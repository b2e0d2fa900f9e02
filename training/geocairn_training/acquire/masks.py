"""Burn footprints into masks that lie on the pixels of chips."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import shapely
from rasterio.features import rasterize
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from geocairn_training.acquire.footprints import Footprints, reproject
from geocairn_training.acquire.weights import REACH, separating
from geocairn_training.data.pairs import Grid

__all__ = ["BOUNDARY", "BUILDING", "Burner", "burn", "seams"]

BUILDING, BOUNDARY = 1, 2
_Mask = npt.NDArray[np.uint8]


class Burner:
    """Burns one set of footprints into any number of chips.

    Args:
        footprints: In any CRS; a footprint that crosses chips is burnt into each of them.
        boundary: Width in metres of the class between buildings that nearly touch; 0 for none.
    """

    def __init__(self, footprints: Footprints, *, boundary: float = 0.0) -> None:
        self._given, self._boundary = footprints, boundary
        self._ready: dict[str, tuple[STRtree, npt.NDArray[np.object_]]] = {}

    def mask(self, grid: Grid) -> _Mask:
        """Class values, uint8 (h, w): 0 background, 1 building, 2 boundary where asked for."""
        near = self._near(grid, self._boundary)
        layers = [(shape, BUILDING) for shape in near]
        if self._boundary:
            ratio = math.cos(math.radians((grid.box[1] + grid.box[3]) / 2))
            stretch = ratio if grid.crs.is_geographic else 1.0
            width = self._boundary * _unit(grid)
            layers += [(shape, BOUNDARY) for shape in seams(near, width, stretch=stretch)]
        return burn(layers, grid)

    def covers(self, grid: Grid) -> bool:
        """Whether any footprint lies on a chip."""
        return bool(self._near(grid, 0.0))

    def weights(self, grid: Grid, *, sigma: float) -> npt.NDArray[np.float32]:
        """Weights that keep neighbours apart; see `geocairn_training.acquire.weights`."""
        return separating(self._near(grid, REACH * sigma), grid, sigma=sigma)

    def _near(self, grid: Grid, distance: float) -> list[BaseGeometry]:
        """Footprints on a chip or up to so many metres outside, in the chip's CRS."""
        tree, shapes = self._indexed(grid)
        west, north = grid.transform @ (0, 0)
        east, south = grid.transform @ (grid.width, grid.height)
        # A degree of longitude is shorter than one of latitude, so a box in degrees needs more.
        shrunk = math.cos(math.radians(max(abs(grid.box[1]), abs(grid.box[3]))))
        margin = distance * _unit(grid) / (shrunk if grid.crs.is_geographic else 1.0)
        around = shapely.box(west - margin, south - margin, east + margin, north + margin)
        return list(shapes[np.sort(tree.query(around, predicate="intersects"))])

    def _indexed(self, grid: Grid) -> tuple[STRtree, npt.NDArray[np.object_]]:
        key = grid.crs.to_wkt()
        if key not in self._ready:
            shapes = np.array(reproject(self._given, grid.crs).shapes, dtype=object)
            self._ready[key] = STRtree(shapes), shapes
        return self._ready[key]


def _unit(grid: Grid) -> float:
    """Units of the CRS along y in a metre, by the chip's own size on the ground."""
    _, north = grid.transform @ (0, 0)
    _, south = grid.transform @ (grid.width, grid.height)
    return float(abs(north - south) / grid.ground[1])


def burn(layers: Iterable[tuple[BaseGeometry, int]], grid: Grid) -> _Mask:
    """Burn shapes, later ones over earlier ones, into pixels whose centre they hold."""
    shapes = list(layers)
    size = (grid.height, grid.width)
    if not shapes:
        return np.zeros(size, np.uint8)
    burnt: _Mask = rasterize(shapes, size, transform=grid.transform, dtype="uint8")
    return burnt


def seams(
    shapes: Sequence[BaseGeometry], width: float, *, stretch: float = 1.0
) -> list[BaseGeometry]:
    """Strips between buildings that are nearer to one another than a width, or touch.

    A network that sees buildings alone joins neighbours into one; this class keeps them apart.

    Args:
        shapes: Footprints.
        width: In units of the CRS along the y axis.
        stretch: Length on the ground of a unit along x over one along y.

    Returns:
        For each pair of neighbours, what is within half the width of both.
    """
    plain = [shapely.transform(shape, lambda xy: xy * [stretch, 1.0]) for shape in shapes]
    grown = np.array([shape.buffer(width / 2) for shape in plain], dtype=object)
    if not len(grown):
        return []
    first, second = STRtree(grown).query(grown, predicate="intersects")
    strips = [
        grown[one].intersection(grown[other])
        for one, other in zip(first, second, strict=True)
        if one < other
    ]
    return [
        shapely.transform(strip, lambda xy: xy / [stretch, 1.0])
        for strip in strips
        if not strip.is_empty
    ]
