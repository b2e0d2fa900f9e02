"""Whole runs: resumed exactly, stopped by broken losses, described by what they did."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio
import torch

from geocairn_training.errors import DivergedError, RunError
from geocairn_training.facts import RunFacts
from geocairn_training.fitting.run import train
from geocairn_training.models.task import load

# What exporters of torch warn about is theirs; tests/training/export looks at them.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")


def _arguments(town: Path, runs: Path, *more: str) -> list[str]:
    return [
        f"--chips-dir={town / 'chips'}",
        f"--labels-dir={town / 'labels'}",
        f"--runs-dir={runs}",
        "--epochs=4",
        "--batch-size=4",
        "--lr=0.004",
        "--model.width=4",
        "--model.depth=2",
        "--model.dropout=0.2",
        "--data.augmentation={crop: 16}",
        "--trainer.enable_progress_bar=false",
        "--run.tracking=false",
        *more,
    ]


def _weights(folder: Path) -> dict[str, torch.Tensor]:
    state = torch.load(folder / "checkpoints" / "last.ckpt", weights_only=True)
    # The averaged ones, and those that training goes on with.
    return {
        f"{part} {name}": tensor
        for part in ("state_dict", "current_model_state")
        for name, tensor in state[part].items()
    }


_AVERAGED = (
    "--trainer.callbacks=lightning.pytorch.callbacks.EMAWeightAveraging",
    "--trainer.callbacks.decay=0.9",
)
_CHILD = """
import sys, torch, time
torch.set_num_threads(1)
from geocairn_training.fitting import callbacks
from geocairn_training.fitting.run import train
whole = callbacks.WholeCheckpoints.save_checkpoint
def slow(self, checkpoint, path, storage_options=None):
    whole(self, checkpoint, path, storage_options)
    if checkpoint["epoch"] == 1 and str(path).endswith("last.ckpt"):
        print("epoch 1 is kept", flush=True)
        time.sleep(60)
callbacks.WholeCheckpoints.save_checkpoint = slow
train(sys.argv[1:])
"""


def test_a_killed_run_resumes_exactly(town: Path, tmp_path: Path) -> None:
    whole = train(_arguments(town, tmp_path, "--name=whole", *_AVERAGED))
    child = subprocess.Popen(
        [sys.executable, "-c", _CHILD, *_arguments(town, tmp_path, "--name=killed", *_AVERAGED)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert child.stdout is not None
    assert any("epoch 1 is kept" in line for line in iter(child.stdout.readline, ""))
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    killed = tmp_path / "killed"
    with pytest.raises(RunError, match="not the folder of a finished run"):
        RunFacts.read(killed)
    with pytest.raises(RunError, match="begun and not finished"):
        train(_arguments(town, tmp_path, "--name=killed"))
    train(["--resume", "--name", "killed", "--runs-dir", str(tmp_path)])
    ours, theirs = _weights(killed), _weights(whole)
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
    averaged = [name for name in ours if name.startswith("state_dict network.")]
    assert any(
        not torch.equal(ours[name], ours[name.replace("state_dict", "current_model_state")])
        for name in averaged
    )
    histories = [json.loads((run / "history.json").read_bytes()) for run in (killed, whole)]
    assert histories[0] == histories[1]
    assert [entry["epoch"] for entry in histories[0]] == [0, 1, 2, 3]
    facts = RunFacts.read(killed)
    assert facts.metrics == RunFacts.read(whole).metrics
    assert facts.hyperparameters["weight_averaging"] == "EMAWeightAveraging"


def test_facts_are_what_was_done(town: Path, tmp_path: Path) -> None:
    tuned = "--run.tune_threshold=true"
    folder = train(_arguments(town, tmp_path, "--name=facts", "--seed=3", tuned))
    facts = RunFacts.read(tmp_path / "latest")
    assert (tmp_path / "latest").resolve() == folder.resolve()
    assert (facts.seed, facts.hyperparameters["lr"]) == (3, 0.004)
    assert facts.hyperparameters["dropout"] == 0.2
    history = json.loads((folder / "history.json").read_bytes())
    # The rate that the optimiser really had never passes the one asked for, and comes near it.
    assert max(entry["lr"] for entry in history) == pytest.approx(0.004, rel=0.2)
    best = max(history, key=lambda entry: entry["validation/iou"])
    assert facts.best_epoch == best["epoch"]
    # During training 0.5 decides; the threshold that is told was chosen afterwards.
    before, after = best["validation/iou/building"], facts.metrics["validation"]["iou/building"]
    assert after >= before - 1e-3
    assert load(folder / "checkpoint.ckpt").hparams["threshold"] == facts.threshold
    assert facts.metrics["validation"]["loss"] == pytest.approx(best["validation/loss"], rel=1e-4)
    training = [
        rasterio.open(town / "chips" / f"{name}.tif").read() for name in facts.split.chips["train"]
    ]
    np.testing.assert_allclose(facts.statistics.mean, np.mean(training, axis=(0, 2, 3)))
    for name in ("learning", "confusion", "precision-recall", "reliability", "samples"):
        assert (folder / "plots" / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert f"plots/{name}.png" in (folder / "report.html").read_text()
    with pytest.raises(RunError, match="a finished run has that name"):
        train(_arguments(town, tmp_path, "--name=facts"))


def test_a_run_begins_with_the_weights_of_another(town: Path, tmp_path: Path) -> None:
    first = train(_arguments(town, tmp_path, "--name=first", "--epochs=1"))
    start = f"--run.start={first / 'checkpoint.ckpt'}"
    # So low a rate that nothing but the start decides what comes out.
    more = ["--epochs=1", "--lr=1e-12", start]
    second = train(_arguments(town, tmp_path, "--name=second", *more))
    networks = [load(run / "checkpoint.ckpt").network for run in (first, second)]
    ours, theirs = ([p.detach() for p in network.parameters()] for network in networks)
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(ours, theirs, strict=True))
    facts = RunFacts.read(second)
    assert facts.start.startswith("Weights of the run first")
    (item,) = second.glob("entry/*/*/*/item.json")
    properties = json.loads(item.read_text())["properties"]
    assert properties["mlm:pretrained_source"] == facts.start
    assert "from scratch" not in properties["description"]
    with pytest.raises(RunError, match="network of another size"):
        train(_arguments(town, tmp_path, "--name=third", "--model.width=8", *more))
    with pytest.raises(RunError, match="not a checkpoint"):
        train(_arguments(town, tmp_path, "--name=third", "--run.start=nowhere.ckpt"))


def test_a_broken_loss_stops_the_run(town: Path, tmp_path: Path) -> None:
    arguments = _arguments(town, tmp_path, "--name=nan", "--lr=1e30")
    arguments += ["--model.schedule=constant", "--trainer.gradient_clip_val=null"]
    arguments += ["--model.norm=none"]
    with pytest.raises(DivergedError, match="the loss is"):
        train(arguments)
    assert not (tmp_path / "nan" / "facts.json").exists()
    assert not (tmp_path / "latest").exists()


def test_there_must_be_something_to_resume(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="not said which"):
        train(["--resume"])
    with pytest.raises(RunError, match="nothing to resume"):
        train(["--resume", "--name=none", f"--runs-dir={tmp_path}"])


def test_a_full_disk_leaves_the_checkpoint_before(town: Path, tmp_path: Path) -> None:
    from geocairn.errors import OutputError
    from geocairn_training.fitting.callbacks import WholeCheckpoints

    path = tmp_path / "last.ckpt"
    WholeCheckpoints().save_checkpoint({"epoch": 1}, path)
    child = (
        "import resource, sys, torch; from pathlib import Path\n"
        "from geocairn_training.fitting.callbacks import WholeCheckpoints\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "WholeCheckpoints().save_checkpoint({'a': torch.rand(9999)}, Path(sys.argv[1]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", child, str(path)], capture_output=True, text=True, check=False
    )
    assert OutputError.__name__ in done.stderr
    assert "the checkpoint was not written" in done.stderr
    assert torch.load(path, weights_only=True) == {"epoch": 1}
    assert [entry.name for entry in tmp_path.iterdir()] == ["last.ckpt"]
