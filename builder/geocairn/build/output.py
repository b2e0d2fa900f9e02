"""Last stage: everything but the items' own files, then the swap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from geocairn import _io, layout
from geocairn.build.cache import State
from geocairn.build.collections import Collections
from geocairn.build.executor import Runner
from geocairn.build.gather import Gathered
from geocairn.build.linking import link_versions
from geocairn.build.tables import Tables
from geocairn.compile import stac, summaries
from geocairn.compile.order import cuts
from geocairn.compile.splice import Spliced
from geocairn.config import HubConfig
from geocairn.publish import Stage
from geocairn.version import __version__

__all__ = ["write_hub"]

_PAGE = 1000
Rows = npt.NDArray[np.int64]


def write_hub(
    gathered: Gathered,
    *,
    tables: Tables,
    collections: Collections,
    before: State,
    stage: Stage,
    runner: Runner,
    config: HubConfig,
) -> State:
    """Stage what depends on all items together.

    Returns:
        The state to remember once it is published, but for the inputs; the caller commits.
    """
    linked = link_versions(gathered, before=before.linked, stage=stage, runner=runner)
    extras = _beside(gathered.table)
    rows = dict(_rows_by_collection(gathered, collections))
    groups, files = tables.write(rows)
    keys = {}
    for name, chosen in rows.items():
        described = collections.document(name)
        keys[name] = _io.digest(_io.canonical(described), *(key.encode() for key in groups[name]))
        if before.keys.get(name) == keys[name]:
            extras += [path for path in before.extras if layout.is_page(path, collection=name)]
            continue
        whole = len(chosen) == gathered.table.num_rows
        table = gathered.table if whole else gathered.table.take(chosen)
        document, pages = _write_collection(table, described, stage=stage, config=config)
        extras += [layout.child_catalog(name, page) for page in pages]
        tables.join_items(name, chosen, groups[name], _embedded(document))
    documents = [collections.document(name) for name in rows]
    stage.write(layout.CATALOG, _json(stac.root_catalog(documents, config=config)))
    stage.write(layout.FACETS, _json(summaries.facet_counts(gathered.table)))
    counts = {name: len(chosen) for name, chosen in rows.items()}
    manifest = _json(_manifest(documents, counts, files, config=config))
    stage.write(layout.MANIFEST, manifest)
    return State(
        manifest=_io.digest(manifest),
        linked=linked,
        extras=sorted(extras),
        groups=groups,
        index=tables.index,
        terms=tables.terms,
        keys=keys,
        items=gathered.table.num_rows,
        collections=len(documents),
    )


def _json(document: Any) -> bytes:
    return _io.dumps(document) + b"\n"


def _rows_by_collection(gathered: Gathered, collections: Collections) -> Iterator[tuple[str, Rows]]:
    names = gathered.table["collection"].combine_chunks().dictionary_encode()
    codes = names.indices.to_numpy() if len(names) else np.zeros(0, np.int32)
    known = names.dictionary.to_pylist()
    for name in collections.names():
        code = known.index(name) if name in known else -1
        yield name, np.flatnonzero(codes == code)


def _beside(table: pa.Table) -> list[str]:
    """Paths of the files that are published beside items."""
    having = table.select(["collection", "id", "files"]).filter(pc.is_valid(table["files"]))
    return [
        f"{layout.item_folder(one['collection'], one['id'])}/{file}"
        for one in having.to_pylist()
        for file in one["files"]
    ]


def _write_collection(
    table: pa.Table, described: dict[str, Any], *, stage: Stage, config: HubConfig
) -> tuple[dict[str, Any], list[str]]:
    """Write a collection and, if it is large, its pages; gives it, and their names."""
    name = described["id"]
    listing = table.select(["id", "title", "hash"]).sort_by("id")
    pages: list[tuple[str, str]] = []
    if table.num_rows > _PAGE:
        start = 0
        hashes = listing["hash"].to_numpy()
        for end in cuts(hashes, smallest=_PAGE // 2, largest=_PAGE):
            listed = _listed(listing.slice(start, end - start))
            first, last = listed[0][0], listed[-1][0]
            document = stac.page(name, first, listed, config=config)
            stage.write(layout.child_catalog(name, first), _json(document))
            pages.append((first, f"{first} to {last}"))
            start = end
    document = stac.render_collection(
        described,
        config=config,
        extent=summaries.extent(table, given=described.get("extent")),
        summaries=summaries.summaries(table),
        items=() if pages else _listed(listing),
        pages=pages,
    )
    stage.write(layout.collection_json(name), _json(document))
    return document, [page for page, _ in pages]


def _listed(table: pa.Table) -> list[tuple[str, str | None]]:
    return list(zip(table["id"].to_pylist(), table["title"].to_pylist(), strict=True))


def _embedded(document: dict[str, Any]) -> dict[str, Any]:
    """The collection as it stands inside the table, without the list of what the table has."""
    links = [link for link in document["links"] if link["rel"] not in ("item", "child")]
    return document | {"links": links}


def _manifest(
    documents: Sequence[dict[str, Any]],
    counts: dict[str, int],
    files: dict[str, Spliced],
    *,
    config: HubConfig,
) -> dict[str, Any]:
    return {
        "geocairn": __version__,
        "title": config.title,
        "description": config.description,
        "items": sum(counts.values()),
        "collections": [
            {"id": d["id"], "title": d.get("title"), "items": counts[d["id"]]} for d in documents
        ],
        "files": {
            path: {"size": file.size, "footer": file.footer, "rows": file.rows}
            for path, file in files.items()
        },
    }
