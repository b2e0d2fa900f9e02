from __future__ import annotations

from typing import Any

import pytest

from geocairn.cql import parse_filter
from geocairn.errors import QueryError
from geocairn.shorthand import facet_filter


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("framework", "PyTorch", "CASEI(framework) = CASEI('PyTorch')"),
        ("framework", "a, b", "CASEI(framework) IN (CASEI('a'), CASEI('b'))"),
        ("tasks", ["a", "b"], "A_OVERLAPS(CASEI(tasks), (CASEI('a'), CASEI('b')))"),
        ("providers", ["a, b"], "A_OVERLAPS(CASEI(providers), (CASEI('a, b')))"),
        ("gsd", 10, "gsd = 10"),
        ("gsd", "10", "gsd = 10"),
        ("gsd", "<1", "gsd < 1"),
        ("gsd", " >= 0.5 ", "gsd >= 0.5"),
        ("gsd", "0.3..1", "gsd >= 0.3 AND gsd <= 1"),
        ("gsd", "0.3/1", "gsd >= 0.3 AND gsd <= 1"),
        ("gsd", (0.3, 1), "gsd >= 0.3 AND gsd <= 1"),
        ("gsd", "..1", "gsd <= 1"),
        ("gsd", [1, None], "gsd >= 1"),
        ("parameters", "1e6..", "parameters >= 1000000"),
        ("deprecated", False, "deprecated = FALSE"),
        ("deprecated", "yes", "deprecated = TRUE"),
    ],
)
def test_means(name: str, value: Any, text: str) -> None:
    assert facet_filter(name, value) == parse_filter(text)


@pytest.mark.parametrize("value", [None, "", [], ()])
def test_nothing_asked(value: Any) -> None:
    assert facet_filter("gsd", value) is None


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("gsd", "fine", "no number"),
        ("gsd", "1..x", "no number"),
        ("gsd", (1, 2, 3), "no range"),
        ("gsd", "..", "open at both ends"),
        ("gsd", (2, 1), "ends before"),
        ("gsd", {"a": 1}, "no range"),
        ("framework", 5, "not words"),
        ("framework", {"a": 1}, "not words"),
        ("tasks", [1], "not words"),
        ("deprecated", "perhaps", "neither true nor false"),
    ],
)
def test_refused(name: str, value: Any, words: str) -> None:
    with pytest.raises(QueryError, match=words) as caught:
        facet_filter(name, value)
    assert caught.value.remedy
