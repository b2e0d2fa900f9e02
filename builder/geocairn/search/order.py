"""Matching rows in the order that a query asks for; every order is total."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from geocairn.query import SearchQuery, SortKey
from geocairn.queryables import queryable
from geocairn.search.engine import INDEX, Arrays, Engine, Rows, plain
from geocairn.search.matching import Matches, match, used_parameters
from geocairn.search.overlap import Overlaps
from geocairn.search.properties import item_rows, property_expression
from geocairn.search.sql import Compiler, quoted, sort_expressions

__all__ = ["Found"]

_FIRST = 1000
"""Rows that are put in order for the first pages; all others only when someone gets there."""


class Found:
    """The result of a query: how many rows, and which ones at any place of its order.

    Args:
        engine: The hub's engine.
        query: The query; its page is of no concern here.
    """

    def __init__(self, engine: Engine, query: SearchQuery) -> None:
        self._engine = engine
        self._query = query
        self._matches: Matches = match(engine, query)
        self._ordered: Rows | None = None
        self._overlaps: Overlaps | None = None
        found = self._matches
        if found.area is not None and any(key.field == "overlap" for key in query.sortby):
            self._overlaps = Overlaps(engine, found.area, found.rows, found.footprints)

    @property
    def count(self) -> int:
        """How many items match."""
        return len(self._matches.rows)

    @property
    def rows(self) -> Rows:
        """All matching rows, ascending."""
        return self._matches.rows

    def at(self, offset: int, count: int) -> Rows:
        """The rows from a place of the order on, at most `count`."""
        end = min(offset + count, self.count)
        if end <= offset:
            return np.empty(0, dtype=np.uint32)
        if not self._query.sortby and self._matches.scores is None:
            return self._matches.rows[offset:end]
        if self._ordered is None or len(self._ordered) < end:
            self._ordered = self._order(_FIRST if end <= _FIRST else self.count)
        return self._ordered[offset:end]

    def overlap_of(self, rows: Rows) -> list[float] | None:
        """Percentage of the query's area that each row covers, where the order asks for it."""
        if self._overlaps is None:
            return None
        shares: list[float] = self._overlaps.of(rows).tolist()
        return shares

    def _order(self, count: int) -> Rows:
        if not self._query.sortby:
            assert self._matches.scores is not None
            # Stable, so equal scores keep the hub's order.
            best = np.argsort(-self._matches.scores, kind="stable")
            return self._matches.rows[best[:count]]
        matches, shares, first = self._matches, None, self._query.sortby[0]
        if self._overlaps is not None:
            places = np.arange(len(matches.rows))
            if first.field == "overlap":
                places = self._overlaps.best(count, largest=first.direction == "desc")
            matches, shares = matches.keep(places), self._overlaps.at(places)
        return _sorted(self._engine, self._query.sortby, matches, shares, count)


def _sorted(
    engine: Engine,
    keys: tuple[SortKey, ...],
    matches: Matches,
    overlaps: npt.NDArray[np.float64] | None,
    count: int,
) -> Rows:
    compiler = Compiler()
    columns: Arrays = {}
    if matches.scores is not None:
        columns["score"] = matches.scores
    if overlaps is not None:
        columns["overlap"] = overlaps
    terms = [term for key in keys for term in _terms(key, compiler)]
    expressions = {
        f"p{number}": property_expression(name, compiler.bind)
        for number, name in enumerate(compiler.properties)
    }
    if engine.resident and not columns and not expressions:
        ranks = engine.resident.ranks.get(repr(terms), lambda: _ranks(engine, terms))
        best = np.argsort(ranks[matches.rows])[:count]
        return matches.rows[best]
    order = f"ORDER BY {', '.join(terms)}, found.row LIMIT {int(count)}"
    given: Arrays | None
    parameters: dict[str, Any]
    if len(matches.rows) == engine.size and not columns and not expressions:
        sql, parameters, given = f"SELECT found.row FROM {INDEX} AS found {order}", {}, None
    else:
        table, parameters, given = item_rows(engine, matches.rows, expressions, columns)
        sql = (
            f"SELECT found.row FROM ({table}) AS stage "
            f"JOIN {INDEX} AS found ON found.row = stage.row {order}"
        )
    parameters |= used_parameters(compiler.parameters, sql)
    return plain(engine.arrays(sql, parameters, given=given)["row"])


def _ranks(engine: Engine, terms: list[str]) -> npt.NDArray[np.uint32]:
    """The place of every row in an order of the whole hub; many searches want the same orders."""
    sql = f"SELECT found.row FROM {INDEX} AS found ORDER BY {', '.join(terms)}, found.row"
    rows = plain(engine.arrays(sql)["row"])
    ranks = np.empty(engine.size, dtype=np.uint32)
    ranks[rows] = np.arange(engine.size, dtype=np.uint32)
    return ranks


def _terms(key: SortKey, compiler: Compiler) -> list[str]:
    """ORDER BY terms of one key; missing values last in both directions."""
    found = queryable(key.field)
    if key.field in ("score", "overlap"):
        expressions = [f"stage.{key.field}"]
    elif key.field == "datetime":
        # An item with an interval takes its place by where that starts.
        expressions = ['coalesce(found."datetime", found."start")']
    elif found.column:
        expressions = [f"found.{quoted(found.column)}"]
    else:
        expressions = sort_expressions(f"stage.{compiler.property(found.name)}")
    return [f"{expression} {key.direction.upper()} NULLS LAST" for expression in expressions]
