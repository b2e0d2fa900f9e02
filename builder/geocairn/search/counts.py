"""Facet counts of a result, and suggestions while someone types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from geocairn import _io, layout
from geocairn.facets import FACETS, Facet
from geocairn.search.engine import INDEX, Engine, Rows, plain
from geocairn.text import tokens

__all__ = ["MOST_VALUES", "Suggestion", "facet_counts", "suggestions"]

MOST_VALUES = 1000
"""Most values that a facet lists."""
_LAST = "\U0010ffff"


def facet_counts(engine: Engine, rows: Rows) -> dict[str, Any]:
    """Count every facet's values over some rows.

    Returns:
        For each facet ``{"values": [[value, count], ...], "distinct": n}``, the commonest first
        (then by value), or for numbers ``{"minimum": a, "maximum": b}``, empty if there is none.
    """
    if len(rows) == engine.size:
        counted: dict[str, Any] = _io.loads(engine.hub.read(layout.FACETS), where=layout.FACETS)
        return counted
    numeric = [facet for facet in FACETS if facet.type in ("integer", "number")]
    return {facet.name: {} for facet in FACETS} | (
        _spans(engine, rows, numeric)
        | _values(engine, rows, [facet for facet in FACETS if facet not in numeric])
    )


def _spans(engine: Engine, rows: Rows, facets: list[Facet]) -> dict[str, Any]:
    columns = ", ".join(
        f'min("{facet.name}") AS a{number}, max("{facet.name}") AS b{number}'
        for number, facet in enumerate(facets)
    )
    sql = f"SELECT {columns} FROM {INDEX} WHERE row IN (SELECT row FROM given)"
    found = engine.arrays(sql, given={"row": rows})
    spans: dict[str, Any] = {}
    for number, facet in enumerate(facets):
        low, high = (found[f"{end}{number}"] for end in "ab")
        missing = bool(np.ma.getmaskarray(low)[0])
        spans[facet.name] = {} if missing else {"minimum": low[0].item(), "maximum": high[0].item()}
    return spans


def _values(engine: Engine, rows: Rows, facets: list[Facet]) -> dict[str, Any]:
    counts: dict[str, list[list[Any]]] = {facet.name: [] for facet in facets}
    parts = []
    for number, facet in enumerate(facets):
        value = f'unnest("{facet.name}")' if facet.type == "strings" else f'"{facet.name}"'
        parts.append(f"SELECT {number} AS facet, {value}::VARCHAR AS value FROM chosen")
    columns = ", ".join(f'"{facet.name}"' for facet in facets)
    sql = (
        "SELECT * FROM (WITH chosen AS MATERIALIZED ("
        f"SELECT {columns} FROM {INDEX} WHERE row IN (SELECT row FROM given)), "
        f"counted AS (SELECT facet, value, count(*) AS n FROM ({' UNION ALL '.join(parts)}) "
        "WHERE value IS NOT NULL GROUP BY ALL) "
        "SELECT * FROM counted) ORDER BY facet, n DESC, value"
    )
    found = engine.arrays(sql, given={"row": rows})
    for number, value, count in zip(
        plain(found["facet"]).tolist(),
        np.ma.getdata(found["value"]).tolist(),
        plain(found["n"]).tolist(),
        strict=True,
    ):
        facet = facets[number]
        counts[facet.name].append([value == "true" if facet.type == "boolean" else value, count])
    return {
        name: {"values": values[:MOST_VALUES], "distinct": len(values)}
        for name, values in counts.items()
    }


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A way to go on with what someone types.

    Attributes:
        kind: A collection, the value of a facet, or a word.
        value: Collection id, facet value or word.
        count: Items that have it.
        title: What to show.
        facet: The facet's name, where it is a facet's value.
    """

    kind: Literal["collection", "facet", "word"]
    value: str
    count: int
    title: str
    facet: str | None = None


def suggestions(engine: Engine, text: str, *, limit: int) -> list[Suggestion]:
    """Collections, facet values and words that begin as the last word of a text does.

    Collections come first, then facet values, then words, each the commonest first. A value of
    several words is found by the beginning of any of them; earlier words must all be in it.
    """
    words = tokens(text)
    if not words:
        return []
    found = [*_collections(engine, words), *_facet_values(engine, words)]
    known = {suggestion.title.casefold() for suggestion in found}
    found += [word for word in _words(engine, words[-1], limit) if word.title not in known]
    return found[:limit]


def _fits(words: tuple[str, ...] | list[str], *texts: str) -> bool:
    own = [token for text in texts for token in tokens(text)]
    return any(token.startswith(words[-1]) for token in own) and set(words[:-1]) <= set(own)


def _collections(engine: Engine, words: Any) -> list[Suggestion]:
    found = []
    for entry in engine.hub.manifest["collections"]:
        title = entry.get("title") or entry["id"]
        if _fits(words, entry["id"], title):
            found.append(Suggestion("collection", entry["id"], entry["items"], title))
    return sorted(found, key=lambda s: (-s.count, s.value))


def _facet_values(engine: Engine, words: Any) -> list[Suggestion]:
    counted = _io.loads(engine.hub.read(layout.FACETS), where=layout.FACETS)
    found = []
    for facet in FACETS:
        if facet.type in ("string", "strings") and facet.name != "version":
            for value, count in counted.get(facet.name, {}).get("values", ()):
                if _fits(words, value):
                    found.append(Suggestion("facet", value, count, value, facet.name))
    return sorted(found, key=lambda s: (-s.count, s.value, s.facet or ""))


def _words(engine: Engine, beginning: str, limit: int) -> list[Suggestion]:
    if engine.resident:
        known = engine.resident.words_from(beginning, limit)
        return [Suggestion("word", term, count, term) for term, count in known]
    found = engine.arrays(
        "SELECT term, sum(len(rows))::BIGINT AS n FROM read_parquet($terms) "
        "WHERE term >= $word AND term < $last GROUP BY term ORDER BY n DESC, term LIMIT $limit",
        {"word": beginning, "last": beginning + _LAST, "limit": limit},
    )
    pairs = zip(found["term"].tolist(), plain(found["n"]).tolist(), strict=True)
    return [Suggestion("word", term, count, term) for term, count in pairs]
