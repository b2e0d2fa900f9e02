"""The command: what it prints, how it ends, and that its help costs nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from geocairn.cli.import_ import command
from geocairn.errors import InputError

SOURCE = """
class Net18_Weights(WeightsEnum):
    '''Net-18 weights.'''
    SENTINEL2_RGB = Weights(
        url='https://hf.co/lab/net/resolve/0123456789abcdef0123456789abcdef01234567/net.pth',
        transforms=None,
        meta={'in_chans': 3, 'license': 'free for all', 'repo': 'https://github.com/lab/net'},
    )
    SENTINEL2_ALL = Weights(
        url='https://hf.co/lab/net/resolve/0123456789abcdef0123456789abcdef01234567/all.pth',
        transforms=None,
        meta={'license': 'free for all'},
    )
    CITY = Weights(url='https://example.org/c', transforms=None, meta={'dataset': 'Cityscapes'})

def net18(weights: Net18_Weights | None = None): ...
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    models = tmp_path / "torchgeo" / "models"
    models.mkdir(parents=True)
    (models / "net.py").write_text(SOURCE)
    (models.parent / "__init__.py").write_text("__version__ = '9.8.7'\n")
    return models.parent


def test_the_summary(package: Path, tmp_path: Path) -> None:
    args = ["torchgeo", "--package", str(package), "-o", str(tmp_path / "catalog")]
    result = CliRunner().invoke(command, args)
    assert result.exit_code == 0, result.output
    assert result.output == (
        f"torchgeo 9.8.7: 2 entries in {tmp_path}/catalog/torchgeo (2 written, 0 unchanged)\n"
        "\n"
        "1 left out:\n"
        "  Net18_Weights.CITY: trained on Cityscapes, photos of streets taken from a car\n"
        "\n"
        "2 facts of torchgeo 9.8.7 not copied as they stand:\n"
        "  meta.license = free for all: it is no SPDX identifier; written as other, with a link\n"
        "    Net18_Weights.SENTINEL2_RGB\n"
        "    Net18_Weights.SENTINEL2_ALL\n"
    )
    again = CliRunner().invoke(command, args)
    assert "(0 written, 2 unchanged)" in again.output


def test_entries_that_are_gone_are_named(package: Path, tmp_path: Path) -> None:
    args = ["torchgeo", "--package", str(package), "-o", str(tmp_path / "catalog")]
    CliRunner().invoke(command, args)
    source = package / "models/net.py"
    source.write_text(source.read_text().replace("SENTINEL2_ALL", "SENTINEL2_MOST"))
    result = CliRunner().invoke(command, args)
    assert "1 no longer declared, kept as they are:\n  net18-sentinel2-all\n" in result.output


def test_a_folder_without_a_package_is_an_error(tmp_path: Path) -> None:
    args = ["torchgeo", "--package", str(tmp_path), "-o", str(tmp_path / "catalog")]
    result = CliRunner().invoke(command, args)
    assert isinstance(result.exception, InputError)
    assert result.exception.exit_code == 2
    assert not (tmp_path / "catalog").exists()


def test_a_path_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    result = CliRunner().invoke(command, ["torchgeo", "--package", str(tmp_path / "none")])
    assert result.exit_code == 2
    assert "does not exist" in result.output


@pytest.mark.parametrize("args", [["--help"], ["torchgeo", "--help"]])
def test_help_has_examples_and_imports_nothing_heavy(args: list[str]) -> None:
    code = (
        "import sys\n"
        "from geocairn.cli.import_ import command\n"
        f"command({args!r}, standalone_mode=False)\n"
        "heavy = {'duckdb', 'numpy', 'orjson', 'pyarrow', 'pystac', 'geocairn.authoring'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "torchgeo" in done.stdout
    if "torchgeo" in args:
        assert "\n    geocairn import torchgeo --package torchgeo-0.8.1" in done.stdout
