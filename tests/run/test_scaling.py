from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from geocairn.errors import InputError
from geocairn.run.scaling import cast, compile_scaling

RAW = np.arange(24, dtype=np.uint16).reshape(2, 3, 4) * 100


def scaled(*steps: Any, names: tuple[str, ...] = ("red", "nir")) -> Any:
    return compile_scaling(steps, names=names, where="item")(RAW)


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ({"type": "min-max", "minimum": 100, "maximum": 1100}, (RAW - 100.0) / 1000),
        ({"type": "z-score", "mean": 50, "stddev": 4}, (RAW - 50.0) / 4),
        ({"type": "clip", "minimum": 300, "maximum": 700}, RAW.clip(300, 700)),
        ({"type": "clip-min", "minimum": 300}, RAW.clip(300)),
        ({"type": "clip-max", "maximum": 300}, RAW.clip(None, 300)),
        ({"type": "offset", "value": 10}, RAW - 10.0),
        ({"type": "scale", "value": 10_000}, RAW / 10_000),
        ({"type": None}, RAW),
        (
            {"type": "processing", "format": "gdal-calc", "expression": "A * (A <= 500)"},
            RAW * (RAW <= 500),
        ),
    ],
)
def test_every_type_for_all_bands(step: dict[str, Any], expected: Any) -> None:
    found = scaled(step)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_one_for_each_band_and_none_for_another() -> None:
    found = scaled({"type": "scale", "value": 100}, None)
    np.testing.assert_allclose(found[0], RAW[0] / 100)
    np.testing.assert_allclose(found[1], RAW[1])


def test_expressions_may_speak_of_other_bands() -> None:
    step = {"type": "processing", "format": "numpy", "expression": "red / (nir + 1)"}
    np.testing.assert_allclose(scaled(step, None)[0], RAW[0] / (RAW[1] + 1.0), rtol=1e-6)


def test_nothing_at_all() -> None:
    np.testing.assert_array_equal(scaled(), RAW)


def test_what_holds_no_data_is_zero_afterwards() -> None:
    valid = np.ones((3, 4), bool)
    valid[1, 2] = False
    scaling = compile_scaling([{"type": "offset", "value": -5}], names=("a", "b"), where="item")
    found = scaling(RAW, valid=valid)
    assert (found[:, 1, 2] == 0).all()
    assert (found[:, valid] > 0).all()


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([{"type": "scale", "value": 1}] * 3, "3 scalings for 2 bands"),
        ([{"type": "scale"}], "needs a number 'value'"),
        ([{"type": "z-score", "mean": 0, "stddev": 0}], "divides by zero"),
        ([{"type": "min-max", "minimum": 5, "maximum": 5}], "divides by zero"),
        ([{"type": "scale", "value": True}], "needs a number"),
        ([{"type": "scale", "value": float("nan")}], "needs a number"),
        ([{"type": "norm-l2"}], "'norm-l2'"),
        ([{"type": "processing", "format": "python", "expression": "a.b:c"}], "'processing'"),
        ([{"type": "processing", "format": "numpy", "expression": "x + y"}], "speaks of x, y"),
    ],
)
def test_what_cannot_be_applied_is_said(steps: list[Any], said: str) -> None:
    with pytest.raises(InputError, match="value_scaling|" + said) as caught:
        scaled(*steps)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [
        ("uint8", [0, 0, 3, 255]),
        ("int16", [-7, 0, 3, 300]),
        ("float16", [-7.4, 0.4, 2.6, 300.0]),
        ("float32", [-7.4, 0.4, 2.6, 300.0]),
    ],
)
def test_whole_numbers_are_rounded_and_kept_in_range(dtype: str, expected: list[float]) -> None:
    found = cast(np.array([-7.4, 0.4, 2.6, 300.0], np.float32), dtype)
    assert found.dtype == dtype
    np.testing.assert_allclose(found, np.array(expected, dtype))


def test_numbers_beyond_all_integers_do_not_turn_around() -> None:
    assert cast(np.array([1e30, np.nan], np.float32), "int64").tolist() == [2**63 - 2**39, 0]
