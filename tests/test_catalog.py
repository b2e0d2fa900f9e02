"""The committed catalog: every entry is sound, in its place, and what the importer writes."""

from __future__ import annotations

import importlib.util
import os
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from geocairn import _io
from geocairn.checks import Checker, SchemaStore
from geocairn.model import Model
from geocairn.sensors import OPEN_END, OPEN_START
from geocairn.sources.importers.torchgeo import import_package

CATALOG = Path(__file__).parents[1] / "catalog"
SCHEMAS = Path(__file__).parents[2] / "shared/schemas"
ITEMS = sorted(CATALOG.glob("*/*/*/item.json"))
DERIVED = {"root", "parent", "collection", "self", "item", "items", "child"}


def load(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = _io.loads(path.read_bytes(), where=str(path))
    return loaded


@pytest.fixture(scope="module")
def checker() -> Checker:
    if not SCHEMAS.is_dir():
        pytest.skip("the shared schemas are not here")
    return Checker(store=SchemaStore(SCHEMAS, offline=True))


def test_there_are_entries() -> None:
    assert len(ITEMS) >= 110


def test_no_item_has_errors(checker: Checker) -> None:
    found = [
        finding
        for path in ITEMS
        for finding in checker.item(load(path), origin=str(path), folder=path.parent)
        if finding.severity == "error"
    ]
    assert found == []


def test_warnings_are_only_about_what_nobody_declares(checker: Checker) -> None:
    codes = {
        finding.code
        for path in ITEMS
        for finding in checker.item(load(path), origin=str(path), folder=path.parent)
        if finding.severity == "warning"
    }
    # No checksum and no licence: torchgeo's source declares neither for most of its weights.
    assert codes <= {"STAC011", "STAC050"}


@pytest.mark.parametrize("path", sorted(CATALOG.glob("*/collection.json")), ids=str)
def test_collections_have_no_errors(checker: Checker, path: Path) -> None:
    document = load(path)
    assert document["id"] == path.parent.name
    found = checker.collection(document, origin=str(path))
    assert [finding for finding in found if finding.severity == "error"] == []


def test_ids_and_folders_agree() -> None:
    for path in ITEMS:
        item = load(path)
        version, model = path.parent.name, path.parent.parent.name
        assert item["id"] == f"{model}-{version}", path
        assert item["properties"]["version"] == version, path
        assert re.fullmatch(r"[a-z0-9][a-z0-9.-]*", item["id"]), path


def test_every_model_has_its_card_and_owners() -> None:
    for folder in {path.parent.parent for path in ITEMS}:
        assert (folder / "README.md").read_text(encoding="utf-8").startswith("# ")
        owners = tomllib.loads((folder / "owners.toml").read_text(encoding="utf-8"))["owners"]
        assert all(isinstance(owner["id"], int) for owner in owners)


def test_items_leave_out_what_a_build_derives() -> None:
    for path in ITEMS:
        item = load(path)
        assert not DERIVED & {link["rel"] for link in item["links"]}, path
        assert item["collection"] == path.parents[2].name, path
        assert path.read_bytes() == _io.dumps(item, indent=True) + b"\n", path


def test_footprints_and_periods_say_what_they_rest_on() -> None:
    for path in ITEMS:
        item = load(path)
        basis = item["properties"].get("geocairn:extent_basis")
        if basis == "unknown":
            assert item["geometry"] is None, path
            assert Model(item).interval == (OPEN_START, OPEN_END), path
        if basis == "sensor":
            assert item["geometry"] is not None, path
            assert Model(item).interval[0] != OPEN_START, path
            assert "those of the sensor" in (Model(item).description or ""), path


def test_weights_are_pinned_to_a_commit() -> None:
    for path in sorted(CATALOG.glob("torchgeo/*/*/item.json")):
        (asset,) = Model(load(path)).model_assets
        revision = asset.raw.get("geocairn:revision")
        assert revision, path
        assert f"/resolve/{revision}/" in (asset.href or ""), path


def test_wavelengths_are_those_of_the_sensor() -> None:
    item = load(CATALOG / "torchgeo/resnet18-sentinel2-all-moco/1.0.0/item.json")
    bands = Model(item).bands
    assert [band.common_name for band in bands][:4] == ["coastal", "blue", "green", "red"]
    assert [band.center_wavelength for band in bands][-2:] == [1.61, 2.19]
    assert len(bands) == 13


def real_package() -> Path | None:
    given = os.environ.get("GEOCAIRN_TORCHGEO")
    if given:
        return Path(given)
    spec = importlib.util.find_spec("torchgeo")
    places = list(spec.submodule_search_locations or ()) if spec else []
    return Path(places[0]) if places else None


def test_the_real_package_gives_this_catalog(tmp_path: Path) -> None:
    package = real_package()
    if package is None:
        pytest.skip("torchgeo is not installed and GEOCAIRN_TORCHGEO does not name its package")
    result = import_package(tmp_path, package=package)
    if result.release != "0.8.1":
        pytest.skip(f"the catalog is of torchgeo 0.8.1, here is {result.release}")
    assert len(result.written) == 121
    assert len(result.left_out) == 3
    committed = {
        path.relative_to(CATALOG).as_posix(): path.read_bytes()
        for path in sorted((CATALOG / "torchgeo").rglob("*"))
        if path.is_file()
    }
    written = {
        path.relative_to(tmp_path).as_posix(): path.read_bytes()
        for path in sorted((tmp_path / "torchgeo").rglob("*"))
        if path.is_file()
    }
    assert written.keys() == committed.keys()
    assert [path for path in written if written[path] != committed[path]] == []
