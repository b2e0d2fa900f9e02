"""Hubs behind a URL: what travels, and what is said when a server does not play along."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.server import Server

import geocairn
from geocairn import HubError
from geocairn.search.ranges import RangeFile


def asked(server: Server, path: str) -> list[str | None]:
    return [request.range for request in server.requests if request.path == path]


@pytest.mark.parametrize("suffix", ["", "catalog.json", "index.html", "?key=1", "#part"])
def test_forms_of_a_url(server: Server, suffix: str) -> None:
    with geocairn.open(server.url + suffix) as hub:
        assert hub.search(q="flood").matched() > 5


def test_url_without_the_last_slash(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "a b")
    with Server(tmp_path) as server, geocairn.open(server.url + "a%20b") as hub:
        item = next(hub.search(ids="fiji-split-1.0.0").items_as_dicts())
        assert item["links"][0]["href"].startswith(server.url + "a%20b/water/fiji-split-1.0.0/")


def test_a_small_hub_costs_one_request_a_file(server: Server) -> None:
    with geocairn.open(server.url) as hub:
        for words in ("flood", "building", "model"):
            hub.search(q=words, bbox=[-180, -60, 180, 60]).matched()
    assert len(asked(server, "search/manifest.json")) == 1
    assert len(asked(server, "search/index.parquet")) == 1
    assert len(asked(server, "search/terms.parquet")) == 1


def test_every_read_of_an_index_is_a_range(server: Server) -> None:
    with geocairn.open(server.url) as hub:
        assert hub.search(filter='"x:mixed" = 1').ids() == ["mixed-00-1.0.0"]
        hub.search(bbox=[85.3, 27.7, 85.3, 27.7], sortby="-overlap").ids()
    tables = [r for r in server.requests if r.path.endswith(".parquet")]
    assert {request.path for request in tables} >= {"search/index.parquet", "forest/items.parquet"}
    assert all(request.range for request in tables)


def test_a_large_index_is_never_read_whole(folder: Path, tmp_path: Path) -> None:
    """The index again, twenty times as long and cut into row groups, with a hub around it."""
    import json

    target = Path(shutil.copytree(folder / "search", tmp_path / "search")).parent
    path = target / "search/index.parquet"
    table = pq.read_table(path)
    rng = np.random.default_rng(3)
    noise = pa.array([rng.bytes(400).hex() for _ in range(20 * table.num_rows)])
    table = pa.concat_tables([table] * 20)
    table = table.set_column(0, "row", pa.array(np.arange(table.num_rows, dtype=np.uint32)))
    table = table.set_column(table.schema.get_field_index("title"), "title", noise)
    pq.write_table(table, path, row_group_size=171)
    manifest = json.loads((target / "search/manifest.json").read_bytes())
    size = path.stat().st_size
    manifest["items"] = table.num_rows
    manifest["files"]["search/index.parquet"] = {"size": size, "footer": 0}
    (target / "search/manifest.json").write_text(json.dumps(manifest))
    assert size > 1 << 20
    with Server(target) as server, geocairn.open(server.url) as hub:
        assert hub.search(framework="pytorch").matched() == 20 * 17
        assert 0 < server.sent < size / 3
        before = server.sent
        assert hub.search(framework="pytorch", gsd=10).matched() == 20 * 5
        assert server.sent - before < size / 20


def test_no_byte_travels_twice() -> None:
    data = bytes(range(256)) * 4096
    fetched: list[tuple[int, int]] = []

    def fetch(start: int, end: int) -> bytes:
        fetched.append((start, end))
        return data[start:end]

    file = RangeFile(fetch, size=len(data), footer=70_000)
    assert file.read(len(data) - 8, len(data)) == data[-8:]
    ((start, end),) = fetched
    assert end == len(data)
    assert 0 <= len(data) - 70_000 - start < 1 << 14
    rng = np.random.default_rng(5)
    for _ in range(300):
        start = int(rng.integers(0, len(data)))
        end = start + int(rng.integers(0, 50_000))
        assert file.read(start, end) == data[start:end]
    covered = np.zeros(len(data), dtype=int)
    for start, end in fetched:
        covered[start:end] += 1
    assert covered.max() == 1
    assert file.read(len(data), len(data) + 5) == b""


def test_small_file_comes_whole() -> None:
    fetched: list[tuple[int, int]] = []

    def fetch(start: int, end: int) -> bytes:
        fetched.append((start, end))
        return bytes(end - start)

    RangeFile(fetch, size=100_000, footer=0).read(50_000, 50_010)
    assert fetched == [(0, 100_000)]


def test_not_a_hub(tmp_path: Path) -> None:
    with Server(tmp_path) as server, pytest.raises(HubError, match="not a geocairn hub") as caught:
        geocairn.open(server.url)
    assert server.url in str(caught.value)


def test_no_server() -> None:
    with pytest.raises(HubError, match=r"cannot read search/manifest\.json") as caught:
        geocairn.open("http://127.0.0.1:9/")
    assert "address" in str(caught.value)


def test_server_without_ranges(server: Server) -> None:
    server.ranges = False
    with geocairn.open(server.url) as hub, pytest.raises(HubError, match="ignores Range") as caught:
        hub.search(q="flood").matched()
    assert caught.value.remedy


@pytest.mark.parametrize("path", ["search/index.parquet", "search/terms.parquet"])
def test_file_that_is_shorter(folder: Path, tmp_path: Path, path: str) -> None:
    target = Path(shutil.copytree(folder, tmp_path / "hub"))
    (target / path).write_bytes((target / path).read_bytes()[:-50])
    with (
        Server(target) as server,
        geocairn.open(server.url) as hub,
        pytest.raises(HubError, match="not as long as the manifest says"),
    ):
        hub.search(q="flood", bbox=[0, 0, 1, 1]).matched()


def test_body_that_breaks_off(server: Server) -> None:
    with geocairn.open(server.url) as hub:
        server.faults["search/index.parquet"] = "cut"
        with pytest.raises(HubError, match=r"cannot read search/index\.parquet"):
            hub.search(bbox=[0, 0, 1, 1]).matched()


class _Once(dict[str, Any]):
    """Faults that happen a single time."""

    def get(self, key: str, default: Any = None) -> Any:
        return self.pop(key, default)


def test_a_passing_failure_is_tried_again(server: Server) -> None:
    server.faults = _Once({"search/manifest.json": 503, "search/terms.parquet": "cut"})
    with geocairn.open(server.url) as hub:
        assert hub.search(q="flood").matched() > 5
    assert len(asked(server, "search/manifest.json")) == 2
    assert len(asked(server, "search/terms.parquet")) == 2


@pytest.mark.parametrize("status", [403, 500])
def test_a_lasting_failure_is_told(server: Server, status: int) -> None:
    with geocairn.open(server.url) as hub:
        server.faults["search/index.parquet"] = status
        with pytest.raises(HubError, match=f"answered {status}"):
            hub.search(bbox=[0, 0, 1, 1]).matched()


def test_open_again_after_closing(server: Server) -> None:
    hub = geocairn.open(server.url)
    assert hub.search(q="flood").matched() > 5
    hub.close()
    assert hub.search(q="flood").matched() > 5
    hub.close()


def test_an_unclosed_hub_leaves_no_warning(server: Server) -> None:
    import gc

    hub = geocairn.open(server.url)
    assert hub.search(q="flood").matched() > 5
    del hub
    gc.collect()  # an open connection would warn here, and warnings are errors


def test_local_search_needs_no_network_code(folder: Path) -> None:
    import subprocess

    code = (
        "import sys, geocairn; hub = geocairn.open(sys.argv[1]);"
        "assert len(list(hub.search(q='flood', bbox=[0,-60,60,60]).items_as_dicts()));"
        "print(sorted({'aiohttp','fsspec','pystac','shapely','cql2'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
