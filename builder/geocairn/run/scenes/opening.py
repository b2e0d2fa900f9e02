"""Whatever a user gives, as a scene."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from geocairn import _io
from geocairn.errors import InputError
from geocairn.run.items import is_item, read_item
from geocairn.run.scenes.arrays import from_xarray, is_xarray
from geocairn.run.scenes.base import Scene, SceneBand
from geocairn.run.scenes.items import from_item
from geocairn.run.scenes.rasters import RasterSource, bands_of, open_raster, readable

__all__ = ["open_scene", "open_series"]


def open_scene(given: Any) -> Scene:
    """Open one scene.

    Args:
        given: A path or URL of a raster or of a STAC Item, an open rasterio dataset, an xarray
            DataArray or Dataset, a STAC Item (pystac's or as parsed JSON), or a list of files
            that hold the bands.

    Raises:
        InputError: If there is no such scene, or there are several.
    """
    if isinstance(given, Scene):
        return given
    if isinstance(given, (str, os.PathLike)):
        return _by_href(os.fspath(given))
    if is_xarray(given):
        scenes = from_xarray(given)
        if len(scenes) != 1:
            raise InputError(
                f"has {len(scenes)} times, and the model takes one",
                where=scenes[0].name if scenes else "array",
                remedy="Choose one, with .isel(time=...).",
            )
        return scenes[0]
    if is_item(given):
        return from_item(given)
    if hasattr(given, "to_dict") and hasattr(given, "assets"):
        return from_item(given.to_dict(transform_hrefs=False), href=given.get_self_href() or "")
    if hasattr(given, "read_masks") and hasattr(given, "colorinterp"):
        return _dataset(given)
    if isinstance(given, Sequence) and given:
        return _files([os.fspath(one) for one in given])
    raise InputError(
        f"cannot be taken for a scene: {type(given).__name__}",
        remedy="Give a path, a URL, a rasterio dataset, an xarray, a STAC Item or band files.",
    )


def open_series(given: Any) -> list[Scene]:
    """Open scenes of several times, in order: a list of scenes, or an xarray with times.

    Raises:
        InputError: If one of them cannot be opened.
    """
    if is_xarray(given):
        return from_xarray(given)
    if isinstance(given, Sequence) and not isinstance(given, (str, bytes)):
        return [open_scene(one) for one in given]
    return [open_scene(given)]


def _by_href(href: str) -> Scene:
    if urlsplit(href).path.lower().endswith((".json", ".geojson")):
        return from_item(read_item(href), href=href)
    if "://" not in href and not href.startswith("/vsi") and not Path(href).exists():
        raise InputError(
            "there is no such file",
            where=href,
            remedy="Give a raster, or a STAC Item, by path or URL.",
        )
    dataset = open_raster(href)
    with dataset, readable(href):
        bands = bands_of(dataset, href=href)
        properties = _told(dataset)
    name = PurePosixPath(urlsplit(href).path.replace("\\", "/")).stem or "scene"
    return _with_bands(
        Scene(name, href, bands, (partial(RasterSource.open, href),), properties), href
    )


def _with_bands(scene: Scene, href: str) -> Scene:
    if not scene.bands:
        raise InputError(
            "has no band but for transparency",
            where=_io.without_password(href),
            remedy="Give an image with bands.",
        )
    return scene


def _told(dataset: Any) -> Mapping[str, Any]:
    """When the image was taken, as TIFF writes it (``2024:06:01 10:20:30``), if it says so."""
    text = str(dataset.tags().get("TIFFTAG_DATETIME") or "")
    day, _, clock = text.partition(" ")
    if len(text) != 19 or day.count(":") != 2 or clock.count(":") != 2:
        return {}
    return {"datetime": f"{day.replace(':', '-')}T{clock}Z"}


def _dataset(dataset: Any) -> Scene:
    """An open dataset; whoever opened it closes it."""
    name = PurePosixPath(str(dataset.name)).stem or "scene"
    with readable(str(dataset.name)):
        bands = bands_of(dataset, href=str(dataset.name))
    return Scene(name, str(dataset.name), bands, (lambda: RasterSource(dataset, owned=False),), {})


def _files(hrefs: Sequence[str]) -> Scene:
    """Files that together hold the bands of one scene."""
    bands: list[SceneBand] = []
    openers: list[Any] = []
    for href in hrefs:
        one = _by_href(href)
        for band in one.bands:
            name = band.name or (_end(href) if len(one.bands) == 1 else "")
            bands.append(replace(band, name=name, source=len(openers)))
        openers.append(partial(RasterSource.open, href))
    stems = [PurePosixPath(href).stem for href in hrefs]
    shared = next(
        (n for n, letters in enumerate(zip(*stems, strict=False)) if len({*letters}) > 1), 0
    )
    name = stems[0][:shared].rstrip("_-. ")
    return Scene(name or stems[0], ", ".join(hrefs), tuple(bands), tuple(openers))


def _end(href: str) -> str:
    """The last word of a file's name: files of one band are often called scene_red.tif."""
    stem = PurePosixPath(urlsplit(href).path).stem
    return stem.replace("-", "_").rsplit("_", 1)[-1]
