"""Staging: what is new is gathered beside the hub, what is the same is left alone."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from tests.trees import tree

from geocairn import layout, swap
from geocairn.errors import OutputError
from geocairn.publish import Stage, same_file, stage_file


@pytest.fixture
def hub(tmp_path: Path) -> Path:
    """A published hub of two files."""
    target = tmp_path / "hub"
    with Stage(target) as stage:
        stage.write(layout.MANIFEST, b"{}")
        stage.write("a/x/x.json", b"old")
        stage.commit()
    return target


def test_a_first_hub_is_published_at_once(tmp_path: Path) -> None:
    target = tmp_path / "new" / "hub"
    with Stage(target) as stage:
        assert stage.published is None
        assert stage.write("a/b.json", b"1")
        with stage.file("c.parquet") as place:
            place.write_bytes(b"2")
        assert stage.read("a/b.json") == b"1"
        assert not target.exists()
        stage.commit()
    assert tree(target) == {"a/b.json": b"1", "c.parquet": b"2"}
    assert not stage.staging.exists()


def test_only_what_differs_is_staged(hub: Path) -> None:
    before = (hub / "a/x/x.json").stat()
    with Stage(hub) as stage:
        assert stage.published == hub
        assert not stage.write("a/x/x.json", b"old")
        assert stage.write("a/y/y.json", b"new")
        with stage.file(layout.MANIFEST) as place:
            place.write_bytes(b"{}")
        assert list(tree(stage.staging)) == ["a/y/y.json", "search/"]
        stage.commit()
    after = (hub / "a/x/x.json").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert (hub / "a/y/y.json").read_bytes() == b"new"


def test_the_last_word_counts(hub: Path) -> None:
    """What was staged first does not go out if the published file turns out to be right."""
    with Stage(hub) as stage:
        stage.write("a/x/x.json", b"without links")
        assert stage.read("a/x/x.json") == b"without links"
        stage.write("a/x/x.json", b"old")
        assert stage.read("a/x/x.json") == b"old"
        stage.commit()
    assert (hub / "a/x/x.json").read_bytes() == b"old"


def test_leaving_without_a_commit_changes_nothing(hub: Path) -> None:
    before = tree(hub)

    def fail() -> None:
        with Stage(hub) as stage:
            stage.write("a/x/x.json", b"new")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert tree(hub) == before
    assert not swap.staging_folder(hub).exists()


def test_what_a_killed_build_left_is_cleared(hub: Path) -> None:
    left = swap.staging_folder(hub) / "a" / "z.json"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")
    with Stage(hub) as stage:
        assert list(stage.staging.iterdir()) == []
        stage.commit()
    assert not (hub / "a/z.json").exists()


def test_a_swap_that_was_begun_is_finished_first(hub: Path) -> None:
    staged = swap.staging_folder(hub) / "a" / "x" / "x.json"
    staged.parent.mkdir(parents=True)
    staged.write_bytes(b"new")
    (swap.state_folder(hub) / "swap.json").write_text('{"removed": []}')
    with Stage(hub) as stage:
        assert stage.read("a/x/x.json") == b"new"
        assert not swap.pending(hub)


def test_sources_that_were_fetched_do_not_stay(hub: Path) -> None:
    with Stage(hub) as stage:
        stage.sources.mkdir()
        (stage.sources / "fetched").write_bytes(b"x")
    assert not stage.sources.exists()


def test_one_build_at_a_time(hub: Path, tmp_path: Path) -> None:
    (tmp_path / "same").symlink_to(hub)
    with Stage(hub), pytest.raises(OutputError, match="another build is writing there"):
        Stage(tmp_path / "same").__enter__()
    with Stage(hub):
        pass


def test_other_folders_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep")
    with pytest.raises(OutputError, match="a folder with other things in it") as caught:
        Stage(tmp_path / "mine").__enter__()
    assert caught.value.where == str(tmp_path / "mine")
    (tmp_path / "file").write_text("keep")
    with pytest.raises(OutputError, match="is a file"):
        Stage(tmp_path / "file").__enter__()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "mine"]


def test_an_empty_folder_becomes_a_hub(tmp_path: Path) -> None:
    (tmp_path / "hub").mkdir()
    with Stage(tmp_path / "hub") as stage:
        stage.write("a.json", b"1")
        stage.commit()
    assert tree(tmp_path / "hub") == {"a.json": b"1"}


def test_files_are_compared_by_content(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"abc")
    assert same_file(path, b"abc")
    assert not same_file(path, b"abd")
    assert not same_file(path, b"ab")
    assert not same_file(tmp_path / "none", b"")
    assert not same_file(tmp_path, b"")


def test_large_files_are_compared_to_the_end(hub: Path) -> None:
    block = bytes(3 << 20)
    for data, staged in ((block, True), (block, False), (block[:-1] + b"1", True)):
        with Stage(hub) as stage:
            with stage.file("big.parquet") as place:
                place.write_bytes(data)
            assert (stage.staging / "big.parquet").exists() == staged
            stage.commit()


def test_a_write_that_is_cut_short_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "write", lambda handle, data: len(data) - 1)
    with pytest.raises(OSError, match="No space left") as caught:
        stage_file("a/b.json", b"1234", staging=tmp_path, published=None)
    assert caught.value.errno == errno.ENOSPC


def test_what_cannot_be_written_is_named(hub: Path) -> None:
    with Stage(hub) as stage:
        stage.write("a", b"a file")
        with pytest.raises(OutputError, match="cannot write: Not a directory"):
            stage.write("a/b/c.json", b"below it")
        with pytest.raises(OutputError, match="cannot write"), stage.file("a/c.parquet") as place:
            place.write_bytes(b"1")
