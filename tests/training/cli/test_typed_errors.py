"""What goes wrong, typed as people type it: one line that says so, one that says what to do."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import rasterio
from tests.warm import Warm, warm

from geocairn.cli.reference import single
from geocairn_training.cli import COMMANDS, cli
from geocairn_training.cli.train import _OPTIONS
from geocairn_training.data.synthetic import make
from geocairn_training.fitting.configuration import SHORT

COMMAND = Path(sys.executable).with_name("geocairn-train")
UNREACHABLE = "http://127.0.0.1:9"
Change = Callable[[Path], list[str]]
Trained = Callable[..., str]


@pytest.fixture(scope="module")
def typed() -> Iterator[Warm]:
    """What it takes longest to import is there when a command begins."""
    # ONNX Runtime starts a thread.
    modules = ("geocairn_training.cli", "lightning.pytorch.cli", "torchmetrics.classification")
    modules += ("matplotlib.pyplot", "rasterio", "onnx")
    with warm(COMMAND, modules=modules, MLFLOW_HTTP_REQUEST_MAX_RETRIES="0") as command:
        yield command


def told(done: subprocess.CompletedProcess[str]) -> str:
    """The error and its remedy, which are all that is said of it."""
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    lines = done.stderr.splitlines()
    (at,) = (index for index, line in enumerate(lines) if line.startswith("Error: "))
    assert len(lines) == at + 2, done.stderr
    assert lines[at + 1].startswith("  ")
    return "\n".join(lines[at:])


@pytest.mark.parametrize("command", [None, *COMMANDS])
def test_help_has_examples(command: str | None, typed: Warm, tmp_path: Path) -> None:
    done = typed(*([command] if command else []), "--help", folder=tmp_path)
    assert done.returncode == 0
    assert "Example" in done.stdout
    name = f"geocairn-train {command}" if command else "geocairn-train"
    assert done.stdout.startswith(f"Usage: {name} ")
    assert f"\n  {name}" in done.stdout.replace("\n    ", "\n  ")


def test_usual_options_of_training_are_those_that_it_reads() -> None:
    assert _OPTIONS.keys() - {"--config"} <= SHORT.keys()


def test_every_setting_is_listed(typed: Warm, tmp_path: Path) -> None:
    done = typed("train", "--help-all", folder=tmp_path)
    assert done.returncode == 0
    for option in {place.partition("=")[0] for place in SHORT.values()}:
        assert option in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("--bbox 86,27,85,28", "is empty or swapped"),
        ("--bbox 85,27,86", "is not four numbers"),
        ("--bbox 0,84,1,86", "is outside what tiles cover"),
        ("--bbox 85.5,27.6,85.6,27.7 --zoom 30", "zoom 30"),
        ("--bbox -170,-80,170,80", "more than 100000"),
        (f"--bbox 85.5,27.6,85.5001,27.6001 --attempts 1 --tms {UNREACHABLE}/{{z}}/{{x}}/{{y}}",
         "given up after 1 tries"),
        ("--bbox 85.5,27.6,85.5001,27.6001 --tms http://host/{z}/{x}", "not a template"),
        ("--bbox 85.5,27.6,85.5001,27.6001 --labels none.geojson", "cannot be read"),
        ("--bbox 85.5,27.6,85.5001,27.6001 --date yesterday", "is neither a day nor two"),
    ],
)  # fmt: skip
def test_preprocess(typed: Warm, tmp_path: Path, arguments: str, words: str) -> None:
    given = ["--tms", "http://127.0.0.1:9/{z}/{x}/{y}", *arguments.split()]
    done = typed("preprocess", "--train-dir", "data", *given, folder=tmp_path)
    assert words in told(done)
    assert not list(tmp_path.rglob("*.tif"))
    assert not list(tmp_path.rglob("dataset.json"))


def test_preprocess_on_a_full_disk(typed: Warm, tmp_path: Path) -> None:
    town = make(tmp_path / "town", chips=4, size=64)
    given = ["--chips-dir", town / "chips", "--labels", town / "buildings.geojson"]
    done = typed("preprocess", "--train-dir", "data", *given, folder=tmp_path, largest=2048)
    assert "data/chips/synthetic" in told(done)
    assert not [path for path in (tmp_path / "data").rglob("*") if path.is_file()]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("town"), chips=16, size=32)


def _no_chips(town: Path) -> list[str]:
    shutil.rmtree(town / "chips")
    (town / "chips").mkdir()
    return ["no GeoTIFF chips here", str(town / "chips")]


def _one_mask_less(town: Path) -> list[str]:
    path = min((town / "labels").iterdir())
    path.unlink()
    return [f"no mask is named {path.stem}"]


def _cut(town: Path) -> list[str]:
    path = min((town / "chips").iterdir())
    path.write_bytes(path.read_bytes()[:1500])
    return [path.name, "read to its end", "The file is damaged"]


def _no_image(town: Path) -> list[str]:
    path = min((town / "chips").iterdir())
    path.write_bytes(b"<html>Not found</html>")
    return [path.name, "not a raster that can be read"]


def _single_band(town: Path) -> list[str]:
    path = min((town / "chips").iterdir())
    with rasterio.open(path) as file:
        values, profile = file.read(1), {**file.profile, "count": 1}
    with rasterio.open(path, "w", **profile) as file:
        file.write(values, 1)
    return [path.name, "1 bands where 3 are asked for"]


def _labels_elsewhere(town: Path) -> list[str]:
    path = min((town / "labels").iterdir())
    with rasterio.open(path, "r+") as file:
        file.crs = "EPSG:32645"
    return [path.name, "is in EPSG:32645, but its chip in EPSG:3857"]


def _endless(town: Path) -> list[str]:
    for path in (town / "chips").iterdir():
        with rasterio.open(path) as file:
            values = file.read().astype(np.float32)
            profile = {**file.profile, "dtype": "float32"}
        values[0, 3, 3] = np.nan
        with rasterio.open(path, "w", **profile) as file:
            file.write(values)
    return ["values that are not finite numbers", "Declare them as nodata"]


CHANGES: list[Change] = [
    _no_chips, _one_mask_less, _cut, _no_image, _single_band, _labels_elsewhere, _endless,
]  # fmt: skip


@pytest.fixture
def trained(typed: Warm) -> Trained:
    """Trains, in vain, and gives what is told."""

    def train(folder: Path, *more: object, largest: int | None = None) -> str:
        given = ["--chips-dir", folder / "chips", "--labels-dir", folder / "labels"]
        given += ["--name=run", "--epochs=2", "--trainer.enable_progress_bar=false"]
        small = ["--model.width=8", "--model.depth=2"]
        return told(typed("train", *given, *small, *more, folder=folder, largest=largest))

    return train


@pytest.mark.parametrize("change", CHANGES)
def test_train_on_data_that_are_not_as_they_must_be(
    trained: Trained, town: Path, tmp_path: Path, change: Change
) -> None:
    copy = Path(shutil.copytree(town, tmp_path / "copy"))
    words = change(copy)
    message = trained(copy)
    for word in words:
        assert word in message
    assert not (copy / "runs").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--epochs=x"], "--epochs x: not of type int"),
        (["--bogus=1"], "unrecognized arguments: --bogus=1"),
        (["--run.tracking_uri", UNREACHABLE], "MLflow's store does not answer"),
        (["--resume"], "nothing to resume"),
    ],
)
def test_train_as_nobody_can(
    trained: Trained, town: Path, tmp_path: Path, arguments: list[str], words: str
) -> None:
    copy = Path(shutil.copytree(town, tmp_path / "copy"))
    assert words in trained(copy, *arguments)


def test_train_until_the_loss_is_no_number(trained: Trained, town: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(town, tmp_path / "copy"))
    wild = ["--lr=1e30", "--model.schedule=constant", "--trainer.gradient_clip_val=null"]
    message = trained(copy, *wild, "--model.norm=none", "--run.tracking=false")
    assert "the loss is" in message
    assert "Lower the learning rate (--lr, now 1e+30)" in message
    assert not list(copy.rglob("facts.json"))
    assert not (copy / "runs" / "latest").exists()


def test_train_on_a_full_disk(trained: Trained, town: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(town, tmp_path / "copy"))
    message = trained(copy, "--run.tracking=false", largest=60_000)
    assert "the checkpoint was not written" in message
    assert "--resume" in message
    run = copy / "runs" / "run"
    assert {path.name for path in run.iterdir()} <= {"config.yaml", "checkpoints"}
    assert not list(run.glob("checkpoints/*"))
    assert not list(run.glob("checkpoints/.*"))


def test_a_command_that_is_not_there() -> None:
    """In a process of its own from the start."""
    done = subprocess.run([COMMAND, "trian"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "There is no command 'trian'. Did you mean 'train'?" in done.stderr
    done = subprocess.run([COMMAND, "--version"], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("geocairn-train ")
    assert not done.stderr


def test_the_documentation_has_a_page_of_all_commands() -> None:
    page = single(cli, name="geocairn-train")
    for name in COMMANDS:
        assert f"\n## geocairn-train {name}\n" in page
    for option in _OPTIONS:
        assert f"| `{option}" in page
