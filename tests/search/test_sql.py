"""Whatever a query says stays out of the SQL."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geocairn import Catalog
from geocairn.cql import normalise
from geocairn.search.engine import Engine
from geocairn.search.properties import property_expression
from geocairn.search.sql import Compiler, quoted, sort_expressions

MARK = "zq"
texts = st.text(min_size=0, max_size=8).map(lambda text: f"{MARK}{text}'\"\\;--")
names = texts.map(lambda text: {"property": text})
values = st.one_of(texts, st.floats(-1e9, 1e9), st.booleans())


@st.composite
def conditions(draw: Any, depth: int = 0) -> Any:
    kind = draw(st.sampled_from(["compare", "in", "like", "null", "array", "time", "and", "not"]))
    if kind == "and" and depth < 3:
        return {"op": "and", "args": [draw(conditions(depth + 1)), draw(conditions(depth + 1))]}
    if kind == "not" and depth < 3:
        return {"op": "not", "args": [draw(conditions(depth + 1))]}
    name, value = draw(names), draw(values)
    if kind == "in":
        return {"op": "in", "args": [name, [draw(texts), draw(texts)]]}
    if kind == "like":
        return {"op": "like", "args": [name, draw(texts) + "%"]}
    if kind == "null":
        return {"op": "isNull", "args": [name]}
    if kind == "array":
        return {"op": "a_contains", "args": [name, [value, draw(texts)]]}
    if kind == "time":
        return {"op": ">", "args": [name, {"timestamp": "2020-01-01T00:00:00Z"}]}
    return {"op": "=", "args": [name, value]}


@given(conditions())
def test_no_value_and_no_name_gets_into_the_text(condition: Any) -> None:
    compiler = Compiler()
    sql = compiler.condition(normalise(condition))
    for name in compiler.properties:
        sql += property_expression(name, compiler.bind)
    assert MARK not in sql
    said = json.dumps(list(compiler.parameters.values()), default=str)
    assert (MARK in said) == (MARK in json.dumps(condition))


@given(conditions())
def test_every_condition_runs(hub: Catalog, condition: Any) -> None:
    assert 0 <= hub.search(filter=condition).matched() <= len(hub)


@given(texts)
def test_hostile_words_ids_and_orders(hub: Catalog, text: str) -> None:
    assert hub.search(q=text + "xyzzy").matched() == 0
    assert hub.search(ids=[text]).matched() == 0
    assert hub.search(collections=[text]).matched() == 0
    assert hub.search(sortby=[text], limit=5).matched() == len(hub)
    hub.suggest(text)


def test_quoting() -> None:
    assert quoted('a"b') == '"a""b"'
    assert len(sort_expressions("stage.p0")) == 4


def test_sql_that_fails_is_our_error(hub: Catalog) -> None:
    from geocairn import HubError

    engine: Engine = hub._engine
    with pytest.raises(HubError, match="cannot search"):
        engine.arrays("SELECT no_such_column FROM read_parquet($index)")
