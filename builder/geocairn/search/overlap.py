"""How much of the area asked for each footprint covers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from geocairn.search.engine import Arrays, Engine, Rows, plain
from geocairn.search.spatial import Area, around, box_sides, geometries, inward, valid

__all__ = ["Overlaps"]

Shares = npt.NDArray[np.float64]

_SLACK = 4e-6
"""Rounding to six significant digits moves a share by less than this, relative to it."""


class Overlaps:
    """Shares of an area that the footprints of some rows cover, in percent.

    Planar, in square degrees; of an area without extent its length or points count. Rounded to
    six significant digits, so that engines whose last bits differ order alike. Exact geometries
    are read only for rows whose share is asked for; the index's boxes bound all others.

    Args:
        engine: The hub's engine.
        area: The area asked for.
        rows: The rows that meet it, (n,) ascending.
        found: What the index tells of their footprints.
    """

    def __init__(self, engine: Engine, area: Area, rows: Rows, found: Arrays) -> None:
        self._engine, self._area, self._rows = engine, area, rows
        self._sides = box_sides(found)
        self._shaped = plain(found["shaped"])
        self._covering = ~self._shaped
        for box in area.boxes:
            self._covering &= around(inward(self._sides), box)
        self._shares: Shares = np.where(self._covering, 100.0, np.nan)

    def at(self, places: npt.NDArray[Any]) -> Shares:
        """Shares of some of the rows, by their places among all, exactly."""
        open_ = places[np.isnan(self._shares[places])]
        if len(open_):
            self._shares[open_] = self._exact(self._rows[open_])
        shares: Shares = self._shares[places]
        return shares

    def of(self, rows: Rows) -> Shares:
        """Shares of some of the rows, exactly."""
        return self.at(np.searchsorted(self._rows, rows))

    def best(self, count: int, *, largest: bool) -> npt.NDArray[Any]:
        """Places of the rows that may be among the first `count`, ascending."""
        low, high = self._bounds()
        if count >= len(self._rows):
            return np.arange(len(self._rows))
        if largest:
            return np.flatnonzero(high >= np.partition(low, -count)[-count])
        return np.flatnonzero(low <= np.partition(high, count - 1)[count - 1])

    def _exact(self, rows: Rows) -> Shares:
        import shapely

        whole, measure = _measure(self._area.geometry)
        footprints = valid(geometries(self._engine, rows))
        common = shapely.intersection(self._area.geometry, footprints)
        shares = np.minimum(100.0 * measure(common) / whole, 100.0)
        return np.array([float(f"{share:.6g}") for share in shares])

    def _bounds(self) -> tuple[Shares, Shares]:
        """Least and largest share that each row may have, by its box."""
        low, high = np.zeros(len(self._rows)), np.full(len(self._rows), 100.0)
        if self._area.geometry.area > 0:
            high = np.minimum(self._of_boxes(self._sides) * (1 + _SLACK), 100.0)
            low = self._of_boxes(inward(self._sides)) * (1 - _SLACK)
        low[self._shaped] = 0.0
        low[self._covering] = high[self._covering] = 100.0
        return low, high

    def _of_boxes(self, sides: Sequence[Shares]) -> Shares:
        whole = self._area.geometry.area
        if self._area.is_box:
            common: Shares = np.zeros(len(self._rows))
            for west, south, east, north in self._area.boxes:
                width = np.minimum(sides[2], east) - np.maximum(sides[0], west)
                height = np.minimum(sides[3], north) - np.maximum(sides[1], south)
                common += np.maximum(width, 0.0) * np.maximum(height, 0.0)
            shares: Shares = 100.0 * common / whole
            return shares
        import shapely

        real = (sides[0] <= sides[2]) & (sides[1] <= sides[3])
        shares = np.zeros(len(self._rows))
        outlines = shapely.box(*(side[real] for side in sides))
        common = shapely.area(shapely.intersection(self._area.geometry, outlines))
        shares[real] = 100.0 * common / whole
        return shares


def _measure(geometry: Any) -> tuple[float, Any]:
    import shapely

    if geometry.area > 0:
        return geometry.area, shapely.area
    if geometry.length > 0:
        return geometry.length, shapely.length
    return shapely.get_num_coordinates(geometry), shapely.get_num_coordinates
