"""Scenes and models for what is matched in Python and in the browser alike."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from tests.items import model as plain_item
from tests.run import making

__all__ = ["SENTINEL2", "hostile_models", "item", "models", "rasters"]

UTM = making.UTM
ROTATED = rasterio.Affine.translation(330_000, 3_060_000) @ rasterio.Affine.rotation(30)
SQUARE = [[[85, 27], [86, 27], [86, 28], [85, 28], [85, 27]]]


def item(name: str = "scene", **changes: Any) -> dict[str, Any]:
    """A scene of Sentinel-2 over Kathmandu; `changes` to its properties, geometry and assets."""
    properties = {
        "datetime": "2023-05-01T05:00:00.5Z",
        "platform": "sentinel-2a",
        "constellation": "sentinel-2",
        "instruments": ["msi"],
        "gsd": 10,
    }
    keys = ("coastal", "blue", "green", "red", "nir", "scl", "thumbnail")
    assets = {
        key: {"href": f"./{key}.tif", "type": "image/tiff; application=geotiff", "roles": ["data"]}
        for key in keys
    }
    assets["thumbnail"]["roles"] = ["thumbnail"]
    found: dict[str, Any] = {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": name,
        "properties": properties,
        "geometry": {"type": "Polygon", "coordinates": copy.deepcopy(SQUARE)},
        "links": [],
        "assets": assets,
    }
    for key, value in changes.items():
        if key in found:
            found[key] = value
        else:
            properties[key] = value
    return found


def _band(name: str, common: str, center: float, width: float) -> dict[str, Any]:
    return {
        "name": name,
        "eo:common_name": common,
        "eo:center_wavelength": center,
        "eo:full_width_half_max": width,
    }


def _asset(**more: Any) -> dict[str, Any]:
    return {"data": {"href": "https://example.org/a.tif?x=1", "roles": ["data"], **more}}


def _polygon(*boxes: tuple[float, float, float, float]) -> dict[str, Any]:
    rings = [[[[w, s], [e, s], [e, n], [w, n], [w, s]]] for w, s, e, n in boxes]
    return {"type": "MultiPolygon", "coordinates": rings}


SENTINEL2: dict[str, dict[str, Any]] = {
    "s2": item(),
    "s2-named": item(assets={key: {"href": f"{key}.jp2"} for key in ("B02", "B03", "B04", "B8A")}),
    "s2-far": item(geometry=_polygon((-70, -50, -69, -49)), gsd=60, datetime="1999-12-24"),
    "s2-partly": item(geometry=_polygon((84.5, 26.5, 85.5, 27.5), (100, 0, 101, 1))),
    "s2-line": item(geometry={"type": "LineString", "coordinates": [[85, 27], [86, 28]]}),
    "s2-nowhere": item(geometry=None, gsd=None),
    "landsat": item(
        platform="landsat-8",
        constellation=None,
        instruments=["oli", "tirs"],
        gsd=30,
        assets={f"SR_B{n}": {"href": f"SR_B{n}.TIF"} for n in range(1, 8)},
    ),
    "landsat5": item(
        platform="LANDSAT-5",
        instruments="tm",
        datetime=None,
        start_datetime="1990-07-01T00:00:00+05:45",
        assets={f"B{n}": {"href": f"B{n}.TIF", "type": "image/tiff"} for n in range(1, 8)},
    ),
    "radar": item(
        platform="sentinel-1a",
        constellation="sentinel-1",
        assets={key: {"href": f"{key}.tiff"} for key in ("vv", "vh")},
    ),
    "by-wavelength": item(
        assets=_asset(
            bands=[{"name": f"u{n}", "center_wavelength": n / 1000} for n in (490, 560, 667, 842)],
            data_type="uint16",
        )
    ),
    "old-bands": item(
        assets=_asset(
            **{
                "eo:bands": [{"name": "R", "common_name": "red"}, {"common_name": "nir08"}],
                "raster:bands": [{"data_type": "uint8"}, {"data_type": "float32"}, {"nodata": 0}],
            }
        )
    ),
    "contradicting": item(assets=_asset(bands=[_band("B4", "nir", 0.83, 0.14)])),
    "nameless": item(assets=_asset(bands=[{}, {}, {}]), platform=None, constellation=None),
    "strange": item(gsd=-3, datetime=7, instruments=[1, None, "x"], platform={"a": 1}),
}
"""STAC Items of scenes by name."""


def models() -> list[dict[str, Any]]:
    """Items of models that differ in what matters."""
    plain = plain_item("plain")
    found = [plain]

    def made(name: str, **changes: Any) -> dict[str, Any]:
        one: dict[str, Any] = copy.deepcopy(plain)
        one["id"] = name
        for key, value in changes.items():
            if key in ("geometry", "assets"):
                one[key] = value
            elif value is None:
                one["properties"].pop(key, None)
            else:
                one["properties"][key.replace("__", ":")] = value
        found.append(one)
        return one

    rgb = making.image_input(size=512)
    bands = [{"name": n, "common_name": n, "data_type": "uint16"} for n in ("red", "green", "blue")]
    made("rgb", mlm__input=[rgb], bands=bands, gsd=10, geometry=_polygon((80, 20, 90, 30)))
    made("coarse", mlm__input=[rgb], bands=bands, gsd=2500.4, constellation="landsat")
    made("half", mlm__input=[rgb], bands=bands, gsd=10.25, geometry=_polygon((85.5, 27, 99, 31)))
    made("point", mlm__input=[rgb], geometry={"type": "Point", "coordinates": [0, 0]}, gsd=None)
    made("unbanded", mlm__input=[rgb], bands=None, gsd=None, geometry=None)
    times = making.image_input(order=("batch", "time", "bands", "height", "width"))
    made("times", mlm__input=[times])
    made("four", mlm__input=[{**times, "input": {**times["input"], "shape": [-1, 4, 3, -1, -1]}}])
    numbers = {
        "name": "date",
        "bands": [],
        "input": {"shape": [-1, 2], "dim_order": ["batch", "x"]},
    }
    made("two", mlm__input=[rgb, numbers])
    made("numbers", mlm__input=[numbers])
    index = {"name": "ndvi", "format": "numpy", "expression": "(nir - red) / (nir + np.abs(red))"}
    made("index", mlm__input=[making.image_input(["red", index])])
    for name, text in (("code", "mine.prepare:run"), ("broken", "red +"), ("call", "open('x')")):
        strange = {"name": name, "expression": text, "format": "python"}
        made(name, mlm__input=[making.image_input([strange])])
    made("before", mlm__input=[{**rgb, "pre_processing_function": {"expression": "a.b"}}])
    made("short", mlm__input=[{**rgb, "input": {"shape": [1, 2], "dim_order": ["batch"]}}])
    made("silent", mlm__input=None)
    season = {"datetime": None, "start_datetime": "2021-11-01T00:00:00Z"}
    made("winter", mlm__input=[rgb], **season, end_datetime="2022-02-20T00:00:00Z")
    made("spring", mlm__input=[rgb], **season, end_datetime="2022-05-20T00:00:00Z")
    made("years", mlm__input=[rgb], **season, end_datetime="2022-12-20T00:00:00Z")
    made("later", mlm__input=[rgb], **season, end_datetime="9999-12-31T23:59:59Z")
    for ending in ("pt", "pth", "safetensors", "bin"):
        asset = {"href": f"https://example.org/model.{ending}", "roles": ["mlm:model"]}
        made(f"file-{ending}", mlm__input=[rgb], assets={"model": asset})
    return found


def hostile_models() -> list[dict[str, Any]]:
    """Items whose members are of no kind that anybody expects."""
    found = []
    for value in (None, 7, "x", [], {}, [None, 7, "x", [], {}]):
        one = plain_item("hostile")
        keys = ("mlm:input", "mlm:output", "bands", "gsd", "instruments", "datetime")
        found += [one | {"properties": one["properties"] | {key: value}} for key in keys]
        found.append(one | {"geometry": value})
        found.append(one | {"properties": value})
        found.append(one | {"assets": value})
        for member in ("bands", "variables", "input"):
            inside = [{**making.image_input(), member: value}]
            found.append(one | {"properties": one["properties"] | {"mlm:input": inside}})
    return found


def rasters(folder: Path) -> list[Path]:
    """GeoTIFFs that say different things of themselves."""

    def made(name: str, *, bands: int = 3, dtype: str = "uint8", **more: Any) -> Path:
        return making.raster(
            folder / f"{name}.tif", making.image(bands=bands).astype(dtype), **more
        )

    named = made("named", bands=4, names=("red", "green", "blue", "nir & more"), dtype="uint16")
    with rasterio.open(named, "r+") as dataset:
        dataset.update_tags(4, CENTRAL_WAVELENGTH_UM="0.842")
        dataset.update_tags(1, wavelength="665", wavelength_units="Nanometers")
        dataset.update_tags(TIFFTAG_DATETIME="2024:06:01 10:20:30")
    counted = made("counted", names=("Band 1", "Band 2", "Band 3"), photometric="RGB")
    degrees = rasterio.Affine(0.001, 0, 85, 0, -0.001, 27)
    metres = rasterio.Affine(10, 0, 9.5e6, 0, -10, 3.2e6)
    edge = rasterio.Affine(0.01, 0, 179.5, 0, -0.01, 10)
    return [
        named,
        counted,
        made("rgb", photometric="RGB"),
        made("alpha", bands=4, photometric="RGB", alpha="yes"),
        made("named-alpha", bands=4, names=("", "", "", "nir"), photometric="RGB", alpha="yes"),
        made("five", bands=5, dtype="int16"),
        made("floats", bands=3, dtype="float32", compress="deflate", tiled=True),
        made("complex", bands=1, dtype="complex64"),
        made("nowhere", crs=None),
        made("rotated", transform=ROTATED @ rasterio.Affine.scale(2, -2)),
        made("degrees", crs="EPSG:4326", transform=degrees),
        made("mercator", crs="EPSG:3857", transform=metres),
        made("feet", crs="EPSG:2263", transform=rasterio.Affine(1, 0, 1e6, 0, -1, 2e5)),
        made("edge", crs="EPSG:4326", transform=edge),
        made("south", crs="EPSG:32719", transform=rasterio.Affine(10, 0, 4e5, 0, -10, 7.1e6)),
        made("T45RUM_20230501T045659_B04_10m", bands=1, dtype="uint16"),
        made("LC09_L2SP_141041_20230501_20230503_02_T1_SR_B5", bands=1, dtype="uint16"),
        made("big", bigtiff="yes", endianness="big"),
        made(
            "jpeg", compress="jpeg", photometric="YCbCr", tiled=True, blockxsize=64, blockysize=64
        ),
    ]


def bits(folder: Path) -> Path:
    """One bit a pixel."""
    values = np.ones((1, 32, 32), np.uint8)
    return making.raster(folder / "bits.tif", values, nbits=1)
