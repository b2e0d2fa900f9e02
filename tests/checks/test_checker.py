from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geocairn.checks import RULES, Checker, SchemaStore, selected_codes
from geocairn.checks.examples import COLLECTION, ITEM
from geocairn.checks.rule import patched
from geocairn.checks.score import score
from geocairn.errors import ConfigError
from geocairn.findings import Report

ALL = frozenset(RULES)


def test_selection_as_in_ruff() -> None:
    assert selected_codes() == ALL
    assert selected_codes(["MLM03"]) == {code for code in ALL if code.startswith("MLM03")}
    assert selected_codes(ignore=["MLM", "SCH"]) == {c for c in ALL if c[:3] in ("STA", "HUB")}
    # The more specific one counts; of equals, the exclusion.
    assert selected_codes(["MLM03"], ["MLM031"]) == selected_codes(["MLM03"]) - {"MLM031"}
    assert "MLM031" in selected_codes(["MLM031"], ["MLM"])
    assert selected_codes(["MLM031"], ["MLM031"]) == frozenset()


@pytest.mark.parametrize("code", ["MLM9", "mlm", "", "E501"])
def test_unknown_codes_are_refused_with_near_ones(code: str) -> None:
    with pytest.raises(ConfigError):
        selected_codes([code])
    with pytest.raises(ConfigError):
        selected_codes(ignore=[code])


def test_near_codes_are_named() -> None:
    with pytest.raises(ConfigError, match="MLM03"):
        selected_codes(["mlm03"])


def test_only_selected_codes_are_told(store: SchemaStore) -> None:
    item = patched(ITEM, {"/properties/license": "MIT2", "/properties/created": 5, "/id": "a/b"})
    codes = lambda **kw: {f.code for f in Checker(store=store, **kw).item(item)}  # noqa: E731
    assert codes() == {"SCH001", "STAC051", "STAC070"}
    assert codes(select=["STAC05"]) == {"STAC051"}
    assert codes(ignore=["SCH", "STAC07"]) == {"STAC051"}
    assert codes(select=["SCH"]) == {"SCH001"}


def test_the_digest_follows_selection_and_schemas(store: SchemaStore, tmp_path: Path) -> None:
    digest = Checker(store=store).digest
    assert Checker(store=store).digest == digest
    assert Checker(store=store, ignore=["MLM031"]).digest != digest
    assert Checker(store=SchemaStore(tmp_path, offline=True)).digest != digest


def test_the_collection_link_is_the_builders_business(checker: Checker) -> None:
    assert checker.item({**ITEM, "links": ITEM["links"][1:]}) == []
    published = checker.published({**ITEM, "links": []})
    assert [link["rel"] for link in published["links"]] == ["collection"]
    assert checker.published(ITEM) is ITEM


def test_what_is_checked_stays_as_it_is(checker: Checker) -> None:
    before = copy.deepcopy(ITEM)
    checker.item(ITEM)
    checker.fix(ITEM, checker.item(patched(ITEM, {"/properties/mlm:framework": "torch"})))
    assert before == ITEM


def test_several_fixes_at_once(checker: Checker) -> None:
    broken = patched(
        ITEM,
        {
            "/properties/mlm:framework": "pytorch",
            "/properties/license": "apache-2.0",
            "/bbox": [0, 0, 5, 5],
            "/properties/mlm:accelerator": "CPU",
        },
    )
    fixed, applied = checker.fix(broken, checker.item(broken))
    assert applied == ["MLM070", "MLM100", "STAC034", "STAC052"]
    # The CPU is named as the schema has it now, which brings advice of its own.
    assert [f.code for f in checker.item(fixed)] == ["MLM066"]


def test_some_at_once_as_one_by_one(checker: Checker, tmp_path: Path) -> None:
    nameless = {key: value for key, value in ITEM.items() if key != "id"}
    items = [ITEM, nameless, {"type": "Feature"}, ITEM]
    origins = ["a:1", "b", "", "c"]
    folders = [None, tmp_path, None, tmp_path / "other"]
    together = checker.items(items, origins=origins, folders=folders)
    assert together == [
        checker.item(item, origin=origin, folder=folder)
        for item, origin, folder in zip(items, origins, folders, strict=True)
    ]
    assert [bool(findings) for findings in together[:3]] == [False, True, True]
    assert checker.items([], origins=[], folders=[]) == []


def test_identity_by_folder(checker: Checker, tmp_path: Path) -> None:
    folder = tmp_path / "unet" / "1.2.0"
    folder.mkdir(parents=True)
    codes = lambda item, name: {  # noqa: E731
        f.code for f in checker.item(item, origin=str(folder / name), folder=folder)
    }
    assert codes(ITEM, "item.json") == {"STAC071"}
    assert codes(ITEM, "delta.json") == set()
    assert codes({**ITEM, "id": "unet-1.2.0"}, "item.json") == set()


def test_symbolic_links_out_of_the_folder(checker: Checker, tmp_path: Path) -> None:
    (tmp_path / "secret.pt").write_bytes(b"x")
    folder = tmp_path / "item"
    folder.mkdir()
    (folder / "weights.pt").symlink_to(tmp_path / "secret.pt")
    item = patched(ITEM, {"/assets/weights/href": "weights.pt"})
    assert [f.code for f in checker.item(item, folder=folder)] == ["STAC022"]


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([0, -1, 10**30, -(10**400), 1e308, 2**64])
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(
        [
            "",
            "..",
            "../x",
            "\0",
            "http://[",
            "data:x",
            "9999-12-31T23:59:59Z",
            "MIT OR (Apache-2.0",
            "((((",
            "1220",
            "d50110",
            "torch.save",
            "mlm:model",
            "Feature",
            "Polygon",
            "GeometryCollection",
        ]
    )
)
NAMES = sorted(
    {
        part.replace("~1", "/")
        for rule in RULES.values()
        for pointer in [*rule.failing, *rule.passing]
        for part in pointer.split("/")[1:]
        if not part.isdigit()
    }
    | set(ITEM)
    | set(ITEM["properties"])
    | {"type", "coordinates", "geometries", "roles", "href", "rel", "expression", "name", "value"}
)
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6)
    ),
    max_leaves=30,
)


def _pointers(value: Any, prefix: str = "") -> list[str]:
    found = [prefix] if prefix else []
    members = value.items() if isinstance(value, dict) else ()
    if isinstance(value, list):
        members = enumerate(value)
    for key, inner in members:
        found += _pointers(inner, f"{prefix}/{str(key).replace('~', '~0').replace('/', '~1')}")
    return found


POINTERS = sorted(_pointers(ITEM), key=len)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(NAMES), JSON, max_size=10))
def test_any_object_is_checked_without_fail(checker: Checker, document: dict[str, Any]) -> None:
    _survives(checker, document)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(POINTERS), JSON), min_size=1, max_size=3))
def test_any_value_anywhere_is_checked_without_fail(
    checker: Checker, changes: list[tuple[str, Any]]
) -> None:
    document = ITEM
    for pointer, value in changes:
        try:
            document = patched(document, {pointer: value})
        except (KeyError, IndexError, TypeError, ValueError):
            continue  # An earlier change took the place away.
    _survives(checker, document)


def _survives(checker: Checker, document: dict[str, Any]) -> None:
    folder = Path(__file__).parent
    before = copy.deepcopy(document)
    for findings in (checker.item(document, folder=folder), checker.collection(document)):
        assert document == before
        assert {f.code for f in findings} <= ALL
        report = Report()
        report.extend(findings, documents=1)
        json.loads(report.to_json())
        report.to_text(), report.to_markdown(), report.to_github()
        assert 0 <= score(document, findings).total <= 100
        fixed, _ = checker.fix(document, findings)
        checker.item(fixed)
        assert pickle.loads(pickle.dumps(findings)) == findings


def test_the_example_collection_is_one(checker: Checker) -> None:
    assert {f.code for f in checker.collection({**COLLECTION, "license": "Apache2"})} == {"STAC051"}
