"""Evidence as it is written, read and refused; comparisons by themselves."""

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
