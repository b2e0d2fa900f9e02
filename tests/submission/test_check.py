"""Pull requests of every kind: what may be merged, and what may not."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.items import collection, model
from tests.submission.conftest import Look
from tests.submission.proposals import ANA, BEN, EVE, WEIGHTS, Clone, codes, look, relicense

from geocairn.submission import RULES

DELTA = "catalog/floods/delta"
Change = Callable[[Clone], object]


def new_model(clone: Clone, *, owner: int | None = EVE, name: str = "tsunami-net") -> None:
    clone.write_model(name, owner=owner)


def new_version(clone: Clone) -> None:
    clone.write_model("delta", version="1.1.0", license="MIT")


def remove(clone: Clone) -> None:
    shutil.rmtree(clone.folder / DELTA)


def take_over(clone: Clone) -> None:
    """Rename somebody's model."""
    new_model(clone, name="renamed")
    remove(clone)


def name_oneself(clone: Clone) -> None:
    clone.own(DELTA, EVE)
    relicense(clone)


ALLOWED: list[tuple[str, Change, int]] = [
    ("new model", new_model, EVE),
    ("change of a model", relicense, ANA),
    ("new version", new_version, ANA),
    ("removal of a model", remove, ANA),
    ("change of a model", lambda clone: clone.own(DELTA, ANA, BEN), ANA),
    ("change of a model", lambda clone: clone.own(DELTA, BEN), ANA),
    ("change of a model", lambda clone: clone.write(f"{DELTA}/README.md", b"# New\n"), ANA),
    (
        "change of a collection",
        lambda clone: clone.write(
            "catalog/floods/collection.json", collection("floods", title="F")
        ),
        BEN,
    ),
]


@pytest.mark.parametrize(("kind", "change", "author"), ALLOWED)
def test_what_owners_and_newcomers_may_do(
    checked: Look, kind: str, change: Change, author: int
) -> None:
    result = checked(change, author=author)
    assert result.accepted, result.to_text()
    assert result.kind == kind
    assert result.verdict.startswith("Ready for review")


def test_new_collection_comes_with_its_first_model(checked: Look) -> None:
    def change(clone: Clone) -> None:
        clone.write_model("fire-net", collection="fires", owner=EVE)
        clone.write("catalog/fires/collection.json", collection("fires"))
        clone.own("catalog/fires", EVE)

    result = checked(change, author=EVE)
    assert result.accepted, result.to_text()
    assert result.kind == "new model"
    assert codes(checked(change, author=BEN)) == ["SUB012"]


REFUSED: list[tuple[str, Change, int, list[str]]] = [
    ("edit by a stranger", relicense, EVE, ["SUB010"]),
    ("edit by the collection's owner", relicense, BEN, ["SUB010"]),
    ("new version by a stranger", new_version, EVE, ["SUB010"]),
    ("delete by a stranger", remove, EVE, ["SUB010"]),
    ("rename to take over", take_over, EVE, ["SUB003", "SUB010"]),
    ("owner change by a stranger", lambda clone: clone.own(DELTA, EVE), EVE, ["SUB010"]),
    ("owners and model together", name_oneself, EVE, ["SUB010"]),
    ("owners removed", lambda clone: clone.own(DELTA), ANA, ["SUB013"]),
    ("owners file removed", lambda c: (c.folder / DELTA / "owners.toml").unlink(), ANA, ["SUB013"]),
    ("new model for somebody else", lambda c: new_model(c, owner=ANA), EVE, ["SUB012"]),
    ("new model for nobody", lambda c: new_model(c, owner=None), EVE, ["SUB012"]),
    (
        "what nobody owns",
        lambda c: c.write("catalog/loose/orphan/README.md", b"# Mine\n"),
        EVE,
        ["SUB011"],
    ),
    (
        "two models",
        lambda c: (new_model(c), new_model(c, name="other-net")),
        EVE,
        ["SUB003"],
    ),
    (
        "workflow and model",
        lambda c: (new_model(c), c.write(".github/workflows/submission.yml", b"on: push\n")),
        EVE,
        ["SUB001"],
    ),
    ("settings", lambda c: c.write("geocairn.toml", b"[hub]\n"), EVE, ["SUB001"]),
    ("the hub's owners", lambda c: c.own("catalog", EVE), EVE, ["SUB001"]),
    ("nothing", lambda clone: None, EVE, ["SUB030"]),
    (
        "a page beside an item",
        lambda c: (new_model(c), c.write("catalog/floods/tsunami-net/1.0.0/a.html", b"<script>")),
        EVE,
        ["SUB006"],
    ),
    (
        "a drawing beside an item",
        lambda c: (new_model(c), c.write("catalog/floods/tsunami-net/1.0.0/a.svg", b"<svg>")),
        EVE,
        ["SUB006"],
    ),
    (
        "code beside an item",
        lambda c: (new_model(c), c.write("catalog/floods/tsunami-net/1.0.0/a.py", b"1")),
        EVE,
        ["SUB006"],
    ),
    (
        "a large file",
        lambda c: (
            new_model(c),
            c.write("catalog/floods/tsunami-net/1.0.0/a.onnx", WEIGHTS * 2600),
        ),
        EVE,
        ["SUB005"],
    ),
    (
        "a large card",
        lambda c: (new_model(c), c.write("catalog/floods/tsunami-net/README.md", b"x" * (2 << 20))),
        EVE,
        ["SUB005"],
    ),
    (
        "a file where none belongs",
        lambda c: (new_model(c), c.write("catalog/floods/tsunami-net/notes.txt", b"x")),
        EVE,
        ["SUB002"],
    ),
    (
        "a folder without an item",
        lambda c: c.write("catalog/floods/delta/2.0.0/sample.npy", b"x"),
        ANA,
        ["SUB023"],
    ),
    (
        "a model without its collection",
        lambda c: c.write_model("fire-net", collection="fires", owner=EVE),
        EVE,
        ["SUB023"],
    ),
    (
        "the collection's file by another",
        lambda c: c.write("catalog/floods/collection.json", collection("floods", title="Eve's")),
        EVE,
        ["SUB010"],
    ),
]


@pytest.mark.parametrize(
    ("change", "author", "expected"), [case[1:] for case in REFUSED], ids=[c[0] for c in REFUSED]
)
def test_what_nobody_may_do(
    checked: Look, change: Change, author: int, expected: list[str]
) -> None:
    result = checked(change, author=author)
    assert codes(result) == expected, result.to_text()
    assert not result.accepted
    assert result.verdict.startswith("Not ready")


def test_owners_of_the_collection_and_the_hub_look_after_what_nobody_owns(
    clone: Clone, schemas: Path
) -> None:
    def card(clone: Clone) -> None:
        clone.write("catalog/loose/orphan/README.md", b"# Looked after\n")

    clone.own("catalog", BEN)
    clone.base = clone.commit()
    head = clone.propose(card)
    assert look(clone, head, author=BEN, schemas=schemas).accepted
    assert codes(look(clone, head, author=EVE, schemas=schemas)) == ["SUB010"]
    clone.git("checkout", "-q", "main")
    clone.own("catalog/loose", ANA)
    clone.base = clone.commit()
    head = clone.propose(card)
    assert look(clone, head, author=ANA, schemas=schemas).accepted
    assert codes(look(clone, head, author=BEN, schemas=schemas)) == ["SUB010"]


def test_claiming_what_nobody_owns_needs_a_maintainer(checked: Look) -> None:
    result = checked(lambda clone: clone.own("catalog/loose/orphan", EVE), author=EVE)
    assert codes(result) == ["SUB011"]


def test_broken_owners_in_the_base_let_nobody_in(clone: Clone, schemas: Path) -> None:
    clone.write(f"{DELTA}/owners.toml", b"owners = [{ login = 'eve', id = 666 }, { login = 'x' }]")
    clone.own("catalog/floods")
    clone.base = clone.commit()
    head = clone.propose(relicense)
    for author in (ANA, EVE):
        assert codes(look(clone, head, author=author, schemas=schemas))[-1] == "SUB011"


def test_who_owned_it_when_the_branch_began_does_not_count(clone: Clone, schemas: Path) -> None:
    head = clone.propose(relicense)
    clone.git("checkout", "-q", "main")
    clone.own(DELTA, BEN)
    clone.commit()
    assert codes(look(clone, head, author=ANA, schemas=schemas)) == ["SUB010"]
    assert look(clone, head, author=BEN, schemas=schemas).accepted


def test_only_what_the_branch_changes_counts(clone: Clone, schemas: Path) -> None:
    head = clone.propose(relicense)
    clone.git("checkout", "-q", "main")
    clone.write("catalog/floods/storm/README.md", b"# Changed meanwhile\n")
    clone.write("README.md", b"# Changed meanwhile\n")
    clone.commit()
    result = look(clone, head, author=ANA, schemas=schemas)
    assert result.accepted, result.to_text()
    assert result.folder == DELTA


def test_conflicts_are_told(clone: Clone, schemas: Path) -> None:
    head = clone.propose(relicense)
    clone.git("checkout", "-q", "main")
    item = clone.item()
    item["properties"]["license"] = "CC-BY-4.0"
    clone.put(item)
    clone.commit()
    assert codes(look(clone, head, author=ANA, schemas=schemas)) == ["SUB031"]


def test_every_code_is_found_somewhere() -> None:
    """What is in the table of codes is tested here."""
    text = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert not [code for code in RULES if f'"{code}"' not in text]


def test_findings_are_of_the_changed_items_alone(clone: Clone, schemas: Path) -> None:
    broken = model("storm", version="1.0.0") | {"bbox": "no"}
    clone.put(broken, "storm")
    clone.base = clone.commit()
    assert look(clone, clone.propose(relicense), author=ANA, schemas=schemas).accepted

    def change(clone: Clone) -> None:
        item: dict[str, Any] = clone.item()
        del item["properties"]["mlm:input"]
        clone.put(item)

    result = look(clone, clone.propose(change), author=ANA, schemas=schemas)
    assert not result.accepted
    assert result.report.documents == 1
    assert {finding.origin for finding in result.report.kept} == {f"{DELTA}/1.0.0/item.json"}


def test_what_was_large_on_the_way_is_kept_by_a_merge(clone: Clone, schemas: Path) -> None:
    clone.git("checkout", "-q", "-B", "proposal", clone.base)
    place = clone.write(f"{DELTA}/1.0.0/weights.onnx", WEIGHTS * 2600)
    clone.commit()
    place.unlink()
    relicense(clone)
    result = look(clone, clone.commit(), author=ANA, schemas=schemas)
    assert codes(result) == ["SUB005"]
    assert "on its way" in result.to_text()
