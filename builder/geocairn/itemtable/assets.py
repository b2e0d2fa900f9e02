"""From a list of assets an item to a struct with a field for each common asset key."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geocairn.itemtable import columns as c

__all__ = ["pivot"]


def pivot(table: pa.Table, *, keys: Sequence[str]) -> pa.Table:
    """Turn a table of the spool schema into one of the file schema.

    Args:
        table: Items as an `Encoder` made them.
        keys: Asset keys that get a field of their own; assets under any other key stay in a
            list column, so nothing is lost.
    """
    lists = table["assets"].combine_chunks()
    if isinstance(lists, pa.ChunkedArray):
        lists = pa.concat_arrays(lists.chunks) if lists.num_chunks else pa.array([], c.ASSET_LIST)
    flat = lists.flatten()
    owners = pc.list_parent_indices(lists).to_numpy()
    names = flat.field("key")
    fields = [_field(flat, owners, pc.equal(names, key), len(lists)) for key in keys]
    common = pc.is_in(names, value_set=pa.array(list(keys), pa.string()))
    other = _others(flat, owners, pc.invert(common), len(lists))
    schema = c.file_schema(keys)
    columns = {name: table[name] for name in table.column_names}
    if fields:
        columns["assets"] = pa.StructArray.from_arrays(
            fields, fields=list(schema.field("assets").type)
        )
    columns[c.OTHER_ASSETS] = other
    return pa.Table.from_arrays([columns[name] for name in schema.names], schema=schema)


def _field(flat: pa.StructArray, owners: np.ndarray, chosen: pa.Array, rows: int) -> pa.Array:
    positions = np.flatnonzero(chosen.to_numpy(zero_copy_only=False))
    indices = np.full(rows, -1, dtype=np.int64)
    indices[owners[positions]] = positions
    picked = flat.take(pa.array(indices, mask=indices < 0))
    return pa.StructArray.from_arrays(
        [picked.field(field.name) for field in c.ASSET_FIELDS],
        fields=c.ASSET_FIELDS,
        mask=pc.is_null(picked),
    )


def _others(flat: pa.StructArray, owners: np.ndarray, chosen: pa.Array, rows: int) -> pa.Array:
    counts = np.bincount(owners[chosen.to_numpy(zero_copy_only=False)], minlength=rows)
    offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
    return pa.ListArray.from_arrays(
        pa.array(offsets), flat.filter(chosen), type=c.ASSET_LIST, mask=pa.array(counts == 0)
    )
