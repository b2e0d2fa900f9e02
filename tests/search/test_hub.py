"""Opening hubs: what is one, and what is said when something is not."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import geocairn
from geocairn import Catalog, HubError


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / "hub"))


def test_forms_of_a_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    for form in (
        folder,
        str(folder),
        f"{folder}/",
        folder / "catalog.json",
        folder.as_uri(),
        "hub",
    ):
        with geocairn.open(form) as hub:
            assert len(hub) > 100
            assert hub.search(q="flood").matched() > 5


def test_folder_with_the_characters_of_a_pattern(copy: Path) -> None:
    odd = copy.rename(copy.with_name("a[b]*? 'c' {d}"))
    with geocairn.open(odd) as hub:
        assert hub.search(ids="world-1.0.0").ids() == ["world-1.0.0"]
        item = next(hub.search(ids="world-1.0.0").items_as_dicts())
        assert Path(item["links"][0]["href"]).is_file()


def test_title_and_length(hub: Catalog, folder: Path) -> None:
    manifest = json.loads((folder / "search/manifest.json").read_bytes())
    assert hub.title == manifest["title"]
    assert hub.description == manifest["description"]
    assert len(hub) == manifest["items"]
    assert str(folder) in repr(hub)


@pytest.mark.parametrize(
    "form", ["/nowhere/at/all", "", "s3://bucket/hub", "ftp://example.org/hub"]
)
def test_no_hub(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(HubError) as caught:
        geocairn.open(form)
    assert caught.value.remedy


def test_a_file_is_no_hub(folder: Path) -> None:
    with pytest.raises(HubError, match="not a geocairn hub"):
        geocairn.open(folder / "search" / "facets.json")


def _cut_index(hub: Path) -> None:
    path = hub / "search/index.parquet"
    path.write_bytes(path.read_bytes()[:-100])


def _drop_terms(hub: Path) -> None:
    (hub / "search/terms.parquet").unlink()


def _no_json(hub: Path) -> None:
    (hub / "search/manifest.json").write_text("{")


def _other_json(hub: Path) -> None:
    (hub / "search/manifest.json").write_text('{"files": []}')


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (_cut_index, "index.parquet has .* bytes where the manifest says"),
        (_drop_terms, "there is no search/terms.parquet"),
        (_no_json, "not JSON at line 1"),
        (_other_json, "not a manifest"),
    ],
)
def test_half_a_hub(copy: Path, harm: Callable[[Path], None], words: str) -> None:
    harm(copy)
    with pytest.raises(HubError, match=words) as caught:
        geocairn.open(copy)
    assert str(copy) in str(caught.value)
    assert caught.value.remedy


def test_damaged_index_of_the_right_size(copy: Path) -> None:
    path = copy / "search/index.parquet"
    data = bytearray(path.read_bytes())
    data[-1000:-8] = bytes(992)
    path.write_bytes(data)
    with geocairn.open(copy) as hub, pytest.raises(HubError, match="cannot search") as caught:
        hub.search(bbox=[0, 0, 1, 1]).matched()
    assert "doctor" in str(caught.value)


def test_missing_item_file(copy: Path) -> None:
    (copy / "urban/world-1.0.0/world-1.0.0.json").unlink()
    with geocairn.open(copy) as hub, pytest.raises(HubError, match=r"no urban/world-1\.0\.0"):
        list(hub.search(ids="world-1.0.0").items_as_dicts())


def test_item_file_that_is_no_json(copy: Path) -> None:
    (copy / "urban/world-1.0.0/world-1.0.0.json").write_text("{")
    with geocairn.open(copy) as hub, pytest.raises(HubError, match="not JSON"):
        list(hub.search(ids="world-1.0.0").items_as_dicts())


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_unreadable_manifest(copy: Path) -> None:
    (copy / "search/manifest.json").chmod(0)
    with pytest.raises(HubError, match="Permission denied"):
        geocairn.open(copy)
