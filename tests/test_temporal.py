from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from pystac_client.item_search import ItemSearch

from geocairn.errors import QueryError
from geocairn.temporal import Interval, format_instant, parse_interval

NOON = dt.datetime(2024, 5, 1, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("2024", "2024-01-01T00:00:00Z/2024-12-31T23:59:59.999999Z"),
        ("2024-02", "2024-02-01T00:00:00Z/2024-02-29T23:59:59.999999Z"),
        ("2024-12", "2024-12-01T00:00:00Z/2024-12-31T23:59:59.999999Z"),
        ("2024-05-01", "2024-05-01T00:00:00Z/2024-05-01T23:59:59.999999Z"),
        ("9999", "9999-01-01T00:00:00Z/9999-12-31T23:59:59.999999Z"),
        ("2024-05-01T12:00:00Z", "2024-05-01T12:00:00Z"),
        ("2024-05-01t12:00:00z", "2024-05-01T12:00:00Z"),
        ("2024-05-01 12:00:00", "2024-05-01T12:00:00Z"),
        ("2024-05-01T12:00:00+05:45", "2024-05-01T06:15:00Z"),
        ("2024-05-01T12:00:00.5-00:30", "2024-05-01T12:30:00.500000Z"),
        ("2024-05-01T12:00:00.1234567891Z", "2024-05-01T12:00:00.123456Z"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.999999Z"),
        ("2024/2025-03", "2024-01-01T00:00:00Z/2025-03-31T23:59:59.999999Z"),
        ("2024/..", "2024-01-01T00:00:00Z/.."),
        ("../2024", "../2024-12-31T23:59:59.999999Z"),
        ("/2024", "../2024-12-31T23:59:59.999999Z"),
        ("2024/", "2024-01-01T00:00:00Z/.."),
        (NOON, "2024-05-01T12:00:00Z"),
        (NOON.replace(tzinfo=None), "2024-05-01T12:00:00Z"),
        (dt.date(2024, 5, 1), "2024-05-01T00:00:00Z/2024-05-01T23:59:59.999999Z"),
        ([NOON, None], "2024-05-01T12:00:00Z/.."),
        ((None, "2024"), "../2024-12-31T23:59:59.999999Z"),
        (["2024"], "2024-01-01T00:00:00Z/2024-12-31T23:59:59.999999Z"),
        (iter(["2024", ".."]), "2024-01-01T00:00:00Z/.."),
    ],
)
def test_forms(given: Any, read: str) -> None:
    assert str(parse_interval(given)) == read


@pytest.mark.parametrize(
    "given",
    [
        "2024",
        "2024-02",
        "2024-05-01",
        "2024/2025-03",
        "2024/..",
        "../2024",
        "2024-05-01T12:00:00+05:45",
    ],
)
def test_agrees_with_pystac_client_to_the_second(given: str) -> None:
    theirs = ItemSearch("http://localhost", datetime=given).get_parameters()["datetime"]
    ours = str(parse_interval(given)).replace(".999999", "")
    instants = [parse_interval(part) for part in theirs.split("/") if part != ".."]
    assert ours == "/".join(
        str(instants.pop(0)) if part != ".." else ".." for part in theirs.split("/")
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("", "not a time"),
        ("..", "not a time"),
        ("yesterday", "not a time"),
        ("24", "not a time"),
        ("2024-5", "not a time"),
        ("2024-13", "no such time"),
        ("2024-02-30", "no such time"),
        ("2024-02-01T25:00:00Z", "no such time"),
        ("2024-02-01T00:00:00+24:00", "no such time"),
        ("0000", "no such time"),
        ("0001-01-01T00:00:00+01:00", "no such time"),
        ("9999-12-31T23:59:59-01:00", "no such time"),
        ("٢٠٢٤", "not a time"),
        ("../..", "open at both ends"),
        ((None, None), "open at both ends"),
        ("2024/2020", "ends before it starts"),
        ("2020/2021/2022", "3 parts"),
        (5, "not a time"),
        ({"a": 1}, "not a time"),
        ([], "0 parts"),
    ],
)
def test_no_times(given: Any, words: str) -> None:
    with pytest.raises(QueryError, match=words) as caught:
        parse_interval(given)
    assert caught.value.remedy


def test_interval_parses_again() -> None:
    interval = Interval(NOON, None)
    assert parse_interval(interval) == interval
    assert format_instant(None) == ".."
