"""What the pages about many models show: counts, lists and maps, from rows of the index."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["bars", "cards", "density", "newest", "of_publisher", "publishers", "slugs", "varied"]

_CELL = 4
_LEVELS = 5
_MANY = 12
_GLOBAL = 0.4
_CARD = (
    "id",
    "collection",
    "title",
    "created",
    "updated",
    "tasks",
    "architecture",
    "license",
    "version",
)
_WORD = re.compile(r"[a-z0-9]+")


def cards(table: pa.Table, rows: Sequence[int]) -> list[dict[str, Any]]:
    """Some rows as the small cards that lead to models."""
    part = table.select(list(_CARD)).take(pa.array(rows, pa.int64()))
    for name in ("created", "updated"):
        place = part.schema.get_field_index(name)
        part = part.set_column(place, name, _days(part[name]))
    return [
        {**row, "title": row["title"] or row["id"], "date": row["updated"] or row["created"]}
        for row in part.to_pylist()
    ]


def _days(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.strftime(column, format="%Y-%m-%d") if len(column) else column.cast(pa.string())


def newest(table: pa.Table, count: int) -> list[dict[str, Any]]:
    """The models that were changed last, as cards; those that do not say when are left out."""
    moment = pc.coalesce(table["updated"], table["created"])
    dated = pa.table({"at": moment, "id": table["id"], "row": np.arange(table.num_rows)})
    dated = dated.filter(pc.is_valid(moment))
    order = pc.sort_indices(dated, [("at", "descending"), ("id", "ascending")])[:count]
    return cards(table, dated["row"].take(order).to_pylist())


def varied(table: pa.Table, count: int) -> list[dict[str, Any]]:
    """Some models of different architectures, the commonest first, as cards."""
    named = table.select(["architecture", "id"]).append_column("row", pa.array(range(len(table))))
    named = named.filter(pc.is_valid(named["architecture"])).sort_by("id")
    if not named.num_rows:
        return []
    groups = named.group_by("architecture", use_threads=False)
    firsts = groups.aggregate([("row", "first"), ("row", "count")])
    order = firsts.sort_by([("row_count", "descending"), ("architecture", "ascending")])
    return cards(table, order["row_first"].to_pylist()[:count])


def bars(counts: Mapping[str, Any], facet: str, *, most: int = 8) -> list[dict[str, Any]]:
    """The commonest values of a facet, each with its share of the commonest in percent."""
    values = counts.get(facet, {}).get("values", [])[:most]
    largest = max((count for _, count in values), default=1)
    return [
        {"value": value, "count": count, "share": round(100 * count / largest, 1)}
        for value, count in values
    ]


def density(table: pa.Table) -> dict[str, Any]:
    """How many footprints there are where, in cells of four degrees, and how many are global.

    Returns:
        ``cells`` (x, y, width and height in degrees from the upper left corner, level 1 to 5),
        ``global`` footprints that would cover all of it, ``placed`` others.
    """
    boxes = _bounds(table)
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    wide = area > _GLOBAL * 360 * 180
    counts = _counted(boxes[~wide])
    most = counts.max(initial=0)
    # Few models are never as dark as many.
    scale = _LEVELS / math.log1p(max(most, _MANY))
    levels = np.ceil(np.log1p(counts) * scale).astype(int)
    return {
        "cells": list(_runs(levels)) or None,
        "global": int(wide.sum()),
        "placed": int((~wide).sum()),
    }


def _bounds(table: pa.Table) -> np.ndarray[Any, np.dtype[np.float64]]:
    if not table.num_rows:
        return np.zeros((0, 4))
    boxes: np.ndarray[Any, np.dtype[np.float64]]
    boxes = table["bounds"].combine_chunks().flatten().to_numpy().reshape(-1, 4)
    known: np.ndarray[Any, np.dtype[np.float64]] = boxes[~np.isnan(boxes).any(axis=1)]
    return known


def _counted(boxes: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Footprints in each cell; each adds one to its corners, and sums spread it over its box."""
    columns, rows = 360 // _CELL, 180 // _CELL
    west, south = (boxes[:, 0] + 180) / _CELL, (90 - boxes[:, 1]) / _CELL
    east, north = (boxes[:, 2] + 180) / _CELL, (90 - boxes[:, 3]) / _CELL
    left = np.clip(west.astype(int), 0, columns - 1)
    right = np.clip(np.ceil(east).astype(int), left + 1, columns)
    top = np.clip(north.astype(int), 0, rows - 1)
    bottom = np.clip(np.ceil(south).astype(int), top + 1, rows)
    grid = np.zeros((rows + 1, columns + 1), int)
    for row, column, step in (
        (top, left, 1),
        (top, right, -1),
        (bottom, left, -1),
        (bottom, right, 1),
    ):
        np.add.at(grid, (row, column), step)
    spread: np.ndarray[Any, Any] = grid.cumsum(axis=0).cumsum(axis=1)[:-1, :-1]
    return spread


def _runs(levels: np.ndarray[Any, Any]) -> Iterable[dict[str, int]]:
    """Neighbours in a row that have the same level, as one rectangle."""
    for row, line in enumerate(levels.tolist()):
        start = 0
        for column in range(1, len(line) + 1):
            if column < len(line) and line[column] == line[start]:
                continue
            if line[start]:
                yield {
                    "x": start * _CELL,
                    "y": row * _CELL,
                    "width": (column - start) * _CELL,
                    "height": _CELL,
                    "level": line[start],
                }
            start = column


def publishers(counts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every publisher with its number of models, most first, and the name of its page."""
    values = counts.get("providers", {}).get("values", [])
    names = slugs(name for name, _ in values)
    return [{"name": name, "count": count, "slug": names[name]} for name, count in values]


def slugs(names: Iterable[str]) -> dict[str, str]:
    """A short name for addresses for each name, no two alike."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        folded = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
        plain = "-".join(_WORD.findall(folded))[:60].strip("-") or "publisher"
        slug, number = plain, 2
        while slug in taken:
            slug, number = f"{plain}-{number}", number + 1
        taken.add(slug)
        found[name] = slug
    return found


def of_publisher(table: pa.Table, names: Iterable[str]) -> dict[str, list[int]]:
    """The rows of each of some publishers."""
    wanted = set(names)
    found: dict[str, list[int]] = {name: [] for name in wanted}
    for row, given in enumerate(table["providers"].to_pylist()):
        for name in given or ():
            if name in wanted:
                found[name].append(row)
    return found
