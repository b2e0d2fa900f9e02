"""What happens beside the steps of training: history, random state, checkpoints that are whole."""

from __future__ import annotations

import contextlib
import io
import math
import os
from pathlib import Path
from typing import Any

import lightning.pytorch as pl
import torch
import torch.distributed as dist
from lightning.pytorch.callbacks import Checkpoint
from lightning.pytorch.plugins.io import TorchCheckpointIO

from geocairn import _io
from geocairn.errors import OutputError

__all__ = ["History", "RandomState", "WholeCheckpoints"]


class History(Checkpoint):
    """Every epoch's measures; goes on where a resumed run stopped.

    Of a checkpoint it has only the turn: Lightning calls those after the module has reported.
    """

    def __init__(self) -> None:
        self.epochs: list[dict[str, float]] = []

    def on_train_epoch_end(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        """Note the measures of the epoch that ends."""
        measured = {name: float(value) for name, value in trainer.callback_metrics.items()}
        rate = float(trainer.optimizers[0].param_groups[0]["lr"])
        self.epochs.append({"epoch": module.current_epoch, "lr": rate, **measured})

    def state_dict(self) -> dict[str, Any]:
        """For the checkpoint."""
        return {"epochs": self.epochs}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """From the checkpoint."""
        self.epochs = state_dict["epochs"]

    def best(self, monitor: str, *, highest: bool) -> int:
        """The epoch whose measure is the best, the first of equals; -1 where it was not taken."""
        sign = -1 if highest else 1
        taken = [
            (sign * entry[monitor], int(entry["epoch"]))
            for entry in self.epochs
            if not math.isnan(entry.get(monitor, math.nan))
        ]
        return min(taken)[1] if taken else -1


class RandomState(pl.Callback):
    """Keeps the state of torch's random numbers, on which dropout depends, in checkpoints.

    Each process of a distributed run has numbers of its own; the checkpoint has those of all.
    """

    def __init__(self) -> None:
        self._found: list[dict[str, Any]] = []

    def state_dict(self) -> dict[str, Any]:
        """For the checkpoint; every process takes part."""
        cuda = torch.cuda.get_rng_state() if torch.cuda.is_available() else None
        own = {"cpu": torch.get_rng_state(), "cuda": cuda}
        if not _distributed():
            return {"ranks": [own]}
        ranks: list[Any] = [None] * dist.get_world_size()
        dist.all_gather_object(ranks, own)
        return {"ranks": ranks}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """From the checkpoint; applied when training starts, after all else that may draw."""
        self._found = state_dict["ranks"]

    def on_train_start(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:  # noqa: ARG002
        """Go on with the numbers that would have come next."""
        if len(self._found) != trainer.world_size:
            return  # a new run, or one that goes on with another number of processes
        own = self._found[trainer.global_rank]
        torch.set_rng_state(own["cpu"].cpu())
        if own["cuda"] is not None and torch.cuda.is_available():
            torch.cuda.set_rng_state(own["cuda"].cpu())


def _distributed() -> bool:
    return dist.is_available() and dist.is_initialized()


class WholeCheckpoints(TorchCheckpointIO):
    """Checkpoints that are whole or not there: a full disk leaves the one before as it was."""

    def save_checkpoint(
        self, checkpoint: dict[str, Any], path: Any, storage_options: Any | None = None
    ) -> None:
        """Write beside the place, then rename.

        Raises:
            OutputError: When the disk is full or the place cannot be written.
        """
        del storage_options  # for stores other than folders, which runs do not use
        target = Path(path)
        temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
        buffer = io.BytesIO()
        torch.save(checkpoint, buffer)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("wb") as file:
                file.write(buffer.getbuffer())
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
        except OSError as error:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            failed = _io.output_error(error, path=target)
            raise OutputError(
                f"the checkpoint was not written ({error.strerror or error}); the one before is "
                "as it was",
                where=failed.where or str(target),
                remedy="Make room there and go on with --resume, or choose another folder with "
                "--runs-dir.",
            ) from error
