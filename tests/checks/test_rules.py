"""Every rule's own examples: the failing one gives exactly its code, the passing one nothing."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

from geocairn.checks import RULES, Checker, Rule
from geocairn.checks.examples import COLLECTION, ITEM, document
from geocairn.checks.rules import claims

WITH_EXAMPLE = [rule for rule in RULES.values() if rule.failing]
FIXABLE = [rule for rule in RULES.values() if rule.fix is not None]


def found(checker: Checker, rule: Rule, doc: dict, folder: Path) -> list[str]:
    if rule.subject == "collection":
        return [finding.code for finding in checker.collection(doc)]
    return [finding.code for finding in checker.item(doc, folder=folder)]


def name(rule: Rule) -> str:
    return rule.code


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "item"
    folder.mkdir()
    (folder / "weights.pt").write_bytes(b"weights")
    return folder


def test_the_shared_examples_are_without_fault(checker: Checker) -> None:
    assert checker.item(ITEM) == []
    assert checker.collection(COLLECTION) == []


@pytest.mark.parametrize("rule", WITH_EXAMPLE, ids=name)
def test_failing_example_gives_exactly_this_code(
    checker: Checker, rule: Rule, folder: Path
) -> None:
    assert set(found(checker, rule, document(rule, rule.failing), folder)) == {rule.code}


@pytest.mark.parametrize("rule", WITH_EXAMPLE, ids=name)
def test_passing_example_gives_nothing(checker: Checker, rule: Rule, folder: Path) -> None:
    if rule.code == "STAC022":
        (folder / "files").mkdir()
    assert found(checker, rule, document(rule, rule.passing), folder) == []


@pytest.mark.parametrize("rule", FIXABLE, ids=name)
def test_fix_clears_the_finding_and_touches_nothing_else(
    checker: Checker, rule: Rule, folder: Path
) -> None:
    broken = document(rule, rule.failing)
    check = checker.collection if rule.subject == "collection" else checker.item
    findings = check(broken)
    untouched = copy.deepcopy(broken)
    fixed, applied = checker.fix(broken, findings)
    assert applied == [rule.code]
    assert broken == untouched
    assert fixed == document(rule, rule.fixed)
    assert rule.code not in found(checker, rule, fixed, folder)
    assert checker.fix(fixed, findings) == (fixed, [])


@pytest.mark.parametrize("rule", RULES.values(), ids=name)
def test_every_rule_explains_itself(rule: Rule) -> None:
    assert rule.title
    assert len(rule.why) > 60
    assert rule.remedy.endswith(".")
    assert not rule.title.endswith(".")
    # A fix is promised exactly where there is one.
    assert ("--fix" in rule.remedy) == (rule.fix is not None)


def test_rules_without_example_are_those_that_no_single_document_shows() -> None:
    without = {rule.code for rule in RULES.values() if not rule.failing}
    beside = {rule.code for rule in claims.RULES}  # they need a file; see test_claims.py
    assert {code for code in without if not code.startswith("HUB")} == {"STAC071", *beside}
