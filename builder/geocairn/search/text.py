"""Free text: words to rows and scores, from the term index."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geocairn.search.engine import Engine, Rows, plain
from geocairn.text import tokens

__all__ = ["Hits", "query_tokens", "rows_of_id", "search_text", "word_weight"]

_LAST = "\U0010ffff"
_SCALE = 1024
_FEW = 1000
_TERMS = "read_parquet($terms)"


@dataclass(frozen=True, slots=True)
class Hits:
    """What a text search found.

    Attributes:
        rows: Matching rows, ascending, (n,).
        scores: Their scores, (n,); larger is better.
    """

    rows: Rows
    scores: npt.NDArray[np.int64]


def query_tokens(q: str | None) -> list[str]:
    """Words of a query without repetition; the last one is meant as a beginning."""
    words = list(tokens(q or ""))
    # A repetition of the last word goes, wherever it is: the beginning says as much.
    return list(dict.fromkeys(word for word in words[:-1] if word != words[-1])) + words[-1:]


def word_weight(*, matching: int, items: int) -> int:
    """Weight of a word: ``ln(1 + (N - n + 0.5) / (n + 0.5))`` [1]_ in whole 1024ths.

    Whole numbers, so that every engine adds up to the same score.

    Args:
        matching: n, the items with the word.
        items: N, all items.

    .. [1] The inverse document frequency of BM25 as Lucene has it, which never is negative.
    """
    odds = (items - matching + 0.5) / (matching + 0.5)
    return math.floor(_SCALE * math.log(1 + odds) + 0.5)


def search_text(engine: Engine, words: Sequence[str]) -> Hits:
    """Find the items with all words, the last as a beginning of one.

    The score is the sum over the words of `word_weight` times the item's impact of that word;
    of several words with that beginning, the largest impact counts.
    """
    found: list[tuple[npt.NDArray[np.uint8], int]] = []
    alive = np.ones(engine.size, dtype=bool)
    for position, word in enumerate(words):
        impact = _impacts(engine, word, as_prefix=position == len(words) - 1)
        has = impact > 0
        alive &= has
        if not alive.any():
            break
        matching = int(np.count_nonzero(has))
        found.append((impact, word_weight(matching=matching, items=engine.size)))
    rows = np.flatnonzero(alive).astype(np.uint32)
    scores = np.zeros(len(rows), dtype=np.int64)
    for impact, weight in found:
        scores += impact[rows].astype(np.int64) * weight
    return Hits(rows, scores)


def _impacts(engine: Engine, word: str, *, as_prefix: bool) -> npt.NDArray[np.uint8]:
    """The largest impact of a word, or of all words with that beginning, in every row."""
    if engine.resident:
        return engine.resident.impacts(word, as_prefix=as_prefix)
    condition = "term >= $word AND term < $last" if as_prefix else "term = $word"
    parameters = {"word": word, "last": word + _LAST} if as_prefix else {"word": word}
    sql = f"SELECT impact, rows FROM {_TERMS} WHERE {condition}"
    found = engine.arrays(sql, parameters)
    impacts, lists = plain(found["impact"]), found["rows"]
    best = np.zeros(engine.size, dtype=np.uint8)
    # From the smallest up, so that the largest is written last and stays.
    for position in np.argsort(impacts, kind="stable"):
        best[lists[position]] = impacts[position]
    return best


def rows_of_id(engine: Engine, ids: Iterable[str]) -> Rows | None:
    """Rows among which items of these ids must be, or None where the words of one do not tell.

    An id's words are in the term index like any other, and a long number is seldom shared.
    """
    found: list[npt.NDArray[np.uint32]] = [np.empty(0, dtype=np.uint32)]
    for id_ in ids:
        words = sorted(set(tokens(id_)), key=lambda word: (word.isdigit(), len(word)), reverse=True)
        rows: npt.NDArray[np.uint32] | None = None
        for word in words:
            these = np.flatnonzero(_impacts(engine, word, as_prefix=False)).astype(np.uint32)
            rows = these if rows is None else np.intersect1d(rows, these, assume_unique=True)
            if len(rows) <= _FEW:
                break
        if rows is None or len(rows) > _FEW:
            return None
        found.append(rows)
    return np.unique(np.concatenate(found))
