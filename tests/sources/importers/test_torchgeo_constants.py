"""Reading constants: the same values as Python's, and nothing but constants."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geocairn.sources.importers.torchgeo.constants import Reader
from geocairn.sources.importers.torchgeo.values import Call, Symbol, UnreadableError


def read(source: str, **names: Any) -> Any:
    def scope(name: str) -> Any:
        if name in names:
            return names[name]
        raise UnreadableError(f"nothing here says what {name} is")

    return Reader(scope).read(ast.parse(source, mode="eval").body)


@pytest.mark.parametrize(
    "source",
    [
        "None",
        "True",
        "'a' 'b'",
        "-1.5",
        "+2",
        "[1, *(2, 3), 'x']",
        "{'a': 1, **{'b': 2}} | {'a': 3}",
        "[1] + [2]",
        "(1,) + (2,)",
        "'B' + '1'",
        "(3 * 5 - 2) / 4 // 1 % 7 + 2 ** 3",
        "1 / 255",
        "tuple(f'B{i:02}' for i in range(1, 12))",
        "[f'{x}-{y}' for y in ('a', 'b') for x in 'z'][0:0] if False else []"[-2:],
        "list(range(5, 0, -2))",
        "[i * 2 for i in [1, 2]]",
        "f'{7:3}{5:02d}'",
    ],
)
def test_reads_what_python_reads(source: str) -> None:
    assert read(source) == eval(source)


LITERALS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**200), 2**200)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
)


@given(LITERALS)
def test_every_literal_comes_back(value: object) -> None:
    assert read(repr(value)) == value


def test_arrays_take_part_in_arithmetic() -> None:
    assert read("(np.array(a) - np.array(b)).tolist()", a=[3, 5], b=(1, 1)) == [2, 4]
    assert read("(numpy.array([1, 2]) * 2).tolist()") == [2, 4]
    assert read("(10 - np.array([1, 2])).tolist()") == [9, 8]


def test_calls_are_described_not_made() -> None:
    call = read("nn.Sequential(T.Resize((2, 3)), T.Normalize(mean=[0], std=f(), to=T.X.Y))")
    assert call == Call(
        "nn.Sequential",
        (
            Call("T.Resize", ((2, 3),)),
            Call("T.Normalize", (), {"mean": [0], "std": Call("f"), "to": Symbol("T.X.Y")}),
        ),
    )
    assert call.kind == "Sequential"


def test_an_unreadable_argument_leaves_the_others() -> None:
    call = read("Weights(url='u', meta=unknown, transforms=lambda x: x)")
    assert call.kwargs == {"url": "u"}
    assert call.unreadable == {
        "meta": "nothing here says what unknown is",
        "transforms": "it holds a Lambda (line 1)",
    }


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("b'x'", "bytes"),
        ("1j", "complex"),
        ("...", "ellipsis"),
        ("x if x else 1", "IfExp"),
        ("(lambda: 1)()", "calls an expression"),
        ("[].append", "attribute of an expression"),
        ("not 1", "Not"),
        ("'a' * 9", "combines a str with a int"),
        ("1 @ 2", "MatMult"),
        ("1 / 0", "division by zero"),
        ("9 ** 9 ** 9", "large power"),
        ("(2 ** 64) ** 64", "very large number"),
        ("(-8) ** 0.5", "real numbers"),
        ("1e308 * 10 ** 60", "very large"),
        ("1e999", "very large"),
        (str(2**300), "very large"),
        ("range(0, 1, 0)", "step 0"),
        ("range(10 ** 30)", "very long"),
        ("range(1.5)", "whole numbers"),
        ("[i for i in range(3) if i]", "several parts"),
        ("[i for i in range(3) for j in range(3)]", "several parts"),
        ("[i for i, j in []]", "several names"),
        ("tuple('abc')", "goes through a str"),
        ("f'{1.5:.2f}'", "formats"),
        ("f'{1:9999999999}'", "formats"),
        ("f'{1!r}'", "formats"),
        ("{**[1]}", "no dictionary"),
        ("{(): 1}", "neither text nor number"),
        ("np.array(['a'])", "other than numbers"),
        ("np.array([1, 2]) - np.array([1])", "combines"),
        ("[" * 70 + "]" * 70, "too deeply"),
        ("[i for i in range(10000)] + [1]", "very long"),
    ],
)
def test_more_than_a_constant_is_refused(source: str, message: str) -> None:
    with pytest.raises(UnreadableError, match=message):
        read(source)


def test_work_is_bounded() -> None:
    # Without the bound this would take days.
    with pytest.raises(UnreadableError, match="too much work"):
        read("[[[k for k in range(9999)] for j in range(9999)] for i in range(9999)]")
