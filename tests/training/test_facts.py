"""Facts survive their file, and nothing else passes for them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.training.runs import facts_of

from geocairn_training.errors import RunError
from geocairn_training.facts import RunFacts
from geocairn_training.models.task import SegmentationTask


@pytest.fixture
def facts() -> RunFacts:
    return facts_of(SegmentationTask(width=2, depth=1))


def test_a_round_trip_changes_nothing(facts: RunFacts, tmp_path: Path) -> None:
    facts.write(tmp_path)
    assert RunFacts.read(tmp_path) == facts


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda value: value.pop("activation"), "activation"),
        (lambda value: value.update(extra=1), "extra"),
        (lambda value: value.update(seed="7"), r"\$\.seed"),
        (lambda value: value.update(activation="tanh"), r"\$\.activation"),
        (lambda value: value["statistics"].update(mean=[1, "x", 3]), r"\$\.statistics\.mean\[1\]"),
        (lambda value: value.update(bbox=[0, 1, 2]), r"\$\.bbox"),
        (lambda value: value.update(seed=True), r"\$\.seed"),
    ],
)
def test_faults_are_named_by_their_place(facts: RunFacts, change: object, place: str) -> None:
    value = json.loads(facts.to_json())
    change(value)
    with pytest.raises(RunError, match=place):
        RunFacts.from_json(json.dumps(value).encode())


def test_an_unfinished_run_has_no_facts(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="not the folder of a finished run"):
        RunFacts.read(tmp_path)
