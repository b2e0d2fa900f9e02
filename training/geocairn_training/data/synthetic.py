"""A made-up town seen from above, for trying everything without a network.

Roofs, shadows, roads, trees and noise are drawn over one wide picture, which is then cut into
web-map tiles, so that buildings cross the edges of chips as real ones do.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from affine import Affine
from rasterio.features import rasterize
from shapely import STRtree, affinity
from shapely.geometry import LineString, Point, Polygon, box, mapping

from geocairn import _io
from geocairn_training.data import rasters

__all__ = ["make"]

_WORLD = 20037508.342789244  # half the width of Web Mercator's plane in metres
_ROOFS = ((176, 172, 168), (158, 88, 70), (92, 120, 158), (205, 198, 186))
_FIRST = (262144, 262016)  # tile at zoom 19, in the Atlantic off Africa: nobody lives there
_ZOOM = 19
_CRS = "EPSG:3857"

_Array = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Building:
    footprint: Polygon
    roof: tuple[int, int, int]
    height: float


def make(folder: Path, *, chips: int = 36, size: int = 128, seed: int = 0) -> Path:
    """Write ``chips/`` and ``labels/`` (GeoTIFF, uint8, EPSG:3857), buildings and a description.

    Args:
        folder: Made if need be.
        chips: How many; the largest square number up to it is written.
        size: Height and width of a chip in pixels.
        seed: Equal seeds give equal files.

    Returns:
        The folder.
    """
    rng = np.random.default_rng(seed)
    edge = int(chips**0.5)
    pixels = edge * size
    step = 2 * _WORLD / 2**_ZOOM / size  # metres a pixel
    buildings = _town(pixels, step, rng)
    picture = _paint(pixels, step, buildings, rng)
    mask = _burn([entry.footprint for entry in buildings], pixels)
    west, north = _FIRST[0] * size * step - _WORLD, _WORLD - _FIRST[1] * size * step
    world = Affine(step, 0, west, 0, -step, north)
    for row in range(edge):
        for column in range(edge):
            name = f"synthetic-{_FIRST[0] + column}-{_FIRST[1] + row}-{_ZOOM}.tif"
            window = np.s_[..., row * size : (row + 1) * size, column * size : (column + 1) * size]
            place = world @ Affine.translation(column * size, row * size)
            for part, values in (("chips", picture), ("labels", mask[np.newaxis])):
                rasters.write(folder / part / name, values[window], crs=_CRS, transform=place)
    _describe(folder, buildings, world)
    return folder


def _town(pixels: int, step: float, rng: np.random.Generator) -> list[_Building]:
    """Footprints in pixel coordinates, none over another."""
    wanted = int(pixels**2 * step**2 / 350)  # one building in 350 square metres
    found: list[_Building] = []
    for _ in range(wanted * 4):
        if len(found) >= wanted:
            break
        wide, deep = rng.uniform(5, 14, 2) / step
        x, y = rng.uniform(0, pixels, 2)
        shape = box(x - wide / 2, y - deep / 2, x + wide / 2, y + deep / 2)
        if rng.random() < 0.3:
            shape = shape.difference(box(x, y, x + wide, y + deep))
        shape = affinity.rotate(shape, rng.uniform(0, 90), origin=(x, y))
        near = STRtree([entry.footprint for entry in found]) if found else None
        if near is not None and len(near.query(shape, predicate="dwithin", distance=2 / step)):
            continue
        roof = _ROOFS[rng.integers(len(_ROOFS))]
        found.append(_Building(footprint=shape, roof=roof, height=rng.uniform(3, 7)))
    return found


def _burn(shapes: list[Any], pixels: int) -> npt.NDArray[np.uint8]:
    if not shapes:
        return np.zeros((pixels, pixels), np.uint8)
    burnt: npt.NDArray[np.uint8] = rasterize(shapes, (pixels, pixels), dtype="uint8")
    return burnt


def _smooth(pixels: int, cell: int, rng: np.random.Generator) -> _Array:
    """Noise from 0 to 1 that changes over so many pixels, linear in between."""
    knots = rng.random((pixels // cell + 2, pixels // cell + 2), dtype=np.float32)
    at = np.arange(pixels) / cell
    low, part = at.astype(int), (at % 1).astype(np.float32)
    rows = knots[low] * (1 - part[:, None]) + knots[low + 1] * part[:, None]
    smooth: _Array = rows[:, low] * (1 - part) + rows[:, low + 1] * part
    return smooth


def _paint(
    pixels: int, step: float, buildings: list[_Building], rng: np.random.Generator
) -> npt.NDArray[np.uint8]:
    """The picture, uint8 (3, pixels, pixels)."""
    green = _smooth(pixels, max(2, int(12 / step)), rng)
    soil, grass = np.array([150, 128, 98]), np.array([88, 112, 66])
    picture = (soil[:, None, None] * (1 - green) + grass[:, None, None] * green).astype(np.float32)
    edge = pixels * step
    lines = [LineString([(0, y), (pixels, y + 40)]) for y in np.arange(20, edge, 45) / step]
    picture[:, _burn([line.buffer(2 / step) for line in lines], pixels) == 1] = 132
    for _ in range(int(edge**2 / 500)):
        crown = Point(*rng.uniform(0, pixels, 2)).buffer(rng.uniform(1, 3) / step)
        picture[:, _burn([crown], pixels) == 1] = np.array([[52], [84], [44]])
    shadows = [
        affinity.translate(entry.footprint, entry.height / 2 / step, entry.height / 3 / step)
        for entry in buildings
    ]
    picture[:, _burn(shadows, pixels) == 1] *= 0.55
    for entry in buildings:
        roof = np.array(entry.roof)[:, None] * rng.uniform(0.85, 1.1)
        picture[:, _burn([entry.footprint], pixels) == 1] = roof
    picture *= 0.9 + 0.2 * _smooth(pixels, max(2, int(1 / step)), rng)
    picture += rng.normal(0, 6, picture.shape).astype(np.float32)
    # Zero is left for pixels without data.
    return picture.clip(1, 255).astype(np.uint8)


def _describe(folder: Path, buildings: list[_Building], world: Affine) -> None:
    matrix = (world.a, world.b, world.d, world.e, world.c, world.f)
    features = [
        {
            "type": "Feature",
            "properties": {"building": "yes"},
            "geometry": mapping(affinity.affine_transform(entry.footprint, matrix)),
        }
        for entry in buildings
    ]
    collection = {
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}},
        "features": features,
    }
    _io.write_atomic(folder / "buildings.geojson", json.dumps(collection).encode())
    description = {
        "title": "Synthetic town",
        "sources": [
            {"title": "Synthetic town, drawn by geocairn", "role": role, "licence": "CC0-1.0"}
            for role in ("imagery", "labels")
        ],
    }
    _io.write_atomic(folder / "dataset.json", _io.dumps(description, indent=True) + b"\n")


if __name__ == "__main__":
    import sys

    make(Path(sys.argv[1]))
