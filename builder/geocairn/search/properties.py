"""Members of items that the search index does not hold, read from the collections' tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from geocairn import layout
from geocairn.search.engine import Arrays, Engine, Rows

__all__ = ["item_rows", "property_expression"]


def item_rows(
    engine: Engine, rows: Rows, expressions: Mapping[str, str], columns: Arrays
) -> tuple[str, dict[str, Any], Arrays]:
    """SQL of a table with one row an item: ``row``, the given columns, and expressions over it.

    Args:
        engine: The hub's engine.
        rows: The items, ascending.
        expressions: Column name to SQL over the columns of ``items.parquet`` (as ``f``).
        columns: Further columns, aligned with `rows`.

    Returns:
        The SQL, its parameters, and the table ``given`` that it needs.
    """
    given: Arrays = {"row": rows, **columns}
    own = "".join(f", given.{name}" for name in columns)
    if not expressions:
        return "SELECT * FROM given", {}, given
    part = np.full(len(rows), -1, dtype=np.int64)
    position = np.zeros(len(rows), dtype=np.int64)
    selects, parameters = [], {}
    made = "".join(f", {sql} AS {name}" for name, sql in expressions.items())
    for number, (collection, members) in enumerate(engine.members().items()):
        places = np.searchsorted(members, rows)
        inside = places < len(members)
        inside[inside] = members[places[inside]] == rows[inside]
        if not inside.any():
            continue
        part[inside], position[inside] = number, places[inside]
        parameters[f"items{number}"] = engine.hub.scan_path(layout.items_parquet(collection))
        selects.append(
            f"SELECT given.row{own}{made} FROM given "
            f"JOIN read_parquet($items{number}, file_row_number = true) AS f "
            f"ON f.file_row_number = given.position WHERE given.part = {number}"
        )
    given |= {"part": part, "position": position}
    return " UNION ALL ".join(selects), parameters, given


def property_expression(name: str, bind: Any) -> str:
    """SQL of an item property as JSON text, NULL where it is absent or null.

    A name that is no property by itself is tried as a path, dots between its parts.

    Args:
        name: Property name, without ``properties.``.
        bind: Keeps a value as a parameter and gives its place.
    """
    from geocairn.itemtable import columns as c  # pyarrow: only searches that read items need it

    typed = (*c.TEXTS, *c.TEXT_LISTS, *c.FLAGS, *c.INTEGERS, *c.NUMBERS)
    options: list[str] = []
    if name in c.JSON_TEXTS:
        options.append(f'f."{name}"')  # a name of our own table
    elif name in typed:
        options.append(f'to_json(f."{name}")::VARCHAR')
    options += _in_rest([name], bind)
    head, _, tail = name.partition(".")
    if tail:
        path = tail.split(".")
        if head in c.JSON_TEXTS:
            options.append(f'json_extract(f."{head}", {bind(_pointer(path))}::VARCHAR)::VARCHAR')
        options += _in_rest([head, *path], bind)
    return f"nullif(coalesce({', '.join(options)}), 'null')"


def _in_rest(path: Sequence[str], bind: Any) -> list[str]:
    from geocairn.itemtable import columns as c

    # An item kept word for word stands in a list of one.
    return [
        f'json_extract(f."{c.REST}", {bind(_pointer([*start, "properties", *path]))}::VARCHAR)'
        "::VARCHAR"
        for start in ((), ("0",))
    ]


def _pointer(path: Sequence[str]) -> str:
    """JSON Pointer (RFC 6901)."""
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in path)
