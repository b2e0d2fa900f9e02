"""Windows cover a raster, and their weights add up to one everywhere."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geocairn.run.windows import Grid, intervals


@given(st.integers(1, 700), st.integers(1, 200), st.data())
def test_weights_are_a_partition_of_unity(length, tile, data):
    overlap = data.draw(st.integers(0, tile - 1))
    total = np.zeros(length)
    for one in intervals(length, tile=tile, overlap=overlap):
        assert len(one.weights) == min(tile, length)
        assert (one.weights > 0).all()
        total[one.start : one.stop] += one.weights
    np.testing.assert_allclose(total, 1, rtol=0, atol=1e-6)


def test_a_pixel_under_one_window_keeps_its_value():
    first, second = intervals(100, tile=60, overlap=20)
    assert (first.weights[:40] == 1).all()
    assert (second.weights[20:] == 1).all()


def test_rows_are_complete_when_no_later_window_touches_them():
    grid = Grid.over(100, 50, tile=(40, 40), overlap=10)
    assert [row.start for row in grid.rows] == [0, 30, 60]
    assert [grid.complete(index) for index in range(3)] == [30, 60, 100]
    assert len(grid) == len(list(grid)) == 6


@pytest.mark.parametrize(("length", "tile", "overlap"), [(0, 4, 1), (9, 4, 4), (9, 4, -1)])
def test_impossible_covers_are_refused(length, tile, overlap):
    with pytest.raises(ValueError, match="cannot cover"):
        intervals(length, tile=tile, overlap=overlap)
