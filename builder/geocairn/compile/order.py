"""The hub's order of items, and where it is cut into row groups."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["cuts", "hilbert", "hub_order", "tiers"]

Doubles = npt.NDArray[np.float64]

_BITS = 16
_TIER_DEGREES = (11.25, 90.0)


def tiers(bounds: Doubles) -> npt.NDArray[np.uint8]:
    """Class of each footprint's size, so that large ones lie apart from small ones.

    One continental footprint among city-sized ones widens its row group's box until the
    group can never be skipped. Large ones therefore get a tail of their own.

    Args:
        bounds: (n, 4) west, south, east, north in degrees, NaN for no geometry.

    Returns:
        (n,) 0 up to 11.25 degrees on the longer side, 1 up to 90, 2 beyond, 3 for none.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        side = np.maximum(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1])
        tier = np.searchsorted(_TIER_DEGREES, side, side="left").astype(np.uint8)
    tier[np.isnan(side)] = len(_TIER_DEGREES) + 1
    return tier


@np.errstate(over="ignore")
def hilbert(bounds: Doubles) -> npt.NDArray[np.uint32]:
    """Place of each footprint's centre along a Hilbert curve of order 16 over the world.

    Neighbours on the curve are neighbours on the map. The curve is walked quadrant by
    quadrant from the coarsest, as in https://en.wikipedia.org/wiki/Hilbert_curve (xy2d).

    Args:
        bounds: (n, 4) west, south, east, north in degrees; NaN gives 0.
    """
    cells = (1 << _BITS) - 1
    west, south, east, north = np.nan_to_num(bounds, nan=0.0).T
    x = _cell((west + east) / 2 / 360 + 0.5, cells)
    y = _cell((south + north) / 2 / 180 + 0.5, cells)
    key = np.zeros(len(x), dtype=np.int64)
    side = 1 << (_BITS - 1)
    while side:
        right, upper = (x & side) > 0, (y & side) > 0
        key += side * side * ((3 * right) ^ upper)
        flip = ~upper & right
        x, y = np.where(flip, cells - x, x), np.where(flip, cells - y, y)
        x, y = np.where(upper, x, y), np.where(upper, y, x)
        side >>= 1
    key[np.isnan(bounds[:, 0])] = 0
    return key.astype(np.uint32)


def hub_order(table: pa.Table, *, by_collection: bool = False) -> npt.NDArray[np.int64]:
    """The order of items: tier, place on the curve, start of the interval, collection, id.

    Args:
        table: Index rows of the spool schema; collection and id make the order total.
        by_collection: Put each collection's items together first.

    Returns:
        (n,) row numbers, in order.
    """
    tier = table["tier"].to_numpy().astype(np.uint64)
    curve = table["hilbert"].to_numpy().astype(np.uint64)
    start = pc.fill_null(table["start"].cast(pa.int64()), -(2**63)).to_numpy()
    keys = [start, tier << np.uint64(32) | curve]
    if by_collection:
        keys.append(_ranks(table["collection"]))
    order = np.lexsort(keys).astype(np.int64)
    same = np.logical_and.reduce([np.diff(key[order]) == 0 for key in keys])
    if not same.any():
        return order
    # Names decide only between equal places and times, so no others are compared.
    follows = np.concatenate(([False], same))
    tied = np.flatnonzero(follows | np.concatenate((same, [False])))
    rows = order[tied]
    names = table.select(["id", "collection"]).take(pa.array(rows))
    ranks = [_ranks(names[name]) for name in ("id", "collection")]
    order[tied] = rows[np.lexsort((*ranks, np.cumsum(~follows)[tied]))]
    return order


def _ranks(column: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    encoded = column.combine_chunks().dictionary_encode()
    order = pc.sort_indices(encoded.dictionary).to_numpy()
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    codes: npt.NDArray[np.int32] = encoded.indices.to_numpy()
    return rank[codes]


def _cell(share: Doubles, cells: int) -> npt.NDArray[np.int64]:
    return np.clip(share * (cells + 1), 0, cells).astype(np.int64)


def cuts(hashes: npt.NDArray[np.uint64], *, smallest: int, largest: int) -> list[int]:
    """Cut a sequence into groups at places that its content chooses.

    A group ends, once it has the smallest size, behind the first element whose hash is a
    multiple of an eighth of the span that is left. An element that comes or goes therefore
    moves the cuts beside it and no others, and every other group stays the same bytes.

    Args:
        hashes: (n,) one well-mixed hash an element, in order.
        smallest: Least number of elements of a group, the last one excepted.
        largest: Most elements of a group.

    Returns:
        Ends of the groups, ascending; the last is n. Empty for n = 0.
    """
    odds = max(1, (largest - smallest) // 8)
    candidates = np.flatnonzero(hashes % np.uint64(odds) == 0) + 1
    ends: list[int] = []
    start, total = 0, len(hashes)
    while total - start > largest:
        at = np.searchsorted(candidates, start + smallest)
        end = int(candidates[at]) if at < len(candidates) else total
        start = min(end, start + largest)
        ends.append(start)
    if start < total:
        ends.append(total)
    return ends
