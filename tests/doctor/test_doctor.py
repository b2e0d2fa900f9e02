"""Hubs that are whole: in a folder, behind a URL, empty, with pages, by sample."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.doctor.breaking import edit, point, rewrite
from tests.server import Server

from geocairn import HubError, _io
from geocairn.build import BuildOptions, build
from geocairn.compile.geoparquet import write_fragment
from geocairn.compile.splice import splice
from geocairn.doctor import RULES, examine, tables
from geocairn.doctor.context import first_difference
from geocairn.itemtable import Encoder


class Steps:
    """Keeps what progress it is told."""

    def __init__(self) -> None:
        self.totals: dict[str, int] = {}
        self.done: dict[str, int] = {}
        self._title = ""

    def step(self, title: str, *, total: int, unit: str = "") -> None:
        self._title = title
        self.totals[title], self.done[title] = total, 0

    def advance(self, amount: int) -> None:
        self.done[self._title] += amount


def test_a_whole_hub_is_clean(built: Path) -> None:
    steps = Steps()
    report = examine(str(built), progress=steps)
    assert report.kept == []
    assert report.documents == 14
    assert steps.done == steps.totals
    assert steps.totals["Comparing items"] == 14


def test_a_whole_hub_behind_a_url_is_clean(built: Path, serve: Callable[[Path], Server]) -> None:
    server = serve(built)
    report = examine(server.url)
    assert report.kept == []
    assert report.documents == 14
    tables_read = [request for request in server.requests if request.path.endswith(".parquet")]
    assert tables_read
    assert all(request.range for request in tables_read)


def test_pages_are_walked(paged: Path) -> None:
    report = examine(str(paged))
    assert report.kept == []
    assert report.documents == 1150


def test_sample_reads_less(paged: Path, serve: Callable[[Path], Server]) -> None:
    server = serve(paged)
    report = examine(server.url, sample=20)
    assert report.kept == []
    assert report.documents == 20
    items = [r.path for r in server.requests if r.path.startswith("c0/page-")]
    items = [path for path in items if path.endswith(".json")]
    assert len(set(items)) == 20


def test_sample_finds_what_many_items_have(paged: Path, tmp_path: Path) -> None:
    hub = Path(shutil.copytree(paged, tmp_path / "hub"))
    for path in hub.glob("c0/page-*/*.json"):
        edit(path, lambda item: item["properties"].update(gsd=3.0))
    report = examine(str(hub), sample=30)
    assert report.counts == {"DOC021": 30, "DOC024": 30}


def test_a_page_that_is_wrong(paged: Path, tmp_path: Path) -> None:
    hub = Path(shutil.copytree(paged, tmp_path / "hub"))
    first, second = sorted((hub / "c0" / "pages").iterdir())
    moved = json.loads((second / "catalog.json").read_bytes())["links"][-1]
    edit(first / "catalog.json", lambda page: page["links"].append(moved))
    report = examine(str(hub))
    assert report.counts == {"DOC061": 1}
    shutil.rmtree(second)
    report = examine(str(hub))
    assert report.counts["DOC001"] == 1
    assert report.counts["DOC061"] > 100


def test_links_to_oneself(paged: Path, tmp_path: Path) -> None:
    hub = Path(shutil.copytree(paged, tmp_path / "hub"))
    files = ("catalog.json", "c0/collection.json", "c0/page-0003-1.0.0/page-0003-1.0.0.json")
    for name in files:
        edit(hub / name, lambda document: point(document, "self", "https://example.org/else"))
    report = examine(str(hub))
    assert report.counts == {"DOC062": 3, "DOC021": 1, "DOC031": 1}
    assert {f.origin for f in report.kept if f.code == "DOC062"} == set(files)


def test_a_page_that_is_too_long(paged: Path, tmp_path: Path) -> None:
    hub = Path(shutil.copytree(paged, tmp_path / "hub"))
    first, second = sorted((hub / "c0" / "pages").iterdir())
    more = json.loads((second / "catalog.json").read_bytes())["links"]
    edit(first / "catalog.json", lambda p: p["links"].extend(k for k in more if k["rel"] == "item"))
    (second / "catalog.json").unlink()
    report = examine(str(hub))
    assert report.counts == {"DOC001": 1, "DOC003": 1}


def test_empty_hubs_are_clean(tmp_path: Path) -> None:
    (tmp_path / "none.ndjson").write_bytes(b"")
    build([str(tmp_path / "none.ndjson")], tmp_path / "hub", options=BuildOptions(jobs=1))
    assert examine(str(tmp_path / "hub")).kept == []


@pytest.mark.parametrize("place", ["nothing", "folder", "http://127.0.0.1:9/hub/"])
def test_what_is_no_hub(place: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    href = place if "://" in place else str(tmp_path / place)
    with pytest.raises(HubError):
        examine(href)


def test_manifest_of_another_kind_is_no_hub(hub: Path) -> None:
    edit(hub / "search/manifest.json", lambda manifest: manifest.pop("files"))
    with pytest.raises(HubError, match="not a manifest"):
        examine(str(hub))


def test_row_groups_too_large(hub: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "LARGEST_GROUP", 5)
    report = examine(str(hub))
    assert set(report.counts) == {"DOC013"}
    files = {finding.origin for finding in report.kept}
    assert files == {"search/index.parquet", "c0/items.parquet", "c1/items.parquet"}


def test_large_footprints_among_small_ones(hub: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "SMALL_BEFORE_LARGE", 2)
    report = examine(str(hub))
    assert set(report.counts) == {"DOC013"}
    assert {finding.origin for finding in report.kept} == {
        "search/index.parquet",
        "c1/items.parquet",
    }
    # Groups that end where footprints become large are as they should be.
    rewrite(hub, "c1/items.parquet", lambda table: table, row_group_size=4)
    report = examine(str(hub))
    assert {finding.origin for finding in report.kept} == {"search/index.parquet"}


def test_table_of_several_row_groups(hub: Path, tmp_path: Path) -> None:
    """The table may be cut anywhere as long as it says the same."""
    path = hub / "c0/items.parquet"
    metadata = {k.decode(): v.decode() for k, v in pq.read_metadata(path).metadata.items()}
    names = pq.read_table(path)["id"].to_pylist()
    keys = tuple(field.name for field in pq.read_schema(path).field("assets").type)
    parts = []
    for number, some in enumerate((names[:3], names[3:4], names[4:])):
        encoder = Encoder()
        for name in some:
            encoder.add(_io.loads((hub / "c0" / name / f"{name}.json").read_bytes()))
        parts.append(tmp_path / f"{number}.parquet")
        write_fragment(encoder.finish()[0], parts[-1], keys=keys)
    splice(parts, path, metadata={k: v for k, v in metadata.items() if k != "ARROW:schema"})
    assert pq.read_metadata(path).num_row_groups == 3
    assert examine(str(hub)).kept == []


def test_names_of_list_elements_do_not_matter() -> None:
    one = pa.schema([pa.field("a", pa.list_(pa.field("element", pa.string(), nullable=False)))])
    assert tables._alike(one.field("a").type, pa.list_(pa.string()))
    assert not tables._alike(one.field("a").type, pa.list_(pa.int64()))
    struct = pa.struct([("x", pa.list_(pa.string()))])
    assert tables._alike(struct, pa.struct([("x", pa.list_(pa.field("y", pa.string())))]))
    assert not tables._alike(struct, pa.struct([("z", pa.list_(pa.string()))]))


def test_first_difference_names_place_and_values() -> None:
    one = {"a": [1, {"b": 0.0}], "c": "x"}
    assert first_difference(one, {"a": [1, {"b": 0.0}], "c": "x"}) is None
    assert first_difference(one, {"a": [1, {"b": -0.0}], "c": "x"}) == (
        ("a", 1, "b"),
        "0.0",
        "-0.0",
    )
    assert first_difference(one, {"a": [1], "c": "x"}) == (("a", 1), '{"b":0.0}', "absent")
    assert first_difference(1, True) == ((), "1", "true")
    assert first_difference({}, {"n": None}) == (("n",), "absent", "null")


def test_codes_explain_themselves() -> None:
    for code, rule in RULES.items():
        assert rule.code == code
        assert rule.title
        assert rule.why.endswith(".")
        assert rule.remedy.endswith(".")
