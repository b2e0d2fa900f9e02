"""Each collection: its table, row group by row group, its metadata and its document."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from geocairn import _io, layout
from geocairn.compile import geoparquet, summaries
from geocairn.doctor.context import Context, first_difference
from geocairn.doctor.index import Index
from geocairn.doctor.items import ItemChecks, Part
from geocairn.doctor.tables import check_groups, check_schema, check_span
from geocairn.errors import MalformedJSONError, MissingFileError
from geocairn.itemtable import columns as c
from geocairn.itemtable import file_schema

__all__ = ["CollectionChecks"]

_SIDES = ("xmin", "ymin", "xmax", "ymax")
_BATCH = 512
_NO_ROWS = np.zeros(0, dtype=np.int64)

Document = dict[str, Any]


class CollectionChecks:
    """Checks one collection.

    Args:
        context: The examination.
        index: The search index.
        items: Compares its items.
        name: Its id.
        picks: For each row group to look at, the rows in it to compare with their files; None
            for all rows of all groups.
    """

    def __init__(
        self,
        context: Context,
        index: Index,
        items: ItemChecks,
        name: str,
        picks: dict[int, npt.NDArray[np.int64]] | None,
    ) -> None:
        self._context = context
        self._index = index
        self._items = items
        self._name = name
        self._picks = picks
        self._file = layout.items_parquet(name)
        self._rows = index.rows.get(name, _NO_ROWS)
        self._by_id: dict[str, int] = {}
        self._types: set[str] = set()

    def check(self, document: Document | None) -> None:
        """Check the table, and the document if it can be read."""
        try:
            with self._context.files.parquet(self._file) as parquet:
                self._check_table(parquet, document)
        except MissingFileError:
            self._context.say("DOC001", "is not there", file=self._file)
        except (OSError, ValueError, pa.ArrowException) as error:
            message = f"is no whole Parquet file: {str(error).partition(chr(10))[0]}"
            self._context.say("DOC002", message, file=self._file)
        else:
            if document is not None:
                self._check_document(document)

    def _check_table(self, parquet: pq.ParquetFile, document: Document | None) -> None:
        schema = parquet.schema_arrow
        keys = _asset_keys(schema)
        if not check_schema(self._context, schema, file_schema(keys), file=self._file):
            return
        check_groups(self._context, parquet.metadata, file=self._file)
        start = 0
        for number in range(parquet.num_row_groups):
            rows = parquet.metadata.row_group(number).num_rows
            if self._picks is None or number in self._picks:
                self._check_group(parquet, number, start, keys)
            start += rows
        self._check_rows(start)
        self._check_metadata(parquet.metadata.metadata or {}, document)

    def _check_group(
        self, parquet: pq.ParquetFile, number: int, start: int, keys: tuple[str, ...]
    ) -> None:
        picks = None if self._picks is None else self._picks[number]
        small: list[pa.Table] = []
        offset = 0
        for batch in parquet.iter_batches(_BATCH, row_groups=[number]):
            table = pa.Table.from_batches([batch])
            small.append(table.select(["bbox", *c.TIMES]))
            self._check_covering(table)
            places = np.arange(offset, offset + len(table))
            chosen = places if picks is None else np.intersect1d(places, picks)
            self._check_batch(table.take(pa.array(chosen - offset)), start + chosen, keys)
            offset += len(table)
        if small:
            table = pa.concat_tables(small).combine_chunks()
            columns = {name: table[name] for name in c.TIMES}
            columns |= {f"bbox.{side}": pc.struct_field(table["bbox"], side) for side in _SIDES}
            group = parquet.metadata.row_group(number)
            check_span(self._context, group, number, columns, _boxes(table), file=self._file)

    def _check_covering(self, table: pa.Table) -> None:
        """Compare boxes with the geometries beside them."""
        shapes = shapely.from_wkb(
            table["geometry"].to_numpy(zero_copy_only=False), on_invalid="ignore"
        )
        bounds, boxes = shapely.bounds(shapes).reshape(-1, 4), _boxes(table)
        same = (bounds == boxes) | (np.isnan(bounds) & np.isnan(boxes))
        for place in np.flatnonzero(~same.all(axis=1)).tolist():
            message = f"the box is {boxes[place].tolist()}, the geometry's {bounds[place].tolist()}"
            item = table["id"][place].as_py()
            self._context.say("DOC023", message, file=self._file, item=item or "")

    def _check_batch(
        self, table: pa.Table, places: npt.NDArray[np.int64], keys: tuple[str, ...]
    ) -> None:
        """Compare some rows; `places` are theirs in the table."""
        if table.num_rows == 0:
            return
        rows = self._located(table["id"].to_pylist(), places)
        known = np.flatnonzero(rows >= 0)
        part = Part(self._name, table.take(pa.array(known)), rows[known], keys)
        self._types |= self._items.check(part)
        self._context.report.documents += len(known)
        self._context.progress.advance(table.num_rows)

    def _located(self, ids: list[str], places: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Rows of the index that some rows of the table are; -1 for those that it lacks."""
        inside = places < len(self._rows)
        rows = np.full(len(places), -1, dtype=np.int64)
        rows[inside] = self._rows[places[inside]]
        listed = self._index.listed
        aligned = inside.all() and self._index.ids(rows) == ids
        if not aligned or listed[rows].any():
            return self._looked_up(ids)
        listed[rows] = True
        return rows

    def _looked_up(self, ids: list[str]) -> npt.NDArray[np.int64]:
        """Rows by id, for a table that does not have the index's rows in their order."""
        if not self._by_id:
            names = self._index.ids(self._rows)
            self._by_id = dict(zip(names, self._rows.tolist(), strict=True))
        rows = np.full(len(ids), -1, dtype=np.int64)
        for n, item in enumerate(ids):
            row = self._by_id.get(item, -1)
            if row < 0:
                message = f"has {item!r}, which the search index does not have"
                self._context.say("DOC016", message, file=self._file, item=str(item))
            elif self._index.listed[row]:
                message = f"has {item!r} more than once"
                self._context.say("DOC015", message, file=self._file, item=item)
            else:
                self._index.listed[row] = True
                rows[n] = row
        known = rows[rows >= 0]
        falls = np.flatnonzero(np.diff(known) < 0)
        if len(falls):
            first, second = self._index.ids(known[falls[0] : falls[0] + 2])
            message = f"has {second!r} behind {first!r}, the search index before it"
            self._context.say("DOC012", message, file=self._file, item=second)
        return rows

    def _check_rows(self, count: int) -> None:
        """Find the items that the index has and the table does not."""
        if self._picks is not None:
            if count != len(self._rows):
                message = f"has {count:,} rows, and the search index {len(self._rows):,} for it"
                self._context.say("DOC016", message, file=self._file)
            return
        listed = self._index.listed[self._rows]
        if listed.all():
            return
        # An item that the index has twice is said there.
        known = set(self._index.ids(self._rows[listed]))
        for item in self._index.ids(self._rows[~listed]):
            if item not in known:
                message = f"lacks {item!r}, which the search index has"
                self._context.say("DOC016", message, file=self._file, item=item)

    def _check_metadata(self, found: dict[bytes, bytes], document: Document | None) -> None:
        whole = bool(self._index.seen[self._rows].all())
        wanted = geoparquet.file_metadata(
            bounds=summaries.bounds_of(self._summed()) if whole else None,
            geometry_types=self._types,
            collection=_embedded(document or {"id": self._name}),
        )
        geo = _parsed(wanted["geo"].encode())
        written = _parsed(found.get(b"geo", b"null"))
        if not whole and isinstance(written, dict):  # not all of it can be known
            column = geo["columns"]["geometry"]
            given = written.get("columns", {}).get("geometry", {})
            column |= {name: given[name] for name in ("bbox", "geometry_types") if name in given}
        self._say_difference("DOC030", "geo", geo, written)
        if document is not None:
            stac = _parsed(found.get(b"stac-geoparquet", b"null"))
            wanted_stac = _parsed(wanted["stac-geoparquet"].encode())
            self._say_difference("DOC031", "stac-geoparquet", wanted_stac, stac)

    def _say_difference(self, code: str, name: str, wanted: Any, found: Any) -> None:
        if difference := first_difference(found, wanted):
            path, one, other = difference
            message = f"metadata {name!r} is {one} where it should be {other}"
            self._context.say(code, message, file=self._file, path=path)

    def _summed(self) -> pa.Table:
        """The collection's rows as extents and summaries are taken from them."""
        table = self._index.table.take(pa.array(self._rows))
        bounds = pa.array(self._index.bounds[self._rows].ravel())
        return table.append_column("bounds", pa.FixedSizeListArray.from_arrays(bounds, 4))

    def _check_document(self, document: Document) -> None:
        file, table = layout.collection_json(self._name), self._summed()
        given = document.get("extent")
        known = given if isinstance(given, dict) else {}
        wanted = summaries.extent(table, given=known)
        if not self._index.seen[self._rows].all():
            wanted["spatial"] = known.get("spatial")
        found = document.get("summaries")
        found = found if isinstance(found, dict) else {}
        asked = summaries.summaries(table)
        parts = {
            "extent": (known, wanted),
            "summaries": ({name: found.get(name) for name in asked}, asked),
        }
        for name, (has, should) in parts.items():
            if difference := first_difference(has, should, (name,)):
                path, one, other = difference
                message = f"is {one} in the collection, {other} by its items"
                self._context.say("DOC051", message, file=file, path=path)


def _asset_keys(schema: pa.Schema) -> tuple[str, ...]:
    if "assets" not in schema.names or not pa.types.is_struct(schema.field("assets").type):
        return ()
    return tuple(field.name for field in schema.field("assets").type)


def _boxes(table: pa.Table) -> npt.NDArray[np.float64]:
    """(n, 4) west, south, east, north of the covering boxes; NaN where there is none."""
    sides = (pc.struct_field(table["bbox"], side) for side in _SIDES)
    return np.column_stack([pc.fill_null(side, np.nan).to_numpy() for side in sides])


def _embedded(document: Document) -> Document:
    links = document.get("links")
    kept = [
        link
        for link in (links if isinstance(links, list) else [])
        if not isinstance(link, dict) or link.get("rel") not in ("item", "child")
    ]
    return document | {"links": kept}


def _parsed(data: bytes) -> Any:
    try:
        return _io.loads(data)
    except MalformedJSONError:
        return None
