"""Every drift that the doctor knows, by code."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from geocairn.checks.rule import Rule

__all__ = ["RULES"]

_REBUILD = "Build the hub again with `geocairn build --fresh`, and publish all of it."
_PUBLISH = "Publish the whole hub, or build it again with `geocairn build --fresh`."

# Code, what is wrong, why it matters, what to do.
_TABLE = (
    (
        "DOC001",
        "File missing",
        "Another file of the hub leads to it, so whoever follows that link finds nothing.",
        _PUBLISH,
    ),
    (
        "DOC002",
        "File that cannot be read",
        "It is no JSON, no Parquet, or not whole: it was cut off or changed on its way.",
        _PUBLISH,
    ),
    (
        "DOC003",
        "Document too large",
        "Catalogs and collections stay under 1 MiB, so that browsers and slow links can read them.",
        _REBUILD,
    ),
    (
        "DOC010",
        "Manifest that counts otherwise",
        "`search/manifest.json` says how many items and collections there are, and how large the "
        "search index is. Readers rely on it to fetch the right bytes.",
        _PUBLISH,
    ),
    (
        "DOC011",
        "Columns that are not those of a hub",
        "Readers find columns by name and type. Another version of geocairn may have written the "
        "file, or another program.",
        _REBUILD,
    ),
    (
        "DOC012",
        "Rows out of order",
        "Rows are numbered and sorted by size of footprint, place on the Hilbert curve, time, "
        "collection and id. Searches give results in this order, page by page, and skip what "
        "cannot match only where neighbours lie together.",
        _REBUILD,
    ),
    (
        "DOC013",
        "Row groups that cannot be skipped",
        "A search reads only the row groups whose statistics may match. Groups that are too large, "
        "or hold large footprints among small ones, are read nearly every time.",
        _REBUILD,
    ),
    (
        "DOC014",
        "Statistics missing or wrong",
        "Row groups are skipped by their columns' smallest and largest values. Wrong ones hide "
        "items; without them everything is read.",
        _REBUILD,
    ),
    (
        "DOC015",
        "Item listed twice",
        "An id is one item of a collection; the search index or the table has it more than once.",
        _REBUILD,
    ),
    (
        "DOC016",
        "Item missing from a file",
        "The search index, `items.parquet` and the folders hold the same items. One of them has an "
        "item that another does not have.",
        _REBUILD,
    ),
    (
        "DOC020",
        "Item that is not what its folder says",
        "An item's file is found by its collection and id. This one gives another.",
        _REBUILD,
    ),
    (
        "DOC021",
        "Item that differs between its file and items.parquet",
        "The table restores the very item. Where it does not, searches give one thing for few "
        "results and another for many.",
        _REBUILD,
    ),
    (
        "DOC022",
        "Column of items.parquet that says otherwise than the item",
        "Other programs read the typed columns and not what geocairn restores the item from.",
        _REBUILD,
    ),
    (
        "DOC023",
        "Geometry or covering box that is not the item's",
        "The covering box decides which rows a spatial search looks at, the geometry which match.",
        _REBUILD,
    ),
    (
        "DOC024",
        "Search index that says otherwise than the item",
        "Searches answer from the index: an item that was changed by hand is found as it was.",
        "Change items in the source, not in the hub, and build again.",
    ),
    (
        "DOC025",
        "Folder that the hub does not know",
        "It holds an item, a page or a collection that no file of the hub lists: it is left over "
        "from something else.",
        "Remove that folder, or build into a new one.",
    ),
    (
        "DOC030",
        "GeoParquet metadata missing or wrong",
        "Readers take the geometry's column, encoding, types, extent and covering from `geo`.",
        _REBUILD,
    ),
    (
        "DOC031",
        "stac-geoparquet metadata missing or wrong",
        "`stac-geoparquet` in the file's metadata holds the collection, as it is published.",
        _REBUILD,
    ),
    (
        "DOC040",
        "Term index in disorder",
        "Words are sorted, each with each weight once, and rows ascend: readers search in it by "
        "halves.",
        _REBUILD,
    ),
    (
        "DOC041",
        "Words of an item that the term index has otherwise",
        "Free text finds what the term index says: with a word missing, the item is not found.",
        "Change items and model cards in the source, not in the hub, and build again.",
    ),
    (
        "DOC050",
        "Facet counts that do not add up",
        "`search/facets.json` has the number of items for each value of each facet.",
        _REBUILD,
    ),
    (
        "DOC051",
        "Collection whose extent or summaries are not its items'",
        "The collection says what its items cover and what values they have.",
        _REBUILD,
    ),
    (
        "DOC060",
        "Catalog that does not list each collection once",
        "Clients walk from `catalog.json` to the collections.",
        _REBUILD,
    ),
    (
        "DOC061",
        "Item that is not linked exactly once",
        "Clients walk from a collection, over its pages if it is large, to each item once.",
        _REBUILD,
    ),
    (
        "DOC062",
        "Link that leads elsewhere than it should",
        "Links to root, parent, collection and the document itself say where a document belongs.",
        _REBUILD,
    ),
    (
        "DOC063",
        "Version links that are not those of the versions",
        "The versions of a model are linked in the order of their numbers.",
        _REBUILD,
    ),
    (
        "DOC070",
        "Asset whose file is missing",
        "The item refers to a file in the hub by a relative link, and it is not there.",
        _PUBLISH,
    ),
    (
        "DOC071",
        "Asset of another size or checksum than its item says",
        "The file was changed or cut off after the hub was built.",
        _PUBLISH,
    ),
    (
        "DOC080",
        "Files for browsers that differ from the indexes",
        "The search page reads `search/directory.bin`, `search/blocks.bin` and `search/words.bin`, "
        "which repeat what the indexes have; where they differ, it finds something else than "
        "Python does.",
        _REBUILD,
    ),
)

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        code: Rule(code=code, title=title, severity="error", why=why, remedy=remedy)
        for code, title, why, remedy in _TABLE
    }
)
"""Every code and what it means, in order."""
