"""Finding a package and reading its declarations, without running it."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from geocairn.errors import InputError
from geocairn.sources.importers.torchgeo.declarations import Declaration, read
from geocairn.sources.importers.torchgeo.package import find

Module = Callable[[str], Path]


def weights(root: Path) -> dict[str, Declaration]:
    return {weight.name: weight for weight in read(find(root)).weights}


def as_wheel(package: Path, path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(package.rglob("*.py")):
            archive.write(file, f"torchgeo/{file.relative_to(package).as_posix()}")
    return path


def test_a_folder_its_parent_and_a_wheel_say_the_same(package: Path, tmp_path: Path) -> None:
    wheel = as_wheel(package, tmp_path / "torchgeo-9.8.7-py3-none-any.whl")
    by_folder, by_parent, by_wheel = (
        read(find(place)) for place in (package, package.parent, wheel)
    )
    assert by_folder == by_parent == by_wheel
    assert by_folder.version == "9.8.7"
    assert by_folder.builders == {"net18", "unet"}
    assert [weight.name for weight in by_folder.weights] == [
        "Net18_Weights.SENTINEL2_RGB_MOCO",
        "Net18_Weights.SENTINEL1_GRD",
        "Net18_Weights.OCEAN",
        "Mask_Weights.NAIP_RGB",
        "Mask_Weights.CITY",
    ]


def test_an_installed_package_is_found_but_not_imported(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (package / "__init__.py").write_text("raise SystemExit('imported')\n__version__ = '1.2'\n")
    monkeypatch.syspath_prepend(package.parent)
    assert read(find()).version == "1.2"
    assert "torchgeo" not in sys.modules


def test_what_a_weight_declares(package: Path) -> None:
    found = weights(package)
    first = found["Net18_Weights.SENTINEL2_RGB_MOCO"]
    assert first.aliases == ("SENTINEL2_OLD_MOCO",)
    assert first.title == "Net-18"
    assert first.citations == ("https://arxiv.org/abs/2101.00001",)
    assert first.path == "models/encoders.py"
    source = (package / "models/encoders.py").read_text().splitlines()
    assert source[first.lines[0] - 1].strip().startswith("SENTINEL2_OLD_MOCO =")
    assert source[first.lines[1] - 1].strip() == ")"
    assert first.texts("bands") == ("B4", "B3", "B2")
    assert first.transforms is not None
    # _mean has another value further down; what counts is its value above the use.
    assert first.transforms.args[3].kwargs["mean"] == [0.5, 0.25, 0.125]
    assert first.transforms.args[2].kwargs["std"] == [100, 200, 400]
    ocean = found["Net18_Weights.OCEAN"]
    assert ocean.texts("bands") == tuple(f"B{i:02}" for i in range(1, 12))
    mask = found["Mask_Weights.NAIP_RGB"]
    assert mask.meta["dataset"] == "Shore"
    assert mask.count("num_classes") == 2
    assert mask.builder is not None
    assert mask.builder.settings == {"width": 16, "img_size": 32}


def test_facts_of_another_type_are_unknown(module: Module) -> None:
    root = module(
        """
        class A_Weights(WeightsEnum):
            X = Weights(url=3, transforms=7, meta={'in_chans': True, 'bands': ['a', 1],
                        'model': ' ', 'num_classes': -2, 'dataset': ['x']})
            Y = Weights('https://example.org/y', None)
            Z = Weights(**everything)
            other = 5
        """
    )
    found = weights(root)
    one = found["A_Weights.X"]
    assert one.url is None
    assert one.transforms is None
    assert one.count("in_chans") is None
    assert one.count("num_classes") is None
    assert one.texts("bands") == ()
    assert one.text("model") is None
    assert one.text("dataset") is None
    assert one.title == "A"
    assert one.builder is None
    assert found["A_Weights.Y"].url == "https://example.org/y"
    assert found["A_Weights.Y"].meta == {}
    assert found["A_Weights.Z"].unreadable == {"**": "its keywords are unpacked"}
    assert set(found) == {"A_Weights.X", "A_Weights.Y", "A_Weights.Z"}


def test_modules_that_import_each_other_do_not_hang(tmp_path: Path) -> None:
    models = tmp_path / "torchgeo" / "models"
    models.mkdir(parents=True)
    (models / "a.py").write_text("from .b import y\nx = y\n")
    (models / "b.py").write_text(
        "from .a import x\ny = x\nclass W(WeightsEnum):\n    M = Weights(url=y, meta={})\n"
    )
    assert weights(tmp_path)["W.M"].unreadable == {"url": "nothing here says what x is"}


def test_a_very_long_chain_of_modules_is_refused(tmp_path: Path) -> None:
    models = tmp_path / "torchgeo" / "models"
    models.mkdir(parents=True)
    for place in range(600):
        (models / f"m{place}.py").write_text(f"from .m{place + 1} import x\nx = x\n")
    with pytest.raises(InputError, match="import each other too deeply"):
        read(find(tmp_path))


HOSTILE = """
    import os, subprocess
    os.system('touch {marker}')
    open({marker!r}, 'w').write('x')
    __import__('pathlib').Path({marker!r}).touch()
    exec("open({marker!r}, 'w')")
    [open({marker!r}, 'w') for _ in range(1)]
    x = (lambda: open({marker!r}, 'w'))()
    if True:
        open({marker!r}, 'w')

    class Meta(type):
        def __new__(*a):
            open({marker!r}, 'w')

    @print
    class A_Weights(WeightsEnum, metaclass=Meta):
        open({marker!r}, 'w')
        X = Weights(
            url='https://example.org/' + open({marker!r}, 'w').name,
            transforms=eval("open({marker!r}, 'w')"),
            meta={{'bands': [open({marker!r}, 'w')], 'in_chans': os.system('touch {marker}')}},
        )
        Y = Weights(url='https://example.org/y', transforms=None, meta={{'in_chans': 3}})
"""


def test_nothing_in_the_package_runs(module: Module, tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    root = module(HOSTILE.format(marker=str(marker)))
    (root / "__init__.py").write_text(f"open({str(marker)!r}, 'w')\n")
    before = set(sys.modules)  # other tests may have imported torch
    found = weights(root)
    assert not marker.exists()
    assert found["A_Weights.X"].url is None
    assert "attribute of an expression" in found["A_Weights.X"].unreadable["url"]
    assert found["A_Weights.Y"].count("in_chans") == 3
    assert not {"torch", "torchgeo", "torchvision"} & (set(sys.modules) - before)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (b"class A(:\n", r"one.* is not Python \(line 1\)"),
        (b"x = 1\nx = (\n", r"is not Python \(line 2\)"),
        (b"\x00", "is not Python"),
        (b"x = '\xff'\n", "is not Python"),
        (b"(" * 5000 + b")" * 5000, "is not Python"),
        (b"-" * 60000 + b"1", "is not Python|declares no weights"),
    ],
)
def test_broken_sources_are_named(tmp_path: Path, source: bytes, message: str) -> None:
    models = tmp_path / "torchgeo" / "models"
    models.mkdir(parents=True)
    (models / "one.py").write_bytes(source)
    with pytest.raises(InputError, match=message) as caught:
        read(find(tmp_path))
    assert caught.value.remedy


def test_a_package_without_weights_is_named(module: Module) -> None:
    with pytest.raises(InputError, match="declares no weights"):
        read(find(module("x = 1")))


def test_a_folder_that_is_no_package_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no torchgeo package") as caught:
        find(tmp_path)
    assert caught.value.where == str(tmp_path)
    assert "pip download --no-deps torchgeo" in str(caught.value)


def test_files_that_are_no_wheel_are_named(tmp_path: Path) -> None:
    file = tmp_path / "torchgeo.whl"
    file.write_bytes(b"PK\x03\x04 but no zip")
    with pytest.raises(InputError, match=r"holds no torchgeo package|cannot be read"):
        find(file)


def test_a_damaged_wheel_is_named(package: Path, tmp_path: Path) -> None:
    wheel = as_wheel(package, tmp_path / "torchgeo.whl")
    data = bytearray(wheel.read_bytes())
    data[60:90] = b"\xff" * 30
    wheel.write_bytes(bytes(data))
    with pytest.raises(InputError, match="cannot be read"):
        read(find(wheel))


def test_a_very_large_module_is_refused(module: Module) -> None:
    root = module("x = 1")
    (root / "models/one.py").write_bytes(b"#" * (3 * 1024 * 1024))
    with pytest.raises(InputError, match="larger than"):
        read(find(root))


def test_a_wheel_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("torchgeo/models/one.py", b"#" * (64 * 1024 * 1024))
    assert path.stat().st_size < 1024 * 1024
    with pytest.raises(InputError, match="larger than"):
        read(find(path))


def test_not_installed_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    with pytest.raises(InputError, match="torchgeo is not installed") as caught:
        find()
    assert "--package" in (caught.value.remedy or "")
