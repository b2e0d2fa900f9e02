"""Other ways to train: several processes, a rate that is searched, a compiled network, weights."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

from geocairn.progress import Silent
from geocairn_training.acquire.preprocess import Job, preprocess
from geocairn_training.facts import RunFacts
from geocairn_training.fitting.run import train
from geocairn_training.models.task import load

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")

ROOT = Path(__file__).parents[3]
Arguments = Callable[..., list[str]]


@pytest.fixture
def arguments(town: Path, tmp_path: Path) -> Arguments:
    """Of a run in ``runs``; lines later on the command line win."""

    def given(name: str, *more: str) -> list[str]:
        return [
            f"--chips-dir={town / 'chips'}",
            f"--labels-dir={town / 'labels'}",
            f"--runs-dir={tmp_path / 'runs'}",
            f"--name={name}",
            "--epochs=2",
            "--lr=0.004",
            "--data.fractions=[0.25, 0.25]",
            "--model.width=4",
            "--model.depth=2",
            "--trainer.accelerator=cpu",
            "--trainer.enable_progress_bar=false",
            "--run.tracking=false",
            *more,
        ]

    return given


def _typed(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, as processes that train together need it."""
    command = [str(Path(sys.executable).with_name("geocairn-train")), "train", *arguments]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )


def _history(folder: Path) -> list[dict[str, float]]:
    found: list[dict[str, float]] = json.loads((folder / "history.json").read_bytes())
    return found


def test_two_processes_do_what_one_does(arguments: Arguments, tmp_path: Path) -> None:
    """Half the batch each, averaged gradients: the same weights, to rounding."""
    # Neither normalisation over a batch nor Dice over a batch can be put together from halves.
    alike = ("--model.norm=group", "--model.loss=ce")
    alone = train(arguments("alone", "--batch-size=4", *alike))
    several = ("--trainer.devices=2", "--trainer.strategy=ddp", "--batch-size=2", *alike)
    done = _typed(*arguments("together", *several))
    assert done.returncode == 0, done.stderr[-3000:]
    together = tmp_path / "runs" / "together"
    assert done.stdout.splitlines().count(f"{together}: trained") == 1
    ours, theirs = (load(run / "checkpoint.ckpt").state_dict() for run in (together, alone))
    for name, tensor in theirs.items():
        assert torch.allclose(ours[name], tensor, atol=1e-4), name
    for mine, other in zip(_history(together), _history(alone), strict=True):
        assert mine["train/loss"] == pytest.approx(other["train/loss"], abs=1e-3)
        assert mine["validation/iou"] == pytest.approx(other["validation/iou"], abs=1e-2)
    facts = RunFacts.read(together)
    assert facts.hyperparameters["batch_size"] == 4
    # What is measured at the end is measured by one process over all samples.
    expected = _history(together)[facts.best_epoch]["validation/iou"]
    assert facts.metrics["validation"]["iou"] == pytest.approx(expected, abs=1e-6)


def test_a_broken_loss_stops_all_processes(arguments: Arguments, tmp_path: Path) -> None:
    broken = ("--lr=1e30", "--model.schedule=constant", "--trainer.gradient_clip_val=null")
    several = ("--trainer.devices=2", "--trainer.strategy=ddp", "--model.norm=none")
    done = _typed(*arguments("broken", *broken, *several))
    assert done.returncode not in (0, 1)
    assert "the loss is" in done.stderr
    assert "Lower the learning rate" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "runs" / "broken" / "facts.json").exists()


def test_the_configuration_for_several_gpus_runs_on_processors(
    arguments: Arguments, tmp_path: Path
) -> None:
    config = ROOT / "training" / "configs" / "multi_gpu.yaml"
    here = (
        "--trainer.devices=2",
        "--trainer.precision=32-true",
        "--trainer.sync_batchnorm=false",  # torch has it for GPUs alone
        "--data.workers=0",
        "--data.repeats=1",
        "--data.augmentation.crop=16",
        "--batch-size=4",
        "--epochs=1",
    )
    done = _typed("--config", str(config), *arguments("gpus", *here))
    assert done.returncode == 0, done.stderr[-3000:]
    facts = RunFacts.read(tmp_path / "runs" / "gpus")
    settings = yaml.safe_load(config.read_text())
    assert facts.hyperparameters["smoothing"] == settings["model"]["smoothing"]
    assert facts.hyperparameters["augment_rotation"] == settings["data"]["augmentation"]["rotation"]


@pytest.mark.filterwarnings("ignore:.*Any type hint is inferred")  # MLflow, of its own class
def test_a_rate_that_is_searched_is_the_one_that_is_used_and_told(
    arguments: Arguments, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    found = train(
        arguments("found", "--find-lr", "--run.tracking=true", "--model.schedule=constant")
    )
    rate = RunFacts.read(found).hyperparameters["lr"]
    assert rate != 0.004
    assert 1e-8 < rate < 1
    assert [entry["lr"] for entry in _history(found)] == [pytest.approx(rate)] * 2
    assert yaml.safe_load((found / "config.yaml").read_text())["model"]["lr"] == rate
    assert load(found / "checkpoint.ckpt").hparams["lr"] == rate
    # The search leaves weights, order and random numbers as they were: all as with --lr.
    given = train(arguments("given", f"--lr={rate!r}", "--model.schedule=constant"))
    assert _history(given) == _history(found)
    assert not list(tmp_path.rglob(".lr_find*"))
    assert {path.name for path in tmp_path.iterdir()} == {"runs"}


@pytest.mark.skipif(shutil.which("g++") is None, reason="torch.compile needs a C++ compiler")
def test_a_compiled_network_learns_the_same(arguments: Arguments) -> None:
    small = ("--model.width=2", "--model.depth=1", "--epochs=1")
    plain, compiled = (
        train(arguments(name, *small, f"--model.compiled={name == 'compiled'}"))
        for name in ("plain", "compiled")
    )
    ours, theirs = (load(run / "checkpoint.ckpt").state_dict() for run in (compiled, plain))
    assert list(ours) == list(theirs)
    for name, tensor in theirs.items():
        assert torch.allclose(ours[name], tensor, atol=1e-4), name
    assert RunFacts.read(compiled).hyperparameters["compiled"] is True


def test_a_class_for_boundaries_and_weights_between_neighbours(
    town: Path, arguments: Arguments, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    labels = town / "buildings.geojson"
    job = Job(folder=data, chips=town / "chips", labels=labels, boundary=2.5, weights=1.5)
    preprocess(job, progress=Silent())
    classes: list[dict[str, Any]] = [
        {"name": name, "value": value} for value, name in enumerate(("ground", "roof", "gap"))
    ]
    folder = train(
        arguments(
            "gaps",
            f"--chips-dir={data / 'chips'}",
            f"--labels-dir={data / 'labels'}",
            f"--weights-dir={data / 'weights'}",
            f"--data.classes={json.dumps(classes)}",
        )
    )
    facts = RunFacts.read(folder)
    assert facts.activation == "softmax"
    assert facts.statistics.class_balance["gap"] > 0
    assert {"iou/gap", "iou/roof"} <= facts.metrics["test"].keys()
    assert facts.hyperparameters["pixel_weights"] is True
    # Weights count in training alone, and there they do.
    plain = train(
        arguments(
            "plain",
            f"--chips-dir={data / 'chips'}",
            f"--labels-dir={data / 'labels'}",
            f"--data.classes={json.dumps(classes)}",
        )
    )
    assert _history(plain)[0]["train/loss"] != _history(folder)[0]["train/loss"]
