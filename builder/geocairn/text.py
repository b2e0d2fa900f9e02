"""Words of an item and how much each weighs: the one definition behind every text search.

Ranking is BM25 [1]_ over weighted fields, with one change that lets an index be updated in
place: a document's length is compared with the fixed `REFERENCE_LENGTH` rather than with the
hub's average, so a word's weight in an item depends on that item alone. It is stored as a
whole number from 1 to `MAX_IMPACT`.

.. [1] S. Robertson and H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond",
   Foundations and Trends in Information Retrieval 3(4), 2009.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

__all__ = [
    "FIELD_WEIGHTS",
    "MAX_IMPACT",
    "MAX_TOKEN",
    "REFERENCE_LENGTH",
    "impacts",
    "text_fields",
    "tokens",
]

FIELD_WEIGHTS: Mapping[str, int] = {
    "id": 8,
    "mlm:name": 8,
    "title": 6,
    "keywords": 4,
    "mlm:tasks": 4,
    "mlm:architecture": 4,
    "mlm:framework": 3,
    "description": 1,
    "card": 1,
}
"""How often each occurrence counts, by field of the item (``card`` is the model card's text)."""

K1 = 1.2
B = 0.75
REFERENCE_LENGTH = 100
MAX_IMPACT = 15
MAX_TOKEN = 64
"""Longer tokens are cut to this many characters, in items and queries alike."""

_WORD = re.compile(r"[^\W_]+")
# Of ASCII, letters in lower case, digits as they are, and a space for everything else.
_ASCII_WORDS = bytes(
    ord(chr(code).lower()) if code < 128 and chr(code).isalnum() else ord(" ")
    for code in range(256)
)


def _without_marks(text: str) -> str:
    # Vowel signs of Indic scripts are marks too; kept, they would cut words at every syllable.
    return "".join(c for c in text if unicodedata.category(c)[0] != "M")


def _fold(text: str) -> list[str]:
    longest = len(text)
    if text.isascii():
        # The same words as a pattern would find, in a third of the time.
        words = text.encode().translate(_ASCII_WORDS).decode().split()
    else:
        plain = unicodedata.normalize("NFKD", text)
        plain = _without_marks(plain).casefold()
        # Case folding may compose again what was taken apart (U+0130), so fold twice.
        plain = unicodedata.normalize("NFKD", plain)
        words = _WORD.findall(_without_marks(plain))
        longest = len(plain)  # one character may be taken apart into many
    if longest > MAX_TOKEN:
        return [word[:MAX_TOKEN] for word in words]
    return words


# Short texts (tasks, keywords, names of frameworks) come again and again, long ones do not.
_fold_short = lru_cache(maxsize=8192)(_fold)


def tokens(text: str) -> list[str]:
    """Split a text into case- and accent-folded words, in order.

    A word is a run of letters and digits; everything else separates, the underscore too.
    ``"U-Net für Überschwemmungen"`` gives ``["u", "net", "fur", "uberschwemmungen"]``.
    """
    return list(_fold_short(text)) if len(text) <= MAX_TOKEN else _fold(text)


def text_fields(item: Mapping[str, Any], *, card: str | None = None) -> list[tuple[int, str]]:
    """The texts of an item that are searched, each with its weight.

    Args:
        item: A STAC Item; values of an unexpected type are passed over.
        card: Text of the model card, if there is one.
    """
    properties = item.get("properties")
    fields = dict(properties) if isinstance(properties, Mapping) else {}
    fields["id"] = item.get("id")
    fields["card"] = card
    found = []
    for name, weight in FIELD_WEIGHTS.items():
        value = fields.get(name)
        if isinstance(value, str):
            found.append((weight, value))
        elif isinstance(value, list):
            found += [(weight, part) for part in value if isinstance(part, str)]
    return found


def impacts(texts: list[tuple[int, str]]) -> dict[str, int]:
    """Weigh every distinct word of a document.

    Args:
        texts: Pairs of field weight and text.

    Returns:
        Word to impact, 1 to `MAX_IMPACT`:
        ``round(MAX_IMPACT * f / (f + K1 * (1 - B + B * length / REFERENCE_LENGTH)))`` with
        ``f`` the word's occurrences and ``length`` all words', both times their field's weight.
    """
    frequency: dict[str, int] = {}
    length = 0
    for weight, text in texts:
        words = _fold_short(text) if len(text) <= MAX_TOKEN else _fold(text)
        length += weight * len(words)
        for word in words:
            frequency[word] = frequency.get(word, 0) + weight
    norm = K1 * (1 - B + B * length / REFERENCE_LENGTH)
    # Many words share a few counts.
    impact = {
        count: max(1, int(MAX_IMPACT * count / (count + norm) + 0.5))
        for count in set(frequency.values())
    }
    return {word: impact[count] for word, count in frequency.items()}
