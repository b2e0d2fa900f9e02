from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geocairn.errors import InputError
from geocairn.run.expressions import is_entry_point, parse

RED = np.array([[1.0, 2.0], [3.0, 0.0]], np.float32)
NIR = np.array([[3.0, 2.0], [1.0, 0.0]], np.float32)
VALUES = {"red": RED, "nir": NIR}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(nir - red) / (nir + red)", [[0.5, 0.0], [-0.5, np.nan]]),
        ("np.log1p(red) * 2", 2 * np.log1p(RED)),
        ("where(red > 1, nir, -1)", [[-1, 2], [1, -1]]),
        ("red ** 2", RED**2),
        ("10 ** 200 * red", np.where(RED == 0, 0, np.inf)),
        ("1 < red < 3", [[0, 1], [0, 0]]),
        ("red > 1 and nir > 1", [[0, 1], [0, 0]]),
        ("(red > 1) & (nir > 1)", [[0, 1], [0, 0]]),
        ("red * logical_or(red <= 1, red >= 3)", [[1, 0], [3, 0]]),
        ("-red if nir > 1 else red", [[-1, -2], [3, 0]]),
        ("maximum(red, nir)", np.maximum(RED, NIR)),
        ("5", 5),
        ("red % 2 + red // 2", [[1, 1], [2, 0]]),
        ("not (red > 1)", [[1, 0], [0, 1]]),
    ],
)
def test_arithmetic_is_what_numpy_makes_of_it(text: str, expected: Any) -> None:
    found = parse(text, where="item")(VALUES)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, np.broadcast_to(expected, found.shape), rtol=1e-6)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "red.__class__",
        "red[0]",
        "[one for one in red]",
        "lambda: 1",
        "open('/etc/passwd')",
        "exp(red, out=nir)",
        "exp(*red)",
        "'red'",
        "f'{red}'",
        "(x := red)",
        "np.linalg.inv(red)",
        "where(red)",
        "1e999",
        "abs(" * 80 + "red" + ")" * 80,
        "-" * 500 + "red",
        "red +",
        "red; nir",
        "red" * 1000,
        "",
        None,
        {"op": "+"},
        True,
    ],
)
def test_whatever_is_no_arithmetic_is_refused(text: Any) -> None:
    with pytest.raises(InputError, match="cannot be computed"):
        parse(text, where="item", path="$.x")


@given(st.text(st.characters(max_codepoint=126), max_size=60))
def test_no_text_gets_through_to_python(text: str) -> None:
    try:
        found = parse(text, where="item")
    except InputError:
        return
    assert set(found.names) <= set(re.findall(r"\w+", text))


def test_names_are_told_in_order() -> None:
    assert parse("nir - red * nir", where="item").names == ("nir", "red")


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("package.module:function", True),
        ("torch.sigmoid", True),
        ("red", False),
        ("red - nir", False),
        (3, False),
    ],
)
def test_entry_points_are_told_from_arithmetic(text: Any, is_one: bool) -> None:
    assert is_entry_point(text) is is_one
