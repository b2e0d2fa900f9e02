"""From a query to the rows that match it, in order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from geocairn.cql import EARLIEST, LATEST, SPATIAL
from geocairn.geojson import Box
from geocairn.query import SearchQuery
from geocairn.queryables import queryable
from geocairn.search.engine import INDEX, Arrays, Engine, Rows, plain
from geocairn.search.properties import item_rows, property_expression
from geocairn.search.spatial import FOOTPRINT, TRUE, Area, box_condition
from geocairn.search.sql import Compiler
from geocairn.search.text import Hits, query_tokens, rows_of_id, search_text

__all__ = ["Matches", "match", "used_parameters"]

if TYPE_CHECKING:
    from geocairn.search.resident import Resident

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FEW_HITS = 2000
_FEW_IDS = 10
_PLACE = re.compile(r"\$(v\d+)")


@dataclass
class Matches:
    """What a query found, before any order but the hub's.

    Attributes:
        rows: Matching rows, (n,) ascending.
        scores: Relevance of each, (n,), where the query has words.
        footprints: What the index tells of each one's footprint, where the query asks for space.
        area: The area asked for, where there is one.
    """

    rows: Rows
    scores: npt.NDArray[np.int64] | None = None
    footprints: Arrays = field(default_factory=dict)
    area: Area | None = None

    def keep(self, chosen: Any) -> Matches:
        """Only the chosen ones, by mask or by position."""
        scores = None if self.scores is None else self.scores[chosen]
        footprints = {name: array[chosen] for name, array in self.footprints.items()}
        return Matches(self.rows[chosen], scores, footprints, self.area)


@dataclass
class _Plan:
    """Conditions sorted by what they need.

    Attributes:
        ids: Ids, of which an item has one.
        cheap: SQL over the search index alone.
        boxes: For each area, boxes of which a footprint's box meets one at least.
        time: Start and end of an interval that an item's time meets.
        spatial: Spatial predicates that must hold.
        costly: SQL that also needs properties of items, or spatial predicates inside it.
        compiler: Holds the parameters, and the spatial predicates inside `costly`.
    """

    compiler: Compiler = field(default_factory=Compiler)
    ids: tuple[str, ...] = ()
    cheap: list[str] = field(default_factory=list)
    boxes: list[tuple[Box, ...]] = field(default_factory=list)
    time: tuple[datetime, datetime] | None = None
    spatial: list[tuple[str, Area]] = field(default_factory=list)
    costly: list[str] = field(default_factory=list)


def match(engine: Engine, query: SearchQuery) -> Matches:
    """Find every row that matches.

    Raises:
        HubError: When the hub cannot be read.
        QueryError: When the query's geometry is not valid.
    """
    plan = _plan(query)
    words = query_tokens(query.q)
    hits = search_text(engine, words) if words else None
    asked = plan.ids or plan.cheap or plan.time or plan.spatial or plan.costly
    if hits is not None and not asked:
        return Matches(hits.rows, hits.scores)
    only = hits.rows if hits is not None and len(hits.rows) <= _FEW_HITS else None
    if 0 < len(plan.ids) <= _FEW_IDS:
        only = _narrow(only, rows_of_id(engine, plan.ids))
    found = _scan(engine, plan, only)
    matches = Matches(plain(found.pop("row")), footprints=found, area=_area(query, plan))
    if hits is not None:
        matches = _with_scores(matches, hits)
    for op, area in plan.spatial:
        holds = area.evaluate(engine, op, matches.rows, matches.footprints) == TRUE
        matches = matches.keep(holds)
    if plan.costly and len(matches.rows):
        matches = matches.keep(_costly(engine, plan, matches))
    return matches


def _with_scores(matches: Matches, hits: Hits) -> Matches:
    """Only the rows that have the words, with their scores."""
    if len(hits.rows) == 0:
        return replace(matches.keep(np.empty(0, dtype=np.int64)), scores=hits.scores)
    places = np.minimum(np.searchsorted(hits.rows, matches.rows), len(hits.rows) - 1)
    same = hits.rows[places] == matches.rows
    kept = matches.keep(same)
    kept.scores = hits.scores[places[same]]
    return kept


def _plan(query: SearchQuery) -> _Plan:
    plan = _Plan(ids=query.ids or ())
    bind = plan.compiler.bind
    if query.collections:
        plan.cheap.append(_any_of("collection", query.collections, bind))
    if query.datetime:
        plan.time = (
            query.datetime.start or datetime.fromisoformat(EARLIEST),
            query.datetime.end or datetime.fromisoformat(LATEST),
        )
    shape = {"bbox": query.bbox} if query.bbox else query.intersects
    if shape is not None:
        _add_spatial(plan, "s_intersects", shape)
    for node in _conjuncts(query.filter):
        if isinstance(node, dict) and node["op"] in SPATIAL:
            _add_spatial(plan, node["op"], node["args"][1])
        else:
            sql = plan.compiler.condition(node)
            (plan.costly if _needs_items(node) else plan.cheap).append(sql)
    return plan


def _conjuncts(node: Any) -> list[Any]:
    if node is None or node is True:
        return []
    if isinstance(node, dict) and node["op"] == "and":
        return [part for arg in node["args"] for part in _conjuncts(arg)]
    return [node]


def _needs_items(node: Any) -> bool:
    """Whether a condition asks for more than the search index's columns hold."""
    if isinstance(node, list):
        return any(map(_needs_items, node))
    if not isinstance(node, dict):
        return False
    if "property" in node:
        found = queryable(node["property"])
        return found.column is None and found.type != "geometry"
    return "op" in node and (node["op"] in SPATIAL or _needs_items(node["args"]))


def _any_of(column: str, values: Sequence[str], bind: Any) -> str:
    if len(values) == 1:
        return f'("{column}" = {bind(values[0])})'
    return f'("{column}" IN (SELECT unnest({bind(list(values))}::VARCHAR[])))'


def _add_spatial(plan: _Plan, op: str, shape: Any) -> None:
    area = Area(shape)
    plan.spatial.append((op, area))
    if op == "s_disjoint":
        plan.cheap.append('("xmin" IS NOT NULL)')
        return
    plan.boxes.append(area.boxes)


def _area(query: SearchQuery, plan: _Plan) -> Area | None:
    asked = query.bbox is not None or query.intersects is not None
    return plan.spatial[0][1] if asked else None


def _narrow(first: Rows | None, second: Rows | None) -> Rows | None:
    if first is None or second is None:
        return second if first is None else first
    return np.intersect1d(first, second, assume_unique=True)


def _scan(engine: Engine, plan: _Plan, only: Rows | None) -> Arrays:
    """Rows that satisfy the cheap conditions, ascending, with what later steps need of them."""
    columns = ("row", *(FOOTPRINT if plan.spatial or plan.compiler.spatial else ()))
    asked = plan.ids or plan.cheap or plan.boxes or plan.time or len(columns) > 1
    if not asked and only is None:
        return {"row": np.arange(engine.size, dtype=np.uint32)}
    if engine.resident:
        rows = _resident_rows(engine, engine.resident, plan, only)
        return {"row": rows} | (engine.resident.footprints(rows) if len(columns) > 1 else {})
    conditions = [*plan.cheap, *_index_conditions(plan)]
    given = None
    if only is not None:
        conditions.append("row IN (SELECT row FROM given)")
        given = {"row": only}
    names = ", ".join(columns)
    # Parts of an area are asked for one by one: DuckDB skips row groups for each, not for OR.
    parts = [box_condition(box, plan.compiler.bind) for box in plan.boxes[0]] if plan.boxes else []
    sql = " UNION ".join(
        f"SELECT {names} FROM {INDEX} WHERE {' AND '.join([*conditions, part])}"
        for part in parts or ["TRUE"]
    )
    found = engine.arrays(sql, used_parameters(plan.compiler.parameters, sql), given=given)
    order = np.argsort(plain(found["row"]), kind="stable")
    return {name: array[order] for name, array in found.items()}


def _index_conditions(plan: _Plan) -> list[str]:
    """SQL of the interval, and of all areas but the first."""
    bind = plan.compiler.bind
    conditions = [_any_of("id", plan.ids, bind)] if plan.ids else []
    if plan.time:
        start, end = plan.time
        conditions.append(f'("start" <= {bind(end)} AND "end" >= {bind(start)})')
    for boxes in plan.boxes[1:]:
        parts = [box_condition(box, bind) for box in boxes]
        conditions.append(f"({' OR '.join(parts)})")
    return conditions


def _resident_rows(engine: Engine, resident: Resident, plan: _Plan, only: Rows | None) -> Rows:
    """Rows that satisfy the cheap conditions, by what is in memory."""
    rows = only
    if plan.ids:
        rows = resident.with_ids(plan.ids, rows)
    for boxes in plan.boxes:
        rows = _narrow(rows, resident.meeting(boxes))
    if plan.time:
        rows = resident.during(_micros(plan.time[0]), _micros(plan.time[1]), rows)
    for condition in plan.cheap:
        mask = _remembered(engine, resident, condition, plan.compiler.parameters)
        if rows is None:
            rows = np.flatnonzero(np.unpackbits(mask, count=engine.size)).astype(np.uint32)
        else:
            rows = rows[(mask[rows >> 3] >> (7 - (rows & 7)).astype(np.uint8)) & 1 == 1]
    return np.arange(engine.size, dtype=np.uint32) if rows is None else rows


def _remembered(
    engine: Engine, resident: Resident, condition: str, parameters: dict[str, Any]
) -> npt.NDArray[np.uint8]:
    """Which rows satisfy a condition, packed into bits; the same one comes again and again."""

    def make() -> npt.NDArray[np.uint8]:
        sql = f"SELECT row FROM {INDEX} WHERE {condition}"
        rows = plain(engine.arrays(sql, used_parameters(parameters, sql))["row"])
        mask = np.zeros(engine.size, dtype=bool)
        mask[rows] = True
        return np.packbits(mask)

    key = _PLACE.sub(lambda place: repr(parameters[place[1]]), condition)
    return resident.masks.get(key, make)


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def used_parameters(parameters: dict[str, Any], sql: str) -> dict[str, Any]:
    """The parameters that a statement names; DuckDB refuses others."""
    names = set(_PLACE.findall(sql))
    return {name: value for name, value in parameters.items() if name in names}


def _costly(engine: Engine, plan: _Plan, matches: Matches) -> npt.NDArray[np.bool_]:
    compiler, rows = plan.compiler, matches.rows
    columns = {
        f"s{number}": Area(leaf.shape).evaluate(engine, leaf.op, rows, matches.footprints)
        for number, leaf in enumerate(compiler.spatial)
    }
    expressions = {
        f"p{number}": property_expression(name, compiler.bind)
        for number, name in enumerate(compiler.properties)
    }
    table, parameters, given = item_rows(engine, rows, expressions, columns)
    renamed = "".join(
        f", CASE stage.s{k} WHEN 1 THEN TRUE WHEN 0 THEN FALSE END AS s{k}"
        for k in range(len(compiler.spatial))
    ) + "".join(f", stage.p{k}" for k in range(len(compiler.properties)))
    sql = (
        f"SELECT row FROM (SELECT found.*{renamed} FROM ({table}) AS stage "
        f"JOIN {INDEX} AS found ON found.row = stage.row) "
        f"WHERE {' AND '.join(plan.costly)}"
    )
    used = used_parameters(compiler.parameters, sql) | parameters
    kept = engine.arrays(sql, used, given=given)["row"]
    return np.isin(rows, plain(kept), assume_unique=True)
