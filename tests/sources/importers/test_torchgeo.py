"""From a package to catalog entries: golden files, faults, versions, owners and failures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from geocairn import _io
from geocairn.errors import InputError, MalformedJSONError, OutputError
from geocairn.model import Model
from geocairn.sources.importers.torchgeo import Imported, import_package

GOLDEN = Path(__file__).with_name("golden")
Module = Callable[[str], Path]


def run(package: Path, catalog: Path) -> Imported:
    return import_package(catalog, package=package)


def item(catalog: Path, model: str, version: str = "1.0.0") -> dict[str, Any]:
    path = catalog / "torchgeo" / model / version / "item.json"
    loaded: dict[str, Any] = _io.loads(path.read_bytes())
    return loaded


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize(
    "path",
    [
        "collection.json",
        "net18-sentinel2-rgb-moco/1.0.0/item.json",
        "net18-sentinel2-rgb-moco/README.md",
        "net18-sentinel2-rgb-moco/owners.toml",
        "mask-naip-rgb/1.0.0/item.json",
        "mask-naip-rgb/README.md",
    ],
)
def test_golden_files(package: Path, tmp_path: Path, path: str) -> None:
    run(package, tmp_path)
    expected = GOLDEN / path.replace("/", "__")
    found = (tmp_path / "torchgeo" / path).read_text(encoding="utf-8")
    assert found == expected.read_text(encoding="utf-8")


def test_what_an_import_reports(package: Path, tmp_path: Path) -> None:
    result = run(package, tmp_path)
    assert result.release == "9.8.7"
    assert result.folder == tmp_path / "torchgeo"
    assert result.written == [
        "Net18_Weights.SENTINEL2_RGB_MOCO",
        "Net18_Weights.SENTINEL1_GRD",
        "Net18_Weights.OCEAN",
        "Mask_Weights.NAIP_RGB",
    ]
    assert result.unchanged == []
    assert list(result.left_out) == ["Mask_Weights.CITY"]
    assert "photos of streets" in result.left_out["Mask_Weights.CITY"]
    assert sorted(path.name for path in result.folder.iterdir()) == [
        "collection.json",
        "mask-naip-rgb",
        "net18-ocean",
        "net18-sentinel1-grd",
        "net18-sentinel2-rgb-moco",
    ]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_second_import_changes_nothing(package: Path, tmp_path: Path) -> None:
    run(package, tmp_path / "a")
    before = snapshot(tmp_path / "a")
    again = run(package, tmp_path / "a")
    assert again.written == []
    assert len(again.unchanged) == 4
    assert snapshot(tmp_path / "a") == before
    run(package, tmp_path / "b")
    other = snapshot(tmp_path / "b")
    assert {k: v[0] for k, v in other.items()} == {k: v[0] for k, v in before.items()}


def test_sensors_give_extent_and_wavelengths_and_say_so(package: Path, tmp_path: Path) -> None:
    run(package, tmp_path)
    radar = item(tmp_path, "net18-sentinel1-grd")
    assert radar["properties"]["geocairn:extent_basis"] == "sensor"
    assert radar["bbox"] == [-180, -81.82, 180, 81.82]
    assert radar["properties"]["start_datetime"] == "2014-04-03T00:00:00Z"
    assert radar["properties"]["end_datetime"] == "9999-12-31T23:59:59Z"
    assert [band.name for band in Model(radar).bands] == ["VV", "VH"]
    assert Model(radar).inputs[0].scaled is None


def test_what_no_sensor_says_is_absent(package: Path, tmp_path: Path) -> None:
    run(package, tmp_path)
    ocean = item(tmp_path, "net18-ocean")
    properties = ocean["properties"]
    assert ocean["geometry"] is None
    assert "bbox" not in ocean
    assert properties["geocairn:extent_basis"] == "unknown"
    assert (properties["start_datetime"], properties["end_datetime"]) == (
        "1900-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
    )
    for key in ("license", "gsd", "constellation", "instruments", "mlm:total_parameters"):
        assert key not in properties
    assert properties["bands"][0] == {"name": "B01"}
    (image,) = Model(ocean).inputs
    # A single number resizes the shorter side only, so the size stays unknown.
    assert image.shape == (-1, 11, -1, -1)
    assert image.scaled is None
    (features,) = Model(ocean).outputs
    assert features.shape == (-1, -1)
    assert Model(ocean).pretrained_source == "Ocean"


FAULTY = """
    class Net_Weights(WeightsEnum):
        '''Net weights. See https://arxiv.org/abs/2000.00001 and https://doi.org/10.1/x.'''
        A = Weights(
            url='https://example.org/a.pth',
            transforms=nn.Sequential(T.Normalize(mean=[1, 2], std=[1, 2])),
            meta={'in_chans': 3, 'model': 'other', 'publication': 'https://arxiv.org/abs/2000.9999',
                  'repo': 'https://github.com/one/a', 'bands': ['B4', 'B3'], 'num_classes': 2,
                  'classes': ['x'], 'license': 'as you like', 'dataset': 'Net'},
        )
        SENTINEL2_B = Weights(
            url='https://example.org/a.pth', transforms=K.Strange(3),
            meta={'in_chans': 2, 'bands': ['B4', 'SR_QA'], 'dataset': 'Data'},
        )

    class Other_Weights(WeightsEnum):
        '''Other.'''
        C = Weights(
            url='https://hf.co/a/b/resolve/main/c.pth', transforms=None,
            meta={'publication': 'https://arxiv.org/abs/3000.00001', 'dataset': 'Data-1',
                  'repo': 'https://github.com/two/b'},
        )
        D = Weights(
            url='http://example.org/d.pth', transforms=None, meta={'dataset': 'Data-2'},
        )
        E = Weights(
            url='https://example.org/e.pth', transforms=T.Resize(0),
            meta={'publication': 'https://arxiv.org/abs/3000.00001',
                  'repo': 'https://github.com/three/b'},
        )
        F = Weights(url=elsewhere, transforms=None, meta={})
        SENTINEL2_SECO = Weights(
            url='https://example.org/s.pth',
            transforms=T.Normalize(mean=[3, 2, 0], std=[85, 101, 129]),
            meta={'in_chans': 3, 'bands': ['B4', 'B3', 'B2']},
        )

    def net(weights: Net_Weights | None = None): ...
    def other(weights: Other_Weights | None = None): ...
"""


def test_faults_are_reported_and_not_copied(module: Module, tmp_path: Path) -> None:
    result = run(module(FAULTY), tmp_path / "out")
    told = [(fault.weight.split("_Weights.")[1], fault.field) for fault in result.faults]
    assert told == [
        ("A", "meta.bands"),
        ("A", "meta.classes"),
        ("A", "meta.dataset"),
        ("A", "meta.license"),
        ("A", "meta.model"),
        ("A", "meta.publication"),
        ("A", "transforms"),
        ("A", "url"),
        ("SENTINEL2_B", "meta.bands"),
        ("SENTINEL2_B", "meta.dataset"),
        ("SENTINEL2_B", "transforms"),
        ("SENTINEL2_B", "url"),
        ("SENTINEL2_B", "url"),
        ("C", "meta.publication"),
        ("C", "url"),
        ("E", "meta.publication"),
        ("E", "transforms"),
        ("E", "url"),
        ("SENTINEL2_SECO", "transforms"),
        ("SENTINEL2_SECO", "url"),
    ]
    problems = {(f.weight.split(".")[1], f.field): f.problem for f in result.faults}
    assert problems["A", "meta.bands"] == "there are 2 bands and 3 channels"
    assert problems["A", "meta.classes"] == "there are 1 names for 2 classes"
    assert "those of net" in problems["A", "meta.model"]
    assert problems["SENTINEL2_B", "meta.bands"] == "Sentinel-2 MSI has no band SR_QA"
    assert "Data-1, Data-2" in problems["SENTINEL2_B", "meta.dataset"]
    assert "three, two" in problems["C", "meta.publication"]

    one = item(tmp_path / "out", "net-a")["properties"]
    model = Model(item(tmp_path / "out", "net-a"))
    assert model.inputs[0].bands == ()
    assert model.inputs[0].scaled is None
    assert model.classes == ()
    assert model.tasks == ("classification",)
    assert model.outputs[0].shape == (-1, 2)
    assert model.links("cite-as") == ("https://arxiv.org/abs/2000.00001",)
    assert one["license"] == "other"
    assert model.links("license")
    assert Model(item(tmp_path / "out", "other-c")).links("cite-as") == ()
    assert "geocairn:revision" not in Model(item(tmp_path / "out", "other-c")).assets[0].raw
    assert Model(item(tmp_path / "out", "other-sentinel2-seco")).inputs[0].scaled is None
    card = (tmp_path / "out/torchgeo/net-a/README.md").read_text()
    assert "## Not copied from torchgeo" in card
    assert "there are 2 bands and 3 channels" in card


def test_weights_without_a_safe_url_are_left_out(module: Module, tmp_path: Path) -> None:
    result = run(module(FAULTY), tmp_path / "out")
    assert result.left_out == {
        "Other_Weights.D": "its URL does not begin with https: http://example.org/d.pth",
        "Other_Weights.F": "its URL is unknown: nothing here says what elsewhere is",
    }


def test_two_weights_of_one_folder_do_not_mix(module: Module, tmp_path: Path) -> None:
    source = """
        class A_B_Weights(WeightsEnum):
            C = Weights(url='https://example.org/1', transforms=None, meta={})
        class A_Weights(WeightsEnum):
            B_C = Weights(url='https://example.org/2', transforms=None, meta={})
    """
    result = run(module(source), tmp_path / "out")
    assert result.written == ["A_B_Weights.C"]
    assert "already that of A_B_Weights.C" in result.left_out["A_Weights.B_C"]


def replace(package: Path, old: str, new: str) -> None:
    for path in package.rglob("*.py"):
        path.write_text(path.read_text().replace(old, new))


def test_new_weights_are_a_new_version(package: Path, tmp_path: Path) -> None:
    run(package, tmp_path)
    before = snapshot(tmp_path / "torchgeo/mask-naip-rgb")
    replace(package, "example.org/mask.pth", "example.org/mask-2.pth")
    result = run(package, tmp_path)
    assert result.written == ["Mask_Weights.NAIP_RGB"]
    newer = item(tmp_path, "mask-naip-rgb", "2.0.0")
    assert newer["id"] == "mask-naip-rgb-2.0.0"
    assert newer["properties"]["version"] == "2.0.0"
    assert newer["assets"]["model"]["href"] == "https://example.org/mask-2.pth"
    after = snapshot(tmp_path / "torchgeo/mask-naip-rgb")
    assert after["1.0.0/item.json"] == before["1.0.0/item.json"]
    # The old file again is the old version again, not a third one.
    replace(package, "example.org/mask-2.pth", "example.org/mask.pth")
    run(package, tmp_path)
    assert sorted(p.name for p in (tmp_path / "torchgeo/mask-naip-rgb").iterdir()) == [
        "1.0.0",
        "2.0.0",
        "README.md",
        "owners.toml",
    ]


def test_new_facts_change_the_version_they_are_about(package: Path, tmp_path: Path) -> None:
    run(package, tmp_path)
    replace(package, "'license': 'MIT'", "'license': 'Apache-2.0'")
    result = run(package, tmp_path)
    assert result.written == ["Mask_Weights.NAIP_RGB"]
    assert item(tmp_path, "mask-naip-rgb")["properties"]["license"] == "Apache-2.0"


def test_claimed_entries_are_left_alone(package: Path, tmp_path: Path) -> None:
    run(package, tmp_path)
    folder = tmp_path / "torchgeo/net18-ocean"
    (folder / "owners.toml").write_text('owners = [{ login = "octocat", id = 583231 }]\n')
    (folder / "README.md").write_text("Mine.\n")
    result = run(package, tmp_path)
    assert "look after net18-ocean themselves" in result.left_out["Net18_Weights.OCEAN"]
    assert (folder / "README.md").read_text() == "Mine.\n"


def test_owners_that_cannot_be_read_stop_the_import(package: Path, tmp_path: Path) -> None:
    run(package, tmp_path)
    path = tmp_path / "torchgeo/net18-ocean/owners.toml"
    path.write_text("owners = [")
    before = snapshot(tmp_path / "torchgeo")
    with pytest.raises(InputError, match="cannot be read") as caught:
        run(package, tmp_path)
    assert caught.value.where == str(path)
    assert snapshot(tmp_path / "torchgeo") == before


def test_entries_no_longer_declared_are_kept_and_named(package: Path, tmp_path: Path) -> None:
    run(package, tmp_path)
    before = snapshot(tmp_path / "torchgeo/net18-ocean")
    replace(package, "OCEAN = Weights", "SEA = Weights")
    result = run(package, tmp_path)
    assert result.gone == ["net18-ocean"]
    assert snapshot(tmp_path / "torchgeo/net18-ocean") == before


def test_a_failed_import_leaves_what_was_there(package: Path, tmp_path: Path) -> None:
    run(package, tmp_path)
    before = snapshot(tmp_path / "torchgeo")
    replace(package, "example.org/mask.pth", "example.org/mask-2.pth")
    (package / "models/zzz.py").write_text("class (")
    with pytest.raises(InputError, match="is not Python"):
        run(package, tmp_path)
    assert snapshot(tmp_path / "torchgeo") == before


def test_a_broken_entry_in_the_catalog_is_named(package: Path, tmp_path: Path) -> None:
    run(package, tmp_path)
    path = tmp_path / "torchgeo/net18-ocean/1.0.0/item.json"
    path.write_text("{")
    with pytest.raises(MalformedJSONError) as caught:
        run(package, tmp_path)
    assert caught.value.where == str(path)


def test_a_file_in_the_way_is_named(package: Path, tmp_path: Path) -> None:
    (tmp_path / "torchgeo").write_text("a file")
    with pytest.raises(OutputError):
        run(package, tmp_path)
    assert (tmp_path / "torchgeo").read_text() == "a file"


def test_the_order_of_files_does_not_matter(package: Path, tmp_path: Path) -> None:
    run(package, tmp_path / "a")
    (package / "models/segmentation.py").rename(package / "models/aaa.py")
    run(package, tmp_path / "b")
    names = [{p.name for p in (tmp_path / x / "torchgeo").iterdir()} for x in "ab"]
    assert names[0] == names[1]
    collections = [(tmp_path / x / "torchgeo/collection.json").read_bytes() for x in "ab"]
    assert collections[0] == collections[1]
