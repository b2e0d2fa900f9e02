"""Changes on disk are noticed, all of them, once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from geocairn.preview.watch import Watch


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    (tmp_path / "catalog/one").mkdir(parents=True)
    (tmp_path / "catalog/one/item.json").write_text("{}", encoding="utf-8")
    return tmp_path / "catalog"


def changed(watch: Watch, change: Callable[[], object]) -> list[Path]:
    """What the watch tells of a change that is made while it waits."""
    timer = threading.Timer(0.1, change)
    timer.start()
    found = watch.wait()
    timer.join()
    return found


def test_changes_new_files_and_removals(catalog: Path) -> None:
    item, new = catalog / "one/item.json", catalog / "two/item.json"
    watch = Watch([catalog])
    assert changed(watch, lambda: item.write_text("{} ", encoding="utf-8")) == [item]
    assert changed(watch, lambda: (new.parent.mkdir(), new.touch())) == [new]
    assert changed(watch, item.unlink) == [item]


def test_many_changes_are_told_together(catalog: Path) -> None:
    watch = Watch([catalog])
    paths = [catalog / f"{number}.json" for number in range(5)]
    assert changed(watch, lambda: [path.touch() for path in paths]) == paths


def test_single_file_that_is_not_there_yet(tmp_path: Path) -> None:
    settings = tmp_path / "geocairn.toml"
    watch = Watch([settings])
    assert changed(watch, settings.touch) == [settings]
    assert changed(watch, settings.unlink) == [settings]


def test_hidden_files_and_modules_are_not_looked_at(catalog: Path) -> None:
    (catalog / "node_modules").mkdir()
    watch = Watch([catalog])
    seen = catalog / "seen.json"

    def change() -> None:
        (catalog / ".item.json.swp").touch()
        (catalog / "node_modules/x.js").touch()
        seen.touch()

    assert changed(watch, change) == [seen]
