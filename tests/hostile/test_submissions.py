"""Every case of ``submissions.toml``, done to a hub and looked at."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.hostile.attacks import ATTACKS
from tests.hostile.cases import Case, cases
from tests.sites import make_site, parse
from tests.submission.conftest import clone as clone
from tests.submission.conftest import first as first
from tests.submission.proposals import ANA, EVE, Clone, codes, look

from geocairn.build import BuildOptions, build
from geocairn.checks import SchemaStore
from geocairn.submission import Submission

CASES = cases("submissions")
BY_ANA = ("owners-removed",)


@pytest.fixture
def attacked(clone: Clone, schemas: Path) -> Callable[[Case], Submission]:
    """Does a case to a hub and looks at it."""

    def attack(case: Case) -> Submission:
        clone.git("checkout", "-q", "-B", "proposal", clone.base)
        ATTACKS[case.name](clone)
        if case.name not in IN_THE_INDEX:
            clone.git("add", "--all", "--force")
        clone.git("commit", "-q", "-m", "attack")
        author = ANA if case.name in BY_ANA else EVE
        return look(clone, "proposal", author=author, schemas=schemas)

    return attack


IN_THE_INDEX = (
    "submodule",
    "name-right-to-left",
    "name-line-break",
    "name-no-utf8",
    "file-two-cases",
)
REFUSED = [case for case in CASES if case.then.isupper()]
HARMLESS = [case for case in CASES if not case.then.isupper()]


def test_every_case_is_done() -> None:
    assert [case.name for case in CASES] == list(ATTACKS)
    assert len(set(ATTACKS)) >= 60


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_it_is_refused(attacked: Callable[[Case], Submission], case: Case) -> None:
    result = attacked(case)
    assert case.then in codes(result), result.to_text()
    for told in (result.to_text(), result.to_github(), result.to_markdown()):
        assert "\x1b" not in told
        assert not [line for line in told.splitlines() if line.startswith("::error::forged")]
        assert len(told) < 100_000


def page_of(clone: Clone, target: Path, schemas: Path) -> tuple[bytes, dict[str, Any]]:
    """Page and item of Eve's model, if it were let in."""
    site = make_site(target / "site")
    options = BuildOptions(
        store=SchemaStore(schemas, offline=True), jobs=1, site=site, select=("MLM066",)
    )
    build([str(clone.folder / "catalog")], target / "hub", options=options)
    folder = target / "hub/floods/tsunami-net-1.0.0"
    item = json.loads((folder / "tsunami-net-1.0.0.json").read_bytes())
    return (folder / "index.html").read_bytes(), item


@pytest.mark.parametrize("case", HARMLESS, ids=lambda case: case.name)
def test_it_is_harmless(
    attacked: Callable[[Case], Submission],
    case: Case,
    clone: Clone,
    tmp_path: Path,
    schemas: Path,
) -> None:
    result = attacked(case)
    told = f"{result.to_text()}\n{result.to_github()}\n{result.to_markdown()}"
    assert "\x1b" not in told
    assert "\x07" not in told
    assert "\n::error::forged" not in told
    assert "<img" not in result.to_markdown()
    html, item = page_of(clone, tmp_path, schemas)
    assert "geocairn:status" not in item["properties"]
    assert b"pwned(" not in html or case.name == "text-script"
    page = parse(html)
    for element in page.elements:
        assert not [name for name in element.attributes if name.startswith("on")]
        assert element.name not in ("style", "iframe", "object", "embed")
        scheme = element.attributes.get("href", "").partition(":")[0].strip().lower()
        assert scheme not in ("javascript", "data", "vbscript", "file")
        if element.name == "script":
            assert "src" in element.attributes or "json" in element.attributes.get("type", "")
    if case.name == "text-template":
        assert "{{ 7*7 }}" in page.one("h1").text
    if case.name == "json-mark":
        assert result.accepted, result.to_text()
