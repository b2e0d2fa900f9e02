"""Which findings stop ``geocairn build``, and how to build all the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.build.documents import lines, without
from tests.items import model, write_catalog
from tests.running import Ran

Build = Callable[..., Ran]
Capture = pytest.CaptureFixture[str]


def test_keep_going_builds_the_rest_and_lists_what_is_left_out(geocairn: Build) -> None:
    # More documents than a failed build would show.
    bad = ["{" for _ in range(30)]
    location = lines(model("a"), *bad, model("b"), model("a", title="Again"))
    result = geocairn(location, "-o", "hub", "--keep-going")
    assert result.code == 1
    for number in range(2, 32):
        assert f"some.ndjson:{number}\n  HUB006 error" in result.err
    assert "some.ndjson:33: a-1.2.0\n  HUB001 error" in result.err
    assert "hub: 2 items in 1 collection, 31 left out (" in result.out
    published = {path.parent.name for path in Path("hub/floods").glob("*/*.json")}
    assert published == {"a-1.2.0", "b-1.2.0"}
    item = json.loads(Path("hub/floods/a-1.2.0/a-1.2.0.json").read_text())
    assert item["properties"]["title"] == "A"
    again = geocairn(location, "-o", "hub", "--keep-going")
    assert again.code == 1
    assert "hub is up to date: 2 items, 31 left out (" in again.out
    assert "some.ndjson:33: a-1.2.0\n  HUB001 error" in again.err
    # Nothing changed, but without --keep-going it is no success either.
    assert geocairn(location, "-o", "hub").code == 1


def test_a_failed_build_shows_some_errors_and_how_many(geocairn: Build) -> None:
    result = geocairn(lines(*["{" for _ in range(30)]), "-o", "hub")
    assert result.err.count("HUB006 error") == 20
    assert "10 more documents have errors." in result.err
    assert "30 errors in 30 documents" in result.err
    assert not Path("hub").exists()


def test_strict_lets_warnings_fail(geocairn: Build, hub: Path) -> None:
    location = lines(model("a", version="1.0"), model("a", version="2.0"))
    result = geocairn(location, "-o", hub, "--strict")
    assert result.code == 1
    # No source describes the collection.
    assert "HUB002 warning" in result.err
    assert "warnings were found, the build is strict" in result.err


def test_strict_fails_on_what_was_built_before(geocairn: Build) -> None:
    location = lines(model("a"))
    assert geocairn(location, "-o", "hub").code == 0
    again = geocairn(location, "-o", "hub")
    assert "is up to date" in again.out
    assert "HUB002 warning" in again.err
    assert geocairn(location, "-o", "hub", "--strict").code == 1
    described = [location, "described"]
    write_catalog(Path("described"), [model("b")])
    assert geocairn(*described, "-o", "hub", "--strict").code == 0


def test_checks_can_be_left_out(geocairn: Build) -> None:
    location = lines(without("geometry"))
    assert geocairn(location, "-o", "hub").code == 1
    assert geocairn(location, "-o", "hub", "--ignore", "SCH,STAC").code == 0
    assert geocairn(location, "-o", "hub", "--select", "MLM").code == 0


def test_warnings_of_the_build_can_be_left_out(geocairn: Build) -> None:
    location = lines(model("a"))
    assert geocairn(location, "-o", "hub", "--strict").code == 1
    assert geocairn(location, "-o", "hub", "--strict", "--ignore", "HUB002").code == 0
    # Errors cannot: two items have no room in one place.
    twice = lines(model("a"), model("a"))
    assert geocairn(twice, "-o", "hub", "--ignore", "HUB").code == 1
