"""Which windows a scene is gone through by, where the user says nothing."""

from __future__ import annotations

from typing import Any

import pytest

from geocairn.errors import InputError
from geocairn.run.planning import Plan
from geocairn.run.scenes import Place


def plan(height: int, width: int, **changes: Any) -> Plan:
    options = {"fixed": None, "usual": None, "tile": None, "overlap": None, "batch": 1}
    return Plan.make(Place(height, width, None, None), **{**options, "shared": True, **changes})


@pytest.mark.parametrize(
    ("usual", "local", "tile", "overlap"),
    [
        (None, False, 512, 128),
        ((512, 512), False, 512, 128),
        ((224, 224), False, 224, 64),
        (None, True, 1024, 256),
        ((512, 512), True, 1024, 256),
        ((224, 224), True, 896, 224),
        ((2048, 2048), True, 2048, 512),
        ((24, 24), False, 24, 6),
    ],
)
def test_size_and_overlap(
    usual: tuple[int, int] | None, local: bool, tile: int, overlap: int
) -> None:
    found = plan(5000, 7000, usual=usual, local=local)
    assert found.tile == found.size == (tile, tile)
    assert found.overlap == overlap


def test_what_the_network_or_the_user_insists_on() -> None:
    fixed = plan(5000, 5000, fixed=(256, 256), usual=(256, 256), local=True)
    assert (fixed.tile, fixed.size, fixed.overlap) == ((256, 256), (256, 256), 64)
    chosen = plan(5000, 5000, fixed=(256, 256), tile=300, overlap=10, local=True)
    assert (chosen.tile, chosen.size, chosen.overlap) == ((300, 300), (256, 256), 10)


def test_larger_windows_come_in_smaller_batches() -> None:
    assert plan(5000, 5000, usual=(512, 512), batch=8, local=True).batch == 2
    assert plan(5000, 5000, usual=(256, 256), batch=8, local=True).batch == 1
    assert plan(5000, 5000, usual=(256, 256), batch=8).batch == 8


def test_a_scene_of_one_window_is_run_at_once() -> None:
    found = plan(1000, 700, usual=(512, 512), local=True)
    assert found.tile == (1024, 704)
    assert len(found.grid) == 1


def test_a_narrow_scene_shares_as_much_as_a_wide_one() -> None:
    found = plan(5000, 40, usual=(512, 512), local=True)
    assert found.tile == (1024, 64)
    assert found.overlap == 256
    assert [one.start for one in found.grid.rows] == [0, 768, 1536, 2304, 3072, 3840, 3976]
    with pytest.raises(InputError, match="cannot share 1024"):
        plan(5000, 40, usual=(512, 512), local=True, overlap=1024)


def test_every_window_starts_at_a_multiple_of_32() -> None:
    found = plan(10_000, 10_000, usual=(512, 512), local=True).with_cell((1024, 1024)).grid
    assert all(one.start % 32 == 0 for one in (*found.rows, *found.columns))
    assert len(found.rows[-1].weights) == 1008
    coarse = plan(10_000, 10_000, usual=(512, 512)).with_cell((128, 128)).grid
    assert all(one.start % 8 == 0 for one in coarse.rows)
    assert coarse.rows[-1].stop == 2500


def test_windows_that_share_nothing_are_whole() -> None:
    found = plan(5000, 5000, usual=(512, 512), shared=False)
    assert found.overlap == 0
    assert found.grid.rows[-1].start == 5000 - 512
