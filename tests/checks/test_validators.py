from __future__ import annotations

from typing import Any

import pytest

from geocairn.checks import REMOVED, Checker, SchemaStore
from geocairn.checks.examples import COLLECTION, ITEM
from geocairn.checks.rule import patched
from geocairn.checks.schemas import core_url
from geocairn.checks.validators import Validators
from geocairn.errors import SchemaUnavailableError
from geocairn.findings import Finding

INPUT = "/properties/mlm:input/0"


def only(checker: Checker, patch: dict[str, Any]) -> Finding:
    findings = [f for f in checker.item(patched(ITEM, patch)) if f.kind == "schema"]
    assert len(findings) == 1, findings
    return findings[0]


@pytest.mark.parametrize("place", ["/properties/mlm:name", "/bbox", "/assets/weights/href"])
def test_what_is_missing_has_no_value(checker: Checker, place: str) -> None:
    finding = only(checker, {place: REMOVED})
    assert "is missing" in finding.message
    assert finding.value == ""


def test_what_is_wrong_is_shown(checker: Checker) -> None:
    assert only(checker, {"/stac_version": "1.9.0"}).value == '"1.9.0"'


@pytest.mark.parametrize(
    ("patch", "code", "path", "message"),
    [
        ({"/properties/mlm:name": REMOVED}, "SCH002", "$.properties['mlm:name']", "is missing"),
        ({"/properties/mlm:foo": 1}, "SCH002", "$.properties['mlm:foo']", "not a field"),
        (
            {"/properties/mlm:total_parameters": -1},
            "SCH002",
            "$.properties['mlm:total_parameters']",
            "below the least value, 0",
        ),
        (
            {f"{INPUT}/value_scaling/0": {"type": "z-score", "mean": 1}},
            "SCH002",
            "$.properties['mlm:input'][0].value_scaling[0].stddev",
            "is missing",
        ),
        (
            {f"{INPUT}/value_scaling/0": {"type": "zscore", "mean": 1, "stddev": 1}},
            "SCH002",
            "$.properties['mlm:input'][0].value_scaling[0]",
            '"z-score"',
        ),
        (
            {f"{INPUT}/resize_type": "squeeze"},
            "SCH002",
            "$.properties['mlm:input'][0].resize_type",
            '"crop", "pad"',
        ),
        (
            {"/properties/bands/0/eo:common_name": "purple"},
            "SCH002",
            "$.properties.bands[0]['eo:common_name']",
            '"blue"',
        ),
        (
            {"/geometry/coordinates": [[[1, 2], [3, 4]]]},
            "SCH001",
            "$.geometry.coordinates[0]",
            "fewer than 4",
        ),
        ({"/geometry/type": "Nope"}, "SCH001", "$.geometry", '"Polygon"'),
        ({"/bbox": REMOVED}, "SCH001", "$.bbox", "is missing, though there is a geometry"),
        ({"/geometry": None}, "SCH001", "$.bbox", "geometry is null"),
        ({"/bbox": [1, 2, 3]}, "SCH001", "$.bbox", "has 3 members, fewer than 4"),
        ({"/type": "Thing"}, "SCH001", "$.type", 'is not "Feature"'),
        ({"/stac_version": "1.9.0"}, "SCH001", "$.stac_version", 'is not "1.1.0"'),
        ({"/collection": REMOVED}, "SCH001", "$.collection", "link of rel collection"),
        ({"/assets/source/href": ""}, "SCH001", "$.assets.source.href", "fewer than 1"),
        ({"/assets/source/roles": "code"}, "SCH001", "$.assets.source.roles", "is a string, not"),
        (
            {"/assets/source/href": "a b"},
            "SCH004",
            "$.assets.source.href",
            "not in the format iri-reference",
        ),
        (
            {"/properties/datetime": "2024-13-01T00:00:00Z"},
            "SCH004",
            "$.properties.datetime",
            "date-time",
        ),
        (
            {"/assets/source/mlm:artifact_type": "onnx"},
            "SCH002",
            "$.assets.source['mlm:artifact_type']",
            "role mlm:model only",
        ),
        ({"/assets/weights": REMOVED}, "SCH002", "$.assets", "no asset with the role mlm:model"),
        (
            {"/properties/bands": REMOVED, "/assets/weights/bands": REMOVED},
            "SCH002",
            "$.properties.bands",
            "though mlm:input names bands",
        ),
        (
            {f"{INPUT}/input/dim_order/1": "channel"},
            "SCH002",
            "$.properties['mlm:input'][0].input.dim_order",
            "no dimension bands, though bands are named",
        ),
        (
            {f"{INPUT}/bands": [], f"{INPUT}/value_scaling": None},
            "SCH002",
            "$.properties['mlm:input'][0].input.dim_order",
            "though no bands are named",
        ),
    ],
)
def test_every_kind_of_fault_has_its_place_and_words(
    checker: Checker, patch: dict[str, Any], code: str, path: str, message: str
) -> None:
    patch = dict(patch)
    without_bands = "/properties/bands" in patch and "/assets/weights/bands" in patch
    if without_bands:
        # Otherwise the band extensions would ask for their fields.
        patch["/stac_extensions"] = [ITEM["stac_extensions"][0], ITEM["stac_extensions"][3]]
    found = only(checker, patch)
    assert (found.code, found.path) == (code, path)
    assert message in found.message
    assert found.remedy
    assert found.item == ITEM["id"] if "/id" not in patch else True


def test_all_versions_of_the_model_extension_compile(store: SchemaStore) -> None:
    validators = Validators(store)
    for url in store.known():
        if "/mlm/" in url:
            assert validators.faults(url, {"type": "Feature", "stac_extensions": [url]})


def test_a_collection_is_validated(checker: Checker) -> None:
    findings = checker.collection(patched(COLLECTION, {"/extent/spatial": REMOVED}))
    assert [(f.code, f.path) for f in findings] == [("SCH001", "$.extent.spatial")]


def test_a_missing_reference_names_both_schemas(tmp_path: Any) -> None:
    folder = tmp_path / "h.example" / "a"
    folder.mkdir(parents=True)
    (folder / "schema.json").write_text('{"$ref": "other.json#/definitions/x"}')
    validators = Validators(SchemaStore(tmp_path, cache=tmp_path / "c", offline=True))
    with pytest.raises(SchemaUnavailableError) as caught:
        validators.get("https://h.example/a/schema.json")
    assert "https://h.example/a/other.json" in str(caught.value.where)
    assert "https://h.example/a/schema.json" in str(caught.value.where)


@pytest.mark.parametrize("text", ['{"type": "nonsense"}', '{"$ref": "#/absent"}'])
def test_what_is_no_schema_is_told(tmp_path: Any, text: str) -> None:
    (tmp_path / "h.example").mkdir()
    (tmp_path / "h.example" / "s.json").write_text(text)
    validators = Validators(SchemaStore(tmp_path, cache=tmp_path / "c", offline=True))
    with pytest.raises(SchemaUnavailableError, match="cannot be used"):
        validators.get("https://h.example/s.json")


def test_one_validator_a_schema(store: SchemaStore) -> None:
    validators = Validators(store)
    url = core_url("1.1.0", "item")
    assert validators.get(url) is validators.get(url)


def test_faults_are_bounded(store: SchemaStore) -> None:
    links = [{"rel": n} for n in range(5000)]
    faults = Validators(store).faults(core_url("1.1.0", "item"), {**ITEM, "links": links})
    assert 0 < len(faults) <= 25
