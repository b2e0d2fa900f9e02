"""Gather the facts of a run when it ends."""

from __future__ import annotations

import importlib.metadata
import platform
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import lightning.pytorch as pl
import torch
from lightning.pytorch.callbacks import WeightAveraging
from shapely import box, unary_union
from shapely.geometry import mapping

from geocairn_training import facts
from geocairn_training.data.datamodule import ChipDataModule
from geocairn_training.data.description import Description
from geocairn_training.data.pairs import Pair
from geocairn_training.errors import RunError
from geocairn_training.fitting import beginning
from geocairn_training.fitting.options import RunOptions
from geocairn_training.models.task import SegmentationTask
from geocairn_training.models.unet import UNet

__all__ = ["Outcome", "accelerator", "architecture", "gather", "versions"]

_LIBRARIES = ("torch", "lightning", "torchmetrics", "numpy", "rasterio", "geocairn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What training and evaluation gave."""

    seconds: float
    epochs: int
    best_epoch: int
    metrics: Mapping[str, Mapping[str, float]]


def gather(
    name: str,
    *,
    task: SegmentationTask,
    data: ChipDataModule,
    trainer: pl.Trainer,
    options: RunOptions,
    outcome: Outcome,
) -> facts.RunFacts:
    """Put together everything that is known of a run.

    Args:
        name: Of the run.
        task: With the weights that are kept.
        data: As set up for training.
        trainer: That trained it.
        options: Of the run.
        outcome: Of training and evaluation.

    Raises:
        RunError: If the data module was never set up.
    """
    if data.split is None or data.statistics is None:
        raise RunError("nothing was trained", remedy="Train before gathering facts.")
    training = data.pairs["train"]
    chip, described = training[0].chip, Description.of(data.chips.parent)
    shape = unary_union([box(*pair.chip.box) for pair in training])
    west, south, east, north = shape.bounds
    network = task.network
    return facts.RunFacts(
        name=name,
        title=options.title or described.title or name,
        created=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        seed=data.seed,
        architecture=architecture(network),
        classes=data.classes,
        bands=data.bands,
        chip=facts.Chip(height=chip.height, width=chip.width),
        statistics=data.statistics,
        dtype=chip.dtypes[0],
        activation=task.activation,
        threshold=float(task.hparams["threshold"]),
        split=data.split,
        metrics=outcome.metrics,
        hyperparameters=hyperparameters(task, data, trainer, options),
        crs=chip.crs.to_string(),
        bbox=(west, south, east, north),
        geometry=_lists(mapping(shape)),
        versions=versions(),
        accelerator=accelerator(trainer),
        seconds=round(outcome.seconds, 1),
        epochs=outcome.epochs,
        best_epoch=outcome.best_epoch,
        nodata=chip.nodata,
        gsd=_gsd(training),
        interval=_interval(options, described),
        data=tuple(options.sources) or described.sources,
        source=_source(),
        start=beginning.source(Path(options.start)) if options.start else "",
    )


def architecture(network: UNet) -> facts.Architecture:
    """What a network is, as facts tell it."""
    return facts.Architecture(
        name="U-Net",
        width=network.width,
        depth=network.depth,
        widest=network.widest,
        norm=network.norm,
        patch=network.patch,
        in_channels=network.bands,
        classes=network.classes,
        parameters=sum(entry.numel() for entry in network.parameters()),
    )


def _interval(options: RunOptions, described: Description) -> facts.Interval:
    return options.interval if options.interval != facts.Interval() else described.interval


def hyperparameters(
    task: SegmentationTask, data: ChipDataModule, trainer: pl.Trainer, options: RunOptions
) -> dict[str, Any]:
    """Those that were really used; the learning rate is the one found where one was searched."""
    given = {
        name: list(value) if isinstance(value, (tuple, list)) else value
        for name, value in task.hparams.items()
        if not name.startswith("_") and name not in ("bands", "classes")
    }
    changes = asdict(data.augmentation) if data.augmentation else {}
    return {
        **given,
        "lr": task.lr,
        "optimizer": "AdamW",
        "batch_size": data.batch_size * trainer.world_size,
        "max_epochs": trainer.max_epochs,
        "gradient_clip": trainer.gradient_clip_val,
        "accumulate_batches": trainer.accumulate_grad_batches,
        "precision": str(trainer.precision),
        "patience": options.patience,
        "tune_threshold": options.tune_threshold,
        **_averaging(trainer),
        "repeats": data.repeats,
        "pixel_weights": data.weights is not None,
        **{f"augment_{name}": value for name, value in changes.items()},
    }


def _averaging(trainer: pl.Trainer) -> dict[str, Any]:
    """How weights were averaged over steps, where they were."""
    callbacks: list[Any] = trainer.callbacks  # type: ignore[attr-defined]
    found = [type(entry).__name__ for entry in callbacks if isinstance(entry, WeightAveraging)]
    return {"weight_averaging": found[0]} if found else {}


def versions() -> dict[str, str]:
    """Of Python and of the libraries that train."""
    found = {"python": platform.python_version()}
    for library in _LIBRARIES:
        found[library] = importlib.metadata.version(library)
    return found


def accelerator(trainer: pl.Trainer) -> str:
    """What trained: ``cpu``, or the kind of device and its own name."""
    device = trainer.strategy.root_device
    if device.type == "cuda":
        return f"cuda {torch.cuda.get_device_name(device)}"
    return str(device.type)


def _gsd(pairs: Sequence[Pair]) -> float:
    """Mean size of a pixel on the ground in metres, to the millimetre."""
    sizes = [
        side / pixels
        for pair in pairs
        for side, pixels in zip(pair.chip.ground, (pair.chip.width, pair.chip.height), strict=True)
    ]
    return round(sum(sizes) / len(sizes), 3)


def _lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _lists(entry) for name, entry in value.items()}
    return [_lists(entry) for entry in value] if isinstance(value, tuple) else value


def _source() -> facts.SourceCode:
    """The commit of the code that ran, where it is a repository's."""

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(Path(__file__).parent), *arguments]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)  # noqa: S603
        except (OSError, subprocess.TimeoutExpired):
            return ""
        return done.stdout.strip() if done.returncode == 0 else ""

    # Installed into an environment inside some other repository, that one's commit says nothing.
    if not git("ls-files", Path(__file__).name):
        return facts.SourceCode()
    changed = git("status", "--porcelain", "--untracked-files=no", "--", "..")
    return facts.SourceCode(commit=git("rev-parse", "HEAD"), modified=bool(changed))
