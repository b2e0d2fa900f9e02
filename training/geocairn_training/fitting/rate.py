"""Search for a learning rate before training."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lightning.pytorch.tuner.tuning import Tuner

from geocairn_training.errors import DivergedError, RunError
from geocairn_training.fitting.configuration import Configuration

__all__ = ["find"]

_STEPS = 100


def find(configuration: Configuration, folder: Path) -> float:
    """Search a learning rate, and let the task and its configuration have it.

    The rate rises from step to step; where the loss falls most steeply is a good one
    (Smith 2017, https://arxiv.org/abs/1506.01186). Weights and loops are as before afterwards.

    Args:
        configuration: Of the run; its rate is replaced, so that a resumed run has the same.
        folder: Of the run; the state to return to lies there meanwhile.

    Raises:
        RunError: If the curve has no place to choose.
    """
    task, trainer = configuration.model, configuration.trainer
    loop: Any = trainer.fit_loop
    epochs, loop.max_epochs = loop.max_epochs, _STEPS  # an epoch may have a single step
    kept, trainer.callbacks = trainer.callbacks, []  # type: ignore[attr-defined]
    # The search keeps the state to return to in a place that Lightning lets nobody choose later.
    vars(trainer)["_default_root_dir"] = str(folder)
    try:
        finder = Tuner(trainer).lr_find(
            task,
            datamodule=configuration.datamodule,
            num_training=_STEPS,
            update_attr=False,
        )
        found = finder.suggestion() if finder else None
    except DivergedError:
        found = None
    finally:
        loop.max_epochs, trainer.callbacks = epochs, kept  # type: ignore[attr-defined]
    if not found:
        raise RunError(
            "no learning rate could be suggested: the loss never fell steadily",
            remedy="Give one with --lr, without --find-lr.",
        )
    task.lr = found
    # What MLflow is told when training starts, and what checkpoints keep.
    task.save_hyperparameters({"lr": found})
    configuration.config["model"]["lr"] = found
    return found
