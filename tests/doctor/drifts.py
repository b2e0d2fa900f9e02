"""Ways to break a hub, each with the codes that name it and the file that is to blame."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from geocairn import layout
from geocairn.compile.splice import described
from geocairn.compile.thrift import BINARY, read_struct, write_struct

ITEM = "c0/model-0000-1.2.0/model-0000-1.2.0.json"
TABLE = "c0/items.parquet"
COLLECTION = "c0/collection.json"


@dataclass(frozen=True)
class Drift:
    """One way to break a hub.

    Attributes:
        name: What it does.
        act: Does it.
        file: The file that must be named.
        codes: Everything that must be found, the code for this file first.
    """

    name: str
    act: Callable[[Path], None]
    file: str
    codes: tuple[str, ...]


DRIFTS: list[Drift] = []


def drift(file: str, *codes: str) -> Callable[[Callable[[Path], None]], Callable[[Path], None]]:
    def register(act: Callable[[Path], None]) -> Callable[[Path], None]:
        DRIFTS.append(Drift(act.__name__, act, file, codes))
        return act

    return register


def edit(path: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    """Change a JSON document in place."""
    document = json.loads(path.read_bytes())
    change(document)
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def rewrite(hub: Path, name: str, change: Callable[[pa.Table], pa.Table], **options: Any) -> None:
    """Change a Parquet file's rows, keeping its metadata and the manifest right."""
    path = hub / name
    metadata = pq.read_metadata(path).metadata
    kept = {key: metadata[key] for key in (b"geo", b"stac-geoparquet") if key in (metadata or {})}
    table = pq.read_table(path)
    groups = pq.read_metadata(path).row_group(0).num_rows
    table = change(table.replace_schema_metadata(kept or None))
    pq.write_table(table, path, **({"row_group_size": groups} | options))
    settle(hub)


def settle(hub: Path) -> None:
    """Make the manifest agree with the files it lists."""

    def change(manifest: dict[str, Any]) -> None:
        for path, recorded in manifest["files"].items():
            now = described(hub / path)
            recorded |= {"size": now.size, "footer": now.footer, "rows": now.rows}

    edit(hub / layout.MANIFEST, change)


def replaced(table: pa.Table, column: str, row: int, value: Any) -> pa.Table:
    """A table with one value changed."""
    values = table[column].to_pylist()
    values[row] = value
    place = table.schema.get_field_index(column)
    return table.set_column(
        place, table.schema.field(column), pa.array(values, table.schema.field(column).type)
    )


def row_of(table: pa.Table, item: str) -> int:
    return int(table["id"].to_pylist().index(item))


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


# Items


@drift(ITEM, "DOC020")
def item_with_another_id(hub: Path) -> None:
    edit(hub / ITEM, lambda item: item.update(id="other"))


@drift(ITEM, "DOC020")
def item_without_properties(hub: Path) -> None:
    edit(hub / ITEM, lambda item: item.update(properties=None))


@drift(TABLE, "DOC021", "DOC024")
def item_property_changed(hub: Path) -> None:
    edit(hub / ITEM, lambda item: item["properties"].update(gsd=77.5))


@drift(TABLE, "DOC021")
def item_null_dropped(hub: Path) -> None:
    edit(hub / ITEM, lambda item: item["properties"].update(unheard=None))


@drift(layout.TERMS, "DOC041", "DOC021", "DOC024")
def item_title_changed(hub: Path) -> None:
    edit(hub / ITEM, lambda item: item["properties"].update(title="Zweitausend"))


@drift("c1/items.parquet", "DOC022")
def typed_column_changed(hub: Path) -> None:
    # The item has a whole number, which the remainder keeps; this column is for other readers.
    def change(table: pa.Table) -> pa.Table:
        return replaced(table, "gsd", row_of(table, "nowhere-1.2.0"), 11.0)

    rewrite(hub, "c1/items.parquet", change)


@drift(TABLE, "DOC023", "DOC021")
def covering_shrunk(hub: Path) -> None:
    def change(table: pa.Table) -> pa.Table:
        row = row_of(table, "model-0000-1.2.0")
        box = table["bbox"][row].as_py()
        return replaced(table, "bbox", row, box | {"xmax": box["xmin"] + 0.25})

    rewrite(hub, TABLE, change)


@drift(TABLE, "DOC023", "DOC021")
def geometry_changed(hub: Path) -> None:
    def change(table: pa.Table) -> pa.Table:
        row = row_of(table, "model-0000-1.2.0")
        return replaced(table, "geometry", row, shapely.box(1, 2, 3, 4).wkb)

    rewrite(hub, TABLE, change)


@drift(layout.INDEX, "DOC024")
def index_value_changed(hub: Path) -> None:
    rewrite(
        hub,
        layout.INDEX,
        lambda table: replaced(table, "title", 2, "MIT-0"),
        write_statistics=True,
    )


@drift("c0/left-behind", "DOC025")
def item_left_behind(hub: Path) -> None:
    shutil.copytree(hub / "c0" / "model-0000-1.2.0", hub / "c0" / "left-behind")
    (hub / "c0" / "left-behind" / "model-0000-1.2.0.json").rename(
        hub / "c0" / "left-behind" / "left-behind.json"
    )


@drift("c9", "DOC025")
def collection_left_behind(hub: Path) -> None:
    (hub / "c9").mkdir()
    shutil.copy(hub / COLLECTION, hub / "c9")


@drift("c0/pages/old", "DOC025")
def page_left_behind(hub: Path) -> None:
    (hub / "c0" / "pages" / "old").mkdir(parents=True)
    (hub / "c0" / "pages" / "old" / "catalog.json").write_text("{}")


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


# Words


@drift(layout.TERMS, "DOC040")
def terms_swapped(hub: Path) -> None:
    def change(table: pa.Table) -> pa.Table:
        order = np.arange(table.num_rows)
        order[[2, 5]] = order[[5, 2]]
        return table.take(pa.array(order))

    rewrite(hub, layout.TERMS, change)


@drift(layout.TERMS, "DOC040")
def term_rows_reversed(hub: Path) -> None:
    def change(table: pa.Table) -> pa.Table:
        lists = table["rows"].to_pylist()
        row = next(n for n, rows in enumerate(lists) if len(rows) > 1)
        return replaced(table, "rows", row, lists[row][::-1])

    rewrite(hub, layout.TERMS, change)


@drift(layout.TERMS, "DOC040", "DOC041")
def term_row_out_of_range(hub: Path) -> None:
    rewrite(hub, layout.TERMS, lambda table: replaced(table, "rows", 0, [10_000]))


@drift(layout.TERMS, "DOC041")
def term_removed(hub: Path) -> None:
    rewrite(hub, layout.TERMS, lambda table: table.slice(1))


@drift(layout.TERMS, "DOC041")
def term_weight_changed(hub: Path) -> None:
    def change(table: pa.Table) -> pa.Table:
        counts = table["term"].value_counts().to_pylist()
        alone = {one["values"] for one in counts if one["counts"] == 1}
        row = next(n for n, term in enumerate(table["term"].to_pylist()) if term in alone)
        weight = table["impact"][row].as_py()
        return replaced(table, "impact", row, weight - 1 if weight > 1 else 2)

    rewrite(hub, layout.TERMS, change)


@drift(layout.TERMS, "DOC041")
def card_changed(hub: Path) -> None:
    (hub / layout.card("c0", "model-0000-1.2.0")).write_text("Something else entirely.")


@drift(layout.TERMS, "DOC041")
def card_removed(hub: Path) -> None:
    (hub / layout.card("c0", "model-0000-1.2.0")).unlink()


# Counts


@drift(layout.FACETS, "DOC050")
def facet_count_changed(hub: Path) -> None:
    edit(hub / layout.FACETS, lambda facets: facets["tasks"]["values"][0].__setitem__(1, 3))


@drift(COLLECTION, "DOC051", "DOC031")
def collection_extent_changed(hub: Path) -> None:
    edit(hub / COLLECTION, lambda c: c["extent"]["spatial"].update(bbox=[[0.0, 0.0, 1.0, 1.0]]))


@drift(COLLECTION, "DOC051", "DOC031")
def collection_summary_changed(hub: Path) -> None:
    edit(hub / COLLECTION, lambda c: c["summaries"].update(license=["none"]))


# Links


def _drop(document: dict[str, Any], relation: str) -> None:
    place = next(n for n, link in enumerate(document["links"]) if link["rel"] == relation)
    del document["links"][place]


def _repeat(document: dict[str, Any], relation: str, **changes: str) -> None:
    link = next(link for link in document["links"] if link["rel"] == relation)
    document["links"].append(link | changes)


def _point(document: dict[str, Any], relation: str, href: str) -> None:
    next(link for link in document["links"] if link["rel"] == relation)["href"] = href


@drift(layout.CATALOG, "DOC060")
def catalog_lists_one_less(hub: Path) -> None:
    edit(hub / layout.CATALOG, lambda catalog: _drop(catalog, "child"))


@drift(layout.CATALOG, "DOC060")
def catalog_lists_one_twice(hub: Path) -> None:
    edit(hub / layout.CATALOG, lambda catalog: _repeat(catalog, "child"))


@drift(layout.CATALOG, "DOC060")
def catalog_lists_a_stranger(hub: Path) -> None:
    edit(
        hub / layout.CATALOG, lambda catalog: _repeat(catalog, "child", href="./c7/collection.json")
    )


@drift(COLLECTION, "DOC061")
def item_not_linked(hub: Path) -> None:
    edit(hub / COLLECTION, lambda collection: _drop(collection, "item"))


@drift(COLLECTION, "DOC061")
def item_linked_twice(hub: Path) -> None:
    edit(hub / COLLECTION, lambda collection: _repeat(collection, "item"))


@drift(COLLECTION, "DOC061")
def stranger_linked(hub: Path) -> None:
    edit(hub / COLLECTION, lambda collection: _repeat(collection, "item", href="./no/no.json"))


@drift(COLLECTION, "DOC062", "DOC031")
def collection_root_elsewhere(hub: Path) -> None:
    edit(hub / COLLECTION, lambda collection: _point(collection, "root", "./collection.json"))


@drift(ITEM, "DOC062", "DOC021")
def item_parent_elsewhere(hub: Path) -> None:
    edit(hub / ITEM, lambda item: _point(item, "parent", "../../c1/collection.json"))


@drift("c0/versioned-1.1.0/versioned-1.1.0.json", "DOC063", "DOC021")
def version_link_dropped(hub: Path) -> None:
    path = hub / "c0/versioned-1.1.0/versioned-1.1.0.json"
    edit(path, lambda item: _drop(item, "predecessor-version"))


@drift("c0/versioned-1.10.0/versioned-1.10.0.json", "DOC063", "DOC021")
def version_link_added(hub: Path) -> None:
    link = {"rel": "successor-version", "href": "../versioned-1.0.0/versioned-1.0.0.json"}
    path = hub / "c0/versioned-1.10.0/versioned-1.10.0.json"
    edit(path, lambda item: item["links"].append(link))


# Files of items


@drift("c0/model-0000-1.2.0/thumbnail.png", "DOC070")
def asset_removed(hub: Path) -> None:
    (hub / "c0/model-0000-1.2.0/thumbnail.png").unlink()


@drift("c0/model-0000-1.2.0/thumbnail.png", "DOC071")
def asset_cut_off(hub: Path) -> None:
    (hub / "c0/model-0000-1.2.0/thumbnail.png").write_bytes(b"\x89PNG")


@drift("c0/model-0000-1.2.0/thumbnail.png", "DOC071")
def asset_changed(hub: Path) -> None:
    path = hub / "c0/model-0000-1.2.0/thumbnail.png"
    path.write_bytes(bytes(reversed(path.read_bytes())))
