"""The same items give the same bytes, however they come and whoever works on them."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
from tests.items import collection, model, models, write_lines
from tests.trees import differences, tree

from geocairn.build import BuildOptions, build
from geocairn.build import pipeline as stages
from geocairn.config import HubConfig


def several() -> list[dict]:
    """Items with versions, odd values and enough of each collection for pages."""
    versions = [model("a", collection="c0", version=v) for v in ("1.9", "1.10", "2.0-rc1", "2.0")]
    odd = model("odd", collection="c1", mlm__hyperparameters={"n": 2**70, "x": None, "y": []})
    return [*models(40), *versions, odd]


def test_jobs_make_no_difference(
    tmp_path: Path, options: BuildOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Small as it is, everything goes through processes.
    monkeypatch.setattr(stages, "_WORTH_A_POOL", 0)
    monkeypatch.setattr("geocairn.build.tables._ROWS_WORTH_A_POOL", 0)
    monkeypatch.setattr("geocairn.sources.lines._SMALLEST", 6000)
    monkeypatch.setattr("geocairn.sources.lines._ODDS", 2)
    monkeypatch.setattr("geocairn.build.gather._SMALLEST_GROUP", 4)
    monkeypatch.setattr("geocairn.build.gather._LARGEST_GROUP", 12)
    path = write_lines(tmp_path / "some.ndjson", several())
    for jobs in (1, 2, 3):
        build([str(path)], tmp_path / f"hub{jobs}", options=replace(options, jobs=jobs))
    one = tree(tmp_path / "hub1")
    assert differences(one, tree(tmp_path / "hub2")) == []
    assert differences(one, tree(tmp_path / "hub3")) == []


@pytest.mark.usefixtures("small_parts")
def test_order_and_files_of_the_input_make_no_difference(
    tmp_path: Path, options: BuildOptions
) -> None:
    items = several()
    rng = random.Random(5)
    trees = []
    for attempt in range(4):
        parts = rng.choice([1, 2, 5])
        paths = [
            str(write_lines(tmp_path / f"{attempt}-{part}.ndjson", items[part::parts]))
            for part in range(parts)
        ]
        described = tmp_path / f"described{attempt}"
        for name in ("c0", "c1"):
            (described / name).mkdir(parents=True)
            text = json.dumps(collection(name))
            (described / name / "collection.json").write_text(text)
        sources = rng.sample([*paths, str(described)], parts + 1)
        build(sources, tmp_path / f"hub{attempt}", options=options)
        trees.append(tree(tmp_path / f"hub{attempt}"))
        rng.shuffle(items)
    for other in trees[1:]:
        assert differences(trees[0], other) == []


def test_the_environment_makes_no_difference(
    tmp_path: Path, options: BuildOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing in a hub says when, where or by whom it was built."""
    path = write_lines(tmp_path / "some.ndjson", several())
    build([str(path)], tmp_path / "hub", options=options)
    for name, value in (("SOURCE_DATE_EPOCH", "1"), ("TZ", "Asia/Kathmandu"), ("LC_ALL", "C")):
        monkeypatch.setenv(name, value)
    elsewhere = tmp_path / "deep" / "er"
    elsewhere.mkdir(parents=True)
    monkeypatch.chdir(elsewhere)
    build(["../../some.ndjson"], Path("other"), options=options)
    assert differences(tree(tmp_path / "hub"), tree(elsewhere / "other")) == []


def test_settings_are_in_the_hub(tmp_path: Path, options: BuildOptions) -> None:
    """A build that only differs in its settings is not taken for the same."""
    path = write_lines(tmp_path / "some.ndjson", models(3))
    hub = tmp_path / "hub"
    for config in (HubConfig(), HubConfig(url="https://example.org/"), HubConfig(title="Ours")):
        changed = replace(options, config=config)
        assert not build([str(path)], hub, options=changed).unchanged
        fresh = tmp_path / f"fresh-{config.title}-{bool(config.url)}"
        build([str(path)], fresh, options=changed)
        assert differences(tree(hub), tree(fresh)) == []
    assert build([str(path)], hub, options=changed).unchanged
