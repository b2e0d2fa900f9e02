"""``geocairn build`` as its users meet it: what it says, its exit codes, what it leaves alone."""

from __future__ import annotations

import copy
import gzip
import hashlib
import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pystac
import pytest
from tests.items import collection, model, models, write_catalog, write_lines
from tests.running import Ran, call
from tests.trees import differences, tree

from geocairn import swap

Build = Callable[..., Ran]
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def geocairn(
    tmp_path: Path,
    schemas: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: Capture,
) -> Build:
    """Runs ``geocairn build`` in the test's folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GEOCAIRN_SCHEMAS", str(schemas))
    return lambda *arguments: call(capfd, "build", "--offline", "-j1", "--no-site", *arguments)


@pytest.fixture
def hub(geocairn: Build) -> Iterator[Path]:
    """A published hub, which must be untouched at the end of the test."""
    write_catalog(Path("before"), models(4))
    assert geocairn("before", "-o", "hub").code == 0
    before = tree(Path("hub"))
    yield Path("hub")
    assert differences(before, tree(Path("hub"))) == []
    assert not swap.pending(Path("hub"))


def lines(*documents: Any) -> str:
    """Write some.ndjson; text goes in as it is."""
    texts = [one if isinstance(one, str) else json.dumps(one) for one in documents]
    Path("some.ndjson").write_text("\n".join(texts) + "\n")
    return "some.ndjson"


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


def without(name: str) -> dict[str, Any]:
    item = model("x")
    del item[name]
    return item


def with_schema(url: str) -> dict[str, Any]:
    item = model("x")
    item["stac_extensions"].append(url)
    return item


UNKNOWN = "https://example.org/none/v1/schema.json"
BROKEN = json.dumps(model("x")).replace('"properties":', '"properties"', 1)


@pytest.mark.parametrize(
    ("documents", "origin", "message", "remedy"),
    [
        ([model("a"), BROKEN], "some.ndjson:2", "HUB006 error $: not JSON at column", "Correct"),
        (["", "[1, 2"], "some.ndjson:2", "HUB006 error $: not JSON at column 6", "Correct"),
        ([model("a"), model("b"), model("a")], "some.ndjson:3", "from some.ndjson:1", "another id"),
        ([model("a"), model("A")], "some.ndjson:2", "by case only", "Rename one of the two"),
        ([without("collection")], "some.ndjson:1", "HUB003 error $.collection", "Add collection"),
        ([without("id")], "some.ndjson:1", "HUB009 error $.id", "Add id"),
        ([model("..")], "some.ndjson:1: ..-1.2.0", "HUB007 error $.id", "Rename"),
        ([model("a/../../b")], "some.ndjson:1", "HUB007 error $.id", "Rename"),
        ([model("a", collection="../x")], "some.ndjson:1", "HUB007 error $.collection", "Rename"),
        ([model("a", collection="search")], "some.ndjson:1", "hub's own files", "Rename"),
        ([with_schema(UNKNOWN)], "some.ndjson:1", f'"{UNKNOWN}": no schema', "schemas fetch"),
        ([with_schema("my schema")], "some.ndjson:1", "is not an address", "https address"),
        ([without("geometry")], "some.ndjson:1", "SCH001 error", "geometry"),
        ([collection()], "some.ndjson:1", 'an object of type "Collection"', "Give STAC Items"),
        ([{"type": "Point"}], "some.ndjson:1", 'an object of type "Point"', "Give STAC Items"),
        (["[]"], "some.ndjson:1", "is no JSON object", "Give STAC Items"),
        (["null"], "some.ndjson:1", "is no JSON object", "Give STAC Items"),
    ],
)
def test_bad_items_are_named(
    geocairn: Build, hub: Path, documents: list[Any], origin: str, message: str, remedy: str
) -> None:
    result = geocairn(lines(*documents), "-o", hub)
    assert result.code == 1
    assert result.out == ""
    assert f"{origin}\n" in result.err or f"{origin}: " in result.err
    assert message in result.err
    assert remedy in result.err
    assert "Error: errors were found, and nothing was published" in result.err
    assert "Traceback" not in result.err


def parquet(data: bytes) -> Callable[[], str]:
    def make() -> str:
        Path("bad.parquet").write_bytes(data)
        return "bad.parquet"

    return make


def file(name: str, data: bytes) -> Callable[[], str]:
    def make() -> str:
        Path(name).write_bytes(data)
        return name

    return make


def folder(name: str) -> Callable[[], str]:
    def make() -> str:
        Path(name).mkdir()
        return name

    return make


PACKED = gzip.compress(json.dumps(model("a")).encode())


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (file("bad.json", b'{"type": "Feature",\n "id" 1}'), "bad.json: not JSON at line 2, col"),
        (file("bad.json", '{"a": "é"}'.encode("utf-16")), "byte 0xff at line 1, column 1 is not"),
        (file("bad.json", b'{"type": "Polygon"}'), "bad.json: $.type: type 'Polygon' is not one"),
        (file("bad.json", b""), "bad.json: not JSON at line 1, column 1"),
        (file("bad.parquet", b"PAR1" + bytes(99) + b"PAR1"), "bad.parquet: cannot be read"),
        (file("bad.parquet", b"hello"), "bad.parquet: cannot be read"),
        (file("bad.ndjson.gz", PACKED[:-9]), "bad.ndjson.gz: is not a whole gzip file"),
        (file("bad.ndjson.gz", b"hello"), "bad.ndjson.gz: is not a gzip file"),
        (lambda: "none.ndjson", "none.ndjson: there is no such file or folder"),
        (folder("empty"), "empty: holds no STAC documents"),
        (lambda: "", "'': there is no such file or folder"),
        (lambda: "gopher2://x/y", "gopher2://x/y: cannot be read: Protocol not known"),
        (lambda: "http://127.0.0.1:9/x.json", "http://127.0.0.1:9/x.json: cannot be read"),
    ],
)
def test_sources_that_cannot_be_read(
    geocairn: Build, hub: Path, make: Callable[[], str], message: str
) -> None:
    result = geocairn(make(), "-o", hub)
    assert result.code == 2
    assert result.err.startswith("Error: ")
    assert message in result.err
    # One message: what and where, then what to do.
    assert len(result.err.strip().splitlines()) == 2


def test_other_encodings_in_lines(geocairn: Build, hub: Path) -> None:
    item = json.dumps(model("x", title="Modèle"), ensure_ascii=False)
    Path("some.ndjson").write_bytes(item.encode("latin-1") + b"\n")
    result = geocairn("some.ndjson", "-o", hub)
    assert result.code == 1
    assert "some.ndjson:1\n  HUB006 error $: byte 0xe8 at column " in result.err
    assert "is not UTF-8" in result.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "before"], "is a folder with other things in it, not a geocairn hub"),
        (["-o", "file"], "Directory 'file' is a file"),
        (["-o", "file/hub"], "cannot write: Not a directory"),
        (["--config", "none.toml"], "File 'none.toml' does not exist"),
        (["--config", "bad.toml"], "bad.toml: 'titel' is no setting of [hub]"),
        (["--schemas", "nowhere"], "Directory 'nowhere' does not exist"),
        (["--jobs", "0"], "0 is not in the range x>=1"),
        (["--select", "ABC"], "'ABC' begins no code of a check"),
        (["--frob"], "No such option '--frob'"),
    ],
)
def test_wrong_usage(geocairn: Build, hub: Path, arguments: list[str], message: str) -> None:
    Path("file").write_text("mine")
    Path("bad.toml").write_text('[hub]\ntitel = "x"\n')
    result = geocairn("before", "-o", "hub", *arguments)
    assert result.code == 2
    assert message in result.err
    assert Path("file").read_text() == "mine"


def test_a_schema_that_cannot_be_fetched(geocairn: Build, hub: Path, capfd: Capture) -> None:
    location = lines(with_schema(UNKNOWN))
    result = call(capfd, "build", location, "-o", hub, "-j1", "--no-site")
    assert result.code == 1
    assert f'SCH003 error $.stac_extensions[5] = "{UNKNOWN}": no schema: fetching' in result.err
    assert "Run `geocairn schemas fetch` once while online" in result.err


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


def test_keep_going_builds_the_rest_and_lists_what_is_left_out(geocairn: Build) -> None:
    # More documents than a failed build would show.
    bad = ["{" for _ in range(30)]
    location = lines(model("a"), *bad, model("b"), model("a", title="Again"))
    result = geocairn(location, "-o", "hub", "--keep-going")
    assert result.code == 1
    for number in range(2, 32):
        assert f"some.ndjson:{number}\n  HUB006 error" in result.err
    assert "some.ndjson:33: a-1.2.0\n  HUB001 error" in result.err
    assert "hub: 2 items in 1 collection, 31 left out (" in result.out
    published = {path.parent.name for path in Path("hub/floods").glob("*/*.json")}
    assert published == {"a-1.2.0", "b-1.2.0"}
    item = json.loads(Path("hub/floods/a-1.2.0/a-1.2.0.json").read_text())
    assert item["properties"]["title"] == "A"
    again = geocairn(location, "-o", "hub", "--keep-going")
    assert again.code == 1
    assert "hub is up to date: 2 items, 31 left out (" in again.out
    assert "some.ndjson:33: a-1.2.0\n  HUB001 error" in again.err
    # Nothing changed, but without --keep-going it is no success either.
    assert geocairn(location, "-o", "hub").code == 1


def test_a_failed_build_shows_some_errors_and_how_many(geocairn: Build) -> None:
    result = geocairn(lines(*["{" for _ in range(30)]), "-o", "hub")
    assert result.err.count("HUB006 error") == 20
    assert "10 more documents have errors." in result.err
    assert "30 errors in 30 documents" in result.err
    assert not Path("hub").exists()


def test_strict_lets_warnings_fail(geocairn: Build, hub: Path) -> None:
    location = lines(model("a", version="1.0"), model("a", version="2.0"))
    result = geocairn(location, "-o", hub, "--strict")
    assert result.code == 1
    # No source describes the collection.
    assert "HUB002 warning" in result.err
    assert "warnings were found, the build is strict" in result.err


def test_strict_fails_on_what_was_built_before(geocairn: Build) -> None:
    location = lines(model("a"))
    assert geocairn(location, "-o", "hub").code == 0
    again = geocairn(location, "-o", "hub")
    assert "is up to date" in again.out
    assert "HUB002 warning" in again.err
    assert geocairn(location, "-o", "hub", "--strict").code == 1
    described = [location, "described"]
    write_catalog(Path("described"), [model("b")])
    assert geocairn(*described, "-o", "hub", "--strict").code == 0


def test_checks_can_be_left_out(geocairn: Build) -> None:
    location = lines(without("geometry"))
    assert geocairn(location, "-o", "hub").code == 1
    assert geocairn(location, "-o", "hub", "--ignore", "SCH,STAC").code == 0
    assert geocairn(location, "-o", "hub", "--select", "MLM").code == 0


def test_warnings_of_the_build_can_be_left_out(geocairn: Build) -> None:
    location = lines(model("a"))
    assert geocairn(location, "-o", "hub", "--strict").code == 1
    assert geocairn(location, "-o", "hub", "--strict", "--ignore", "HUB002").code == 0
    # Errors cannot: two items have no room in one place.
    twice = lines(model("a"), model("a"))
    assert geocairn(twice, "-o", "hub", "--ignore", "HUB").code == 1


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


@pytest.mark.parametrize("document", ["{", "[]", '{"type": "Feature"}', '{"type": "Collection"}'])
def test_bad_collections_are_named(geocairn: Build, hub: Path, document: str) -> None:
    write_catalog(Path("catalog"), [model("a")])
    Path("catalog/floods/collection.json").write_text(document)
    result = geocairn("catalog", "-o", hub)
    assert result.code == 1
    assert "catalog/floods/collection.json\n  " in result.err


@pytest.mark.parametrize("name", ["../../escaped", "search", "a/b", ".."])
def test_collections_have_their_place(geocairn: Build, hub: Path, name: str) -> None:
    write_catalog(Path("catalog"), [model("a")])
    Path("catalog/floods/collection.json").write_text(json.dumps(collection(name)))
    result = geocairn("catalog", "-o", hub, "--ignore", "SCH,STAC,MLM")
    assert result.code == 1
    assert "HUB007 error $.id" in result.err
    assert not Path("../escaped").exists()


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


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts a small disk, or changes it; for the superuser only."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = False

    def mount(options: str) -> Path:
        nonlocal mounted
        kind = ["-o", f"remount,{options}"] if mounted else ["-t", "tmpfs", "-o", options, "tmpfs"]
        done = subprocess.run(["mount", *kind, str(place)], capture_output=True, check=False)
        if done.returncode:
            pytest.skip(f"cannot mount a disk here: {done.stderr.decode().strip()}")
        mounted = True
        return place

    if os.name != "posix" or os.geteuid() != 0:
        pytest.skip("only the superuser may mount a disk")
    yield mount
    if mounted:
        subprocess.run(["umount", str(place)], check=True)


def test_a_read_only_disk(geocairn: Build, disk: Callable[[str], Path]) -> None:
    hub = disk("size=4m") / "hub"
    write_catalog(Path("catalog"), models(3))
    assert geocairn("catalog", "-o", hub).code == 0
    before = tree(hub)
    disk("ro")
    write_catalog(Path("catalog"), models(5))
    result = geocairn("catalog", "-o", hub)
    assert result.code == 2
    assert "cannot write: Read-only file system" in result.err
    assert "choose another output with -o" in result.err
    assert tree(hub) == before
    disk("rw")
    assert geocairn("catalog", "-o", hub).code == 0


def test_a_full_disk_at_every_stage(geocairn: Build, disk: Callable[[str], Path]) -> None:
    place = disk("size=8m")
    hub, filler = place / "hub", place / "filler"
    few = write_lines(Path("few.ndjson"), models(4))
    many = write_lines(Path("many.ndjson"), models(60))
    assert geocairn(few, "-o", hub).code == 0
    before = tree(hub)
    failed = set()
    for free in range(40, 1000, 90):
        filler.unlink(missing_ok=True)
        status = os.statvfs(place)
        filler.write_bytes(bytes(status.f_bavail * status.f_frsize - free * 1024))
        result = geocairn(many, "-o", hub)
        if result.code == 0:
            break
        assert result.code == 2
        assert "No space left on device" in result.err
        assert "Free some space on that disk" in result.err
        assert differences(before, tree(hub)) == []
        failed.update(re.findall(r"\.hub\.geocairn/(\w+)", result.err))
    assert result.code == 0
    assert failed >= {"staging", "chunks"}
    assert geocairn(many, "-o", "elsewhere").code == 0
    assert differences(tree(hub), tree(Path("elsewhere"))) == []


def test_the_hub_is_a_disk_of_its_own(geocairn: Build, disk: Callable[[str], Path]) -> None:
    """As a volume that is mounted into a container is."""
    hub = disk("size=8m")
    for items in (models(4), models(7)[2:]):
        location = write_lines(Path("some.ndjson"), items)
        assert geocairn(location, "-o", hub).code == 0
        assert geocairn(location, "-o", "elsewhere").code == 0
        assert differences(tree(hub), tree(Path("elsewhere"))) == []
