"""``geocairn build``: what it makes and says."""

from __future__ import annotations

import copy
import gzip
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import pystac
import pytest
from tests.cli.build.documents import lines, without
from tests.items import model, models, write_catalog, write_lines
from tests.running import Ran
from tests.trees import differences, tree

Build = Callable[..., Ran]
Capture = pytest.CaptureFixture[str]


def test_a_build_says_what_it_made(geocairn: Build) -> None:
    write_catalog(Path("catalog"), models(5))
    first = geocairn("-o", "hub")
    assert first.code == 0
    assert first.out.startswith("hub: 5 items in 2 collections (5 read anew in ")
    assert first.err == ""
    again = geocairn("-o", "hub")
    assert again.code == 0
    assert again.out.startswith("hub is up to date: 5 items (")
    write_catalog(Path("catalog"), [model("one-more", collection="c1")])
    more = geocairn("catalog", "-o", "hub")
    assert more.out.startswith("hub: 6 items in 2 collections (6 read anew in ")
    assert geocairn("catalog", "-o", "hub", "--quiet").out == ""


def test_pystac_walks_to_every_item(geocairn: Build) -> None:
    write_catalog(Path("catalog"), models(6))
    assert geocairn("-o", "hub").code == 0
    root = pystac.Catalog.from_file("hub/catalog.json")
    assert {item.id for item in root.get_items(recursive=True)} == {m["id"] for m in models(6)}


def test_settings_in_the_folder_are_found(geocairn: Build) -> None:
    write_catalog(Path("catalog"), models(2))
    Path("geocairn.toml").write_text('[hub]\ntitle = "Ours"\nurl = "https://example.org/hub"\n')
    assert geocairn("-o", "hub").code == 0
    root = json.loads(Path("hub/catalog.json").read_text())
    assert root["title"] == "Ours"
    assert {"https://example.org/hub/catalog.json"} == {
        link["href"] for link in root["links"] if link["rel"] == "self"
    }
    Path("other.toml").write_text('[hub]\ntitle = "Theirs"\n')
    assert geocairn("-o", "hub", "--config", "other.toml").out.startswith("hub: 2 items")
    assert json.loads(Path("hub/catalog.json").read_text())["title"] == "Theirs"


def test_old_items_are_upgraded_and_the_build_says_how(geocairn: Build) -> None:
    old = model("old")
    old["stac_version"] = "1.0.0"
    old["properties"]["license"] = "proprietary"
    old["links"].append({"rel": "license", "href": "https://example.org/licence"})
    result = geocairn(lines(old, model("new")), "-o", "hub")
    assert result.code == 0, result.err
    assert "1 item: Upgraded STAC 1.0.0 to 1.1.0." in result.err
    assert "1 item: Replaced the licence 'proprietary'" in result.err
    item = json.loads(Path("hub/floods/old-1.2.0/old-1.2.0.json").read_text())
    assert item["stac_version"] == "1.1.0"
    assert item["properties"]["license"] == "other"


def test_every_kind_of_source_at_once(geocairn: Build) -> None:
    items = {name: model(name) for name in ("a", "b", "c", "d")}
    items["e"] = model("e", collection="others")
    write_catalog(Path("catalog"), [items["a"]])
    write_lines(Path("b.ndjson"), [items["b"]])
    Path("b.ndjson.gz").write_bytes(gzip.compress(Path("b.ndjson").read_bytes()))
    Path("c.json").write_text(json.dumps(items["c"]))
    Path("d.json").write_text(json.dumps({"type": "FeatureCollection", "features": [items["d"]]}))
    write_catalog(Path("e"), [items["e"]])
    assert geocairn("e", "-o", "e-hub", "-q").code == 0
    sources = ["catalog", "b.ndjson.gz", "c.json", "d.json"]
    first = geocairn(*sources, "e-hub", "-o", "hub")
    assert first.code == 0, first.err
    assert first.out.startswith("hub: 5 items in 2 collections (")
    second = geocairn(*sources, "e-hub/others/items.parquet", "-o", "other")
    assert second.code == 0, second.err
    found = {path.parent.name for path in Path("hub").glob("*/*/*.json")}
    assert found == {f"{name}-1.2.0" for name in items}
    one, other = tree(Path("hub")), tree(Path("other"))
    # A table keeps no order of members.
    item = "others/e-1.2.0/e-1.2.0.json"
    assert differences(one, other) == [f"~ {item}"]
    assert json.loads(one[item]) == json.loads(other[item])


def test_no_items_make_an_empty_hub(geocairn: Build) -> None:
    assert geocairn(lines(), "-o", "hub").out.startswith("hub: 0 items in 0 collections (")
    assert list(pystac.Catalog.from_file("hub/catalog.json").get_items(recursive=True)) == []


def test_the_hub_may_lie_in_the_folder_that_it_is_built_from(geocairn: Build) -> None:
    write_catalog(Path("catalog"), models(3))
    assert geocairn(".", "-o", "_build/hub").code == 0
    before = tree(Path("_build/hub"))
    again = geocairn(".", "-o", "_build/hub")
    assert again.out.startswith("_build/hub is up to date: 3 items")
    assert tree(Path("_build/hub")) == before


def test_a_hub_can_be_built_from_itself(geocairn: Build) -> None:
    items = [model("a", version=version) for version in ("1.0", "2.0")]
    items[0]["assets"]["local"] = {"href": "./x.txt", "type": "text/plain", "roles": ["data"]}
    write_catalog(Path("catalog"), items)
    Path("catalog/floods/a/1.0/x.txt").write_text("x")
    assert geocairn("catalog", "-o", "hub").code == 0
    before = tree(Path("hub"))
    for _ in range(2):
        result = geocairn("hub", "-o", "hub")
        assert result.code == 0, result.err
        assert differences(before, tree(Path("hub"))) == []


def test_relative_paths_that_lead_nowhere_are_named(geocairn: Build) -> None:
    item = model("a")
    item["assets"]["small"] = {"href": "./small.txt", "roles": ["data"]}
    item["assets"]["large"] = {"href": "large%20file.bin", "roles": ["data"]}
    write_catalog(Path("catalog"), [item])
    place = Path("catalog/floods/a/1.2.0")
    (place / "small.txt").write_text("x")
    with (place / "large file.bin").open("wb") as large:
        large.truncate(6 << 20)
    result = geocairn("catalog", "-o", "hub")
    assert result.code == 0
    assert (
        'HUB011 warning, 1 times: $.assets.large.href = "large%20file.bin":'
        " has 6.0 MiB, more than the hub serves\n"
    ) in result.err
    assert geocairn("catalog", "-o", "hub", "--strict", "--ignore", "HUB011").code == 0
    result = geocairn(lines(item), "-o", "other")
    assert "HUB011 warning, 2 times: $.assets.small.href" in result.err
    assert "is relative, and the item comes without a folder" in result.err


def test_a_collection_for_items_that_name_none(geocairn: Build) -> None:
    result = geocairn(lines(without("collection")), "-o", "hub", "--collection", "given")
    assert result.code == 0
    assert Path("hub/given/x-1.2.0/x-1.2.0.json").is_file()


def test_local_files_travel_with_their_item(geocairn: Build) -> None:
    item = model("a", version="1.0")
    item["assets"]["thumbnail"] = {"href": "./t.png", "type": "image/png", "roles": ["thumbnail"]}
    item["assets"]["self"] = {"href": "a-1.0.json", "type": "application/json"}
    write_catalog(Path("catalog"), [item])
    place = Path("catalog/floods/a/1.0")
    (place / "t.png").write_bytes(b"picture")
    (place / "a-1.0.json").write_text("not the item")
    (place / "private.txt").write_text("not named by the item")
    (place.parent / "README.md").write_text("# For rivers")
    assert geocairn("catalog", "-o", "hub").code == 0
    published = Path("hub/floods/a-1.0")
    found = {path.name for path in published.iterdir()}
    assert found == {"a-1.0.json", "a-1.0.md", "t.png"}
    asset = json.loads((published / "a-1.0.json").read_text())["assets"]["thumbnail"]
    assert asset["file:size"] == 7
    assert asset["file:checksum"] == "1220" + hashlib.sha256(b"picture").hexdigest()


def test_unchanged_files_are_not_written_again(geocairn: Build) -> None:
    def stamps() -> dict[str, tuple[int, int]]:
        files = [path for path in Path("hub").rglob("*") if path.is_file()]
        return {str(p): ((s := p.stat()).st_ino, s.st_mtime_ns) for p in files}

    items = models(6)
    write_catalog(Path("catalog"), items)
    assert geocairn("catalog", "-o", "hub").code == 0
    before = stamps()
    changed = copy.deepcopy(items[0])
    changed["properties"]["mlm:hyperparameters"]["epochs"] = 61
    write_catalog(Path("catalog"), [changed])
    assert geocairn("catalog", "-o", "hub").code == 0
    after = stamps()
    assert before.keys() == after.keys()
    rewritten = {os.path.relpath(name, "hub") for name in after if before[name] != after[name]}
    item = f"c0/{changed['id']}/{changed['id']}.json"
    assert rewritten == {item, "c0/items.parquet"}
    assert geocairn("catalog", "-o", "hub", "--fresh").code == 0
    assert stamps() == after
