"""A build that continues from the last one gives what a build from nothing gives."""

from __future__ import annotations

import copy
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.build.edits import Catalog
from tests.items import model, models, write_catalog, write_lines
from tests.trees import differences, tree

from geocairn.build import BuildOptions, build
from geocairn.checks import SchemaStore
from geocairn.swap import state_folder


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("seed", range(4))
def test_random_edits(tmp_path: Path, options: BuildOptions, seed: int) -> None:
    catalog = Catalog(seed)
    folder, hub = tmp_path / "catalog", tmp_path / "hub"
    for step in range(9):
        catalog.sync(folder)
        build([str(folder)], hub, options=options)
        fresh = tmp_path / f"fresh{step}"
        build([str(folder)], fresh, options=options)
        assert differences(tree(hub), tree(fresh)) == [], catalog.log
        shutil.rmtree(fresh)
        shutil.rmtree(state_folder(fresh))
        catalog.edit()


def versions(*numbers: str) -> list[dict[str, Any]]:
    return [model("x", version=number) for number in numbers]


def rebuilt(tmp_path: Path, options: BuildOptions, *steps: list[dict[str, Any]]) -> Path:
    """Build one list of items after the other; the last must be as if built first."""
    path = tmp_path / "some.ndjson"
    for items in steps:
        write_lines(path, items)
        build([str(path)], tmp_path / "hub", options=options)
    build([str(path)], tmp_path / "fresh", options=options)
    assert differences(tree(tmp_path / "hub"), tree(tmp_path / "fresh")) == []
    return tmp_path / "hub"


def relations(hub: Path, item: str) -> dict[str, str]:
    links = json.loads((hub / f"floods/{item}/{item}.json").read_text())["links"]
    return {link["rel"]: link["href"] for link in links if link["rel"].endswith("-version")}


def test_version_links_follow_versions_that_come_and_go(
    tmp_path: Path, options: BuildOptions
) -> None:
    hub = rebuilt(tmp_path, options, versions("1.9"), versions("1.9", "1.10"))
    assert relations(hub, "x-1.9") == {
        "successor-version": "../x-1.10/x-1.10.json",
        "latest-version": "../x-1.10/x-1.10.json",
    }
    shutil.rmtree(tmp_path / "fresh")
    hub = rebuilt(tmp_path, options, versions("1.9", "1.10", "2.0"), versions("1.9"))
    assert relations(hub, "x-1.9") == {}


def test_version_links_stay_when_something_else_changes(
    tmp_path: Path, options: BuildOptions
) -> None:
    other = model("y")
    changed = copy.deepcopy(other)
    changed["properties"]["gsd"] = 3
    hub = rebuilt(tmp_path, options, [*versions("1", "2"), other], [*versions("1", "2"), changed])
    assert relations(hub, "x-2") == {"predecessor-version": "../x-1/x-1.json"}


def test_the_order_of_members_is_the_sources(tmp_path: Path, options: BuildOptions) -> None:
    item = dict(reversed(model("x", version="1").items()))
    hub = rebuilt(tmp_path, options, [item, model("x", version="2")], [item])
    published = json.loads((hub / "floods/x-1/x-1.json").read_text())
    assert list(published) == list(item)


def test_of_twins_the_first_stays_and_the_second_takes_over(
    tmp_path: Path, options: BuildOptions
) -> None:
    first, second = model("x", title="First"), model("x", title="Second")
    hub = rebuilt(tmp_path, options, [first, second])
    published = hub / "floods/x-1.2.0/x-1.2.0.json"
    assert json.loads(published.read_text())["properties"]["title"] == "First"
    shutil.rmtree(tmp_path / "fresh")
    # In chunks of their own, so that the second is not read again.
    pair = [tmp_path / "a.ndjson", tmp_path / "b.ndjson"]
    write_lines(pair[0], [first])
    write_lines(pair[1], [second])
    both, one = [str(path) for path in pair], [str(pair[1])]
    for sources, title in (
        (both, "First"),
        (one, "Second"),
        (both[::-1], "Second"),
        (both, "First"),
    ):
        result = build(sources, hub, options=options)
        assert result.items == 1
        assert result.left_out == len(sources) - 1
        assert json.loads(published.read_text())["properties"]["title"] == title


def test_a_revert_is_no_old_news(
    tmp_path: Path, options: BuildOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed right after the swap, the hub is not the one that the state tells of."""
    items = models(3)
    path = write_lines(tmp_path / "some.ndjson", items)
    hub = tmp_path / "hub"
    build([str(path)], hub, options=options)
    before = tree(hub)
    changed = copy.deepcopy(items)
    # The manifest does not show this change.
    changed[0]["properties"]["mlm:hyperparameters"]["epochs"] = 61
    write_lines(path, changed)

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("geocairn.build.cache.Cache.save", die)
        with pytest.raises(Killed):
            build([str(path)], hub, options=options)
    assert differences(before, tree(hub)) != []
    write_lines(path, items)
    assert not build([str(path)], hub, options=options).unchanged
    assert differences(before, tree(hub)) == []


def test_without_its_state_a_hub_is_put_right(tmp_path: Path, options: BuildOptions) -> None:
    catalog = Catalog(7)
    catalog.sync(tmp_path / "catalog")
    hub, folder = tmp_path / "hub", [str(tmp_path / "catalog")]
    build(folder, hub, options=options)
    expected = tree(hub)
    (hub / "c0" / "gone").mkdir()
    (hub / "c0" / "gone" / "gone.json").write_text("{}")
    (hub / "c9").mkdir()
    (hub / "c9" / "collection.json").write_text("{}")
    (hub / "c1" / "collection.json").write_text("damaged")
    (hub / "CNAME").write_text("not ours")
    shutil.rmtree(tmp_path / ".hub.geocairn")
    build(folder, hub, options=options)
    assert differences(tree(hub), expected | {"CNAME": b"not ours"}) == []


def test_a_damaged_hub_is_put_right_by_a_fresh_build(tmp_path: Path, options: BuildOptions) -> None:
    path = write_lines(tmp_path / "some.ndjson", models(5))
    hub = tmp_path / "hub"
    build([str(path)], hub, options=options)
    expected = tree(hub)
    for damaged in ("catalog.json", "c0/items.parquet", "search/terms.parquet"):
        (hub / damaged).write_bytes(b"damaged")
    assert build([str(path)], hub, options=options).unchanged
    build([str(path)], hub, options=replace(options, fresh=True))
    assert differences(tree(hub), expected) == []


def test_a_file_beside_an_item_counts_as_input(tmp_path: Path, options: BuildOptions) -> None:
    item = model("x")
    item["assets"]["local"] = {"href": "data/one.txt", "type": "text/plain", "roles": ["data"]}
    write_catalog(tmp_path / "catalog", [item])
    file = tmp_path / "catalog/floods/x/1.2.0/data/one.txt"
    file.parent.mkdir()
    hub = tmp_path / "hub"
    published = hub / "floods/x-1.2.0"
    for text in ("one", "three"):
        file.write_text(text)
        build([str(tmp_path / "catalog")], hub, options=options)
        assert (published / "data/one.txt").read_text() == text
        asset = json.loads((published / "x-1.2.0.json").read_text())["assets"]["local"]
        assert asset["file:size"] == len(text)
    # Local files of a static catalog do, too.
    file = hub / "floods/x-1.2.0/data/one.txt"
    for text in ("four", "sixteen"):
        file.write_text(text)
        build([str(hub)], tmp_path / "copy", options=options)
        assert (tmp_path / "copy/floods/x-1.2.0/data/one.txt").read_text() == text


def test_a_schema_that_was_out_of_reach_is_tried_again(
    tmp_path: Path, schemas: Path, options: BuildOptions
) -> None:
    item = model("x")
    item["stac_extensions"].append("https://example.org/late/schema.json")
    path = write_lines(tmp_path / "some.ndjson", [item])
    late = tmp_path / "schemas"
    shutil.copytree(schemas, late)
    store = SchemaStore(late, offline=True)
    result = build([str(path)], tmp_path / "hub", options=replace(options, store=store))
    assert result.left_out == 1
    (late / "example.org/late").mkdir(parents=True)
    (late / "example.org/late/schema.json").write_text("{}")
    store = SchemaStore(late, offline=True)
    result = build([str(path)], tmp_path / "hub", options=replace(options, store=store))
    assert (result.items, result.left_out, result.report.errors) == (1, 0, 0)
