"""Real items written by others: what is found in each is what the documentation says of it."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from geocairn.checks import Checker
from geocairn.findings import Finding
from geocairn.normalise import normalise, normalise_collection

PAGE = Path(__file__).parents[2] / "docs" / "real-items.md"
NAMES = [
    "collection.json",
    "item_bands_expression.json",
    "item_basic.json",
    "item_datacube_variables.json",
    "item_eo_and_raster_bands.json",
    "item_eo_bands.json",
    "item_eo_bands_summarized.json",
    "item_multi_io.json",
    "item_pytorch_geo_unet.json",
    "item_raster_bands.json",
    "resnet18-building-classification.json",
]


def documented() -> dict[str, Counter[str]]:
    sections = re.split(r"^## (.+)$", PAGE.read_text(), flags=re.MULTILINE)
    row = re.compile(r"^\| ([A-Z]+\d+) \| (\d+) \|", re.MULTILINE)
    return {
        name: Counter({code: int(n) for code, n in row.findall(text)})
        for name, text in zip(sections[1::2], sections[2::2], strict=True)
    }


def load(folder: Path, name: str) -> dict[str, Any]:
    return json.loads(next(folder.rglob(name)).read_text())


def found(checker: Checker, document: dict[str, Any]) -> list[Finding]:
    if document["type"] == "Collection":
        return checker.collection(normalise_collection(document)[0])
    return checker.item(normalise(document)[0])


def test_every_real_document_is_told_of(real_items: Path) -> None:
    assert sorted(path.name for path in real_items.rglob("*.json")) == sorted(NAMES)
    assert sorted(documented()) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_found_is_what_the_page_says(checker: Checker, real_items: Path, name: str) -> None:
    findings = found(checker, load(real_items, name))
    assert Counter(finding.code for finding in findings) == documented()[name]


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("item_")])
def test_the_official_examples_pass_every_schema_after_the_upgrade(
    checker: Checker, real_items: Path, name: str
) -> None:
    item, changes = normalise(load(real_items, name))
    assert item["stac_version"] == "1.1.0"
    assert changes[0] == "Upgraded STAC 1.0.0 to 1.1.0."
    assert [f for f in checker.item(item) if f.kind == "schema"] == []
    assert normalise(item) == (item, [])


@pytest.mark.parametrize("name", NAMES)
def test_fixing_leaves_nothing_that_could_be_fixed(
    checker: Checker, real_items: Path, name: str
) -> None:
    document = load(real_items, name)
    findings = found(checker, document)
    fixed, applied = checker.fix(document, findings)
    left = {finding.code for finding in found(checker, fixed)}
    # The upgrade leaves the geometry alone, so its box is the same before and after.
    assert not left & set(applied)
    promised = {f.code for f in findings if "--fix" in f.remedy}
    assert promised == set(applied)


def test_the_misspelled_classes_hide_what_a_schema_would_say(
    checker: Checker, real_items: Path
) -> None:
    document = load(real_items, "item_eo_bands.json")
    fixed, _ = checker.fix(document, found(checker, document))
    shown = {(f.code, f.path.rpartition(".")[2]) for f in found(checker, fixed)}
    assert ("SCH002", "description") in shown
