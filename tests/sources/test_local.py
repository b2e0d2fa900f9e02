"""Which files beside an item are its own."""

from __future__ import annotations

import json
import os
from pathlib import Path, PurePosixPath

import pytest

from geocairn.sources import LARGEST, local_file
from geocairn.sources.local import beside


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "item"
    (folder / "data").mkdir(parents=True)
    for name in ("a.png", "data/b c.json", "item-1.json", "ä.txt"):
        (folder / name).write_text("x")
    (tmp_path / "outside.txt").write_text("x")
    (folder / "link.txt").symlink_to(tmp_path / "outside.txt")
    (folder / "up").symlink_to(tmp_path)
    return folder


@pytest.mark.parametrize(
    ("href", "path"),
    [
        ("a.png", "a.png"),
        ("./a.png", "a.png"),
        ("data/b%20c.json", "data/b c.json"),
        ("data/b c.json?x#y", "data/b c.json"),
        ("%C3%A4.txt", "ä.txt"),
    ],
)
def test_files_in_the_folder(folder: Path, href: str, path: str) -> None:
    assert local_file({"href": href}, folder=folder) == PurePosixPath(path)


@pytest.mark.parametrize(
    "href",
    [
        "none.png",
        "data",
        "",
        ".",
        "../outside.txt",
        "data/../../outside.txt",
        "%2e%2e/outside.txt",
        "link.txt",
        "up/outside.txt",
        "data/../a.png",
        "https://example.org/a.png",
        "file:a.png",
        "//example.org/a.png",
        "/etc/hostname",
        "data\\b.json",
        "a.png\x00",
        "http://[",
        "x" * 5000,
        "item-1.json",
        None,
        7,
        ["a.png"],
    ],
)
def test_everything_else_is_not_the_items_own(folder: Path, href: object) -> None:
    assert local_file({"href": href}, folder=folder, taken=("item-1.json",)) is None


def test_absolute_paths_to_the_same_file_are_not_relative(folder: Path) -> None:
    assert local_file({"href": str(folder / "a.png")}, folder=folder) is None


@pytest.mark.parametrize("asset", [None, [], "a.png", {}])
def test_odd_assets_have_no_file(folder: Path, asset: object) -> None:
    assert local_file(asset, folder=folder) is None


def test_large_files_live_elsewhere(folder: Path) -> None:
    with (folder / "a.png").open("wb") as file:
        file.truncate(LARGEST)
    assert local_file({"href": "a.png"}, folder=folder) is not None
    with (folder / "a.png").open("ab") as file:
        file.write(b"x")
    assert local_file({"href": "a.png"}, folder=folder) is None


def test_what_lies_beside_an_item_changes_with_its_files(folder: Path) -> None:
    item = json.dumps({"assets": {"a": {"href": "a.png"}, "b": {"href": "data/b%20c.json"}}})
    first = beside(item.encode(), folder=folder)
    assert b"a.png" in first
    (folder / "data/b c.json").write_text("longer")
    second = beside(item.encode(), folder=folder)
    os.utime(folder / "a.png", (1, 1))
    third = beside(item.encode(), folder=folder)
    (folder / "a.png").unlink()
    assert len({first, second, third, beside(item.encode(), folder=folder)}) == 4


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"assets": []}', '{"assets": {"a": null}}'])
def test_documents_without_assets_have_nothing_beside_them(folder: Path, text: str) -> None:
    assert beside(text.encode(), folder=folder) == b""
