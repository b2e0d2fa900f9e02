from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geocairn.text import MAX_IMPACT, MAX_TOKEN, impacts, text_fields, tokens


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("U-Net für Überschwemmungen", ["u", "net", "fur", "uberschwemmungen"]),
        ("sentinel-2_l2a", ["sentinel", "2", "l2a"]),
        ("STRASSE Straße", ["strasse", "strasse"]),
        ("İstanbul ISTANBUL", ["istanbul", "istanbul"]),
        ("café cafe\u0301", ["cafe", "cafe"]),
        ("ﬁnd \uff46\uff55\uff4c\uff4c ²", ["find", "full", "2"]),
        ("Ελλάς", ["ελλασ"]),
        ("नेपाल", ["नपल"]),
        ("洪水 検出", ["洪水", "検出"]),
        ("a\u200bb", ["a", "b"]),
        ("", []),
        ("--- ___ \u2028", []),
        ("🛰️", []),
    ],
)
def test_tokens(text: str, words: list[str]) -> None:
    assert tokens(text) == words
    # The same text within a longer one gives the same words.
    assert tokens(f"{text} {'x ' * 50}")[: len(words)] == words


@given(st.text(max_size=200))
def test_folding_again_changes_nothing(text: str) -> None:
    words = tokens(text)
    assert tokens(" ".join(words)) == words
    assert all(words)


@given(st.text(max_size=80), st.text(max_size=80))
def test_words_do_not_depend_on_their_neighbours(one: str, other: str) -> None:
    assert tokens(f"{one} {other}") == tokens(one) + tokens(other)


@given(st.text(min_size=1, max_size=300))
def test_no_word_is_longer_than_the_longest(text: str) -> None:
    assert all(len(word) <= MAX_TOKEN for word in tokens(text))


def test_long_words_are_cut_alike_everywhere() -> None:
    long_word = "a" * 100
    assert tokens(long_word) == tokens("a" * 70) == ["a" * MAX_TOKEN]
    # Characters that stand for several: sixty of them are more than sixty letters.
    assert tokens("㌔" * 60) == tokens("㌔" * 60 + " " + "x " * 40)[:1]


def test_given_lists_are_not_shared() -> None:
    tokens("shared words").append("mine")
    assert tokens("shared words") == ["shared", "words"]


ITEM: dict[str, Any] = {
    "id": "unet-1.0.0",
    "properties": {
        "mlm:name": "U-Net",
        "title": "Floods",
        "keywords": ["water", 7, None, "sar"],
        "mlm:tasks": "not a list",
        "description": None,
        "id": "hidden",
        "card": "hidden",
    },
}


def test_fields_with_their_weights() -> None:
    assert text_fields(ITEM, card="Card text") == [
        (8, "unet-1.0.0"),
        (8, "U-Net"),
        (6, "Floods"),
        (4, "water"),
        (4, "sar"),
        (4, "not a list"),
        (1, "Card text"),
    ]
    assert text_fields(ITEM)[-1] == (4, "not a list")
    assert text_fields({"properties": []}) == []


def test_impacts_follow_the_formula() -> None:
    found = impacts([(6, "flood flood"), (1, "Flood water")])
    length = 6 * 2 + 2
    norm = 1.2 * (1 - 0.75 + 0.75 * length / 100)
    assert found == {
        "flood": round(15 * 13 / (13 + norm)),
        "water": round(15 * 1 / (1 + norm)),
    }


@given(st.lists(st.tuples(st.integers(1, 8), st.text("ab c", max_size=60)), max_size=6))
def test_impacts_are_small_whole_numbers(texts: list[tuple[int, str]]) -> None:
    found = impacts(texts)
    assert found.keys() == {word for _, text in texts for word in tokens(text)}
    assert all(1 <= impact <= MAX_IMPACT for impact in found.values())


def test_more_often_weighs_more_and_longer_texts_less() -> None:
    once, twice = impacts([(1, "flood map")]), impacts([(1, "flood flood map")])
    assert twice["flood"] > once["flood"]
    long_text = impacts([(1, "flood map " + "other " * 300)])
    assert long_text["flood"] < once["flood"]
