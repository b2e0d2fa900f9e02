"""Search results for people and for programs: table, JSON, NDJSON, CSV and GeoParquet."""

from __future__ import annotations

import csv
import io
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from geocairn import _io
from geocairn.errors import GeocairnError
from geocairn.facets import FACETS, extract

if TYPE_CHECKING:
    from geocairn.search.itemsearch import ItemSearch

__all__ = ["WRITERS", "opened", "write_facets"]

Item = dict[str, Any]
Out = IO[bytes]

_CHUNK = 2000
_TABLE = ("id", "title", "tasks", "framework", "gsd", "time")
_CSV_FACETS = ("tasks", "framework", "architecture", "bands", "gsd", "license", "parameters")


@contextmanager
def opened(path: Path | None, *, binary: bool) -> Iterator[Out]:
    """The file to write, whole or not at all; standard output where there is no path."""
    if path is None:
        if binary and sys.stdout.isatty():
            raise click.UsageError("GeoParquet is binary: name a file with -o.")
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    buffer = io.BytesIO()
    yield buffer
    _io.write_atomic(path, buffer.getvalue(), durable=False)


def _shown(value: Any) -> str:
    """Text for a terminal: one line, without control characters that an item may bring along."""
    if isinstance(value, (list, tuple)):
        return ", ".join(_shown(part) for part in value)
    text = "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
    return "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text)


def _facets(item: Item) -> dict[str, Any]:
    return dict(zip((facet.name for facet in FACETS), extract(item), strict=True))


def _cells(item: Item, names: tuple[str, ...]) -> list[str]:
    properties = item.get("properties", {})
    known = _facets({"assets": {}, **item}) | {
        "id": item.get("id"),
        "collection": item.get("collection"),
        "title": properties.get("title", properties.get("mlm:name")),
        "time": _time(properties),
    }
    return [_shown(_value(item, known, name)) for name in names]


def _value(item: Item, known: Mapping[str, Any], name: str) -> Any:
    if name in known:
        return known[name]
    for place in (item.get("properties", {}), item):
        if isinstance(place, dict) and name.removeprefix("properties.") in place:
            value = place[name.removeprefix("properties.")]
            return _io.dumps(value).decode() if isinstance(value, (dict, list)) else value
    return None


def _time(properties: Mapping[str, Any]) -> str:
    moment = properties.get("datetime")
    if isinstance(moment, str):
        return moment[:10]
    ends = [properties.get(name) for name in ("start_datetime", "end_datetime")]
    shown = [end[:10] if isinstance(end, str) else ".." for end in ends]
    return "/".join(".." if end.startswith(("9999", "0001")) else end for end in shown)


def _write_table(found: ItemSearch, out: Out) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    fields = found.query.fields
    names = tuple(fields.include) if fields and fields.include else _TABLE
    if any(key.field == "overlap" for key in found.query.sortby):
        names = ("overlap_percentage", *names)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in names:
        label = {"overlap_percentage": "overlap %"}.get(name, name)
        # The id is what one goes on with, so it is the last to be cut.
        table.add_column(label, overflow="ellipsis", no_wrap=True, ratio=None,
                         min_width=24 if name == "id" else None)  # fmt: skip
    count = 0
    for item in found.items_as_dicts():
        table.add_row(*(Text(cell) for cell in _cells(item, names)))
        count += 1
    text = io.StringIO()
    console = Console(file=text, width=None if sys.stdout.isatty() else 120)
    if count:
        console.print(table)
    console.print(_summary(found, count), highlight=False, markup=False, soft_wrap=True)
    out.write(text.getvalue().encode())


def _summary(found: ItemSearch, count: int) -> str:
    matched = found.matched()
    end = found.query.offset() + count
    if matched == 0:
        return "Nothing matches."
    items = "item matches" if matched == 1 else "items match"
    more = f" Go on with --token {found.query.token_at(end)}" if end < matched else ""
    return f"{matched:,} {items}, {count:,} shown.{more}"


def _write_json(found: ItemSearch, out: Out) -> None:
    features = list(found.items_as_dicts())
    page: dict[str, Any] = {
        "type": "FeatureCollection",
        "features": features,
        "numberMatched": found.matched(),
        "numberReturned": len(features),
    }
    end = found.query.offset() + len(features)
    if end < found.matched():
        page["next"] = found.query.token_at(end)
    out.write(_io.dumps(page, indent=True) + b"\n")


def _write_ndjson(found: ItemSearch, out: Out) -> None:
    for item in found.items_as_dicts():
        out.write(_io.dumps(item) + b"\n")


def _write_csv(found: ItemSearch, out: Out) -> None:
    fields = found.query.fields
    places = ("west", "south", "east", "north")
    if fields and fields.include:
        names: tuple[str, ...] = tuple(fields.include)
    else:
        times = ("datetime", "start_datetime", "end_datetime")
        names = ("id", "collection", "title", *times, *places, *_CSV_FACETS, "href")
    if any(key.field == "overlap" for key in found.query.sortby):
        names = (*names, "overlap_percentage")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    for item in found.items_as_dicts():
        box = item.get("bbox") or []
        box = box[:2] + box[3:5] if len(box) == 6 else box
        extra = dict(zip(places, box, strict=False)) | {"href": item["links"][0]["href"]} if (
            "links" in item
        ) else {}  # fmt: skip
        known = _facets({"assets": {}, **item}) | {
            "title": item["properties"].get("title") if "properties" in item else None
        } | extra  # fmt: skip
        writer.writerow([_cell(_value(item, known, name)) for name in names])
        out.write(text.getvalue().encode())
        text.seek(0)
        text.truncate()
    out.write(text.getvalue().encode())


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return ";".join(map(str, value))
    # Spreadsheets take a text that begins so for a formula, and items come from strangers.
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return value


def _write_geoparquet(found: ItemSearch, out: Out) -> None:
    import pyarrow.parquet as pq

    from geocairn.itemtable import Encoder, file_schema, pivot

    if found.query.fields:
        raise click.UsageError("GeoParquet holds whole items: leave --fields out.")
    writer: pq.ParquetWriter | None = None
    keys: tuple[str, ...] = ()
    for items in _chunks(found.items_as_dicts()):
        encoder = Encoder()
        for item in items:
            encoder.add(item)
        if writer is None:
            names = {name for item in items for name in item.get("assets") or {}}
            keys = tuple(sorted(names)[:12])
            schema = file_schema(keys).with_metadata(_geo_metadata())
            writer = pq.ParquetWriter(out, schema, compression="zstd", write_batch_size=64)
        table = pivot(encoder.finish()[0], keys=keys)
        writer.write_table(table.replace_schema_metadata(_geo_metadata()))
    if writer is None:
        schema = file_schema(()).with_metadata(_geo_metadata())
        writer = pq.ParquetWriter(out, schema, compression="zstd")
    writer.close()


def _geo_metadata() -> dict[str, str]:
    geometry = {"encoding": "WKB", "geometry_types": [], "covering": {
        "bbox": {side: ["bbox", side] for side in ("xmin", "ymin", "xmax", "ymax")}
    }}  # fmt: skip
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": geometry}}
    return {
        "geo": _io.dumps(geo).decode(),
        "stac-geoparquet": _io.dumps({"version": "1.1.0"}).decode(),
    }


def _chunks(items: Iterator[Item]) -> Iterator[list[Item]]:
    chunk: list[Item] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


WRITERS: dict[str, Callable[[ItemSearch, Out], None]] = {
    "table": _write_table,
    "json": _write_json,
    "ndjson": _write_ndjson,
    "geoparquet": _write_geoparquet,
    "csv": _write_csv,
}


def write_facets(found: ItemSearch, out: Out, *, form: str) -> None:
    """Write the counts of every facet's values: as JSON, or as lines for people."""
    counts = found.facets()
    if form in ("json", "ndjson"):
        out.write(_io.dumps(counts, indent=form == "json") + b"\n")
        return
    if form != "table":
        raise GeocairnError(
            f"facet counts have no {form} form", remedy="Use --format table, json or ndjson."
        )
    lines = [f"{found.matched():,} items match."]
    for facet in FACETS:
        count = counts[facet.name]
        if "minimum" in count:
            span = f"{_shown(count['minimum'])} to {_shown(count['maximum'])}"
            lines.append(f"\n{facet.title} (--{facet.name}): {span}")
        elif count.get("values"):
            lines.append(f"\n{facet.title} (--{facet.name}):")
            shown = count["values"][:10]
            lines += [f"  {number:>9,}  {_shown(value)}" for value, number in shown]
            if count["distinct"] > len(shown):
                lines.append(f"  {'':>9}  and {count['distinct'] - len(shown):,} more")
    out.write(("\n".join(lines) + "\n").encode())
