"""Whatever is broken in a hub is named, with its code and its file, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.doctor.drifts import DRIFTS, Drift
from tests.server import Server

from geocairn.doctor import RULES, examine
from geocairn.findings import Report


def told(report: Report) -> str:
    return report.to_text()


@pytest.mark.parametrize("drift", DRIFTS, ids=lambda drift: drift.name)
def test_drift_is_named(hub: Path, drift: Drift) -> None:
    drift.act(hub)
    report = examine(str(hub))
    assert set(report.counts) == set(drift.codes), told(report)
    blamed = [finding for finding in report.kept if finding.code == drift.codes[0]]
    assert drift.file in {finding.origin for finding in blamed}, told(report)
    for finding in report.kept:
        assert finding.severity == "error"
        assert finding.remedy == RULES[finding.code].remedy
        assert finding.message
        assert finding.message[0] != " "


def test_every_code_is_found_by_some_test() -> None:
    found = {code for drift in DRIFTS for code in drift.codes}
    assert set(RULES) - found == {"DOC013"}  # needs row groups larger than those of a small hub


@pytest.mark.parametrize(
    "drift",
    [
        d
        for d in DRIFTS
        if d.name
        in (
            "item_file_removed",
            "item_property_changed",
            "table_row_removed",
            "manifest_has_another_size",
            "index_cut_off",
            "terms_cut_off",
            "card_changed",
            "asset_changed",
            "table_removed",
        )
    ],
    ids=lambda drift: drift.name,
)
def test_drift_is_named_behind_a_url(
    hub: Path, drift: Drift, serve: Callable[[Path], Server]
) -> None:
    drift.act(hub)
    report = examine(serve(hub).url)
    assert set(report.counts) == set(drift.codes), told(report)
