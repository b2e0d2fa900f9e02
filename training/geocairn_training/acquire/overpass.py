"""Building footprints from OpenStreetMap, by Overpass QL."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import shapely
from rasterio.crs import CRS
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from geocairn import _io
from geocairn.errors import MalformedJSONError
from geocairn_training.acquire.fetch import Fetcher
from geocairn_training.acquire.footprints import Footprints
from geocairn_training.errors import AcquireError
from geocairn_training.facts import Box

__all__ = ["URL", "buildings", "query"]

URL = "https://overpass-api.de/api/interpreter"


def query(box: Box, *, key: str = "building", seconds: int = 180) -> str:
    """Overpass QL for every way and multipolygon with a key that has ground in a box."""
    west, south, east, north = box
    place = f"({south:.7f},{west:.7f},{north:.7f},{east:.7f})"
    return (
        f'[out:json][timeout:{seconds}];(way["{key}"]{place};'
        f'relation["{key}"]["type"="multipolygon"]{place};);out geom;'
    )


def _fault(data: bytes) -> str:
    try:
        value = _io.loads(data)
    except MalformedJSONError as error:
        return f"not a whole answer of Overpass: {error.message}"
    if not isinstance(value, dict) or not isinstance(value.get("elements"), list):
        return "not an answer of Overpass"
    # Running out of time or memory is said inside an answer with status 200.
    remark = str(value.get("remark", ""))
    return remark if "error" in remark else ""


async def buildings(fetcher: Fetcher, box: Box, *, url: str = URL) -> Footprints:
    """Fetch the footprints of buildings.

    Args:
        fetcher: Tries, waits and keeps.
        box: ``(west, south, east, north)`` in degrees.
        url: Of an Overpass interpreter.

    Raises:
        AcquireError: If there is no answer, or not one building.
    """
    data = await fetcher.get(url, check=_fault, form={"data": query(box)})
    shapes = list(_shapes(_io.loads(data)["elements"])) if data is not None else []
    if not shapes:
        raise AcquireError(
            "OpenStreetMap has no building there",
            where=url,
            remedy="Choose another --bbox, or give footprints with --labels FILE.",
        )
    return Footprints(shapes=tuple(shapes), crs=CRS.from_user_input("OGC:CRS84"))


def _shapes(elements: Iterable[Any]) -> Iterable[BaseGeometry]:
    for element in elements:
        if element.get("type") == "way":
            ring = _points(element)
            shape = Polygon(ring) if len(ring) >= 4 and ring[0] == ring[-1] else None
        elif element.get("type") == "relation":
            shape = _relation(element)
        else:
            shape = None
        if shape is None:
            continue
        whole = shape if shape.is_valid else shapely.make_valid(shape)
        yield from (p for p in shapely.get_parts(whole) if p.geom_type == "Polygon")


def _points(way: Any) -> list[tuple[float, float]]:
    return [(node["lon"], node["lat"]) for node in way.get("geometry") or () if node]


def _relation(relation: Any) -> BaseGeometry:
    """The area of a multipolygon, whose rings may be cut into several ways."""

    def area(role: str) -> BaseGeometry:
        lines = [
            LineString(points)
            for member in relation.get("members", ())
            if member.get("type") == "way"
            and (member.get("role") or "outer") == role
            and len(points := _points(member)) >= 2
        ]
        return shapely.union_all(shapely.get_parts(shapely.polygonize(lines)))

    return shapely.difference(area("outer"), area("inner"))
