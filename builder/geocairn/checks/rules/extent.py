"""Rules on the footprint: geometry and bbox."""

from __future__ import annotations

import re
from typing import Any

from geocairn.checks.context import Context
from geocairn.checks.rule import Rule
from geocairn.checks.rules._geometry import (
    Footprint,
    box_of,
    close_rings,
    footprint,
    open_rings,
)
from geocairn.findings import short_json

__all__ = ["RULES", "check"]

_DELTA = [[[88.0, 21.5], [92.5, 21.5], [92.5, 26.0], [88.0, 26.0], [88.0, 21.5]]]
_WORLD = [[[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]]
# Boxes are often written with fewer decimals than their geometry.
_TOLERANCE = 0.01
_LEAST_TOLERANCE = 1e-5


def _recompute(item: dict[str, Any]) -> None:
    found = footprint(item.get("geometry"))
    if found is not None:
        item["bbox"] = found.box()


PLACEHOLDER = Rule(
    code="STAC030",
    title="Placeholder footprint",
    severity="error",
    why="""A box from 0 to 1, or of zeros only, is what templates contain. It puts the model into
the Gulf of Guinea, where nobody looks for it.""",
    remedy="Give the area that the model was trained on or is meant for.",
    failing={
        "/geometry/coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]],
        "/bbox": [0, 0, 1, 1],
    },
)
WHOLE_WORLD = Rule(
    code="STAC031",
    title="Whole world without saying so",
    severity="warning",
    why="""A footprint of the whole world matches every search. Where a model really is for the
whole world its title, description or keywords say so (`global`, `worldwide`, `whole world`);
otherwise the box is mostly a placeholder.""",
    remedy="Narrow the footprint, or say in the description that the model is global.",
    failing={"/geometry/coordinates": _WORLD, "/bbox": [-180, -90, 180, 90]},
    passing={
        "/geometry/coordinates": _WORLD,
        "/bbox": [-180, -90, 180, 90],
        "/properties/keywords": ["flood", "global"],
    },
)
SWAPPED = Rule(
    code="STAC032",
    title="Latitude and longitude exchanged",
    severity="error",
    why="""GeoJSON writes longitude first. Coordinates in the other order lie elsewhere, or nowhere:
a latitude cannot pass 90 degrees. Found where a latitude is impossible but would do as a
longitude, or where the bbox is the geometry's with the two exchanged.""",
    remedy="Write longitude first in geometry and bbox.",
    failing={
        "/geometry/coordinates": [
            [[21.5, 98.0], [21.5, 102.5], [26.0, 102.5], [26.0, 98.0], [21.5, 98.0]]
        ],
        "/bbox": [21.5, 98.0, 26.0, 102.5],
    },
)
OUT_OF_RANGE = Rule(
    code="STAC033",
    title="Coordinates off the Earth",
    severity="error",
    why="""Longitudes run from -180 to 180 and latitudes from -90 to 90 (RFC 7946). Beyond them no
search finds the item. Climate data often count longitudes from 0 to 360: subtract 360 from those
over 180.""",
    remedy="Give WGS 84 degrees, longitudes from -180 to 180.",
    failing={
        "/geometry/coordinates": [
            [[233.6, 22.6], [297.5, 22.6], [297.5, 54.2], [233.6, 54.2], [233.6, 22.6]]
        ],
        "/bbox": [233.6, 22.6, 297.5, 54.2],
    },
)
MISMATCH = Rule(
    code="STAC034",
    title="Box does not match the geometry",
    severity="error",
    why="""The bbox is the smallest box around the geometry: west, south, east, north. Programs
look at one or the other, so where they differ the item is found by some and missed by others.
Rounding is let pass: a hundredth of the footprint's width, at most a hundredth of a degree.""",
    remedy="Compute the bbox from the geometry; `--fix` does.",
    failing={"/bbox": [88.0, 26.0, 92.5, 21.5]},
    fix=_recompute,
)
UNCUT = Rule(
    code="STAC035",
    title="Footprint across the antimeridian in one piece",
    severity="error",
    why="""RFC 7946 has a geometry that crosses the antimeridian be cut there into parts that do
not. In one piece it is read as reaching around the other side of the Earth. The bbox, west greater
than east, shows what is meant.""",
    remedy="Cut the geometry at 180 degrees into a MultiPolygon.",
    failing={
        "/geometry/coordinates": [[[170, -20], [-170, -20], [-170, -10], [170, -10], [170, -20]]],
        "/bbox": [170, -20, -170, -10],
    },
    passing={
        "/geometry": {
            "type": "MultiPolygon",
            "coordinates": [
                [[[170, -20], [180, -20], [180, -10], [170, -10], [170, -20]]],
                [[[-180, -20], [-170, -20], [-170, -10], [-180, -10], [-180, -20]]],
            ],
        },
        "/bbox": [170, -20, -170, -10],
    },
)
MIXED = Rule(
    code="STAC036",
    title="Coordinates with and without height",
    severity="warning",
    why="""Either all positions of a geometry have a height or none has, and the bbox has six
numbers or four to match (RFC 7946). Many programs refuse a mixture, or read a height as the next
longitude.""",
    remedy="Drop the heights, or give every position and the bbox one.",
    failing={
        "/geometry/coordinates": [
            [[88.0, 21.5, 4.0], [92.5, 21.5], [92.5, 26.0], [88.0, 26.0], [88.0, 21.5, 4.0]]
        ]
    },
)
OPEN_RING = Rule(
    code="STAC037",
    title="Ring that does not close",
    severity="error",
    why="""The last position of a polygon's ring repeats the first (RFC 7946). The schema cannot
compare them, and programs refuse an open ring or close it each in its own way.""",
    remedy="Repeat the first position at the end; `--fix` does.",
    failing={
        "/geometry/coordinates": [[*_DELTA[0][:4], [88.0, 22.5]]],
    },
    fix=lambda item: close_rings(item.get("geometry")),
    fixed={"/geometry/coordinates": [[*_DELTA[0][:4], [88.0, 22.5], [88.0, 21.5]]]},
)
RULES = (PLACEHOLDER, WHOLE_WORLD, SWAPPED, OUT_OF_RANGE, MISMATCH, UNCUT, MIXED, OPEN_RING)

_GLOBAL = re.compile(
    r"\b(?:global(?:ly)?|world-?wide|whole (?:world|earth|globe|planet)|entire (?:world|earth"
    r"|globe|planet)|planet(?:ary)?|all (?:land|continents)|anywhere|everywhere|weltweit)\b",
    re.IGNORECASE,
)


def check(context: Context) -> None:
    """Look at the geometry and the bbox."""
    item = context.item
    geometry = item.get("geometry")
    shape = footprint(geometry)
    if shape is None:
        return
    bbox = item.get("bbox")
    box = box_of(bbox)
    if shape.placeholder():
        value = bbox if box else geometry
        context.found(PLACEHOLDER, ("geometry",), "is a template's", value=value)
        return
    if not shape.on_earth() or (box and not _on_earth(box)):
        _off_earth(context, shape, box)
        if box and box[1] > box[3]:
            _compare(context, shape, box, bbox)
        return
    if shape.south <= -90 and shape.north >= 90 and shape.east - shape.west >= 359.9:
        _whole_world(context, bbox)
    size = len(bbox) if isinstance(bbox, list) else 0
    if shape.mixed or (box and size != 2 * shape.dimensions):
        message = "has positions with and without height"
        if not shape.mixed:
            message = f"has {shape.dimensions} numbers a position, but the bbox has {size}"
        context.found(MIXED, ("geometry", "coordinates"), message)
    for path in open_rings(geometry):
        context.found(OPEN_RING, ("geometry", *path), "does not end where it began")
    if box:
        _compare(context, shape, box, bbox)


def _on_earth(box: tuple[float, float, float, float]) -> bool:
    west, south, east, north = box
    return -180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= 90 and -90 <= north <= 90


def _off_earth(
    context: Context, shape: Footprint, box: tuple[float, float, float, float] | None
) -> None:
    boxes = {"geometry": (shape.west, shape.south, shape.east, shape.north)}
    if box:
        boxes["bbox"] = box
    for member, (west, south, east, north) in boxes.items():
        latitudes = max(abs(south), abs(north))
        if 90 < latitudes <= 180 and max(abs(west), abs(east)) <= 90:
            message = f"has a latitude of {latitudes:g}: longitude comes first"
            context.found(SWAPPED, (member,), message, value=[west, south, east, north])
            return
    member = next(name for name, one in boxes.items() if not _on_earth(one))
    west, south, east, north = boxes[member]
    hint = ", longitudes from 0 to 360" if 180 < east <= 360 and west >= 0 else ""
    message = f"lies beyond the limits of longitude and latitude{hint}"
    context.found(OUT_OF_RANGE, (member,), message, value=[west, south, east, north])


def _whole_world(context: Context, bbox: Any) -> None:
    properties = context.properties
    texts = [properties.get(field) for field in ("title", "description", "mlm:name")]
    keywords = properties.get("keywords")
    if isinstance(keywords, list):
        texts += keywords
    if not any(isinstance(text, str) and _GLOBAL.search(text) for text in texts):
        message = "covers the whole world, which neither title, description nor keywords say"
        context.found(WHOLE_WORLD, ("geometry",), message, value=bbox)


def _compare(
    context: Context, shape: Footprint, box: tuple[float, float, float, float], bbox: Any
) -> None:
    west, south, east, north = box
    planar = (shape.west, shape.south, shape.east, shape.north)
    if box == planar:
        return
    if west > east and shape.leap:
        message = "crosses the antimeridian by its bbox, but is not cut there"
        context.found(UNCUT, ("geometry",), message, value=bbox)
        return
    expected = [planar]
    if shape.wraps:
        expected.append((shape.wraps[0], shape.south, shape.wraps[1], shape.north))
    width = max(shape.east - shape.west, shape.north - shape.south)
    slack = max(_LEAST_TOLERANCE, min(_TOLERANCE, width * _TOLERANCE))
    if any(_near(box, one, slack) for one in expected):
        return
    turned = (south, west, north, east)
    if _near(turned, planar, slack):
        message = "is the geometry's with latitude and longitude exchanged"
        context.found(SWAPPED, ("bbox",), message, value=bbox)
        return
    wanted = short_json(shape.box())
    context.found(MISMATCH, ("bbox",), f"is not the geometry's, which is {wanted}", value=bbox)


def _near(box: tuple[float, ...], other: tuple[float, ...], slack: float) -> bool:
    return all(abs(a - b) <= slack for a, b in zip(box, other, strict=True))
