"""Transforms: sizes, scaling and what is said of them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geocairn.sources.importers.torchgeo.preprocessing import (
    Normalization,
    Preprocessing,
    preprocessing,
)
from geocairn.sources.importers.torchgeo.values import Call, UnreadableError


def chain(*steps: Call) -> Preprocessing:
    return preprocessing(Call("nn.Sequential", steps))


def resize(size: object) -> Call:
    return Call("T.Resize", (size,))


def normalize(mean: object, std: object) -> Call:
    return Call("T.Normalize", (), {"mean": mean, "std": std, "inplace": True})


def test_the_last_size_counts() -> None:
    done = chain(resize((256, 256)), Call("T.CenterCrop", (224,)))
    assert done.size == (224, 224)
    assert done.resize_type == ""
    assert done.steps == ("resize to 256 × 256 pixels", "crop the centre to 224 × 224 pixels")  # noqa: RUF001


@pytest.mark.parametrize(
    ("step", "size", "kind"),
    [
        (resize((10, 20)), (10, 20), "interpolation-linear"),
        (Call("T.Resize", (), {"size": (10, 20), "interpolation": 0}), (10, 20), ""),
        (resize(99), None, "interpolation-linear"),
        (Call("T.CenterCrop", (), {"size": [3, 4]}), (3, 4), "crop"),
        (Call("nn.Identity"), None, ""),
    ],
)
def test_one_step_alone(step: Call, size: tuple[int, int] | None, kind: str) -> None:
    done = preprocessing(step)
    assert (done.size, done.resize_type, done.unknown) == (size, kind, ())


def test_scaling_in_mlm_terms() -> None:
    done = chain(normalize([0], [10000]))
    assert done.combined() == Normalization((0,), (10000,))
    assert Normalization((0,), (10000,)).scaling() == ({"type": "scale", "value": 10000},)
    assert Normalization((3,), (1,)).scaling() == ({"type": "offset", "value": 3},)
    assert Normalization((1.5,), (2,)).scaling() == ({"type": "z-score", "mean": 1.5, "stddev": 2},)


def test_imagenet_after_bytes() -> None:
    done = chain(normalize([0], [255]), normalize([0.485, 0.456], [0.229, 0.224]))
    combined = done.combined()
    assert combined is not None
    assert combined.mean == (123.675, 116.28)
    assert combined.std == (58.395, 57.12)


NUMBERS = st.floats(-1e4, 1e4).map(lambda x: round(x, 3))
DEVIATIONS = st.floats(0.01, 1e4).map(lambda x: round(x, 3))


@st.composite
def normalizations(draw: st.DrawFn) -> list[tuple[list[float], list[float]]]:
    channels = draw(st.integers(1, 4))
    found = []
    for _ in range(draw(st.integers(1, 4))):
        size = draw(st.sampled_from([1, channels]))
        mean = draw(st.lists(NUMBERS, min_size=size, max_size=size))
        found.append((mean, draw(st.lists(DEVIATIONS, min_size=size, max_size=size))))
    return found


@given(normalizations(), st.floats(-1e5, 1e5))
def test_several_normalisations_are_as_one(
    given_: list[tuple[list[float], list[float]]], value: float
) -> None:
    combined = chain(*(normalize(mean, std) for mean, std in given_)).combined()
    assert combined is not None
    channels = max(len(mean) for mean, _ in given_)
    assert len(combined.mean) == len(combined.std) == channels
    for channel in range(channels):
        expected, size = value, abs(value)
        for mean, std in given_:
            m, s = mean[channel % len(mean)], std[channel % len(std)]
            expected, size = (expected - m) / s, (size + abs(m)) / s
        found = (value - combined.mean[channel]) / combined.std[channel]
        # Twelve digits are kept; what cancels out counts with its size before.
        assert math.isclose(found, expected, rel_tol=1e-8, abs_tol=1e-8 * size + 1e-9)


def test_a_step_that_is_not_understood_leaves_the_scaling_unknown() -> None:
    done = chain(normalize([0], [2]), Call("K.Gamma", (2,)), resize((4, 4)))
    assert done.unknown == ("K.Gamma",)
    assert done.combined() is None
    assert done.size == (4, 4)


@pytest.mark.parametrize(
    "step",
    [
        normalize([0], [0]),
        normalize([0], [-1]),
        normalize([], [1]),
        normalize(["a"], [1]),
        normalize(None, [1]),
        normalize([1, 2], [1, 2, 3]),
        resize(0),
        resize((1, 2, 3)),
        resize((1.5, 2)),
        Call("T.CenterCrop"),
    ],
)
def test_impossible_arguments_are_refused(step: Call) -> None:
    with pytest.raises(UnreadableError):
        chain(step)


def test_statistics_of_different_channels_cannot_be_combined() -> None:
    done = chain(normalize([1, 2], [1, 2]), normalize([1, 2, 3], [1, 2, 3]))
    with pytest.raises(UnreadableError, match=r"of 2 and of 3|of 3 and of 2"):
        done.combined()


def test_no_transforms_say_nothing() -> None:
    assert preprocessing(None) == Preprocessing()
