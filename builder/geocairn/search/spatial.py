"""Spatial predicates: settled by the index's boxes where they can be, exactly where not.

The index keeps each footprint's box as 32-bit floats rounded outward, so the true edge lies
within one float step inside. A box that lies clear of the query settles the question, and so
does one that is the footprint itself and overlaps by more than a step; the rest are compared as
geometries, planar, in longitude and latitude.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from geocairn import _io, layout
from geocairn.errors import QueryError
from geocairn.geojson import Box, boxes
from geocairn.search.engine import INDEX, Arrays, Engine, Rows, plain
from geocairn.search.properties import item_rows

__all__ = [
    "FALSE",
    "FOOTPRINT",
    "TRUE",
    "UNKNOWN",
    "Area",
    "around",
    "box_condition",
    "box_sides",
    "geometries",
    "inward",
    "outward",
    "valid",
]

SIDES = ("xmin", "ymin", "xmax", "ymax")
FOOTPRINT = (*SIDES, "shaped")
"""Columns of the index that tell of a row's footprint."""
TRUE, FALSE, UNKNOWN = 1, 0, -1
_MAX_PARTS = 8
_FEW_FILES = 200

Mask = npt.NDArray[np.bool_]


def outward(value: float, *, up: bool) -> float:
    """The nearest 32-bit float that is not inside: not below `value` if `up`, else not above."""
    near = np.float32(value)
    if near < value if up else near > value:
        near = np.nextafter(near, np.float32(np.inf if up else -np.inf))
    return float(near)


class Area:
    """A query's geometry.

    Attributes:
        boxes: Planar boxes that cover it, as few as tell its parts apart.
        is_box: Whether it is those boxes and nothing else.
    """

    def __init__(self, shape: Any) -> None:
        self.is_box = "bbox" in shape
        self._shape = shape
        self._geometry: Any = None
        self.boxes: tuple[Box, ...] = (
            boxes(tuple(shape["bbox"])) if self.is_box else _part_boxes(self.geometry)
        )

    @property
    def geometry(self) -> Any:
        """The geometry as shapely has it, prepared.

        Raises:
            QueryError: When it is not valid (it crosses itself, say).
        """
        if self._geometry is None:
            import shapely  # slow to import, and most searches do without

            if self.is_box:
                parts = [shapely.box(*box) if _wide(box) else _flat(box) for box in self.boxes]
                made = shapely.union_all(parts) if len(parts) > 1 else parts[0]
            else:
                made = shapely.from_geojson(_io.dumps(self._shape).decode())
                if not shapely.is_valid(made):
                    raise QueryError(
                        f"geometry is not valid: {shapely.is_valid_reason(made)}",
                        remedy="Repair it, for instance with shapely.make_valid.",
                    )
            shapely.prepare(made)
            self._geometry = made
        return self._geometry

    def evaluate(self, engine: Engine, op: str, rows: Rows, found: Arrays) -> npt.NDArray[np.int64]:
        """Work out a predicate for some rows.

        Args:
            engine: The hub's engine.
            op: ``s_intersects`` and the like, the item's geometry first.
            rows: The rows, (n,) ascending.
            found: Their `FOOTPRINT`, (n,) each; sides masked where there is no geometry.

        Returns:
            `TRUE`, `FALSE` or `UNKNOWN` (no geometry) for each row, (n,).
        """
        sides = box_sides(found)
        nowhere = np.ma.getmaskarray(found["xmin"])
        if op in ("s_intersects", "s_disjoint"):
            meets = self._meets(engine, rows, sides, ~nowhere, plain(found["shaped"]))
            result = np.where(meets if op == "s_intersects" else ~meets, TRUE, FALSE)
        else:
            result = np.zeros(len(rows), dtype=np.int64)
            ask = np.flatnonzero(~nowhere & self._possible(op, sides))
            if len(ask):
                result[ask] = self._exactly(op, geometries(engine, rows[ask]))
        result[nowhere] = UNKNOWN
        return result.astype(np.int64)

    def _meets(
        self, engine: Engine, rows: Rows, sides: Sequence[Any], somewhere: Mask, shaped: Mask
    ) -> Mask:
        touches, inside, surely = self._boxes_meet(sides)
        # Without a shape of its own a footprint is its box.
        result: Mask = somewhere & (inside | (surely & ~shaped))
        rest = np.flatnonzero(touches & somewhere & ~result)
        if len(rest):
            result[rest] = self._exactly("s_intersects", geometries(engine, rows[rest]))
        return result

    def _boxes_meet(self, sides: Sequence[Any]) -> tuple[Mask, Mask, Mask]:
        """Which boxes may meet the area, which lie inside it, and which surely meet it."""
        inner = inward(sides)
        if self.is_box:
            touches, inside, surely = (np.zeros(len(sides[0]), dtype=bool) for _ in range(3))
            for box in self.boxes:
                touches |= _overlap(sides, box)
                inside |= _within(sides, box)
                surely |= _overlap(inner, box)
            return touches, inside, surely
        return self._boxes_meet_shape(sides, inner)

    def _boxes_meet_shape(
        self, sides: Sequence[Any], inner: Sequence[Any]
    ) -> tuple[Mask, Mask, Mask]:
        import shapely

        # A box around a part of the area surely meets it, and most large footprints are such.
        surely = np.zeros(len(sides[0]), dtype=bool)
        for box in self.boxes:
            surely |= around(inner, box)
        touches = surely.copy()
        inside = np.zeros(len(surely), dtype=bool)
        ask = np.flatnonzero(~surely)
        outer = shapely.box(*(side[ask] for side in sides))
        touches[ask] = shapely.intersects(self.geometry, outer)
        inside[ask] = touches[ask] & shapely.covers(self.geometry, outer)
        real = (inner[0] <= inner[2]) & (inner[1] <= inner[3])
        ask = np.flatnonzero(touches & ~surely & ~inside & real)
        kernels = shapely.box(*(side[ask] for side in inner))
        surely[ask] = shapely.intersects(self.geometry, kernels)
        return touches, inside, surely

    def _possible(self, op: str, sides: Sequence[Any]) -> Mask:
        """Which rows may satisfy an operator, by their boxes alone."""
        result = np.zeros(len(sides[0]), dtype=bool)
        for box in self.boxes:
            result |= _overlap(sides, box)
        bounds = self.geometry.bounds
        if op in ("s_within", "s_equals"):
            result &= _within(inward(sides), bounds)
        if op in ("s_contains", "s_equals"):
            result &= around(sides, bounds)
        return result

    def _exactly(self, op: str, items: npt.NDArray[Any]) -> Mask:
        import shapely

        items = valid(items)
        # The area is prepared, so it comes first where the order makes no difference.
        functions = {
            "s_intersects": shapely.intersects,
            "s_touches": shapely.touches,
            "s_crosses": shapely.crosses,
            "s_overlaps": shapely.overlaps,
            "s_within": shapely.contains,
            "s_contains": shapely.within,
            "s_equals": shapely.equals,
        }
        result: Mask = functions[op](self.geometry, items)
        return result


def valid(items: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Geometries with the invalid ones repaired (a ring that crosses itself becomes two)."""
    import shapely

    broken = ~shapely.is_valid(items) & ~shapely.is_missing(items)
    if broken.any():
        items = items.copy()
        items[broken] = shapely.make_valid(items[broken])
    return items


def geometries(engine: Engine, rows: Rows) -> npt.NDArray[Any]:
    """Exact footprints of rows that have one, (n,) of shapely geometries."""
    import shapely

    shaped, wkb = _shapes(engine, rows)
    result = np.full(len(rows), None, dtype=object)
    result[shaped] = shapely.from_wkb(wkb[shaped])
    rest = np.flatnonzero(~shaped)
    if len(rest) == 0:
        return result
    if len(rest) <= _FEW_FILES:
        paths = [layout.item_json(*place) for place in engine.places(rows[rest])]
        files = engine.hub.read_many(paths)
        texts = [_io.dumps(_io.loads(data)["geometry"]).decode() for data in files]
        result[rest] = shapely.from_geojson(texts)
        return result
    sql, parameters, given = item_rows(engine, rows[rest], {"wkb": "f.geometry"}, {})
    found = engine.arrays(sql, parameters, given=given)
    order = np.argsort(found["row"], kind="stable")
    result[rest] = shapely.from_wkb(np.array([bytes(part) for part in found["wkb"][order]]))
    return result


def _shapes(engine: Engine, rows: Rows) -> tuple[Mask, npt.NDArray[Any]]:
    """Which rows have a shape that is not their box, and its WKB."""
    if engine.resident:
        return engine.resident.shapes(rows)
    found = engine.arrays(
        f"SELECT row, shape FROM {INDEX} WHERE row IN (SELECT row FROM given) AND shaped",
        given={"row": rows},
    )
    at = np.searchsorted(rows, plain(found["row"]))
    shaped = np.zeros(len(rows), dtype=bool)
    wkb = np.full(len(rows), None, dtype=object)
    shaped[at] = True
    for place, value in zip(at, found["shape"], strict=True):
        wkb[place] = bytes(value)
    return shaped, wkb


def box_sides(found: Arrays) -> list[npt.NDArray[np.float64]]:
    """West, south, east, north of the rows' boxes, (n,) each."""
    return [np.ma.getdata(found[name]).astype(np.float64) for name in SIDES]


def inward(sides: Sequence[Any]) -> list[npt.NDArray[np.float64]]:
    """The boxes one float step smaller on every side: the true footprint covers these."""
    steps = (np.inf, np.inf, -np.inf, -np.inf)
    return [
        np.nextafter(side.astype(np.float32), np.float32(step)).astype(np.float64)
        for side, step in zip(sides, steps, strict=True)
    ]


def _overlap(sides: Sequence[Any], box: Box) -> Mask:
    west, south, east, north = box
    result: Mask = (sides[0] <= east) & (sides[2] >= west)
    result &= (sides[1] <= north) & (sides[3] >= south)
    return result


def _within(sides: Sequence[Any], box: Box) -> Mask:
    west, south, east, north = box
    result: Mask = (sides[0] >= west) & (sides[2] <= east)
    result &= (sides[1] >= south) & (sides[3] <= north)
    return result


def around(sides: Sequence[Any], box: Box) -> Mask:
    """Which boxes have a whole other box inside."""
    west, south, east, north = box
    result: Mask = (sides[0] <= west) & (sides[2] >= east)
    result &= (sides[1] <= south) & (sides[3] >= north)
    return result


def box_condition(box: Box, bind: Any) -> str:
    """SQL over the index: that a footprint's box meets a box."""
    west, south, east, north = box
    sides = (
        ("xmin", "<=", outward(east, up=True)),
        ("xmax", ">=", outward(west, up=False)),
        ("ymin", "<=", outward(north, up=True)),
        ("ymax", ">=", outward(south, up=False)),
    )
    return f"({' AND '.join(f'{name} {op} {bind(edge)}::FLOAT' for name, op, edge in sides)})"


def _wide(box: Box) -> bool:
    return box[0] < box[2] and box[1] < box[3]


def _flat(box: Box) -> Any:
    """A box without area, as a line or a point: as a polygon it would not be valid."""
    import shapely

    if box[:2] == box[2:]:
        return shapely.Point(box[:2])
    return shapely.LineString([box[:2], box[2:]])


def _part_boxes(geometry: Any) -> tuple[Box, ...]:
    parts = list(getattr(geometry, "geoms", [geometry]))
    # Two halves beside the antimeridian have small boxes, and together one around the world.
    chosen = parts if len(parts) <= _MAX_PARTS else [geometry]
    return tuple(part.bounds for part in chosen)
