from __future__ import annotations

import random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geocairn.compile.order import cuts, hilbert, hub_order, tiers

ORDER = 16
CELLS = 1 << ORDER


# Written down anew, cell by cell, from the definition of the curve: in each quadrant it runs
# like the whole, turned so that its ends meet.


def xy2d(x: int, y: int) -> int:
    distance, side = 0, CELLS // 2
    while side:
        right, upper = bool(x & side), bool(y & side)
        quadrant = {(False, False): 0, (False, True): 1, (True, True): 2, (True, False): 3}
        distance += side * side * quadrant[right, upper]
        x, y = x % side, y % side
        if not upper:
            if right:
                x, y = side - 1 - x, side - 1 - y
            x, y = y, x
        side //= 2
    return distance


def d2xy(distance: int) -> tuple[int, int]:
    x = y = 0
    side = 1
    while side < CELLS:
        right = 1 & (distance // 2)
        upper = 1 & (distance ^ right)
        if upper == 0:
            if right == 1:
                x, y = side - 1 - x, side - 1 - y
            x, y = y, x
        x, y = x + side * right, y + side * upper
        distance //= 4
        side *= 2
    return x, y


def centre(x: int, y: int) -> list[float]:
    """The bounds of a point in the middle of a cell."""
    longitude = ((x + 0.5) / CELLS - 0.5) * 360
    latitude = ((y + 0.5) / CELLS - 0.5) * 180
    return [longitude, latitude, longitude, latitude]


cells = st.integers(0, CELLS - 1)


@given(cells, cells)
def test_place_on_the_curve(x: int, y: int) -> None:
    place = xy2d(x, y)
    assert d2xy(place) == (x, y)
    assert hilbert(np.array([centre(x, y)])).tolist() == [place]


@given(st.integers(0, CELLS * CELLS - 65))
def test_neighbours_on_the_curve_are_neighbours_on_the_map(start: int) -> None:
    path = [d2xy(start + step) for step in range(64)]
    places = hilbert(np.array([centre(*cell) for cell in path]))
    assert places.tolist() == list(range(start, start + 64))
    steps = np.abs(np.diff(path, axis=0)).sum(axis=1)
    assert (steps == 1).all()


def test_edges_and_what_lies_beyond_stay_in_the_world() -> None:
    bounds = np.array(
        [
            [-180.0, -90.0, -180.0, -90.0],
            [180.0, 90.0, 180.0, 90.0],
            [1000.0, 0.0, 1000.0, 0.0],
            [180.0, 0.0, 180.0, 0.0],
            [np.nan] * 4,
        ]
    )
    places = hilbert(bounds).tolist()
    assert places[0] == 0
    assert places[1] == xy2d(CELLS - 1, CELLS - 1)
    assert places[2] == places[3]
    assert places[4] == 0


def test_enormous_numbers_cause_no_warning() -> None:
    bounds = np.array([[-1.7e308, -1.7e308, 1.7e308, 1.7e308], [1.7e308] * 4])
    assert tiers(bounds).tolist() == [2, 0]
    assert len(hilbert(bounds)) == 2


def test_tiers_by_the_longer_side() -> None:
    sides = [(0.0, 0.0), (11.25, 1.0), (1.0, 11.3), (90.0, 90.0), (90.5, 0.0), (360.0, 180.0)]
    bounds = np.array([[0.0, 0.0, w, h] for w, h in sides] + [[np.nan] * 4])
    assert tiers(bounds).tolist() == [0, 0, 1, 1, 2, 2, 3]


def test_no_items() -> None:
    nothing = np.zeros((0, 4))
    assert hilbert(nothing).tolist() == []
    assert tiers(nothing).tolist() == []
    assert cuts(np.zeros(0, np.uint64), smallest=1, largest=2) == []


def rows(count: int, seed: int) -> list[dict[str, object]]:
    rng = random.Random(seed)
    return [
        {
            "tier": rng.randrange(3),
            "hilbert": rng.choice([0, 7, 2**32 - 1]),
            "start": rng.choice([None, -5, 0, 9]),
            "collection": rng.choice(["a", "b", "B"]),
            "id": f"i{number}",
        }
        for number in range(count)
    ]


@pytest.mark.parametrize("by_collection", [False, True])
def test_hub_order_is_total(by_collection: bool) -> None:
    found = rows(200, seed=3)
    schema = pa.schema(
        [
            ("tier", pa.uint8()),
            ("hilbert", pa.uint32()),
            ("start", pa.timestamp("us", tz="UTC")),
            ("collection", pa.string()),
            ("id", pa.string()),
        ]
    )

    def key(row: dict[str, object]) -> tuple[object, ...]:
        start = -(2**63) if row["start"] is None else row["start"]
        own = (row["tier"], row["hilbert"], start, row["collection"], row["id"])
        return (row["collection"], *own) if by_collection else own

    wanted = sorted(found, key=key)
    for seed in range(3):
        shuffled = random.Random(seed).sample(found, len(found))
        table = pa.Table.from_pylist(shuffled, schema=schema)
        order = hub_order(table, by_collection=by_collection)
        assert [shuffled[row] for row in order] == wanted


hashes = st.lists(st.integers(0, 2**32 - 1), max_size=400).map(lambda v: np.array(v, np.uint64))


@given(hashes, st.integers(1, 20), st.integers(0, 40))
def test_sizes_of_groups(values: np.ndarray, smallest: int, more: int) -> None:
    largest = smallest + more
    ends = cuts(values, smallest=smallest, largest=largest)
    sizes = np.diff([0, *ends])
    assert ends[-1:] == ([len(values)] if len(values) else [])
    assert (sizes <= largest).all()
    assert (sizes[:-1] >= smallest).all()
    assert (sizes > 0).all()


def groups(values: list[int]) -> set[tuple[int, ...]]:
    ends = cuts(np.array(values, np.uint64), smallest=40, largest=80)
    return {tuple(values[a:b]) for a, b in zip([0, *ends[:-1]], ends, strict=True)}


def test_few_groups_change_when_one_element_comes_or_goes() -> None:
    rng = random.Random(5)
    values = [rng.getrandbits(32) for _ in range(6000)]
    before = groups(values)
    assert len(before) > 90
    changed = []
    for _ in range(150):
        place = rng.randrange(len(values))
        inserted = [*values[:place], rng.getrandbits(32), *values[place:]]
        removed = values[:place] + values[place + 1 :]
        changed += [len(groups(inserted) - before), len(groups(removed) - before)]
    # Beside the place of the change; far from it, groups are found again.
    assert np.mean(changed) < 4
    assert np.percentile(changed, 90) <= 8
    assert max(changed) < len(before) / 2
