"""``geocairn build`` with input that it must refuse: messages, exit codes, and a hub left alone."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.cli.build.documents import lines, without
from tests.items import collection, model, write_catalog
from tests.running import Ran, call

Build = Callable[..., Ran]
Capture = pytest.CaptureFixture[str]


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
