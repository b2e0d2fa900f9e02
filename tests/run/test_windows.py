from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geocairn.run.windows import Grid, intervals


@given(st.integers(1, 300), st.integers(1, 80), st.integers(0, 79))
def test_weights_sum_to_one_everywhere(length: int, tile: int, overlap: int) -> None:
    overlap = min(overlap, tile - 1)
    total = np.zeros(length)
    for one in intervals(length, tile=tile, overlap=overlap):
        total[one.start : one.stop] += one.weights
    np.testing.assert_allclose(total, 1, atol=1e-5)


@given(st.integers(1, 3000), st.integers(2, 9), st.integers(1, 9), st.sampled_from([8, 32]))
def test_starts_that_are_multiples(length: int, steps: int, shared: int, multiple: int) -> None:
    tile, overlap = steps * multiple, min(shared, steps - 1) * multiple
    found = intervals(length, tile=tile, overlap=overlap, multiple=multiple)
    total = np.zeros(length)
    for one in found:
        assert one.start % multiple == 0
        assert len(one.weights) == min(tile, length - one.start)
        total[one.start : one.stop] += one.weights
    assert found[-1].stop == length
    assert all(one.stop - two.start >= overlap for one, two in pairwise(found))
    np.testing.assert_allclose(total, 1, atol=1e-5)


def test_the_edge_of_a_window_weighs_nothing() -> None:
    one, two = intervals(100, tile=60, overlap=20)
    assert (one.weights[:40] == 1).all()
    assert (one.weights[55:] == 0).all()
    assert one.weights[49] == pytest.approx(1 - one.weights[50])
    assert (np.diff(two.weights[:20]) >= 0).all()


@pytest.mark.parametrize(
    ("length", "tile", "overlap", "multiple"),
    [(0, 4, 0, 1), (5, 4, 4, 1), (5, 4, -1, 1), (3, 4, -1, 1), (99, 32, 8, 32)],
)
def test_what_cannot_be_covered(length: int, tile: int, overlap: int, multiple: int) -> None:
    with pytest.raises(ValueError, match="cannot cover"):
        intervals(length, tile=tile, overlap=overlap, multiple=multiple)


def test_rows_that_no_later_window_touches() -> None:
    grid = Grid.over(100, 50, tile=(40, 40), overlap=10)
    assert [one.start for one in grid.rows] == [0, 30, 60]
    assert [grid.complete(n) for n in range(3)] == [30, 60, 100]
    assert len(grid) == len(list(grid)) == 6
