"""Polygons to burn into masks, from GeoJSON or GeoParquet, in whatever CRS the file declares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from rasterio.crs import CRS
from rasterio.errors import CRSError, RasterioError
from rasterio.warp import transform
from shapely.geometry.base import BaseGeometry

from geocairn import _io
from geocairn.errors import MalformedJSONError
from geocairn_training.errors import DataError
from geocairn_training.reading import content, document

__all__ = ["Footprints", "read", "reproject"]

_WGS84 = "OGC:CRS84"
_REMEDY = "Give a GeoJSON FeatureCollection or a GeoParquet file of polygons."


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprints:
    """Polygons.

    Attributes:
        shapes: Polygons and MultiPolygons, valid, none empty.
        crs: Theirs; longitude and latitude in that order where it is geographic.
    """

    shapes: tuple[BaseGeometry, ...]
    crs: CRS


def read(path: Path) -> Footprints:
    """Read polygons; points and lines are left out, invalid polygons mended.

    Args:
        path: ``.geojson`` or ``.json`` (RFC 7946, or with the older ``crs`` member), or GeoParquet.

    Raises:
        DataError: If the file cannot be read, has no polygons, or its coordinates cannot be in the
            CRS that it declares.
    """
    data = content(path, error=DataError, remedy=_REMEDY)
    shapes, name = _parquet(path) if data[:4] == b"PAR1" else _geojson(data, path)
    try:
        crs = CRS.from_user_input(name)
    except (CRSError, ValueError) as error:
        raise DataError(
            f"unknown coordinate reference system: {str(error).splitlines()[0]}",
            where=str(path),
            remedy="Declare it by its EPSG code.",
        ) from None
    found = _polygons(shapes)
    if not found:
        raise DataError("no polygons in it", where=str(path), remedy=_REMEDY)
    west, south, east, north = shapely.total_bounds(np.array(found, dtype=object))
    if crs.is_geographic and not (
        -180.01 <= west <= east <= 180.01 and -90 <= south <= north <= 90
    ):
        raise DataError(
            f"coordinates up to {max(abs(west), abs(east), abs(south), abs(north)):.0f} are not "
            "degrees, and no other CRS is declared",
            where=str(path),
            remedy="Declare the file's CRS, or write it in longitude and latitude.",
        )
    return Footprints(shapes=tuple(found), crs=crs)


def _geojson(data: bytes, path: Path) -> tuple[list[BaseGeometry], str]:
    value = document(data, error=DataError, where=str(path))
    features = value.get("features") if isinstance(value, dict) else None
    if not isinstance(features, list):
        raise DataError("not a GeoJSON FeatureCollection", where=str(path), remedy=_REMEDY)
    shapes = []
    for number, feature in enumerate(features):
        try:
            geometry = feature["geometry"]
            if geometry is not None:
                shapes.append(shapely.from_geojson(_io.dumps(geometry)))
        except (KeyError, TypeError, shapely.errors.ShapelyError) as error:
            raise DataError(
                f"feature {number} has no geometry that can be read: {error}",
                where=str(path),
                remedy=_REMEDY,
            ) from None
    return shapes, _declared(value.get("crs"), path)


def _declared(member: Any, path: Path) -> str:
    """The name in the older member ``crs``; RFC 7946 knows none, and is always WGS 84."""
    if member is None:
        return _WGS84
    properties = member.get("properties") if isinstance(member, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str):
        raise DataError(
            f"its crs is {member!r:.80}, which names none",
            where=str(path),
            remedy='Write "crs": {"type": "name", "properties": {"name": "EPSG:..."}}, or leave it '
            "out where coordinates are longitude and latitude.",
        )
    return name


def _parquet(path: Path) -> tuple[list[BaseGeometry], str]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        schema = pq.read_schema(path)
        about: Any = _io.loads((schema.metadata or {})[b"geo"])
        column = about["primary_column"]
        values = pq.read_table(path, columns=[column])[column].to_numpy(zero_copy_only=False)
        shapes = shapely.from_wkb([entry for entry in values if entry is not None])
        crs = about["columns"][column].get("crs", _WGS84)
    except (
        OSError,
        KeyError,
        TypeError,
        MalformedJSONError,
        pa.ArrowException,
        shapely.errors.ShapelyError,
    ) as error:
        raise DataError(
            f"not GeoParquet with WKB geometries: {error}", where=str(path), remedy=_REMEDY
        ) from None
    # A null CRS is an unknown one in GeoParquet; degrees are then checked like any.
    return list(shapes), crs if isinstance(crs, str) else _io.dumps(crs).decode() if crs else _WGS84


def _polygons(shapes: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    found = []
    for shape in shapes:
        if shape.geom_type not in ("Polygon", "MultiPolygon"):
            continue
        whole = shape if shape.is_valid else shapely.make_valid(shape)
        # Mending may leave lines and points beside the polygons.
        parts = [part for part in shapely.get_parts(whole) if part.geom_type.endswith("Polygon")]
        found += [part for part in parts if not part.is_empty]
    return found


def reproject(footprints: Footprints, crs: CRS) -> Footprints:
    """The same polygons in another CRS.

    Raises:
        DataError: If a coordinate has no place there.
    """
    if footprints.crs == crs:
        return footprints

    def moved(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        x, y = transform(footprints.crs, crs, points[:, 0], points[:, 1])
        return np.column_stack([x, y])

    try:
        shapes = shapely.transform(np.array(footprints.shapes, dtype=object), moved)
    except (RasterioError, CRSError) as error:
        raise DataError(
            f"labels cannot be brought from {footprints.crs} into {crs}: {error}",
            remedy="Check the CRS that the labels declare.",
        ) from None
    return Footprints(shapes=tuple(shapes), crs=crs)
