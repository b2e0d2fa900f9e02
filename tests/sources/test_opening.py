"""What users type, and the source it opens."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard
from tests.items import collection, model, models, write_catalog, write_lines
from tests.server import Server
from tests.sources.reading import contents

from geocairn.errors import InputError, MalformedJSONError
from geocairn.sources import Source

Open = Callable[[str], Source]
ITEMS = models(5)


def together(items: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": items}


def test_lines_with_their_numbers(opened: Open) -> None:
    write_lines(Path("some.ndjson"), ITEMS)
    found = contents(opened("some.ndjson"))
    assert found == [(f"some.ndjson:{n}", item) for n, item in enumerate(ITEMS, 1)]


def test_blank_lines_count_but_hold_nothing(opened: Open) -> None:
    lines = [json.dumps(item) for item in ITEMS[:2]]
    Path("some.jsonl").write_bytes(f"\n{lines[0]}\r\n  \n{lines[1]}".encode())
    origins = [origin for origin, _ in contents(opened("some.jsonl"))]
    assert origins == ["some.jsonl:2", "some.jsonl:4"]


@pytest.mark.parametrize(
    ("ending", "pack"),
    [
        (".gz", gzip.compress),
        (".zst", zstandard.compress),
        (".bz2", bz2.compress),
        (".xz", lzma.compress),
    ],
)
def test_compressed_lines(opened: Open, ending: str, pack: Callable[[bytes], bytes]) -> None:
    data = write_lines(Path("plain.ndjson"), ITEMS).read_bytes()
    name = f"some.ndjson{ending}"
    # Archives that were appended to one another are one archive.
    middle = data.index(b"\n") + 1
    Path(name).write_bytes(pack(data[:middle]) + pack(data[middle:]))
    assert contents(opened(name)) == [(f"{name}:{n}", item) for n, item in enumerate(ITEMS, 1)]


@pytest.mark.parametrize(
    ("ending", "pack"),
    [(".gz", gzip.compress), (".zst", zstandard.compress), (".bz2", bz2.compress)],
)
def test_a_compressed_file_that_is_cut_off_is_refused(
    opened: Open, ending: str, pack: Callable[[bytes], bytes]
) -> None:
    data = write_lines(Path("plain.ndjson"), models(200)).read_bytes()
    packed = pack(data)
    for length in (5, len(packed) // 2, len(packed) - 1):
        Path(f"cut.ndjson{ending}").write_bytes(packed[:length])
        with pytest.raises(InputError, match="is not a whole") as caught:
            opened(f"cut.ndjson{ending}")
        assert caught.value.where == f"cut.ndjson{ending}"
        assert caught.value.remedy == "Copy or download it again."


def test_a_name_that_lies_about_compression_is_refused(opened: Open) -> None:
    Path("page.ndjson.gz").write_text("<html>not found</html>")
    with pytest.raises(InputError, match="is not a gzip file, as its name says"):
        opened("page.ndjson.gz")


def test_compression_is_seen_without_a_telling_name(opened: Open) -> None:
    Path("download").write_bytes(gzip.compress(json.dumps(together(ITEMS)).encode()))
    assert [item for _, item in contents(opened("download"))] == ITEMS


@pytest.mark.parametrize("indent", [None, 2])
def test_an_item_collection(opened: Open, indent: int | None) -> None:
    Path("all.json").write_text(json.dumps(together(ITEMS), indent=indent))
    expected = [(f"all.json#features/{n}", item) for n, item in enumerate(ITEMS)]
    assert contents(opened("all.json")) == expected


def test_an_item_collection_whose_type_comes_last(opened: Open) -> None:
    document = {"features": ITEMS, "links": [{"rel": "next"}], "type": "FeatureCollection"}
    Path("all.geojson").write_bytes(b"\xef\xbb\xbf" + json.dumps(document).encode())
    assert [item for _, item in contents(opened("all.geojson"))] == ITEMS


def test_a_bare_list_of_items(opened: Open) -> None:
    Path("all.json").write_text(json.dumps(ITEMS))
    assert [item for _, item in contents(opened("all.json"))] == ITEMS


def test_integers_of_any_size_survive(opened: Open) -> None:
    item = model("big") | {"count": 2**70}
    Path("all.json").write_text(json.dumps(together([item])))
    assert contents(opened("all.json"))[0][1]["count"] == 2**70


def test_an_empty_item_collection(opened: Open) -> None:
    Path("all.json").write_text('{"type": "FeatureCollection", "features": [ ]}')
    assert contents(opened("all.json")) == []


def test_a_single_item_keeps_its_folder(opened: Open) -> None:
    Path("here").mkdir()
    Path("here/flood.json").write_text(json.dumps(ITEMS[0], indent=1))
    [chunk] = opened("here/flood.json").chunks()
    [raw] = chunk.items()
    assert chunk.origin(raw.index) == "here/flood.json"
    assert raw.folder == Path("here").absolute()
    assert json.loads(raw.data) == ITEMS[0]


def test_lines_in_a_file_named_json(opened: Open) -> None:
    write_lines(Path("items.json"), ITEMS)
    assert [item for _, item in contents(opened("items.json"))] == ITEMS


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('{"type": "FeatureCollection",\n "features": [{"a": 1},\n {"b" 2}]}', "line 3, column 7"),
        ('{"type": "FeatureCollection", "features": [{"a": 1}', "line 1, column"),
        ('{"type": "FeatureCollection", "features": [{"a": "x}]}', "line 1, column"),
        ('{"type": "FeatureCollection", "features": [{"a": 1}]', "line 1, column"),
        ('{"type": "FeatureCollection", "features": [{"a": 1},]}', "line 1, column 52"),
        ('{"type": "FeatureCollection", "features": [{"a": 1}]}\n!', "line 2, column 1"),
        ('{"type": "FeatureCollection", "features": [1 2]}', "line 1, column 46"),
        ('{"features": [{}], "type": FeatureCollection}', "line 1, column 28"),
        ('[{"a": 1}', "line 1, column"),
        ('[{"a": 1}] more', "line 1, column 12"),
        ('{type: "Feature"}', "line 1, column 2"),
        ("", "line 1, column 1"),
        ("<html>", "line 1, column 1"),
    ],
)
def test_faults_in_json_have_line_and_column(opened: Open, text: str, fault: str) -> None:
    Path("bad.json").write_text(text)
    with pytest.raises(MalformedJSONError, match=f"not JSON at {fault}") as caught:
        contents(opened("bad.json"))
    assert caught.value.where == "bad.json"


def test_another_encoding_is_named(opened: Open) -> None:
    Path("bad.json").write_bytes('{"type": "Feature", "t": "é"}'.encode("utf-16"))
    with pytest.raises(MalformedJSONError, match="byte 0xff at line 1, column 1 is not UTF-8"):
        opened("bad.json")
    text = '{"type": "FeatureCollection",\n"features": [{"t": "é"}]}'
    Path("bad.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(MalformedJSONError, match="byte 0xe9 at line 2, column 21 is not UTF-8"):
        contents(opened("bad.json"))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"type": "Point", "coordinates": [1, 2]}', "'Point'"),
        ('{"coordinates": [1, 2]}', "None"),
        ('{"type": "FeatureCollection"}', "'FeatureCollection'"),
        ('{"type": "FeatureCollection", "features": {}}', "'FeatureCollection'"),
        ('"text"', "None"),
        ("42", "None"),
    ],
)
def test_other_documents_are_refused(opened: Open, text: str, kind: str) -> None:
    Path("other.json").write_text(text)
    with pytest.raises(InputError, match=f"type {kind} is not one of Feature") as caught:
        opened("other.json")
    assert caught.value.where == "other.json"


@pytest.mark.parametrize("name", ["", "none.ndjson", "no/such/folder"])
def test_what_is_not_there_is_named(opened: Open, name: str) -> None:
    with pytest.raises(InputError, match="there is no such file or folder") as caught:
        opened(name)
    assert caught.value.where == (name or "''")


def test_a_file_url_is_a_path(opened: Open) -> None:
    path = write_lines(Path("with space.ndjson"), ITEMS).absolute()
    assert [item for _, item in contents(opened(path.as_uri()))] == ITEMS


def test_files_behind_a_url(opened: Open, tmp_path: Path, serve: Callable[[Path], Server]) -> None:
    folder = tmp_path / "web"
    write_lines(folder / "some.ndjson", ITEMS)
    (folder / "some.ndjson.gz").write_bytes(gzip.compress((folder / "some.ndjson").read_bytes()))
    (folder / "all.json").write_text(json.dumps(together(ITEMS)))
    item = model("one")
    item["assets"]["weights"]["href"] = "./weights.pt"
    (folder / "one.json").write_text(json.dumps(item))
    url = serve(folder).url
    for name in ("some.ndjson", "some.ndjson.gz", "some.ndjson?token=1"):
        origins = [(f"{url}{name}:{n}", item) for n, item in enumerate(ITEMS, 1)]
        assert contents(opened(url + name)) == origins
    assert contents(opened(url + "all.json"))[1] == (f"{url}all.json#features/1", ITEMS[1])
    [(origin, found)] = contents(opened(url + "one.json"))
    assert origin == f"{url}one.json"
    assert found["assets"]["weights"]["href"] == f"{url}weights.pt"


def test_an_address_with_nothing_there(
    opened: Open, tmp_path: Path, serve: Callable[[Path], Server]
) -> None:
    url = serve(tmp_path).url
    for name in ("none.ndjson", "none/"):
        with pytest.raises(InputError, match="there is nothing at this address") as caught:
            opened(url + name)
        assert str(caught.value.where).startswith(url + "none")
    with pytest.raises(InputError, match="cannot be read: Cannot connect"):
        opened("http://127.0.0.1:9/some.ndjson")
    with pytest.raises(InputError, match="Protocol not known"):
        opened("gopher2://example.org/some.ndjson")


def test_a_server_with_a_bad_moment_is_asked_again(
    opened: Open, tmp_path: Path, serve: Callable[[Path], Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geocairn.sources.remote._PAUSES", (0.0, 0.0))
    write_lines(tmp_path / "some.ndjson", ITEMS)
    server = serve(tmp_path)
    server.faults["some.ndjson"] = 503
    with pytest.raises(InputError, match="the server answers 503"):
        opened(server.url + "some.ndjson")
    assert len([r for r in server.requests if r.method == "GET"]) == 3
    server.faults["some.ndjson"] = "cut"
    with pytest.raises(InputError, match="the server broke off before the end"):
        opened(server.url + "some.ndjson")
    server.faults["some.ndjson"] = 403
    before = len(server.requests)
    with pytest.raises(InputError, match="the server answers 403"):
        opened(server.url + "some.ndjson")
    assert len(server.requests) == before + 1


def test_folders_of_items(opened: Open) -> None:
    write_catalog(Path("catalog"), ITEMS)
    source = opened("catalog")
    found = dict(contents(source))
    assert list(found) == sorted(found)
    assert found["catalog/c1/model-0001/1.2.0/item.json"] == ITEMS[1]
    assert len(found) == 5
    described = [(raw.origin, json.loads(raw.data)) for raw in source.collections()]
    assert described == [
        (f"catalog/{name}/collection.json", collection(name)) for name in ("c0", "c1")
    ]


def test_the_model_card_comes_with_every_version(opened: Open) -> None:
    write_catalog(Path("catalog"), [model("a", version="1.0"), model("a", version="2.0")])
    Path("catalog/floods/a/README.md").write_bytes(b"Made for rivers.\xff")
    [chunk] = opened("catalog").chunks()
    assert [raw.card for raw in chunk.items()] == ["Made for rivers.\ufffd"] * 2


def test_what_lies_below_an_item_is_its_own(opened: Open) -> None:
    write_catalog(Path("catalog"), [model("a", version="1.0")])
    place = Path("catalog/floods/a/1.0")
    (place / "expected.json").write_text(json.dumps(model("other")))
    (place / "samples").mkdir()
    (place / "samples/one.geojson").write_text(json.dumps(model("other")))
    Path("catalog/package.json").write_text('{"private": true}')
    Path("catalog/broken.json").write_text("{")
    Path("catalog/extra.json").write_text(json.dumps(model("extra")))
    origins = [origin for origin, _ in contents(opened("catalog"))]
    assert origins == ["catalog/extra.json", "catalog/floods/a/1.0/item.json"]


def test_a_folder_of_json_files(opened: Open) -> None:
    Path("flat").mkdir()
    for item in ITEMS:
        Path(f"flat/{item['id']}.json").write_text(json.dumps(item))
    Path("flat/.hidden.json").write_text("{")
    assert [item for _, item in contents(opened("flat"))] == ITEMS


def test_links_and_hidden_folders_are_not_followed(opened: Open, tmp_path: Path) -> None:
    write_catalog(Path("outside"), [model("secret")])
    write_catalog(Path("catalog"), [model("a", version="1.0")])
    Path("catalog/linked").symlink_to(Path("outside").absolute())
    Path("catalog/item.json").symlink_to(tmp_path / "outside/floods/secret/1.2.0/item.json")
    Path("catalog/floods/a/README.md").symlink_to(tmp_path / "outside/floods/collection.json")
    write_catalog(Path("catalog/.git"), [model("hidden")])
    [chunk] = opened("catalog").chunks()
    [raw] = chunk.items()
    assert raw.origin == "catalog/floods/a/1.0/item.json"
    assert raw.card is None


def test_a_hub_inside_a_catalog_folder_is_no_source(opened: Open) -> None:
    write_catalog(Path("catalog"), [model("a", version="1.0")])
    write_catalog(Path("catalog/hub"), [model("b", version="1.0")])
    Path("catalog/hub/search").mkdir()
    Path("catalog/hub/search/manifest.json").write_text("{}")
    assert len(contents(opened("catalog"))) == 1


def test_a_folder_without_documents_is_refused(opened: Open) -> None:
    Path("empty").mkdir()
    Path("empty/notes.txt").write_text("nothing here")
    with pytest.raises(InputError, match="holds no STAC documents"):
        opened("empty")


def test_several_sources_have_spools_of_their_own(tmp_path: Path) -> None:
    from geocairn.sources import open_sources

    for name in "ab":
        (tmp_path / f"{name}.json").write_text(json.dumps(together([model(name)])))
    locations = [str(tmp_path / f"{name}.json") for name in "ab"]
    sources = open_sources(locations, spool=tmp_path / "spool")
    found = [item["id"] for source in sources for _, item in contents(source)]
    assert found == ["a-1.2.0", "b-1.2.0"]
