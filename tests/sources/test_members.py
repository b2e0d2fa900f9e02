"""The streaming reader of ItemCollections against the JSON parser, on all it may meet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.items import models

from geocairn import _io
from geocairn.errors import InputError, MalformedJSONError
from geocairn.sources.members import features, outline

QUICK = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
TEXTS = st.text(st.characters(codec="utf-8") | st.sampled_from('"\\{}[],:\n'), max_size=8)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, list[Any]]:
    """Text of an ItemCollection with members in any order, and its features."""
    found = draw(st.lists(VALUES, max_size=4))
    members = [("type", "FeatureCollection"), ("features", found)]
    others = draw(st.dictionaries(TEXTS, VALUES, max_size=3))
    members += [(f"x{name}", value) for name, value in others.items()]
    text = json.dumps(
        dict(draw(st.permutations(members))),
        ensure_ascii=draw(st.booleans()),
        indent=draw(st.sampled_from([None, 0, 1])),
    )
    before, behind = draw(st.sampled_from([("", ""), ("\ufeff", "\r\n "), (" \n", "\n")]))
    return before + text + behind, found


def read(path: Path) -> list[Any] | None:
    """The features; None where it is another document."""
    found = outline(path, where="here")
    assume(not found.lines)  # newline-delimited JSON is read line by line
    if found.kind != "FeatureCollection" or found.features is None:
        return None
    return [_io.loads(one) for one in features(path, found.features, where="here")]


@QUICK
@given(documents())
def test_features_are_what_the_parser_finds(
    tmp_path: Path, document: tuple[str, list[Any]]
) -> None:
    path = tmp_path / "all.json"
    path.write_text(document[0], encoding="utf-8", newline="")
    assert read(path) == document[1]


@pytest.mark.parametrize("value", [b"\xff", b"nul", b'"a'])
def test_a_damaged_value_in_the_place_of_the_features(tmp_path: Path, value: bytes) -> None:
    path = tmp_path / "all.json"
    path.write_bytes(b'{"type": "FeatureCollection", "features":' + value + b"}")
    with pytest.raises(InputError):
        read(path)


@QUICK
@given(documents(), st.data())
def test_damaged_text_is_refused_where_the_parser_refuses_it(
    tmp_path: Path, document: tuple[str, list[Any]], data: st.DataObject
) -> None:
    text = document[0].encode()
    place, cut = data.draw(st.integers(0, len(text))), data.draw(st.integers(0, 3))
    added = data.draw(st.sampled_from([b"", b'"', b"]", b"}", b",", b"\xff"]))
    text = text[:place] + added + text[place + cut :]
    path = tmp_path / "all.json"
    path.write_bytes(text)
    expected, fault = parsed(text)
    found, refused = None, None
    try:
        found = read(path)
    except InputError as error:
        refused = error
    if fault is not None:
        assert refused is not None
        assert refused.message == fault.message
    elif found is not None:
        # Of two members with one name, the parser takes the last.
        assert found == expected or text.count(b'"features"') > 1
    else:
        assert refused is None


def parsed(text: bytes) -> tuple[list[Any] | None, MalformedJSONError | None]:
    try:
        document = _io.loads(text)
    except MalformedJSONError as error:
        return None, error
    return document if isinstance(document, list) else document.get("features"), None


def test_features_come_one_at_a_time(tmp_path: Path) -> None:
    """A fault at the end is met only there: nothing reads ahead, and nothing holds the whole."""
    path = tmp_path / "all.json"
    text = json.dumps({"type": "FeatureCollection", "features": models(3)})
    path.write_text(text[:-2] + ", !")
    start = outline(path, where="here").features
    assert start is not None
    reading = features(path, start, where="here")
    assert [_io.loads(next(reading))["id"] for _ in range(3)] == [m["id"] for m in models(3)]
    with pytest.raises(MalformedJSONError, match="here: not JSON at line 1"):
        next(reading)


def test_an_unfinished_string_takes_no_longer_than_its_length(tmp_path: Path) -> None:
    """Retrying at every byte would take hours here."""
    path = tmp_path / "all.json"
    beginning = '{"type": "FeatureCollection", "features": ['
    path.write_text(beginning + "1," * 400_000 + '"' + "\\x" * 400_000)
    start = outline(path, where="here").features
    assert start is not None
    with pytest.raises(MalformedJSONError):
        list(features(path, start, where="here"))
