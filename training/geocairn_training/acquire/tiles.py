"""Web-map tiles: which ones cover a box, where each lies, and its address."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from geocairn_training.errors import AcquireError
from geocairn_training.facts import Box

__all__ = ["LIMIT", "Tile", "address", "covering"]

LIMIT = 85.0511287798066  # latitude where Web Mercator's square ends, in degrees
_MOST = 100_000
_FIELD = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, order=True, slots=True)
class Tile:
    """One tile, counted from the north-west as in XYZ."""

    z: int
    x: int
    y: int

    @property
    def box(self) -> Box:
        """``(west, south, east, north)`` in degrees (WGS 84)."""
        count = 1 << self.z

        def north(row: int) -> float:
            return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / count))))

        return (
            self.x / count * 360 - 180,
            north(self.y + 1),
            (self.x + 1) / count * 360 - 180,
            north(self.y),
        )


def covering(box: Box, *, zoom: int) -> tuple[Tile, ...]:
    """Every tile that has ground in common with a box, row by row.

    The tile of a point is that of the OpenStreetMap wiki's "Slippy map tilenames".

    Args:
        box: ``(west, south, east, north)`` in degrees.
        zoom: 0 to 24.

    Raises:
        AcquireError: If the box is empty, swapped, outside what tiles cover, or would need more
            than 100,000 tiles.
    """
    west, south, east, north = box
    remedy = "Give --bbox WEST,SOUTH,EAST,NORTH in degrees."
    if not all(map(math.isfinite, box)):
        raise AcquireError(f"bbox {box} has values that are not numbers", remedy=remedy)
    if west >= east or south >= north:
        raise AcquireError(
            f"bbox {west:g},{south:g},{east:g},{north:g} is empty or swapped: west must be below "
            "east and south below north",
            remedy=remedy + " Across the antimeridian, fetch both sides one after the other.",
        )
    if west < -180 or east > 180 or south < -LIMIT or north > LIMIT:
        raise AcquireError(
            f"bbox {west:g},{south:g},{east:g},{north:g} is outside what tiles cover: 180 degrees "
            f"east and west, {LIMIT:.4f} north and south",
            remedy=remedy,
        )
    if not 0 <= zoom <= 24:
        raise AcquireError(f"zoom {zoom}", remedy="Give --zoom from 0 to 24.")
    count = 1 << zoom

    def place(longitude: float, latitude: float) -> tuple[float, float]:
        across = (longitude + 180) / 360 * count
        down = (1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2 * count
        return across, down

    (left, top), (right, bottom) = place(west, north), place(east, south)
    # An edge that lies on a tile's edge, to a millionth of a tile, does not fetch the next one.
    columns = range(
        int(left + 1e-6), min(count, max(int(left + 1e-6) + 1, math.ceil(right - 1e-6)))
    )
    rows = range(int(top + 1e-6), min(count, max(int(top + 1e-6) + 1, math.ceil(bottom - 1e-6))))
    if len(columns) * len(rows) > _MOST:
        raise AcquireError(
            f"{len(columns) * len(rows)} tiles at zoom {zoom}, more than {_MOST}",
            remedy="Choose a smaller --bbox or --zoom.",
        )
    return tuple(Tile(zoom, x, y) for y in rows for x in columns)


def address(template: str, tile: Tile) -> str:
    """The URL of a tile.

    Args:
        template: With ``{z}``, ``{x}`` and ``{y}``; ``{-y}`` counts rows from the south (TMS), and
            ``{q}`` is Bing's quadkey, in place of the three.
        tile: Which one.

    Raises:
        AcquireError: If the template has other fields, or too few.
    """
    key = "".join(
        str((tile.x >> level & 1) + 2 * (tile.y >> level & 1)) for level in reversed(range(tile.z))
    )
    values = {
        "z": str(tile.z),
        "x": str(tile.x),
        "y": str(tile.y),
        "-y": str((1 << tile.z) - 1 - tile.y),
        "q": key,
    }
    fields = set(_FIELD.findall(template))
    whole = fields >= {"q"} or (fields >= {"z", "x"} and len(fields & {"y", "-y"}) == 1)
    if not whole or fields - values.keys() or not template.startswith(("https://", "http://")):
        raise AcquireError(
            f"not a template of tiles: {template!r}",
            remedy="Give --tms https://.../{z}/{x}/{y}, with {-y} for TMS rows from the south.",
        )
    return _FIELD.sub(lambda match: values[match[1]], template)
