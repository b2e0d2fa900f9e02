"""From a class mask to polygons: traced, simplified, squared if wished, and written."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
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
from rasterio.windows import Window
from shapely.affinity import affine_transform
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from geocairn_training.inference.raster import open_raster
from geocairn_training.inference.squaring import squared
from geocairn_training.recipe import Class

__all__ = ["Feature", "Tracing", "ground_size", "trace", "write_geojson", "write_geoparquet"]

# Mean radius of the Earth in metres (IUGG).
_RADIUS = 6_371_008.8


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
) -> Iterator[Feature]:
    """Trace the polygons of every class but the background.

    Args:
        mask: Raster of class values.
        scores: Raster of probabilities, one band a class or one band; None for polygons without.
        classes: Those that may occur.
        background: Value that makes no polygons.
        how: See `Tracing`.
    """
    labels = {one.value: (index, one) for index, one in enumerate(classes)}
    with open_raster(mask) as dataset:
        transform = dataset.transform
        across, down = ground_size(dataset)
        wanted = [value for value in labels if value != background]
        # GDAL reads a band, unlike an array, line by line.
        found = rasterio.features.shapes(rasterio.band(dataset, 1), connectivity=4)
        with open_raster(scores) if scores else _nothing() as source:
            for raw, value in found:
                if int(value) not in wanted:
                    continue
                index, label = labels[int(value)]
                pixels = _in_pixels(shape(raw), ~transform)
                if pixels.area * across * down < how.minimum_area:
                    continue
                final = _finished(pixels, across=across, down=down, how=how)
                if final.is_empty:
                    continue
                mean = None if source is None else _mean(source, pixels, index)
                place = affine_transform(final, transform.to_shapely())
                yield Feature(place, label, mean, final.area * across * down)


def _in_pixels(polygon: BaseGeometry, inverse: rasterio.Affine) -> BaseGeometry:
    """From the raster's coordinates to pixels, whose corners are whole numbers."""
    corners: BaseGeometry = shapely.transform(
        affine_transform(polygon, inverse.to_shapely()), np.round
    )
    return corners


class _nothing:  # noqa: N801 - a context manager used like a function
    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None


def _finished(pixels: BaseGeometry, *, across: float, down: float, how: Tracing) -> BaseGeometry:
    """Simplify and square a polygon in metres, for pixels need not be square on the ground."""
    metres = affine_transform(pixels, [across, 0, 0, down, 0, 0])
    tolerance = how.tolerance * math.sqrt(across * down)
    simple = metres.simplify(tolerance) if tolerance else metres
    if not simple.is_valid or simple.is_empty:
        simple = metres
    simple = _without_small_holes(simple, how.minimum_area)
    if how.square:
        simple = squared(simple, tolerance=2 * tolerance)
    return affine_transform(simple, [1 / across, 0, 0, 1 / down, 0, 0])


def _without_small_holes(polygon: BaseGeometry, minimum: float) -> BaseGeometry:
    holes = [hole for hole in polygon.interiors if shapely.Polygon(hole).area >= minimum]
    return shapely.Polygon(polygon.exterior, holes)


def _mean(source: Any, pixels: BaseGeometry, index: int) -> float:
    west, north, east, south = (int(edge) for edge in pixels.bounds)
    window = Window(west, north, east - west, south - north)
    scores = source.read(min(index + 1, source.count), window=window)
    inside = rasterio.features.geometry_mask(
        [mapping(pixels)],
        out_shape=scores.shape,
        transform=rasterio.Affine.translation(west, north),
        invert=True,
    )
    return float(np.nanmean(scores[inside]))


def write_geojson(path: Path, features: Sequence[Feature], *, crs: Any) -> None:
    """Write a GeoJSON FeatureCollection (RFC 7946: degrees, WGS 84).

    Args:
        path: The file.
        features: The polygons.
        crs: The coordinate reference system that they are in.
    """
    with path.open("w", encoding="utf-8") as file:
        file.write('{"type":"FeatureCollection","features":[')
        for number, one in enumerate(features):
            geometry = rasterio.warp.transform_geom(
                crs, "EPSG:4326", mapping(one.geometry), precision=8
            )
            document = {
                "type": "Feature",
                "id": number,
                "geometry": mapping(shapely.geometry.polygon.orient(shape(geometry))),
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
