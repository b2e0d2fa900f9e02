"""A swap that is killed at any moment leaves the old files, or goes on to the new ones."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.trees import Tree, differences, tree

from geocairn import swap
from geocairn.errors import OutputError

OLD: Tree = {
    "catalog.json": b"old",
    "a/collection.json": b"same",
    "a/one/one.json": b"old",
    "a/one/data/deep/x.txt": b"gone",
    "a/two/two.json": b"same",
    "b/three/three.json": b"gone",
    "swapped": b"a file",
    "turned/x": b"a folder",
}
NEW: Tree = {
    "catalog.json": b"new",
    "a/collection.json": b"same",
    "a/one/one.json": b"new",
    "a/one/data": b"a file now",
    "a/two/two.json": b"same",
    "c/four/four.json": b"new",
    "c/four/four.txt": b"new",
    "swapped/inside": b"a folder now",
    "turned": b"a file now",
}


class Killed(BaseException):
    """The process is gone: nothing may catch this."""


def write(folder: Path, files: Tree) -> None:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def prepare(target: Path, old: Tree, new: Tree) -> list[str]:
    """Lay out an old tree and stage what is new; gives what is to be removed."""
    shutil.rmtree(target.parent, ignore_errors=True)
    target.parent.mkdir(parents=True)
    write(target, old)
    staging = swap.staging_folder(target)
    staging.mkdir(parents=True)
    write(staging, {name: data for name, data in new.items() if old.get(name) != data})
    return sorted(old.keys() - new.keys())


@pytest.fixture
def killed_at(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """Ends the process, so to speak, instead of its n-th change to the file system."""
    left = 1 << 30

    def counted(name: str) -> Callable[..., Any]:
        original = getattr(os, name)

        def change(*args: Any, **kwargs: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                raise Killed
            return original(*args, **kwargs)

        return change

    # What a disk remembers after a power cut is not at stake here, and takes its time.
    monkeypatch.setattr(os, "fsync", lambda _: None)
    for name in ("replace", "rename", "unlink", "rmdir", "mkdir"):
        monkeypatch.setattr(os, name, counted(name))

    def set_left(number: int) -> None:
        nonlocal left
        left = number

    yield set_left
    set_left(1 << 30)


def swapped(target: Path, removed: list[str]) -> bool:
    """Swap, and go on as often as it was killed; says whether that was needed."""
    try:
        swap.commit(target, removed=removed)
    except Killed:
        return True
    return False


def test_killed_at_every_step(tmp_path: Path, killed_at: Callable[[int], None]) -> None:
    target = tmp_path / "x" / "hub"
    seen = set()
    for step in range(200):
        removed = prepare(target, OLD, NEW)
        killed_at(step)
        killed = swapped(target, removed)
        killed_at(1 << 30)
        if not swap.pending(target) and killed:
            state = "old" if tree(target) == OLD else "new"
        else:
            state = "pending" if killed else "done"
            swap.finish(target)
        seen.add(state)
        assert tree(target) == (OLD if state == "old" else NEW), step
        assert not swap.staging_folder(target).exists() or state == "old"
        if not killed:
            break
    assert seen >= {"old", "pending", "done"}


def test_killed_again_and_again(tmp_path: Path, killed_at: Callable[[int], None]) -> None:
    target = tmp_path / "x" / "hub"
    for step in range(3, 40):
        removed = prepare(target, OLD, NEW)
        killed_at(step)
        killed = swapped(target, removed)
        more = step
        while killed and swap.pending(target):
            more += 2
            killed_at(more)
            try:
                swap.finish(target)
                killed = False
            except Killed:
                pass
        killed_at(1 << 30)
        swap.finish(target)
        assert tree(target) in (OLD, NEW)


NAMES = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map("/".join)


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """Some files, none of which lies below another."""
    found: Tree = {}
    for name in draw(st.lists(NAMES, max_size=6)):
        if not any(f"{name}/".startswith(f"{n}/") or f"{n}/".startswith(f"{name}/") for n in found):
            found[name] = draw(st.sampled_from([b"1", b"2"]))
    return found


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(old=trees(), new=trees(), step=st.integers(0, 25))
def test_any_tree_becomes_any_other(
    tmp_path: Path, killed_at: Callable[[int], None], old: Tree, new: Tree, step: int
) -> None:
    target = tmp_path / "x" / "hub"
    removed = prepare(target, old | {"kept": b"k"}, new | {"kept": b"k"})
    killed_at(step)
    swapped(target, removed)
    killed_at(1 << 30)
    if not swap.pending(target) and swap.staging_folder(target).exists():
        assert differences(tree(target), old | {"kept": b"k"}) == []
        swap.commit(target, removed=removed)
    swap.finish(target)
    assert differences(tree(target), new | {"kept": b"k"}) == []


def test_a_first_hub_appears_at_once(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "hub"
    write(swap.staging_folder(target), NEW)
    swap.commit(target, removed=[])
    assert tree(target) == NEW
    assert not swap.finish(target)


def test_removing_leaves_what_is_not_named(tmp_path: Path) -> None:
    target = tmp_path / "x" / "hub"
    prepare(target, OLD | {"b/CNAME": b"mine"}, OLD)
    swap.commit(target, removed=["b/three", "never/was/there", "a/one/one.json/below"])
    assert tree(target)["b/CNAME"] == b"mine"
    assert "b/three/three.json" not in tree(target)
    assert tree(target)["a/one/one.json"] == b"old"


def test_a_folder_in_the_way_of_a_file_is_named(tmp_path: Path) -> None:
    target = tmp_path / "x" / "hub"
    prepare(target, {"kept": b"k"}, {"kept": b"k", "a/b": b"new"})
    (target / "a").write_bytes(b"foreign")
    with pytest.raises(OutputError, match="is a file where the hub needs a folder") as caught:
        swap.commit(target, removed=[])
    assert caught.value.where == str(target / "a")
    # Once it is out of the way, the swap goes on.
    (target / "a").unlink()
    swap.recover(target)
    assert tree(target) == {"kept": b"k", "a/b": b"new"}
    assert not swap.pending(target)


def test_across_disks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub's folder may be a disk of its own, to which nothing can be renamed."""
    target = tmp_path / "x" / "hub"
    removed = prepare(target, OLD, NEW)

    def renaming(original: Callable[..., None]) -> Callable[..., None]:
        def rename(source: Any, destination: Any) -> None:
            inside = [Path(path).is_relative_to(target) for path in (source, destination)]
            if inside[0] != inside[1]:
                raise OSError(18, "Invalid cross-device link", str(source))
            original(source, destination)

        return rename

    monkeypatch.setattr(os, "rename", renaming(os.rename))
    monkeypatch.setattr(os, "replace", renaming(os.replace))
    swap.commit(target, removed=removed)
    assert differences(tree(target), NEW) == []


def test_one_state_folder_however_the_target_is_spelled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "real" / "hub").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "real" / "hub")
    monkeypatch.chdir(tmp_path / "real" / "hub")
    spelled = [Path(), Path("../hub"), tmp_path / "link", tmp_path / "real" / "x" / ".." / "hub"]
    expected = {tmp_path / "real" / ".hub.geocairn"}
    assert {swap.state_folder(path) for path in spelled} == expected


def test_a_lock_is_held_by_one(tmp_path: Path) -> None:
    target = tmp_path / "hub"
    again = swap.locked(target)
    with swap.locked(target), pytest.raises(OutputError, match="another build is writing there"):
        again.__enter__()
    with swap.locked(target):
        pass


def test_a_reader_does_not_swap_while_a_build_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(swap, "_PATIENCE", 0.1)
    target = tmp_path / "x" / "hub"
    removed = prepare(target, OLD, NEW)
    (swap.state_folder(target) / "swap.json").write_text(json.dumps({"removed": removed}))
    with swap.locked(target), pytest.raises(OutputError, match="another build"):
        swap.recover(target)
    swap.recover(target)
    assert tree(target) == NEW
    swap.recover(target)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_wait_until_the_block_is_done(number: signal.Signals) -> None:
    done = []
    came: list[int] = []
    before = signal.signal(number, lambda n, _: came.append(n))
    try:
        with swap.undisturbed():
            signal.raise_signal(number)
            assert came == []
            done.append(True)
        assert came == [number]
        assert done
    finally:
        signal.signal(number, before)


def test_an_interrupt_in_the_swap_comes_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    target = tmp_path / "x" / "hub"
    removed = prepare(target, OLD, NEW)
    move = swap._move

    def interrupted(source: Path, destination: Path) -> None:
        signal.raise_signal(signal.SIGINT)
        move(source, destination)

    monkeypatch.setattr(swap, "_move", interrupted)
    # Whoever started the tests may have had Ctrl-C ignored, as a shell does for background jobs.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))
    with pytest.raises(KeyboardInterrupt):
        swap.commit(target, removed=removed)
    assert tree(target) == NEW
    assert not swap.pending(target)
