"""From a mask of classes to polygons: traced, simplified, and squared if wished."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import rasterio.errors
import rasterio.features
import shapely
from numpy.typing import NDArray
from rasterio.windows import Window
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geocairn.model import Class
from geocairn.run.scenes.rasters import place_of
from geocairn.run.squaring import squared

__all__ = ["Traced", "Tracing", "trace"]

_ROWS = 512

_Array = NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracing:
    """How polygons are made.

    Attributes:
        minimum_area: In square metres; smaller ones, and smaller holes, are left out.
        tolerance: Of the simplification, in pixels.
        square: Whether edges are turned to the main direction of their polygon and the one at
            right angles to it, as suits buildings.
    """

    minimum_area: float = 0.0
    tolerance: float = 1.0
    square: bool = False


@dataclass(frozen=True, slots=True)
class Traced:
    """One polygon.

    Attributes:
        geometry: In the raster's coordinate reference system.
        label: Its class.
        score: Mean score of the class over the polygon's pixels; None where it was not given.
        area: In square metres.
    """

    geometry: BaseGeometry
    label: Class
    score: float | None
    area: float


def trace(
    mask: Path, scores: Path | None, *, classes: Sequence[Class], background: int, how: Tracing
) -> list[Traced]:
    """Trace the polygons of every class but the background.

    Args:
        mask: Raster of class values.
        scores: Raster of scores, one band a class or one band; None for polygons without.
        classes: Those that may occur.
        background: Value that makes no polygons.
        how: See `Tracing`.
    """
    places = {one.value: index for index, one in enumerate(classes) if one.value != background}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
        with rasterio.open(mask) as dataset:
            transform = dataset.transform
            size = np.array(place_of(dataset).ground_size())
            # GDAL reads a band, unlike an array, line by line.
            found = [
                (shape(raw), places[int(value)])
                for raw, value in rasterio.features.shapes(rasterio.band(dataset, 1))
                if int(value) in places
            ]
    pixels = _in_pixels(np.array([polygon for polygon, _ in found], dtype=object), ~transform)
    labels = np.array([index for _, index in found], dtype=np.intp)
    kept = shapely.area(pixels) * size.prod() >= how.minimum_area
    pixels, labels = pixels[kept], labels[kept]
    means: Sequence[float | None] = [None] * len(pixels)
    if scores is not None:
        with rasterio.open(scores) as source:
            means = _means(source, pixels, labels, count=len(classes)).tolist()
    final = _finished(pixels, size=size, how=how)
    areas = (shapely.area(final) * size.prod()).tolist()
    placed = shapely.transform(final, _affine(transform))
    return [
        Traced(geometry, classes[label], mean, area)
        for geometry, label, mean, area in zip(placed, labels, means, areas, strict=True)
        if not geometry.is_empty
    ]


def _affine(matrix: rasterio.Affine) -> Callable[[_Array], _Array]:
    def moved(points: _Array) -> _Array:
        x, y = points[:, 0], points[:, 1]
        return np.column_stack(
            [matrix.a * x + matrix.b * y + matrix.c, matrix.d * x + matrix.e * y + matrix.f]
        )

    return moved


def _in_pixels(polygons: _Array, inverse: rasterio.Affine) -> _Array:
    """From the raster's coordinates to pixels, whose corners are whole numbers."""
    back = _affine(inverse)
    pixels: _Array = shapely.transform(polygons, lambda points: np.round(back(points)))
    return pixels


def _finished(pixels: _Array, *, size: _Array, how: Tracing) -> _Array:
    """Simplify and square polygons in metres, for pixels need not be square on the ground."""
    metres = shapely.transform(pixels, lambda points: points * size)
    tolerance = how.tolerance * math.sqrt(size.prod())
    simple = shapely.simplify(metres, tolerance)
    spoilt = ~shapely.is_valid(simple) | shapely.is_empty(simple)
    simple[spoilt] = metres[spoilt]
    for index in np.flatnonzero(shapely.get_num_interior_rings(simple)).tolist():
        simple[index] = _without_small_holes(simple[index], how.minimum_area)
    if how.square:
        for index, polygon in enumerate(simple):
            simple[index] = squared(polygon, tolerance=2 * tolerance)
    final: _Array = shapely.transform(simple, lambda points: points / size)
    return final


def _without_small_holes(polygon: BaseGeometry, minimum: float) -> BaseGeometry:
    holes = [hole for hole in polygon.interiors if shapely.Polygon(hole).area >= minimum]
    return shapely.Polygon(polygon.exterior, holes)


def _means(source: Any, pixels: _Array, labels: _Array, *, count: int) -> _Array:
    """Mean score of each polygon, from some rows of the raster at a time.

    Outlines run along the edges of pixels. By Green's theorem the sum over what one encloses is
    then that of its vertical edges, of what lies to the left of each: differences of a table of
    sums (Crow 1984, https://doi.org/10.1145/800031.808600), with no pixel visited twice.
    """
    x, upper, lower, owner, sign = _vertical_edges(pixels)
    sums = np.zeros(len(pixels))
    # One band for all classes is the score of the last one.
    bands = labels + 1 if source.count == count else np.ones_like(labels)
    for top in range(0, source.height if len(pixels) else 0, _ROWS):
        rows = min(_ROWS, source.height - top)
        crossing = (lower > top) & (upper < top + rows)
        for band in np.unique(bands[owner[crossing]]).tolist():
            here = np.flatnonzero(crossing & (bands[owner] == band))
            scores = source.read(band, window=Window(0, top, source.width, rows))
            table = np.zeros((rows + 1, source.width + 1))
            np.cumsum(np.nan_to_num(scores), axis=0, dtype=np.float64, out=table[1:, 1:])
            np.cumsum(table, axis=1, out=table)
            low, high = (np.clip(y[here] - top, 0, rows) for y in (upper, lower))
            found = sign[here] * (table[high, x[here]] - table[low, x[here]])
            sums += np.bincount(owner[here], weights=found, minlength=len(pixels))
    means: _Array = sums / np.maximum(shapely.area(pixels), 1)
    return means


def _vertical_edges(pixels: _Array) -> tuple[_Array, _Array, _Array, _Array, _Array]:
    """The vertical edges of polygons whose edges are all upright or level.

    Returns:
        Integers: x, upper end, lower end and polygon of each edge; and 1 where the polygon lies
        to its left, -1 where it lies to its right.
    """
    rings, owner = shapely.get_rings(pixels, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    points = np.rint(points).astype(np.int64)
    step = points[1:, 1] - points[:-1, 1]
    upright = np.flatnonzero((ring[1:] == ring[:-1]) & (step != 0))
    x, start, end, ring = (
        points[upright, 0],
        points[upright, 1],
        points[upright + 1, 1],
        ring[upright],
    )
    # A ring may run either way round: twice its area, with a sign, tells which.
    turn = np.sign(np.bincount(ring, weights=x * (end - start), minlength=len(rings)))
    outer = np.ones(len(rings))
    outer[1:][owner[1:] == owner[:-1]] = -1  # The first ring of a polygon is its outline.
    sign = np.sign(end - start) * (turn * outer)[ring]
    return x, np.minimum(start, end), np.maximum(start, end), owner[ring], sign
