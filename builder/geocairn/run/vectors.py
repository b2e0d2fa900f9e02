"""Features into files: GeoParquet, GeoPackage and GeoJSON."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import rasterio.warp
import shapely
from numpy.typing import NDArray
from shapely.geometry import mapping

from geocairn import _io
from geocairn.errors import InputError, OutputError
from geocairn.run.extras import need

__all__ = ["FORMATS", "Features", "format_of", "write_features"]

FORMATS: Mapping[str, str] = {
    ".parquet": "parquet",
    ".geoparquet": "parquet",
    ".gpkg": "gpkg",
    ".geojson": "geojson",
    ".json": "geojson",
    ".tif": "cog",
    ".tiff": "cog",
}
"""Endings of files, and the formats that they mean."""

_Points = NDArray[np.float64]


@dataclass(frozen=True)
class Features:
    """Geometries with columns.

    Attributes:
        geometry: Shapely geometries, in `crs`.
        columns: Of the same length, by name.
        crs: Coordinate reference system (rasterio's CRS).
    """

    geometry: Sequence[Any]
    columns: Mapping[str, pa.Array]
    crs: Any

    def __len__(self) -> int:
        return len(self.geometry)


def format_of(path: str | os.PathLike[str], told: str | None = None) -> str:
    """The format of a file: as told, else by its ending.

    Raises:
        InputError: If its ending says nothing.
    """
    if told:
        return told
    ending = Path(path).suffix.lower()
    if ending not in FORMATS:
        raise InputError(
            f"the ending {ending!r} is of no format that is written here",
            where=os.fspath(path),
            remedy=f"Use one of {', '.join(FORMATS)}, or say --format.",
        )
    return FORMATS[ending]


def write_features(path: Path, features: Features, *, kind: str) -> None:
    """Write features; the file gets its name when it is whole.

    Args:
        path: The file.
        features: What it shall hold.
        kind: ``parquet``, ``gpkg`` or ``geojson``.

    Raises:
        OutputError: If it cannot be written.
    """
    writers = {"parquet": _parquet, "gpkg": _geopackage, "geojson": _geojson}
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        writers[kind](temporary, features)
        temporary.replace(path)
    except OSError as error:
        raise _io.output_error(error, path) from error
    finally:
        for rest in (temporary, temporary.with_name(temporary.name + "-journal")):
            rest.unlink(missing_ok=True)


def _table(features: Features) -> pa.Table:
    wkb = shapely.to_wkb(list(features.geometry)) if len(features) else []
    return pa.table({"geometry": pa.array(wkb, pa.binary()), **features.columns})


def _parquet(path: Path, features: Features) -> None:
    """GeoParquet 1.1.0 (https://geoparquet.org/releases/v1.1.0/), in the scene's own CRS."""
    found = shapely.total_bounds(list(features.geometry)).tolist() if len(features) else []
    kinds = sorted({one.geom_type for one in features.geometry})
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": kinds,
        "crs": features.crs.to_dict(projjson=True) if features.crs else None,
    }
    geo = {
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {"geometry": column | ({"bbox": found} if found else {})},
    }
    table = _table(features)
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), path)


def _geojson(path: Path, features: Features) -> None:
    """A FeatureCollection (RFC 7946: degrees, WGS 84)."""

    def degrees(points: _Points) -> _Points:
        x, y = rasterio.warp.transform(features.crs, "EPSG:4326", points[:, 0], points[:, 1])
        return np.round(np.column_stack([x, y]), 8)

    placed = shapely.transform(np.array(list(features.geometry), object), degrees)
    placed = shapely.orient_polygons(placed) if len(placed) else placed
    rows = pa.table(dict(features.columns)).to_pylist() if features.columns else [{}] * len(placed)
    with path.open("w", encoding="utf-8") as file:
        file.write('{"type":"FeatureCollection","features":[')
        for number, (row, geometry) in enumerate(zip(rows, placed, strict=True)):
            document = {
                "type": "Feature",
                "id": number,
                "geometry": mapping(geometry),
                "properties": row,
            }
            file.write(("," if number else "") + "\n" + json.dumps(document))
        file.write("\n]}\n")


def _geopackage(path: Path, features: Features) -> None:
    vectors = need("pyogrio", purpose="write GeoPackage")
    columns = {
        # GeoPackage has no lists: a vector is written as JSON.
        name: pa.array([json.dumps(one) for one in values.to_pylist()])
        if pa.types.is_list(values.type)
        else values
        for name, values in features.columns.items()
    }
    table = _table(Features(features.geometry, columns, features.crs))
    try:
        vectors.write_arrow(
            table,
            path,
            driver="GPKG",
            layer=path.name.strip(".").split(".")[0],
            geometry_name="geometry",
            geometry_type=features.geometry[0].geom_type if len(features) else "Polygon",
            crs=features.crs.to_wkt() if features.crs else None,
        )
    except Exception as error:
        lines = str(error).splitlines() or [type(error).__name__]
        raise OutputError(
            f"cannot be written: {lines[0]}",
            where=str(path),
            remedy="Free some space on that disk, or choose another output with -o.",
        ) from error
