"""STAC Items: assets by band, whichever version of STAC wrote them down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from geocairn.errors import InputError
from geocairn.run.items import absolute, own_href
from geocairn.run.scenes.base import Scene, SceneBand
from geocairn.run.scenes.rasters import RasterSource
from geocairn.sensors import (
    LANDSAT_ETM,
    LANDSAT_OLI_TIRS,
    LANDSAT_TM,
    SENTINEL1_SAR,
    SENTINEL2_MSI,
    Sensor,
)

__all__ = ["from_item"]

_NOT_IMAGES = frozenset(("thumbnail", "overview", "metadata", "cloud-mask", "snow-ice", "water"))
_RASTERS = ("image/tiff", "image/vnd.stac.geotiff", "image/jp2", "image/x.geotiff", "image/png")
_SENSORS = {
    "sentinel-2": SENTINEL2_MSI,
    "sentinel-1": SENTINEL1_SAR,
    "landsat-4": LANDSAT_TM,
    "landsat-5": LANDSAT_TM,
    "landsat-7": LANDSAT_ETM,
    "landsat-8": LANDSAT_OLI_TIRS,
    "landsat-9": LANDSAT_OLI_TIRS,
}


def from_item(item: Mapping[str, Any], *, href: str = "") -> Scene:
    """The scene that an item describes.

    Args:
        item: The item.
        href: Where it was read; assets with relative hrefs are looked for from there.

    Raises:
        InputError: If it has no raster.
    """
    href = href or own_href(item)
    properties = item.get("properties")
    properties = properties if isinstance(properties, Mapping) else {}
    sensor = _sensor(properties)
    bands: list[SceneBand] = []
    openers: list[Any] = []
    for key, asset in (item.get("assets") or {}).items():
        if not isinstance(asset, Mapping) or not _is_raster(asset):
            continue
        bands += _bands(key, asset, sensor, source=len(openers))
        openers.append(partial(RasterSource.open, absolute(str(asset["href"]), href)))
    name = str(item.get("id") or "item")
    if not bands:
        raise InputError(
            "has no asset that is a raster",
            where=name,
            remedy="Give an item whose assets are GeoTIFF or JPEG 2000, with role data.",
        )
    geometry = item.get("geometry")
    return Scene(
        name,
        href,
        tuple(bands),
        tuple(openers),
        properties,
        geometry if isinstance(geometry, Mapping) else None,
        href,
    )


def _sensor(properties: Mapping[str, Any]) -> Sensor | None:
    told = [str(properties.get(key) or "").lower() for key in ("platform", "constellation")]
    for text in told:
        for name, sensor in _SENSORS.items():
            if text.startswith(name):
                return sensor
    return None


def _is_raster(asset: Mapping[str, Any]) -> bool:
    roles = asset.get("roles")
    roles = set(roles) if isinstance(roles, list) else set()
    if roles & _NOT_IMAGES or not isinstance(asset.get("href"), str):
        return False
    kind = str(asset.get("type") or "").lower()
    if kind:
        return kind.startswith(_RASTERS) and (kind != "image/png" or "data" in roles)
    path: str = urlsplit(asset["href"]).path.lower()
    return path.endswith((".tif", ".tiff", ".jp2"))


def _bands(
    key: str, asset: Mapping[str, Any], sensor: Sensor | None, *, source: int
) -> Iterator[SceneBand]:
    optical = _objects(asset.get("bands")) or _objects(asset.get("eo:bands"))
    raster = _objects(asset.get("raster:bands"))
    count = max(len(optical), len(raster), 1)
    # What holds for all bands stands in the asset itself.
    for index in range(count):
        told = dict(asset)
        for listed in (raster, optical):
            told |= dict(listed[index]) if index < len(listed) else {}
        name = str(told.get("name") or (key if count == 1 else ""))
        known = (sensor.band(name) or sensor.band(key)) if sensor else None
        yield SceneBand(
            name=name,
            common_name=str(
                told.get("eo:common_name")
                or told.get("common_name")
                or (known.common_name if known else "")
                or ""
            ),
            wavelength=_number(told, "eo:center_wavelength", "center_wavelength")
            or (known.center_wavelength if known else None),
            width=_number(told, "eo:full_width_half_max", "full_width_half_max")
            or (known.full_width_half_max if known else None),
            dtype=str(told.get("data_type") or ""),
            nodata=_number(told, "nodata"),
            source=source,
            index=index + 1,
        )


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _number(told: Mapping[str, Any], *names: str) -> float | None:
    for name in names:
        value = told.get(name)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
    return None
