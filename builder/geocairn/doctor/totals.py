"""What the hub says about itself as a whole: manifest, facets, order, folders left over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from geocairn import _io, layout
from geocairn.compile.order import hilbert, hub_order, tiers
from geocairn.compile.summaries import facet_counts
from geocairn.doctor.context import Context, first_difference
from geocairn.doctor.index import Index
from geocairn.errors import MissingFileError

__all__ = ["check_facets", "check_folders", "check_manifest", "check_order"]

_SMALLEST_PARQUET = 12


def check_manifest(context: Context, index: Index | None) -> None:
    """Compare the manifest with the files and with the search index."""
    manifest, file = context.files.manifest, layout.MANIFEST
    for path, recorded in manifest["files"].items():
        try:
            size = context.files.size(path)
        except MissingFileError:
            context.say("DOC001", "is in the manifest, but not there", file=path)
            continue
        place = ("files", path)
        if recorded["size"] != size:
            message = f"{path} has {size:,} bytes"
            context.say("DOC010", message, file=file, path=(*place, "size"), value=recorded["size"])
            continue
        if not path.endswith(".parquet"):
            continue
        if size < _SMALLEST_PARQUET:
            context.say("DOC002", f"has {size} bytes, too few for a Parquet file", file=path)
            continue
        footer = int.from_bytes(context.files.range(path, size - 8, size - 4), "little") + 8
        if recorded.get("footer") != footer:
            message = f"the footer of {path} has {footer:,} bytes"
            value = recorded.get("footer")
            context.say("DOC010", message, file=file, path=(*place, "footer"), value=value)
    if index is not None:
        _check_counts(context, manifest, index)


def _check_counts(context: Context, manifest: dict[str, Any], index: Index) -> None:
    file, count = layout.MANIFEST, index.table.num_rows
    if manifest["items"] != count:
        message = f"the search index has {count:,} items"
        context.say("DOC010", message, file=file, path=("items",), value=manifest["items"])
    listed: set[Any] = set()
    for place, entry in enumerate(manifest["collections"]):
        name = entry.get("id") if isinstance(entry, dict) else None
        listed.add(name)
        has = len(index.rows.get(name or "", ()))
        if not isinstance(entry, dict) or entry.get("items") != has:
            message = f"the search index has {has:,} items of {name!r}"
            context.say("DOC010", message, file=file, path=("collections", place), value=entry)
    for name in index.rows.keys() - listed:
        message = f"does not list {name!r}, which the search index has items of"
        context.say("DOC010", message, file=file, path=("collections",))


def check_facets(context: Context, index: Index) -> None:
    """Count every facet's values again."""
    found = context.document(layout.FACETS)
    if found is None:
        return
    wanted = _io.loads(_io.dumps(facet_counts(index.table)))
    if difference := first_difference(found, wanted):
        path, one, other = difference
        message = f"is {one} where it should be {other}"
        context.say("DOC050", message, file=layout.FACETS, path=path)


def check_order(context: Context, index: Index) -> None:
    """Check the hub's order, which only all items together have."""
    if not index.seen.all():
        return
    table = pa.table(
        {
            "tier": tiers(index.bounds),
            "hilbert": hilbert(index.bounds),
            **{name: index.table[name] for name in ("start", "collection", "id")},
        }
    )
    wrong = np.flatnonzero(hub_order(table) != np.arange(table.num_rows))
    if len(wrong):
        row = int(wrong[0])
        message = f"row {row:,} has its place elsewhere, and so have {len(wrong) - 1:,} more"
        item = index.table["id"][row].as_py()
        context.say("DOC012", message, file=layout.INDEX, item=item)


def check_folders(
    context: Context, index: Index, collections: Iterable[str], pages: Mapping[str, set[str]]
) -> None:
    """Find folders of items, pages and collections that nothing leads to; only in a folder."""
    root = context.files.folder
    if root is None:
        return
    known = set(collections)
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        if folder.name not in known:
            if (folder / "collection.json").is_file():
                context.say("DOC025", "is a collection that nothing lists", file=folder.name)
            continue
        ids = set(index.ids(index.rows.get(folder.name, np.zeros(0, np.int64))))
        _check_leftovers(context, folder, ids)
        _check_pages(context, folder / "pages", pages.get(folder.name, set()))


def _check_leftovers(context: Context, folder: Path, ids: set[str]) -> None:
    for place in folder.iterdir():
        if place.name not in ids and (place / f"{place.name}.json").is_file():
            path = f"{folder.name}/{place.name}"
            context.say("DOC025", "is an item that nothing lists", file=path, item=place.name)


def _check_pages(context: Context, folder: Path, names: set[str]) -> None:
    if not folder.is_dir():
        return
    for place in folder.iterdir():
        if place.name not in names and (place / "catalog.json").is_file():
            path = f"{folder.parent.name}/pages/{place.name}"
            context.say("DOC025", "is a page that nothing links to", file=path)
