"""Ways to break files as wholes: missing, cut off, miscounted, without their metadata."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import zstandard
from tests.doctor.breaking import COLLECTION, ITEM, TABLE, drift, edit, replaced, rewrite

from geocairn import layout
from geocairn.compile import directory
from geocairn.thrift import BINARY, read_struct, write_struct

# Files that are not there, or not whole


@drift(ITEM, "DOC001")
def item_file_removed(hub: Path) -> None:
    (hub / ITEM).unlink()


@drift(TABLE, "DOC001")
def table_removed(hub: Path) -> None:
    (hub / TABLE).unlink()


@drift(layout.FACETS, "DOC001")
def facets_removed(hub: Path) -> None:
    (hub / layout.FACETS).unlink()


@drift(COLLECTION, "DOC001")
def collection_removed(hub: Path) -> None:
    (hub / COLLECTION).unlink()


@drift(layout.INDEX, "DOC001")
def index_removed(hub: Path) -> None:
    (hub / layout.INDEX).unlink()


@drift(ITEM, "DOC002")
def item_cut_off(hub: Path) -> None:
    (hub / ITEM).write_bytes((hub / ITEM).read_bytes()[:500])


@drift(layout.CATALOG, "DOC002")
def catalog_is_a_list(hub: Path) -> None:
    (hub / layout.CATALOG).write_text("[]")


@drift(TABLE, "DOC002")
def table_cut_off(hub: Path) -> None:
    (hub / TABLE).write_bytes((hub / TABLE).read_bytes()[:-100])


@drift(TABLE, "DOC002")
def table_pages_overwritten(hub: Path) -> None:
    data = bytearray((hub / TABLE).read_bytes())
    data[100:2000] = bytes(1900)
    (hub / TABLE).write_bytes(data)


@drift(layout.INDEX, "DOC002", "DOC010")
def index_cut_off(hub: Path) -> None:
    (hub / layout.INDEX).write_bytes((hub / layout.INDEX).read_bytes()[:-100])


@drift(layout.TERMS, "DOC002", "DOC010")
def terms_cut_off(hub: Path) -> None:
    (hub / layout.TERMS).write_bytes((hub / layout.TERMS).read_bytes()[:-20])


@drift(COLLECTION, "DOC003", "DOC031")
def collection_grown(hub: Path) -> None:
    edit(hub / COLLECTION, lambda document: document.update(description="long " * 300_000))


# Manifest and index


@drift(layout.MANIFEST, "DOC010")
def manifest_counts_one_more(hub: Path) -> None:
    edit(hub / layout.MANIFEST, lambda manifest: manifest.update(items=manifest["items"] + 1))


@drift(layout.MANIFEST, "DOC010")
def manifest_counts_a_collection_wrong(hub: Path) -> None:
    edit(hub / layout.MANIFEST, lambda m: m["collections"][1].update(items=0))


@drift(layout.MANIFEST, "DOC010")
def manifest_has_another_size(hub: Path) -> None:
    edit(hub / layout.MANIFEST, lambda m: m["files"][layout.TERMS].update(size=7))


@drift(layout.MANIFEST, "DOC010")
def manifest_has_another_footer(hub: Path) -> None:
    edit(hub / layout.MANIFEST, lambda m: m["files"][layout.INDEX].update(footer=64))


@drift(layout.INDEX, "DOC011")
def index_column_dropped(hub: Path) -> None:
    rewrite(hub, layout.INDEX, lambda table: table.drop_columns(["gsd"]))


@drift(TABLE, "DOC011")
def table_column_of_another_type(hub: Path) -> None:
    def change(table: pa.Table) -> pa.Table:
        place = table.schema.get_field_index("gsd")
        return table.set_column(place, "gsd", table["gsd"].cast(pa.float32()))

    rewrite(hub, TABLE, change)


@drift(layout.INDEX, "DOC012", "DOC041")
def index_rows_swapped(hub: Path) -> None:
    def change(table: pa.Table) -> pa.Table:
        order = np.arange(table.num_rows)
        order[[0, 1]] = order[[1, 0]]
        swapped = table.take(pa.array(order))
        return swapped.set_column(0, swapped.schema.field("row"), table["row"])

    rewrite(hub, layout.INDEX, change)


@drift(layout.INDEX, "DOC012")
def index_rows_numbered_wrong(hub: Path) -> None:
    rewrite(hub, layout.INDEX, lambda table: replaced(table, "row", 3, 99))


@drift(TABLE, "DOC012")
def table_rows_reversed(hub: Path) -> None:
    rewrite(hub, TABLE, lambda table: table.take(pa.array(range(table.num_rows))[::-1]))


@drift(layout.INDEX, "DOC014")
def index_without_statistics(hub: Path) -> None:
    rewrite(hub, layout.INDEX, lambda table: table, write_statistics=False)


@drift(TABLE, "DOC014")
def table_with_wrong_statistics(hub: Path) -> None:
    data = (hub / TABLE).read_bytes()
    start = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    footer, _ = read_struct(data[start:-8])
    for chunk in footer[4][1][1][0][1][1][1]:
        meta = chunk[3][1]
        if meta[3][1][1] == [b"bbox", b"xmin"]:
            meta[12][1][6] = (BINARY, np.float64(-7.5).tobytes())
    raw = bytearray()
    write_struct(footer, raw)
    (hub / TABLE).write_bytes(data[:start] + raw + len(raw).to_bytes(4, "little") + b"PAR1")


@drift(TABLE, "DOC015", "DOC016")
def table_row_repeated(hub: Path) -> None:
    def change(table: pa.Table) -> pa.Table:
        rows = list(range(table.num_rows))
        rows[4] = rows[3]
        return table.take(pa.array(rows))

    rewrite(hub, TABLE, change)


@drift(TABLE, "DOC016")
def table_row_removed(hub: Path) -> None:
    rewrite(hub, TABLE, lambda table: table.slice(1))


@drift(layout.INDEX, "DOC015", "DOC010", "DOC012", "DOC050")
def index_row_repeated(hub: Path) -> None:
    rewrite(hub, layout.INDEX, lambda table: pa.concat_tables([table, table.slice(0, 1)]))


# Metadata of the table


def _with_metadata(hub: Path, key: bytes, change: Callable[[Any], None]) -> None:
    def apply(table: pa.Table) -> pa.Table:
        metadata = dict(table.schema.metadata)
        document = json.loads(metadata[key])
        change(document)
        return table.replace_schema_metadata(metadata | {key: json.dumps(document)})

    rewrite(hub, TABLE, apply)


@drift(TABLE, "DOC030")
def geo_metadata_without_covering(hub: Path) -> None:
    _with_metadata(hub, b"geo", lambda geo: geo["columns"]["geometry"].pop("covering"))


@drift(TABLE, "DOC030")
def geo_metadata_with_another_extent(hub: Path) -> None:
    _with_metadata(
        hub, b"geo", lambda geo: geo["columns"]["geometry"].update(bbox=[0.0, 0.0, 1.0, 1.0])
    )


@drift(TABLE, "DOC030", "DOC031")
def metadata_lost(hub: Path) -> None:
    rewrite(hub, TABLE, lambda table: table.replace_schema_metadata(None))


@drift(TABLE, "DOC031")
def collection_in_the_table_changed(hub: Path) -> None:
    _with_metadata(hub, b"stac-geoparquet", lambda s: s["collections"]["c0"].update(license="x"))


# Files for browsers


@drift(layout.BLOCKS, "DOC080")
def blocks_of_another_build(hub: Path) -> None:
    (hub / layout.BLOCKS).write_bytes((hub / layout.BLOCKS).read_bytes()[::-1])


def _with_directory(hub: Path, change: Callable[[dict[str, Any]], object]) -> None:
    document = directory.opened((hub / layout.DIRECTORY).read_bytes())
    change(document)
    packed = zstandard.ZstdCompressor(level=19).compress(json.dumps(document).encode())
    (hub / layout.DIRECTORY).write_bytes(packed)
    _with_size(hub, layout.DIRECTORY)


def _with_size(hub: Path, path: str) -> None:
    size = (hub / path).stat().st_size
    edit(hub / layout.MANIFEST, lambda manifest: manifest["files"][path].update(size=size))


@drift(layout.DIRECTORY, "DOC080")
def directory_of_another_build(hub: Path) -> None:
    _with_directory(hub, lambda document: document.update(months={"2000-01": 7}))


@drift(layout.DIRECTORY, "DOC002")
def directory_damaged(hub: Path) -> None:
    data = (hub / layout.DIRECTORY).read_bytes()
    (hub / layout.DIRECTORY).write_bytes(b"?" * len(data))


@drift(layout.WORDS, "DOC080")
def words_of_another_build(hub: Path) -> None:
    head = json.loads(zstandard.decompress((hub / layout.WORDS).read_bytes()))
    head["values"]["license"] = ["of another build"]
    packed = zstandard.ZstdCompressor().compress(json.dumps(head).encode())
    (hub / layout.WORDS).write_bytes(packed)  # so few items have no common words
    _with_directory(hub, lambda document: document["words"].update(head=len(packed)))
    _with_size(hub, layout.WORDS)


@drift(layout.WORDS, "DOC002")
def words_damaged(hub: Path) -> None:
    data = (hub / layout.WORDS).read_bytes()
    (hub / layout.WORDS).write_bytes(b"?" * len(data))
