from __future__ import annotations

from typing import Any

import pytest

from geocairn.cql import all_of, parse_filter, properties_of
from geocairn.errors import QueryError
from geocairn.queryables import QUERYABLES, queryable


def gsd(op: str, value: float) -> dict[str, Any]:
    return {"op": op, "args": [{"property": "gsd"}, value]}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("gsd < 1", gsd("<", 1.0)),
        ("properties.gsd<1", gsd("<", 1.0)),
        ("gsd != 1", gsd("<>", 1.0)),
        ("gsd < 1 AND gsd > 0", {"op": "and", "args": [gsd("<", 1.0), gsd(">", 0.0)]}),
        ("true", True),
        ("bands IS NULL", {"op": "isNull", "args": [{"property": "bands"}]}),
    ],
)
def test_text(text: str, read: Any) -> None:
    assert parse_filter(text) == read
    assert parse_filter(text, lang="cql2-text") == read


def test_json_as_mapping_and_text() -> None:
    assert parse_filter({"op": "<", "args": [{"property": "gsd"}, 1]}) == gsd("<", 1.0)
    assert parse_filter('{"op":"<","args":[{"property":"gsd"},1]}') == gsd("<", 1.0)
    assert parse_filter({"op": "ISNULL", "args": [{"property": "x"}]})["op"] == "isNull"


def test_normal_form_is_its_own_normal_form() -> None:
    texts = [
        "T_DURING(datetime, INTERVAL('2020-01-01', '..')) OR created = DATE('2020-01-01')",
        "S_WITHIN(BBOX(0, 0, 1, 1), geometry) AND A_OVERLAPS(CASEI(tasks), (CASEI('A')))",
        "CASEI(title) LIKE 'a%' AND x:y + 1 > 2 AND id NOT IN ('a', 'b') AND gsd BETWEEN 1 AND 2",
    ]
    for text in texts:
        normal = parse_filter(text)
        assert parse_filter(normal) == normal


def test_spatial_operators_are_turned_round() -> None:
    made = parse_filter("S_WITHIN(BBOX(0, 0, 1, 1), geometry)")
    assert made == {"op": "s_contains", "args": [{"property": "geometry"}, {"bbox": [0, 0, 1, 1]}]}


def test_dates_become_comparisons_of_timestamps() -> None:
    made = parse_filter("created <= DATE('2020-01-01')")
    assert made["args"][1] == {"timestamp": "2020-01-01T23:59:59.999999Z"}
    made = parse_filter("created > '2020'")
    assert made["args"][1] == {"timestamp": "2020-12-31T23:59:59.999999Z"}
    assert parse_filter("created = DATE('2020-01-01')")["op"] == "and"
    assert parse_filter("created <> DATE('2020-01-01')")["op"] == "not"
    assert parse_filter("created = TIMESTAMP('2020-01-01T00:00:00Z')")["op"] == "="


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("", "not CQL2 text"),
        ("gsd <", "character 6"),
        ("gsd < 'fine'", "cannot compare"),
        ("framework = 1", "cannot compare"),
        ("deprecated > 'a'", "cannot compare"),
        ("created > 5", "cannot compare"),
        ("created > 'soon'", "not a time"),
        ("tasks = 'classification'", "A_CONTAINS"),
        ("tasks LIKE 'a%'", "is a list"),
        ("A_CONTAINS(framework, ('a'))", "not a list"),
        ("A_CONTAINS(tasks, (gsd, 'a'))", "plain values"),
        ("A_CONTAINS(tasks, (1))", "holds texts"),
        ("geometry = 1", "S_INTERSECTS"),
        ("S_INTERSECTS(bounds, POINT(0 0))", "not a geometry"),
        ("S_INTERSECTS(geometry, geometry)", "one given geometry"),
        ("S_INTERSECTS(POINT(0 0), POINT(0 0))", "one given geometry"),
        ("S_INTERSECTS(geometry, POINT(0 95))", "beyond"),
        ("S_INTERSECTS(geometry, BBOX(0, 5, 1, 2))", "north of"),
        ("S_DWITHIN(geometry, POINT(0 0), 5)", "unknown operator"),
        ("T_NEAR(datetime, DATE('2020-01-01'))", "unknown operator"),
        ("T_AFTER(gsd, DATE('2020-01-01'))", "not a time"),
        ("T_AFTER(datetime, INTERVAL('2021-01-01', '2020-01-01'))", "ends before"),
        ("T_AFTER(datetime, 5)", "not a time"),
        ("created = DATE('2020-02-30')", "no such time"),
        ("avg(gsd) = 2", "unknown function"),
        ("deprecated", "= true"),
        ("gsd + 1", "true or false"),
        ("'a' + 1 = 2", "takes a number"),
        ("CASEI(gsd) = 'a'", "takes a string"),
        ("gsd = NULL", "IS NULL"),
        ("title LIKE id", "pattern"),
        (r"title LIKE 'a\'", "backslash"),
        ({}, "no condition"),
        ({"op": "and", "args": []}, "1 or more"),
        ({"op": "not", "args": [True, True]}, "takes 1"),
        ({"op": "=", "args": [1]}, "takes 2"),
        ({"op": "=", "args": "ab"}, "no list of args"),
        ({"op": "in", "args": [{"property": "id"}, "a"]}, "takes a list"),
        ({"op": "=", "args": [{"property": 5}, 1]}, "property name"),
        ({"op": "=", "args": [{"property": "properties."}, 1]}, "property name"),
        ({"op": "=", "args": [{"property": "x"}, float("nan")]}, "out of range"),
        ({"op": "=", "args": [{"property": "x"}, 10**400]}, "out of range"),
        ({"op": "=", "args": [{"property": "x"}, [1]]}, "not a value"),
        ({"op": "t_after", "args": [{"property": "datetime"}]}, "takes 2"),
        ({"op": "t_after", "args": [{"property": "datetime"}, {"interval": ["2020"]}]}, "two ends"),
        ('{"op":', "not JSON"),
    ],
)
def test_refused_with_a_remedy(given: Any, words: str) -> None:
    with pytest.raises(QueryError, match=words) as caught:
        parse_filter(given)
    assert caught.value.remedy


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000 + "gsd=1" + ")" * 5000,
        "not " * 20000 + "gsd=1",
        "-" * 20000 + "gsd=1",
        "gsd=1" + " or gsd=1" * 20000,
        "gsd" + "+gsd" * 20000 + "=1",
        "gsd" + "-1" * 20000 + "=1",
        "casei(" * 2000 + "id" + ")" * 2000 + "='a'",
        "gsd = 1" + " " * 2_000_000,
    ],
)
def test_monsters_are_refused_before_they_are_parsed(text: str) -> None:
    with pytest.raises(QueryError, match="too large"):
        parse_filter(text)


def test_deep_json_is_refused() -> None:
    node: Any = True
    for _ in range(200):
        node = {"op": "not", "args": [node]}
    with pytest.raises(QueryError, match="too deeply"):
        parse_filter(node)
    value: Any = {"property": "gsd"}
    for _ in range(200):
        value = {"op": "+", "args": [value, 1]}
    with pytest.raises(QueryError):
        parse_filter({"op": "=", "args": [value, 1]})


def test_large_polygons_and_lists_are_no_monsters() -> None:
    ring = ", ".join(f"{-10 - i / 1000} {-5 - i / 1000}" for i in range(4000))
    made = parse_filter(f"S_INTERSECTS(geometry, POLYGON(({ring}, -10 -5)))")
    assert len(made["args"][1]["coordinates"][0]) == 4001
    many = ",".join(f"'item-{number}'" for number in range(5000))
    assert len(parse_filter(f"id IN ({many})")["args"][1]) == 5000
    assert parse_filter("title = '" + "(" * 5000 + "'")["op"] == "="


def test_unknown_language() -> None:
    with pytest.raises(QueryError, match="filter language"):
        parse_filter("gsd < 1", lang="sql")


def test_joining() -> None:
    one, two, three = gsd("<", 1), gsd("<", 2), gsd("<", 3)
    assert all_of() is None
    assert all_of(None, one) == one
    joined = all_of(all_of(one, two), three)
    assert joined == {"op": "and", "args": [one, two, three]}
    assert properties_of(joined) == {"gsd"}
    assert properties_of(parse_filter("S_INTERSECTS(geometry, POINT(0 0))")) == {"geometry"}


def test_queryables_know_facets_by_both_names() -> None:
    assert queryable("mlm:framework").column == queryable("framework").column == "framework"
    assert queryable("properties.mlm:tasks").type == "strings"
    assert queryable("eo:cloud_cover").type == "json"
    assert "platform" not in QUERYABLES  # one of three sources of the facet platforms


def test_between_as_drafts_had_it() -> None:
    gsd = {"property": "gsd"}
    draft = parse_filter({"op": "between", "args": [gsd, [1, 2]]})
    assert draft == parse_filter({"op": "between", "args": [gsd, 1, 2]})
