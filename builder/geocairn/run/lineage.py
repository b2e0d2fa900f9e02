"""Where a result comes from: a STAC Item beside it."""

from __future__ import annotations

import os
import platform
import warnings
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import rasterio.warp
import shapely
from shapely.geometry import mapping, shape

from geocairn import _io
from geocairn.artifacts.files import checksum
from geocairn.run.scenes import Place, Scene

__all__ = ["EXTENSIONS", "item_path", "write_lineage"]

EXTENSIONS = (
    "https://stac-extensions.github.io/file/v2.1.0/schema.json",
    "https://stac-extensions.github.io/processing/v1.2.0/schema.json",
    "https://stac-extensions.github.io/projection/v2.0.0/schema.json",
)
_TYPES = {
    "cog": "image/tiff; application=geotiff; profile=cloud-optimized",
    "parquet": "application/vnd.apache.parquet",
    "gpkg": "application/geopackage+sqlite3",
    "geojson": "application/geo+json",
}


def item_path(output: Path) -> Path:
    """Where the item of an output lies; ``mask.tif`` and ``mask.gpkg`` have one each."""
    return output.with_name(f"{output.name}.stac.json")


def write_lineage(
    output: Path,
    *,
    kind: str,
    scenes: Sequence[Scene],
    place: Place,
    model: Mapping[str, Any],
    parameters: Mapping[str, Any],
    began: datetime,
    others: Mapping[str, Path],
) -> Path:
    """Write the item.

    Args:
        output: The result.
        kind: Its format.
        scenes: What it was made of; the first one says when and where.
        place: Where it lies.
        model: ``id``, ``href`` (empty where it is nowhere), ``checksum`` and ``runtime``.
        parameters: How it was made.
        began: When that began.
        others: Further files, by the key of their asset.

    Returns:
        The item's file.

    Raises:
        OutputError: If it cannot be written.
    """
    geometry = _footprint(scenes[0], place)
    now = datetime.now(UTC)
    folder = output.parent.resolve()
    item: dict[str, Any] = {
        "type": "Feature",
        "stac_version": "1.1.0",
        "stac_extensions": list(EXTENSIONS),
        "id": output.stem,
        "geometry": None if geometry is None else mapping(geometry),
        **({} if geometry is None else {"bbox": list(geometry.bounds)}),
        "properties": {
            **_times(scenes[0], began),
            "created": _time(now),
            "processing:datetime": _time(began),
            "processing:lineage": f"{model['id']} run on {', '.join(one.name for one in scenes)}.",
            "processing:software": _software(str(model["runtime"])),
            "geocairn:model": {
                key: model[key] for key in ("id", "checksum", "name") if key in model
            },
            "geocairn:parameters": dict(parameters),
            **_projection(place),
        },
        "links": [_derived(one, folder) for one in scenes if one.href] + _model_link(model, folder),
        "assets": {
            "result": _asset(output, _TYPES[kind]),
            **{key: _asset(path, _TYPES["cog"]) for key, path in others.items()},
        },
    }
    path = item_path(output)
    _io.write_atomic(path, _io.dumps(item, indent=True) + b"\n", durable=False)
    return path


def _footprint(scene: Scene, place: Place) -> Any:
    """The raster's outline in degrees, else what the scene's item says."""
    if place.georeferenced:
        corners = shapely.box(0, 0, place.width, place.height)
        # Straight lines are no longer straight in degrees.
        outline = shapely.segmentize(corners, max(place.width, place.height) / 2)
        x, y = place.transform @ shapely.get_coordinates(outline).T
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            east, north = rasterio.warp.transform(place.crs, "EPSG:4326", list(x), list(y))
        found = shapely.Polygon(zip(east, north, strict=True))
        return shapely.orient_polygons(found) if found.is_valid else found.envelope
    return shape(scene.geometry) if scene.geometry else None


def _times(scene: Scene, began: datetime) -> dict[str, Any]:
    """When the scene was taken; where nobody knows, when it was processed."""
    known = {
        key: scene.properties[key]
        for key in ("datetime", "start_datetime", "end_datetime")
        if isinstance(scene.properties.get(key), str)
    }
    if "datetime" in known or {"start_datetime", "end_datetime"} <= known.keys():
        return {"datetime": None} | known
    return {"datetime": _time(began)}


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _software(runtime: str) -> dict[str, str]:
    name, _, number = runtime.partition(" ")
    found = {"python": platform.python_version(), name: number or "unknown"}
    return found | {one: version(one) for one in ("geocairn", "numpy", "rasterio")}


def _projection(place: Place) -> dict[str, Any]:
    found: dict[str, Any] = {"proj:shape": [place.height, place.width]}
    if not place.georeferenced:
        return found
    code = place.crs.to_epsg()
    found["proj:code"] = f"EPSG:{code}" if code else None
    if not code:
        found["proj:wkt2"] = place.crs.to_wkt()
    return found | {"proj:transform": list(place.transform)[:6]}


def _derived(scene: Scene, folder: Path) -> dict[str, Any]:
    href = scene.item or scene.href
    kind = "application/geo+json" if scene.item else None
    link = {"rel": "derived_from", "href": _relative(href, folder), "title": scene.name}
    return link | ({"type": kind} if kind else {})


def _model_link(model: Mapping[str, Any], folder: Path) -> list[dict[str, Any]]:
    href = str(model.get("href") or "")
    if not href:
        return []
    return [
        {
            "rel": "derived_from",
            "href": _relative(href, folder),
            "type": "application/geo+json",
            "title": f"Model: {model['id']}",
        }
    ]


def _relative(href: str, folder: Path) -> str:
    """A path from the result's folder, where it is on this machine; passwords are left out."""
    if "://" in href or href.startswith("/vsi"):
        return _io.without_password(href)
    first = href.split(", ")[0]
    return Path(os.path.relpath(first, folder)).as_posix()


def _asset(path: Path, kind: str) -> dict[str, Any]:
    return {
        "href": f"./{path.name}",
        "type": kind,
        "roles": ["data"],
        "file:size": path.stat().st_size,
        "file:checksum": checksum(path),
    }
