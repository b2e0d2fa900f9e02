"""From a class mask to polygons: traced, simplified, squared if wished, and written."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import rasterio
import rasterio.features
import rasterio.warp
import shapely
from numpy.typing import NDArray
from rasterio.windows import Window
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from geocairn.run.squaring import squared
from geocairn_training.inference.raster import open_raster
from geocairn_training.recipe import Class

__all__ = ["Feature", "Tracing", "ground_size", "trace", "write_geojson", "write_geoparquet"]

# Mean radius of the Earth in metres (IUGG).
_RADIUS = 6_371_008.8
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
class Feature:
    """One polygon.

    Attributes:
        geometry: In the raster's coordinate reference system.
        label: Its class.
        score: Mean probability of the class over the polygon's pixels; None where it was not
            given.
        area: In square metres.
    """

    geometry: BaseGeometry
    label: Class
    score: float | None
    area: float


def ground_size(dataset: Any) -> tuple[float, float]:
    """Width and height of a pixel on the ground in metres, at the centre of the raster.

    In a geographic system they are arcs on a sphere of the Earth's mean radius.
    """
    transform, crs = dataset.transform, dataset.crs
    across = math.hypot(transform.a, transform.d)
    down = math.hypot(transform.b, transform.e)
    if crs is None:
        return across, down
    if not crs.is_geographic:
        factor = crs.linear_units_factor[1]
        if crs.to_epsg() == 3857:  # Its metres are longer than those on the ground.
            factor /= math.cosh(_centre(dataset)[1] / 6_378_137)
        return across * factor, down * factor
    latitude = _centre(dataset)[1]
    degree = math.radians(1) * _RADIUS
    return across * degree * math.cos(math.radians(latitude)), down * degree


def _centre(dataset: Any) -> tuple[float, float]:
    x, y = dataset.transform @ (dataset.width / 2, dataset.height / 2)
    return x, y


def trace(
    mask: Path, scores: Path | None, *, classes: Sequence[Class], background: int, how: Tracing
) -> list[Feature]:
    """Trace the polygons of every class but the background.

    Args:
        mask: Raster of class values.
        scores: Raster of probabilities, one band a class or one band; None for polygons without.
        classes: Those that may occur.
        background: Value that makes no polygons.
        how: See `Tracing`.
    """
    places = {one.value: index for index, one in enumerate(classes) if one.value != background}
    with open_raster(mask) as dataset:
        transform = dataset.transform
        size = np.array(ground_size(dataset))
        # GDAL reads a band, unlike an array, line by line.
        found = [
            (shape(raw), places[int(value)])
            for raw, value in rasterio.features.shapes(rasterio.band(dataset, 1), connectivity=4)
            if int(value) in places
        ]
    pixels = _in_pixels(np.array([polygon for polygon, _ in found], dtype=object), ~transform)
    labels = np.array([index for _, index in found], dtype=np.intp)
    kept = shapely.area(pixels) * size.prod() >= how.minimum_area
    pixels, labels = pixels[kept], labels[kept]
    means: Sequence[float | None] = [None] * len(pixels)
    if scores is not None:
        with open_raster(scores) as source:
            means = _means(source, pixels, labels).tolist()
    final = _finished(pixels, size=size, how=how)
    areas = (shapely.area(final) * size.prod()).tolist()
    placed = shapely.transform(final, _affine(transform))
    return [
        Feature(geometry, classes[label], mean, area)
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


def _means(source: Any, pixels: _Array, labels: _Array) -> _Array:
    """Mean score of each polygon, from some rows of the raster at a time.

    Outlines run along the edges of pixels. By Green's theorem the sum over what one encloses is
    then that of its vertical edges, of what lies to the left of each: differences of a table of
    sums (Crow 1984, https://doi.org/10.1145/800031.808600), with no pixel visited twice.
    """
    x, upper, lower, owner, sign = _vertical_edges(pixels)
    sums = np.zeros(len(pixels))
    bands = np.minimum(labels + 1, source.count)
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


def write_geojson(path: Path, features: Sequence[Feature], *, crs: Any) -> None:
    """Write a GeoJSON FeatureCollection (RFC 7946: degrees, WGS 84).

    Args:
        path: The file.
        features: The polygons.
        crs: The coordinate reference system that they are in.
    """

    def degrees(points: _Array) -> _Array:
        x, y = rasterio.warp.transform(crs, "EPSG:4326", points[:, 0], points[:, 1])
        return np.round(np.column_stack([x, y]), 8)

    placed = shapely.transform(np.array([one.geometry for one in features], object), degrees)
    placed = shapely.orient_polygons(placed)
    with path.open("w", encoding="utf-8") as file:
        file.write('{"type":"FeatureCollection","features":[')
        for number, (one, geometry) in enumerate(zip(features, placed, strict=True)):
            document = {
                "type": "Feature",
                "id": number,
                "geometry": mapping(geometry),
                "properties": _properties(one),
            }
            file.write(("," if number else "") + "\n" + json.dumps(document))
        file.write("\n]}\n")


def _properties(feature: Feature) -> dict[str, Any]:
    return {
        "class": feature.label.name,
        "value": feature.label.value,
        "score": None if feature.score is None else round(feature.score, 4),
        "area_m2": round(feature.area, 2),
    }


def write_geoparquet(path: Path, features: Sequence[Feature], *, crs: Any) -> None:
    """Write GeoParquet 1.1.0 (https://geoparquet.org/releases/v1.1.0/), in the raster's own CRS.

    Args:
        path: The file.
        features: The polygons.
        crs: Their coordinate reference system.
    """
    geometries = [one.geometry for one in features]
    rows = [_properties(one) for one in features]
    bounds = shapely.total_bounds(geometries).tolist() if geometries else []
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": ["Polygon"] if geometries else [],
        "crs": crs.to_dict(projjson=True),
    }
    geo = {
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {"geometry": column | ({"bbox": bounds} if bounds else {})},
    }
    table = pa.table(
        {
            "geometry": pa.array(shapely.to_wkb(geometries) if geometries else [], pa.binary()),
            "class": pa.array([row["class"] for row in rows], pa.string()),
            "value": pa.array([row["value"] for row in rows], pa.uint8()),
            "score": pa.array([row["score"] for row in rows], pa.float64()),
            "area_m2": pa.array([row["area_m2"] for row in rows], pa.float64()),
        }
    )
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), path)
