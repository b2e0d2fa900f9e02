"""Training with Lightning against a bare loop in PyTorch, on the same network and chips.

    python -m benchmarks training -- --rounds 5

Both train in one process, an epoch each in turn, so that whatever else the machine does slows both.
Lightning's side is what `geocairn-train train` runs in an epoch: measures, logging and callbacks of
a run, but neither validation nor files. The bare loop reads and augments the same chips, and takes
the same steps. Limit on a processor: at least 0.95 of the bare loop's chips a second.
"""

from __future__ import annotations

import argparse
import copy
import logging
import sys
import time
from pathlib import Path
from typing import Any

import lightning.pytorch as pl
import numpy as np
import torch
from torch import nn

from geocairn_training.data.dataset import Draws
from geocairn_training.data.synthetic import make
from geocairn_training.fitting.callbacks import History, RandomState
from geocairn_training.fitting.configuration import Configuration, parse

OUT = Path("_build/bench/training")
CHIPS, SIZE, CROP = 36, 320, 256
LEAST = 0.95


class Bare:
    """The loop that one would write by hand.

    Args:
        configuration: Of the run that it is compared with; nothing of it is changed.
        device: Where it trains.
        half: Whether in bfloat16 where sums allow it.
    """

    def __init__(self, configuration: Configuration, *, device: torch.device, half: bool) -> None:
        task, data = configuration.model, configuration.datamodule
        self.network: nn.Module = copy.deepcopy(task.network).to(device).train()
        self.criterion = copy.deepcopy(task.criterion).to(device)
        self.device, self.half = device, half
        statistics = data.statistics
        self.mean, self.std = (
            torch.tensor(values, device=device)[:, None, None]
            for values in (statistics.mean, statistics.std)
        )
        self.optimizer = torch.optim.AdamW(self.network.parameters(), lr=task.lr)
        self.draws = Draws(len(data.dataset("train")), seed=1, repeats=data.repeats)
        self.loader: Any = torch.utils.data.DataLoader(
            data.dataset("train"),
            batch_size=data.batch_size,
            sampler=self.draws,
            num_workers=data.workers,
            persistent_workers=data.workers > 0,
            pin_memory=device.type == "cuda",
        )

    def epoch(self, number: int) -> None:
        """Take one epoch's steps."""
        self.draws.set_epoch(number)
        for batch in self.loader:
            images = batch["image"].to(self.device, non_blocking=True)
            masks = batch["mask"].to(self.device, non_blocking=True)
            scaled = (images - self.mean) / self.std
            scaled = scaled.contiguous(memory_format=torch.channels_last)
            with torch.autocast(self.device.type, torch.bfloat16, enabled=self.half):
                loss = self.criterion(self.network(scaled), masks)
            self.optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
            self.optimizer.step()


class Turns(pl.Callback):
    """After every epoch of Lightning's, the same epoch of the bare loop.

    Lightning's time goes from the end of the bare epoch to its own callback at the end of an epoch,
    the last one of all: everything between epochs is its own.
    """

    def __init__(self, configuration: Configuration, *, half: bool) -> None:
        self.configuration, self.half = configuration, half
        self.bare: Bare | None = None
        self.seconds: list[tuple[float, float]] = []
        self._begun = 0.0

    def on_train_start(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:  # noqa: ARG002
        """Make the bare loop, with the weights that Lightning begins with."""
        self.bare = Bare(self.configuration, device=module.device, half=self.half)
        self._begun = time.perf_counter()

    def on_train_epoch_end(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:  # noqa: ARG002
        """Let the other train."""
        assert self.bare is not None
        _wait(module.device)
        middle = time.perf_counter()
        self.bare.epoch(module.current_epoch)
        _wait(module.device)
        end = time.perf_counter()
        self.seconds.append((middle - self._begun, end - middle))
        self._begun = time.perf_counter()


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def configured(given: argparse.Namespace) -> Configuration:
    """A run with the network and augmentation of training/configs/banepa.yaml."""
    if not (OUT / "dataset.json").is_file():
        make(OUT, chips=CHIPS, size=SIZE)
    augmentation = f"{{crop: {CROP}, rotation: 45, zoom: 0.25, color: 0.1}}"
    return parse(
        [
            f"--chips-dir={OUT / 'chips'}",
            f"--labels-dir={OUT / 'labels'}",
            f"--epochs={given.rounds + 1}",
            f"--batch-size={given.batch_size}",
            f"--workers={given.workers}",
            "--lr=0.001",
            f"--data.augmentation={augmentation}",
            f"--model.width={given.width}",
            "--model.depth=5",
            f"--model.widest={given.widest}",
            f"--data.repeats={given.repeats}",
            "--trainer.enable_progress_bar=false",
            "--trainer.limit_val_batches=0",
        ]
    )


def main() -> int:
    """Measure, and tell whether the limit holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="epochs that count, after one")
    parser.add_argument("--repeats", type=int, default=2, help="of each chip in an epoch")
    parser.add_argument("--batch-size", type=int, default=4)
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--width", type=int, default=16)
    parser.add_argument("--widest", type=int, default=88)
    parser.add_argument("--threads", type=int, default=0, help="of torch; 0 for its own choice")
    given = parser.parse_args()
    if given.threads:
        torch.set_num_threads(given.threads)
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    configuration = configured(given)
    trainer: Any = configuration.trainer
    data = configuration.datamodule
    turns = Turns(configuration, half="bf16" in str(trainer.precision))
    trainer.callbacks = [History(), RandomState(), *trainer.callbacks, turns]
    data.setup("fit")
    trainer.fit(configuration.model, data)
    chips = len(data.dataset("train")) * data.repeats
    print(f"{chips} chips of {CROP} x {CROP} pixels an epoch, {trainer.precision}", flush=True)
    ratios = []
    for ours, bare in turns.seconds[1:]:
        ratios.append(bare / ours)
        print(f"chips a second: {chips / ours:.2f}, bare {chips / bare:.2f}: {ratios[-1]:.3f}")
    median = float(np.median(ratios))
    print(f"median: {median:.3f} of the bare loop (limit {LEAST})")
    return 0 if median >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
