"""Evidence as it is written, read and refused; comparisons and scalings by themselves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geocairn.errors import InputError
from geocairn.sources import evidence_path
from geocairn.verification import Evidence, Reproduction, read_evidence
from geocairn.verification.comparing import compare
from geocairn.verification.evidence import parse_evidence
from geocairn.verification.scaling import activated, activation_of, scaled

CHECKSUM = "1220" + "ab" * 32
EVIDENCE = Evidence(
    item="tiny-unet-1.0.0",
    time="2026-01-02T03:04:05Z",
    input=CHECKSUM,
    output=CHECKSUM,
    absolute=1e-4,
    relative=1e-3,
    versions={"onnxruntime": "1.19.0"},
    machine="Linux x86_64",
    isolation=("seccomp",),
    models=(
        Reproduction(
            asset="model",
            checksum=CHECKSUM,
            size=100,
            agrees=True,
            values=4,
            absolute=1e-6,
            sweep=({"batch": 2, "problem": ""},),
        ),
    ),
)


def test_evidence_comes_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "e.json"
    path.write_bytes(EVIDENCE.to_json())
    assert read_evidence(path) == EVIDENCE
    assert read_evidence(tmp_path / "absent.json") is None


def test_evidence_lies_as_its_item_does(tmp_path: Path) -> None:
    folder = tmp_path / "catalog/floods/tiny-unet/1.0.0"
    assert evidence_path(folder) == Path("floods/tiny-unet/1.0.0.json")


@pytest.mark.parametrize(
    "change",
    [
        {"format": "other"},
        {"models": None},
        {"models": [{}]},
        {"input": "no hash"},
        {"time": "yesterday"},
        {"absolute": -1},
        {"absolute": True},
        {"machine": "x" * 500},
        {"versions": {"a": 1}},
        {"isolation": [None]},
        {"more": 1},
    ],
)
def test_what_is_no_evidence_is_refused(change: dict[str, Any]) -> None:
    document = json.loads(EVIDENCE.to_json()) | change
    with pytest.raises(InputError, match="no evidence that can be read") as caught:
        parse_evidence(json.dumps(document).encode(), where="here")
    assert caught.value.where == "here"


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"\xff", b" " * (1 << 19), b'{"a":1,"a":1}'])
def test_bytes_that_are_no_evidence_are_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        parse_evidence(data)


FLOATS = arrays(np.float32, st.integers(1, 20), elements=st.floats(-1e3, 1e3, width=32))


@given(FLOATS)
def test_an_array_agrees_with_itself_and_not_with_another(values: Any) -> None:
    assert compare(values, values, absolute=0, relative=0).agrees
    moved = values.copy()
    moved[0] += 1 + abs(moved[0])
    judged = compare(moved, values, absolute=1e-4, relative=1e-3)
    assert not judged.agrees
    assert judged.outside == 1
    assert judged.absolute == pytest.approx(1 + abs(values[0]), rel=1e-3)


@pytest.mark.parametrize(
    ("found", "expected", "agrees"),
    [
        ([np.nan], [np.nan], True),
        ([np.nan], [1.0], False),
        ([1.0], [np.nan], False),
        ([np.inf], [np.inf], True),
        ([np.inf], [-np.inf], False),
        ([1e30], [np.inf], False),
        ([1.00005], [1.0], True),
        ([100.05], [100.0], True),
        ([0.0002], [0.0], False),
        ([], [], False),
    ],
)
def test_odd_values_are_compared_as_said(
    found: list[float], expected: list[float], agrees: bool
) -> None:
    judged = compare(np.array(found), np.array(expected), absolute=1e-4, relative=1e-3)
    assert judged.agrees == agrees
    assert not np.isnan(judged.absolute)
    assert not np.isnan(judged.relative)


RAW = np.arange(8.0).reshape(2, 2, 2)


@pytest.mark.parametrize(
    ("scaling", "expected"),
    [
        ([], RAW),
        ([{"type": "min-max", "minimum": 1, "maximum": 3}], (RAW - 1) / 2),
        ([{"type": "z-score", "mean": 2, "stddev": 4}], (RAW - 2) / 4),
        ([{"type": "clip", "minimum": 1, "maximum": 3}], RAW.clip(1, 3)),
        ([{"type": "clip-min", "minimum": 3}], RAW.clip(3, None)),
        ([{"type": "clip-max", "maximum": 3}], RAW.clip(None, 3)),
        ([{"type": "offset", "value": 3}], RAW - 3),
        ([{"type": "scale", "value": 4}], RAW / 4),
        (
            [{"type": "offset", "value": 1}, {"type": "scale", "value": 2}],
            np.stack([RAW[0] - 1, RAW[1] / 2]),
        ),
    ],
)
def test_pixels_are_scaled_as_the_extension_says(scaling: list[Any], expected: Any) -> None:
    found = scaled(RAW, scaling)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@pytest.mark.parametrize(
    "scaling", [[{"type": "processing"}], [{"type": "scale", "value": 1}] * 3, [{}]]
)
def test_scalings_that_need_more_are_refused(scaling: list[Any]) -> None:
    with pytest.raises(ValueError, match="scaling"):
        scaled(RAW, scaling)


def test_activations_are_those_named() -> None:
    assert activation_of(None) == ""
    assert activation_of({"expression": "torch.sigmoid"}) == "sigmoid"
    assert activation_of({"expression": "torch.nn.Softmax(dim=1)"}) == "softmax"
    with pytest.raises(ValueError, match="own code"):
        activation_of({"expression": "mine:decode"})
    values = np.array([[-800.0, 0.0, 800.0]])
    np.testing.assert_allclose(activated(values, "sigmoid", axis=1), [[0, 0.5, 1]])
    np.testing.assert_allclose(activated(values, "softmax", axis=1).sum(), 1)
