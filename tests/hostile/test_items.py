"""Items of any kind whatsoever: 2,000 of them, through everything that looks at an item.

Each is the example item with some places changed to whatever JSON can say, hostile texts among it.
Nothing but findings may come of it.
"""

from __future__ import annotations

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.items import model
from tests.onnx_models import saved, segmenter
from tests.verification.entries import description

from geocairn import _io
from geocairn.build.assets import local_assets, not_served
from geocairn.build.evidence import with_evidence
from geocairn.checks import Checker, SchemaStore, hub, score
from geocairn.compile.pages.models import shown
from geocairn.errors import MalformedJSONError
from geocairn.findings import Report
from geocairn.normalise import normalise
from geocairn.sources import RawItem
from geocairn.verification import Verdict, verify_item

CASES = 2000
NASTY = st.sampled_from(
    [
        "",
        "../../etc/passwd",
        "javascript:alert(1)",
        "data:text/html,<script>",
        "file:///etc/passwd",
        "%2e%2e/%2e%2e/x",
        "https://exa mple.org/\nx",
        "<script>pwned(1)</script>",
        "{{ 7*7 }}",
        "\u202egnp.exe",
        "\u0000",
        "::error file=x::y",
        "a" * 5000,
        "con",
        "https://stac-extensions.github.io/mlm/v9.9.9/schema.json",
        "1220" + "0" * 64,
        "9999-99-99T99:99:99Z",
        "./model.onnx",
        "//example.org/x",
        "\\\\server\\share",
    ]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=10)
    | NASTY
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(codec="utf-8"), max_size=8) | NASTY, inner, max_size=4
        )
    ),
    max_leaves=12,
)


@cache
def checker(schemas: Path) -> Checker:
    return Checker(store=SchemaStore(schemas, offline=True))


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something may be changed: every member and entry."""
    found = [path] if path else []
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, one in inner if isinstance(value, (dict, list)) else ():
        found += places(one, (*path, key)) if isinstance(one, (dict, list)) else [(*path, key)]
    return found


BASES = (model(), description())
PLACES = tuple(places(base) for base in BASES)


@st.composite
def changed(draw: st.DrawFn) -> dict[str, Any]:
    """An item with one to four places changed, removed, or added to."""
    which = draw(st.integers(0, len(BASES) - 1))
    item = copy.deepcopy(BASES[which])
    for path in draw(st.lists(st.sampled_from(PLACES[which]), min_size=1, max_size=4)):
        holder: Any = item
        try:
            for step in path[:-1]:
                holder = holder[step]
            action = draw(st.sampled_from(("set", "set", "remove", "add")))
            if action == "remove":
                del holder[path[-1]]
            elif action == "add" and isinstance(holder, dict):
                holder[draw(NASTY)] = draw(VALUES)
            else:
                holder[path[-1]] = draw(VALUES)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away
    return item


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("item")
    saved(place / "model.onnx", segmenter())
    return place


def never(*_: Any, **__: Any) -> None:
    raise AssertionError("nothing of these has a sample, so nothing may be run")


@settings(
    max_examples=CASES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(item=changed())
def test_whatever_an_item_says_only_findings_come_of_it(
    schemas: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, item: dict[str, Any]
) -> None:
    monkeypatch.setattr("geocairn.sandbox.run", never)
    try:
        document = RawItem(json.dumps(item).encode(), 0).parse()
    except MalformedJSONError:
        return  # told of as such
    normal, _ = normalise(document)
    assert normalise(normal)[0] == normal
    look = checker(schemas)
    findings = look.item(normal, origin="item.json", folder=folder)
    report = Report()
    report.extend([*findings, *hub.place(normal)], documents=1)
    for text in (report.to_text(), report.to_json(), report.to_markdown(), report.to_github()):
        assert "\x1b" not in text
        assert "\x00" not in text
    assert 0 <= score(normal, findings).total <= 100
    look.fix(document, findings)
    verdict = verify_item(normal, folder=folder)
    assert isinstance(verdict, Verdict)
    assert verdict.state == "not verified"
    if report.errors:
        return
    done, files = local_assets(normal, folder=folder)
    done, files, _ = with_evidence(done, files, evidence=b"{}")
    assert {one.href for one in files} <= {"model.onnx"}
    list(not_served(done, folder=folder))
    page = shown(_io.loads(_io.dumps(done)))
    assert "<script" not in page.description + page.card


@settings(max_examples=500, deadline=None)
@given(st.binary(max_size=200) | VALUES.map(lambda value: json.dumps(value).encode()))
def test_whatever_the_bytes_only_our_own_error_comes_of_them(data: bytes) -> None:
    """Bytes are read as the standard library reads them, or refused with the reason."""
    try:
        value = RawItem(data, 0).parse()
    except MalformedJSONError as error:
        assert error.remedy  # noqa: PT017
    else:
        assert value == json.loads(data.removeprefix(b"\xef\xbb\xbf"))


@st.composite
def repeated(draw: st.DrawFn) -> str:
    """An object in which a name is given twice, somewhere, written this way or that."""
    key = draw(st.text(st.characters(codec="utf-8"), max_size=5))
    rest = draw(
        st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), VALUES, max_size=3)
    )
    one, two = draw(VALUES), draw(VALUES)
    plain = json.dumps(key, ensure_ascii=draw(st.booleans()))
    other = json.dumps(key, ensure_ascii=draw(st.booleans()))
    members = [json.dumps(k) + ":" + json.dumps(v) for k, v in rest.items() if k != key]
    members.insert(draw(st.integers(0, len(members))), f"{plain}: {json.dumps(one)}")
    members.insert(draw(st.integers(0, len(members))), f"{other} :{json.dumps(two)}")
    text = "{" + ",".join(members) + "}"
    for _ in range(draw(st.integers(0, 3))):
        text = f'{{"\\u0022": "\\u0022\\u0022", "in": [{text}]}}'
    return text


@settings(max_examples=500, deadline=None)
@given(repeated())
def test_a_name_given_twice_is_found_wherever_it_hides(text: str) -> None:
    with pytest.raises(MalformedJSONError, match=r"given twice|not JSON"):
        RawItem(text.encode(), 0).parse()


@settings(max_examples=500, deadline=None)
@given(VALUES)
def test_names_given_once_are_let_pass(value: Any) -> None:
    for ascii_only in (True, False):
        text = json.dumps(value, ensure_ascii=ascii_only)
        assert _io.loads(text.encode(), unique=True) == json.loads(text)
