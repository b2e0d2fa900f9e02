"""Ways to break a hub, each with the codes that name it and the file that is to blame."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from geocairn import layout
from geocairn.compile.splice import described

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
            if not path.endswith(".parquet"):
                continue
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


def point(document: dict[str, Any], relation: str, href: str) -> None:
    """Let the first link of a relation lead elsewhere."""
    next(link for link in document["links"] if link["rel"] == relation)["href"] = href
