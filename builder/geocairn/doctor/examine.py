"""A whole examination: every part of a hub against every other."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from geocairn import layout
from geocairn.doctor.blocks import check_blocks
from geocairn.doctor.collections import CollectionChecks
from geocairn.doctor.context import Context
from geocairn.doctor.files import HubFiles
from geocairn.doctor.index import Index, read_index
from geocairn.doctor.items import ItemChecks
from geocairn.doctor.links import check_catalog, check_members
from geocairn.doctor.totals import check_facets, check_folders, check_manifest, check_order
from geocairn.doctor.words import Words
from geocairn.errors import MissingFileError
from geocairn.findings import Report
from geocairn.progress import Progress, Silent

__all__ = ["examine"]

_ITEMS_A_GROUP = 50

Picks = dict[str, dict[int, npt.NDArray[np.int64]]]


def examine(href: str, *, sample: int | None = None, progress: Progress | None = None) -> Report:
    """Compare everything that a hub says with everything else that it says.

    Memory holds the rows of the search index (about a GiB a million items) and otherwise
    a few hundred items at a time.

    Args:
        href: The hub's folder or URL.
        sample: Look at so many items, evenly spread over some row groups, instead of all; the
            search index, counts and catalogs are compared whole all the same.
        progress: Told how far it is.

    Returns:
        What was found; every finding is a drift and has a code of `geocairn.doctor.RULES`.

    Raises:
        HubError: When there is no hub, or it cannot be reached.
    """
    context = Context(HubFiles(href), progress or Silent(), sample)
    pool = pa.default_memory_pool()
    # Arrow's own allocators keep what tables have been decoded into; this one gives it back.
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        _examine(context)
    finally:
        pa.set_memory_pool(pool)
        context.files.close()
    return context.report


def _examine(context: Context) -> None:
    index = read_index(context)
    check_manifest(context, index)
    names = _collections(context, index)
    check_catalog(context, names)
    if index is None:
        return  # without it there is nothing to compare the items with
    check_facets(context, index)
    words = Words(context, index)
    items = ItemChecks(context, index, words)
    picks = None if context.sample is None else _picks(context, names)
    total = index.table.num_rows if picks is None else _count(picks)
    context.progress.step("Comparing items", total=total)
    pages = {}
    for name in names:
        document = _collection(context, name)
        if document is not None:
            rows = index.rows.get(name, np.zeros(0, dtype=np.int64))
            pages[name] = check_members(context, name, document, index.ids(rows))
        chosen = None if picks is None else picks[name]
        CollectionChecks(context, index, items, name, chosen).check(document)
    check_order(context, index)
    words.check()
    check_folders(context, index, names, pages)
    check_blocks(context, index)


def _collections(context: Context, index: Index | None) -> list[str]:
    """Ids of all collections that the manifest or the index has."""
    entries = context.files.manifest["collections"]
    listed = [entry.get("id") for entry in entries if isinstance(entry, dict)]
    known = set(index.rows) if index is not None else set()
    return sorted(known | {name for name in listed if isinstance(name, str)})


def _collection(context: Context, name: str) -> dict[str, Any] | None:
    path = layout.collection_json(name)
    document = context.document(path)
    if document is None:
        return None
    if document.get("id") != name or document.get("type") != "Collection":
        message = f"is not the collection {name!r}"
        context.say("DOC020", message, file=path, path=("id",), value=document.get("id"))
        return None
    return document


def _picks(context: Context, names: list[str]) -> Picks:
    """Row groups to look at, with the rows in each; they are few, for each is read whole."""
    groups: list[tuple[str, int, int]] = []
    for name in names:
        try:
            with context.files.parquet(layout.items_parquet(name)) as parquet:
                sizes = parquet.metadata
                groups += [
                    (name, n, sizes.row_group(n).num_rows) for n in range(sizes.num_row_groups)
                ]
        except (MissingFileError, OSError, ValueError, pa.ArrowException):
            continue  # found when the collection itself is looked at
    asked = context.sample or 0
    count = min(len(groups), max(1, asked // _ITEMS_A_GROUP))
    picks: Picks = {name: {} for name in names}
    for place in np.linspace(0, len(groups) - 1, count).round().astype(int).tolist():
        name, number, rows = groups[place]
        wanted = min(rows, -(-asked // count))
        picks[name][number] = np.unique(np.linspace(0, rows - 1, wanted).round().astype(np.int64))
    return picks


def _count(picks: Picks) -> int:
    return sum(len(rows) for groups in picks.values() for rows in groups.values())
