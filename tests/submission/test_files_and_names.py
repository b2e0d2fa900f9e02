"""What a pull request may hold: plain files with names of their own, and nothing that runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.submission.conftest import Look
from tests.submission.proposals import ANA, BEN, EVE, Clone, codes, look

from geocairn.errors import InputError

DELTA = "catalog/floods/delta"
Change = Callable[[Clone], object]


def link(clone: Clone) -> None:
    place = clone.folder / DELTA / "1.0.0/weights.onnx"
    place.symlink_to("../../../../../../../etc/passwd")


def submodule(clone: Clone) -> None:
    clone.git("update-index", "--add", "--cacheinfo", f"160000,{clone.base},{DELTA}/1.0.0/sub.onnx")


def executable(clone: Clone) -> None:
    clone.write(f"{DELTA}/1.0.0/run.json", b"{}").chmod(0o755)


def made_executable(clone: Clone) -> None:
    (clone.folder / DELTA / "1.0.0/item.json").chmod(0o755)


def item_by_link(clone: Clone) -> None:
    path = clone.folder / DELTA / "1.0.0/item.json"
    path.unlink()
    path.symlink_to("../../storm/1.0.0/item.json")


@pytest.mark.parametrize("change", [link, executable, made_executable, item_by_link])
def test_only_plain_files(checked: Look, change: Change) -> None:
    result = checked(change, author=ANA)
    assert "SUB004" in codes(result)


def test_no_submodule(clone: Clone, schemas: Path) -> None:
    clone.git("checkout", "-q", "-B", "proposal", clone.base)
    submodule(clone)
    clone.git("commit", "-q", "-m", "sub")
    result = look(clone, "proposal", author=ANA, schemas=schemas)
    assert codes(result) == ["SUB004"]


IDS = [
    "../../escape",
    "",
    "x" * 300,
    "DELTA-1.0.0",
    "storm-1.0.0",
    "a/b",
    "con",
    "delta\u200b-1.0.0",
]


@pytest.mark.parametrize("name", IDS)
def test_an_item_has_the_id_of_its_folder(checked: Look, name: str) -> None:
    def change(clone: Clone) -> None:
        clone.put(clone.item() | {"id": name})

    assert "SUB022" in codes(checked(change, author=ANA))


def test_an_item_has_the_collection_of_its_folder(checked: Look) -> None:
    def change(clone: Clone) -> None:
        clone.put(clone.item() | {"collection": "loose"})

    assert codes(checked(change, author=ANA)) == ["SUB022"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Delta", "SUB020"),
        ("DELTA", "SUB020"),
        ("de1ta", "SUB021"),
        ("deIta", "SUB021"),
        ("st0rm", "SUB021"),
        ("storrn", "SUB021"),
        ("5torm", "SUB021"),
        ("orphan", "SUB020"),
        ("0rphan", "SUB021"),
        ("d\u0435lta", "SUB002"),
        ("delta\u200b", "SUB002"),
        ("con", "SUB002"),
        ("delta.", "SUB002"),
        ("-delta", "SUB002"),
        ("models", "SUB002"),
        ("del ta", "SUB002"),
        ("x" * 201, "SUB002"),
    ],
)
def test_names_that_are_taken_or_look_so(checked: Look, name: str, code: str) -> None:
    result = checked(lambda clone: clone.write_model(name, owner=EVE), author=EVE)
    assert code in codes(result), result.to_text()


def test_one_may_name_a_model_like_ones_own(checked: Look) -> None:
    assert checked(lambda c: c.write_model("de1ta", owner=ANA), author=ANA).accepted


def test_ids_that_two_folders_give(clone: Clone, schemas: Path) -> None:
    clone.write_model("delta-x", version="1.0.0", owner=BEN)
    clone.base = clone.commit()
    head = clone.propose(lambda c: c.write_model("delta", version="x-1.0.0"))
    result = look(clone, head, author=ANA, schemas=schemas)
    assert codes(result) == ["SUB020"]
    assert "catalog/floods/delta-x/1.0.0" in result.to_text()


def test_files_that_are_one_on_some_computers(clone: Clone, schemas: Path) -> None:
    clone.git("checkout", "-q", "-B", "proposal", clone.base)
    blob = clone.git("hash-object", "-w", "--stdin", given=b"x")
    for name in ("Sample.npy", "sample.npy"):
        clone.git("update-index", "--add", "--cacheinfo", f"100644,{blob},{DELTA}/1.0.0/{name}")
    clone.git("commit", "-q", "-m", "two")
    assert codes(look(clone, "proposal", author=ANA, schemas=schemas)) == ["SUB020"]


def test_paths_that_no_checkout_would_make(clone: Clone, schemas: Path) -> None:
    """Trees can hold any name; they are read, never checked out."""
    clone.git("checkout", "-q", "-B", "proposal", clone.base)
    blob = clone.git("hash-object", "-w", "--stdin", given=b"x")
    for name in (b"\xff\xfe", b"a\nb", b"a\x1b[31mb", "\u202e".encode(), b"::set-output"):
        tree = clone.git(
            "mktree", "-z", given=b"100644 blob " + blob.encode() + b"\t" + name + b"\0"
        )
        for part in ("1.0.0", "delta", "floods", "catalog"):
            tree = clone.git("mktree", given=f"040000 tree {tree}\t{part}\n".encode())
        commit = clone.git("commit-tree", tree, "-p", clone.base, "-m", "x")
        result = look(clone, commit, author=ANA, schemas=schemas)
        assert "SUB002" in codes(result)
        for told in (result.to_text(), result.to_json(), result.to_github(), result.to_markdown()):
            assert "\x1b" not in told
            assert "\u202e" not in told or told.startswith("{")


@pytest.mark.parametrize("name", ["--output=/tmp/x", "main..proposal", "a b", "-h", "", "x" * 300])
def test_revisions_that_are_none(clone: Clone, schemas: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"revision|no commit"):
        look(clone, name, author=ANA, schemas=schemas)


def test_a_hook_or_filter_of_the_repository_does_not_run(clone: Clone, schemas: Path) -> None:
    mark = clone.folder.parent / "ran"
    for name in ("core.fsmonitor", "diff.external", "filter.x.smudge", "core.pager"):
        clone.git("config", name, f"touch {mark}; cat")
    clone.git("config", "alias.diff-tree", f"!touch {mark}")
    clone.write(".git/info/attributes", b"* filter=x diff=x\n")
    for hook in ("post-checkout", "reference-transaction", "post-index-change"):
        clone.write(f".git/hooks/{hook}", f"#!/bin/sh\ntouch {mark}\n".encode()).chmod(0o755)
    head = clone.git("rev-parse", clone.base)
    mark.unlink(missing_ok=True)
    look(clone, head, author=ANA, schemas=schemas)
    assert not mark.exists()
