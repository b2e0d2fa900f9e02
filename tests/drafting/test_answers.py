"""What people answer: read as it was meant, or refused with a reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geocairn.drafting import (
    FIELDS,
    FieldError,
    parse_answer,
    read_answers,
)
from geocairn.drafting.answers import CHOICES, READERS, places
from geocairn.errors import InputError


def test_every_field_can_be_answered_as_its_example_shows() -> None:
    for field in FIELDS.values():
        assert parse_answer(field, field.example) is not None
        assert parse_answer(field, "  ") is None
        assert field.kind in READERS
        assert field.choices in ("", "bands", "places", *CHOICES)
        assert field.label
        assert field.help.endswith(".") or "http" in field.help
    groups = json.loads(Path("builder/geocairn/drafting/fields.json").read_text())["groups"]
    assert {field.group for field in FIELDS.values()} == {one["key"] for one in groups}


@pytest.mark.parametrize(
    ("key", "given"),
    [
        ("model", "../evil"),
        ("model", "Upper"),
        ("model", "a" * 200),
        ("model", 5),
        ("title", "x" * 201),
        ("title", "\x1b[31m"),
        ("license", "Apache2"),
        ("license", "(" * 50),
        ("url", "javascript:alert(1)"),
        ("url", "file:///etc/passwd"),
        ("url", "https://"),
        ("extent", "Atlantis"),
        ("extent", "0,0,1"),
        ("extent", "0,0,nan,1"),
        ("extent", "0,10,1,-10"),
        ("extent", "200,0,201,1"),
        ("start", "yesterday"),
        ("tasks", "flood"),
        ("framework", "torch"),
        ("gsd", "-1"),
        ("gsd", "inf"),
        ("parameters", "1.5"),
        ("input_shape", "a,b"),
        ("input_shape", "0,1"),
        ("value_scaling", "scale"),
        ("value_scaling", "scale x"),
        ("value_scaling", "__import__('os')"),
        ("owner", "octocat"),
        ("owner", "octo cat x"),
        ("bands", 7),
    ],
)
def test_what_is_no_answer_is_refused(key: str, given: Any, tmp_path: Path) -> None:
    with pytest.raises(FieldError):
        parse_answer(FIELDS[key], given)
    path = tmp_path / "answers.toml"
    path.write_text(f"{key} = {json.dumps(given)}\n")
    with pytest.raises(InputError) as caught:
        read_answers(path)
    assert caught.value.where == str(path)
    assert FIELDS[key].example in str(caught.value.remedy)


@pytest.mark.parametrize("text", ["x = 1", "model = ", "\xff"])
def test_files_of_no_answers_are_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "answers.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError):
        read_answers(path)


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(sorted(FIELDS)), ANY)
def test_no_answer_breaks_a_reader(key: str, given: Any) -> None:
    try:
        parse_answer(FIELDS[key], given)
    except FieldError as error:
        assert str(error)  # noqa: PT017


def test_countries_are_those_of_natural_earth() -> None:
    """Each box against the outlines that the site's map is drawn from."""
    source = Path("site/node_modules/world-atlas/countries-50m.json")
    if not source.is_file():
        pytest.skip("needs the packages of site/")
    atlas = json.loads(source.read_text())
    known = places()
    (sx, sy), (tx, ty) = atlas["transform"]["scale"], atlas["transform"]["translate"]
    arcs = []
    for arc in atlas["arcs"]:
        steps = np.cumsum(np.array(arc), axis=0)
        arcs.append(steps * (sx, sy) + (tx, ty))
    seen = 0
    for country in atlas["objects"]["countries"]["geometries"]:
        name = country["properties"]["name"]
        if name not in known:
            continue  # written out here, where the source abbreviates
        polygons = country["arcs"] if country["type"] == "MultiPolygon" else [country["arcs"]]
        points = np.concatenate([arcs[n if n >= 0 else ~n] for one in polygons for n in one[0]])
        west, south, east, north = known[name]
        assert south <= points[:, 1].min() < south + 0.11
        assert north >= points[:, 1].max() > north - 0.11
        x = points[:, 0]
        inside = (x >= west - 1e-6) & (x <= east + 1e-6)
        if west > east:
            inside = (x >= west - 1e-6) | (x <= east + 1e-6)
        # Where a country touches the antimeridian its points may be on either side of it.
        assert (inside | (np.abs(np.abs(x) - 180) < 1e-6)).all(), name
        seen += 1
    assert seen > 190
    assert len(known) >= 240
