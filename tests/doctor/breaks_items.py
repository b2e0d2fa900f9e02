"""Ways to break what files say of items: members, words, counts, links, their own files."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from tests.doctor.breaking import (
    COLLECTION,
    ITEM,
    TABLE,
    drift,
    edit,
    point,
    replaced,
    rewrite,
    row_of,
)

from geocairn import layout

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
    edit(hub / COLLECTION, lambda collection: point(collection, "root", "./collection.json"))


@drift(ITEM, "DOC062", "DOC021")
def item_parent_elsewhere(hub: Path) -> None:
    edit(hub / ITEM, lambda item: point(item, "parent", "../../c1/collection.json"))


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
