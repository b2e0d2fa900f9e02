"""Items as a table: typed columns for readers, the very items for us."""

from geocairn.itemtable.assets import pivot
from geocairn.itemtable.columns import REST, file_schema, spool_schema
from geocairn.itemtable.decode import items, iter_items
from geocairn.itemtable.encode import Encoder
from geocairn.itemtable.geometry import Footprints, own_box

__all__ = [
    "REST",
    "Encoder",
    "Footprints",
    "file_schema",
    "items",
    "iter_items",
    "own_box",
    "pivot",
    "spool_schema",
]
