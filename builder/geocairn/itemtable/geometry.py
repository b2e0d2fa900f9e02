"""GeoJSON geometries to WKB and planar bounds, a chunk of items at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely

from geocairn import _io

__all__ = ["Footprints", "own_box"]

# By GEOS' type numbers.
_TYPE_NAMES = (
    "Point",
    "LineString",
    "LinearRing",
    "Polygon",
    "MultiPoint",
    "MultiLineString",
    "MultiPolygon",
    "GeometryCollection",
)


class Footprints:
    """The geometries of some items, parsed together.

    Args:
        texts: GeoJSON geometries; None for no geometry.

    Attributes:
        geometries: Object array (n,) of shapely geometries in longitude and latitude; None
            where the item has none, or one that GEOS cannot read.
        bounds: Float64 array (n, 4) of west, south, east, north of the coordinates as they
            stand (planar), NaN where there are none.
        wkb: Object array (n,) of bytes or None.
        exact: Boolean array (n,): whether the WKB gives back the very GeoJSON.
    """

    def __init__(self, texts: Sequence[str | None]) -> None:
        given = np.array(texts, dtype=object)
        with np.errstate(invalid="ignore"):
            self.geometries = shapely.from_geojson(given, on_invalid="ignore")
        self.geometries = np.atleast_1d(self.geometries)
        self.bounds: npt.NDArray[np.float64] = shapely.bounds(self.geometries).reshape(-1, 4)
        # An infinite or empty footprint lies nowhere.
        unusable = ~np.isfinite(self.bounds).all(axis=1)
        self.geometries[unusable] = None
        self.bounds[unusable] = np.nan
        self.wkb = np.atleast_1d(shapely.to_wkb(self.geometries))
        again = np.atleast_1d(shapely.to_geojson(self.geometries))
        self.exact = np.array(
            [
                back is not None and text is not None and (back == text or _same(back, text))
                for back, text in zip(again, texts, strict=True)
            ],
            dtype=bool,
        )

    def type_names(self) -> list[str | None]:
        """GeoParquet's names of the types: ``Polygon``, ``Point Z``; None for no geometry."""
        kinds = shapely.get_type_id(self.geometries).tolist()
        deep = shapely.has_z(self.geometries).tolist()
        return [
            None if kind < 0 else _TYPE_NAMES[kind] + (" Z" if z else "")
            for kind, z in zip(kinds, deep, strict=True)
        ]


def _same(one: str, other: str) -> bool:
    return _io.canonical(_io.loads(one.encode())) == _io.canonical(_io.loads(other.encode()))


def own_box(footprints: Footprints) -> npt.NDArray[np.bool_]:
    """Which geometries are exactly their own axis-parallel box (a boolean array (n,)).

    Those are polygons of one ring whose four corners are the corners of their bounds, so
    that comparing boxes settles every question about them.
    """
    geometries, bounds = footprints.geometries, footprints.bounds
    is_box: npt.NDArray[np.bool_] = shapely.get_type_id(geometries) == 3
    is_box &= shapely.get_num_coordinates(geometries) == 5
    is_box &= shapely.get_num_interior_rings(geometries) == 0
    chosen = np.flatnonzero(is_box)
    if len(chosen) == 0:
        return is_box
    ring = shapely.get_coordinates(geometries[chosen]).reshape(-1, 5, 2)
    low, high = bounds[chosen, None, :2], bounds[chosen, None, 2:]
    corners = ((ring == low) | (ring == high)).all(axis=(1, 2))
    # Each side changes one coordinate, and only one: no diagonal, no repeated corner.
    sides = ((np.diff(ring, axis=1) != 0).sum(axis=2) == 1).all(axis=1)
    wide = (bounds[chosen, 2:] > bounds[chosen, :2]).all(axis=1)
    is_box[chosen] = corners & sides & wide & (ring[:, 0] != ring[:, 2]).all(axis=1)
    return is_box
