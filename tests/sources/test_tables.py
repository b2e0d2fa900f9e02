"""stac-geoparquet, our own and others'."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import stac_geoparquet.arrow
from tests.items import collection, model, models, square, write_catalog
from tests.sources.reading import contents

from geocairn.build import BuildOptions, build
from geocairn.checks import SchemaStore
from geocairn.errors import InputError
from geocairn.sources import Source

Open = Callable[[str], Source]


@pytest.fixture
def hub(opened: Open, schemas: Path) -> Path:
    """A hub with an item that no other Parquet writer would keep."""
    hyperparameters = {"lr": "cosine", "none": None, "n": 2**80}
    odd = model("odd", collection="c0", mlm__hyperparameters=hyperparameters)
    write_catalog(Path("catalog"), [*models(4), odd])
    options = BuildOptions(store=SchemaStore(schemas, offline=True), jobs=1)
    build(["catalog"], Path("hub"), options=options)
    return Path("hub")


def test_our_own_comes_back_as_it_was(opened: Open, hub: Path) -> None:
    published = {
        (item := json.loads(path.read_text()))["id"]: item for path in hub.glob("c0/*/*.json")
    }
    source = opened("hub/c0/items.parquet")
    found = contents(source)
    assert {item["id"]: item for _, item in found} == published
    assert published["odd-1.2.0"]["properties"]["mlm:hyperparameters"]["n"] == 2**80
    assert [origin for origin, _ in found] == [f"hub/c0/items.parquet#row={n}" for n in range(3)]
    [raw] = source.collections()
    assert raw.origin == "hub/c0/items.parquet#collection"
    assert json.loads(raw.data)["description"] == collection()["description"]


def plain(number: int) -> dict[str, Any]:
    """An item that every stac-geoparquet writer can write."""
    west = float(number)
    return {
        "type": "Feature",
        "stac_version": "1.1.0",
        "stac_extensions": [],
        "id": f"plain-{number}",
        "collection": "plain",
        "geometry": square(west, 1.0),
        "bbox": [west, 1.0, west + 0.5, 1.5],
        "properties": {"datetime": "2024-03-01T10:00:00Z", "gsd": 10.0 + number, "title": "A"},
        "links": [],
        "assets": {"data": {"href": f"https://example.org/{number}.tif", "roles": ["data"]}},
    }


@pytest.mark.parametrize("writer", ["stac-geoparquet", "rustac"])
def test_others_come_as_their_reader_has_them(opened: Open, writer: str) -> None:
    items = [plain(number) for number in range(3)]
    if writer == "rustac":
        import asyncio

        import rustac

        async def write() -> None:
            await rustac.write("others.parquet", items)

        asyncio.run(write())
    else:
        table = stac_geoparquet.arrow.parse_stac_items_to_arrow(items)
        stac_geoparquet.arrow.to_parquet(table, "others.parquet")
    found = contents(opened("others.parquet"))
    assert [item["id"] for _, item in found] == ["plain-0", "plain-1", "plain-2"]
    assert found[1][0] == "others.parquet#row=1"
    for (_, item), given in zip(found, items, strict=True):
        assert json.loads(json.dumps(item["geometry"])) == given["geometry"]
        assert item["properties"]["gsd"] == given["properties"]["gsd"]
        assert item["assets"]["data"]["href"] == given["assets"]["data"]["href"]


def test_rows_are_read_a_batch_at_a_time(
    opened: Open, hub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from geocairn.sources import tables

    monkeypatch.setattr(tables, "_BATCH", 2)
    sizes = []
    decode = tables._decode

    def counting(table: pa.Table) -> Any:
        sizes.append(table.num_rows)
        return decode(table)

    monkeypatch.setattr(tables, "_decode", counting)
    assert len(contents(opened("hub/c0/items.parquet"))) == 3
    assert sizes == [2, 1]


def test_damaged_files_are_refused(opened: Open, hub: Path) -> None:
    whole = (hub / "c0/items.parquet").read_bytes()
    footer = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
    damaged = {
        "empty": b"",
        "text": b"hello, this is no table",
        "cut": whole[: len(whole) // 2],
        "magic": b"PAR1" + bytes(400) + b"PAR1",
        "footer": whole[:footer] + bytes(100) + whole[footer + 100 :],
        "pages": whole[:800] + bytes(1000) + whole[1800:],
    }
    for name, data in damaged.items():
        Path(f"{name}.parquet").write_bytes(data)
        with pytest.raises(InputError) as caught:
            opened(f"{name}.parquet")
        assert str(caught.value.where).startswith(f"{name}.parquet")
        assert "cannot be read" in caught.value.message


def test_tables_of_other_things_are_refused(opened: Open) -> None:
    pq.write_table(pa.table({"a": [1]}), "other.parquet")
    with pytest.raises(InputError, match="is not stac-geoparquet: it has no columns id"):
        opened("other.parquet")
    pq.write_table(pa.table({"id": [1], "geometry": [b"no WKB"]}), "odd.parquet")
    with pytest.raises(InputError, match=r"odd\.parquet: cannot be read"):
        opened("odd.parquet")


@pytest.mark.parametrize(
    ("metadata", "ids"),
    [
        ({"collections": {"a": collection("a"), "b": collection("b")}}, ["a", "b"]),
        ({"version": "1.0.0", "collection": collection("c")}, ["c"]),
        ({"collections": {"a": 1}}, []),
        ([], []),
        ("{", []),
    ],
)
def test_collections_inside_a_file(opened: Open, metadata: Any, ids: list[str]) -> None:
    table = stac_geoparquet.arrow.parse_stac_items_to_arrow([plain(1)]).read_all()
    text = metadata if isinstance(metadata, str) else json.dumps(metadata)
    stated = (table.schema.metadata or {}) | {b"stac-geoparquet": text.encode()}
    pq.write_table(table.replace_schema_metadata(stated), "with.parquet")
    found = [json.loads(raw.data)["id"] for raw in opened("with.parquet").collections()]
    assert found == ids
