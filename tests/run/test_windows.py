from __future__ import annotations

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


@pytest.mark.parametrize(("length", "tile", "overlap"), [(0, 4, 0), (5, 4, 4), (5, 4, -1)])
def test_what_cannot_be_covered(length: int, tile: int, overlap: int) -> None:
    with pytest.raises(ValueError, match="cannot cover"):
        intervals(length, tile=tile, overlap=overlap)


def test_rows_that_no_later_window_touches() -> None:
    grid = Grid.over(100, 50, tile=(40, 40), overlap=10)
    assert [one.start for one in grid.rows] == [0, 30, 60]
    assert [grid.complete(n) for n in range(3)] == [30, 60, 100]
    assert len(grid) == len(list(grid)) == 6
