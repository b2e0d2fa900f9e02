"""Builds the hub that every engine is asked about."""

from __future__ import annotations

from pathlib import Path

from tests.conformance import make_items

from geocairn.build import BuildOptions, build


def build_hub(target: Path) -> Path:
    # Many of these items are wrong on purpose, and a search must cope with them: only what the
    # hub cannot do without (distinct ids) is checked.
    options = BuildOptions(jobs=1, select=("HUB001",))
    result = build([str(make_items.TARGET)], target, options=options)
    assert result.items == len(make_items.make())
    return target
