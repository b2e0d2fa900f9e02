"""Train, keep the best epoch, measure it, and write the run's folder."""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from lightning.pytorch.callbacks import Callback, EarlyStopping, ModelCheckpoint

from geocairn import _io
from geocairn.variables import kept
from geocairn_training.data.split import SPLITS
from geocairn_training.describe import Publication
from geocairn_training.errors import RunError
from geocairn_training.export import export_run
from geocairn_training.facts import RunFacts
from geocairn_training.fitting import beginning, rate, threshold
from geocairn_training.fitting.callbacks import History, RandomState, WholeCheckpoints
from geocairn_training.fitting.configuration import SHORT, Configuration, parse
from geocairn_training.fitting.evaluation import Evaluation, evaluate
from geocairn_training.fitting.gather import Outcome, gather
from geocairn_training.models.task import load
from geocairn_training.plots.report import report
from geocairn_training.tracking.follow import follow, record

__all__ = ["CHECKPOINT", "train"]

CHECKPOINT = "checkpoint.ckpt"
_PARTS = "checkpoints"
_NAME = "GEOCAIRN_RUN_NAME"


def train(arguments: Sequence[str]) -> Path:
    """Run what the arguments and the files they name say.

    Args:
        arguments: See `geocairn_training.fitting.configuration.parse`.

    Returns:
        The run's folder, complete; ``latest`` beside it points there.

    Raises:
        RunError: If a run of that name is there already, or nothing is there to resume.
        DataError: If the data are not as they must be.
        DivergedError: If the loss is not a number.
        OutputError: If the folder cannot be written.
    """
    # Processes that Lightning starts for further devices find the run's name there.
    with kept(_NAME):
        return _train(parse(_resumed(arguments)))


def _train(configuration: Configuration) -> Path:
    folder = _folder(configuration)
    # Read now, so that a mistake in it does not show after hours of training.
    publication = _publication(configuration, folder.name)
    trainer, data = configuration.trainer, configuration.datamodule
    data.setup("fit")
    if configuration.options.start:
        beginning.begin(configuration.model, Path(configuration.options.start))
    if configuration.options.tune_threshold:
        threshold.check(configuration.model, validated=bool(data.pairs["validation"]))
    monitor = configuration.options.monitor or (
        "validation/iou" if data.pairs["validation"] else "train/loss"
    )
    history = History()
    trainer.callbacks = _callbacks(configuration, folder, monitor, history)  # type: ignore[attr-defined]
    trainer.strategy.checkpoint_io = WholeCheckpoints()
    logger = follow(configuration.options, folder) if trainer.is_global_zero else None
    trainer.loggers = [logger] if logger else []
    begun = time.monotonic()
    with _quiet():
        if configuration.options.find_lr and not configuration.options.resume:
            rate.find(configuration, folder)
        if trainer.is_global_zero:
            _io.write_atomic(folder / "config.yaml", configuration.text().encode())
        last = folder / _PARTS / "last.ckpt" if configuration.options.resume else None
        trainer.fit(configuration.model, data, ckpt_path=last, weights_only=True)
    if trainer.is_global_zero:
        facts = _finish(configuration, folder, history, monitor, time.monotonic() - begun)
        held_out = data.pairs["test"] or data.pairs["validation"]
        export_run(
            folder,
            publication=publication,
            sample=held_out[0].chip.path if held_out else None,
        )
        _point(folder.parent / "latest", folder.name)
        if logger:
            record(logger, folder, facts=facts, register=configuration.options.register)
    trainer.strategy.barrier()
    return folder


def _publication(configuration: Configuration, name: str) -> Publication:
    """What people say of the model; where they gave it no name, it has the run's."""
    path = configuration.options.publication
    return (Publication.read(Path(path)) if path else Publication()).named(name)


def _value(arguments: Sequence[str], *names: str) -> str:
    """What the command line gives for an option, the last time it is named."""
    found = ""
    for index, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name in names:
            found = value if equals else "".join(arguments[index + 1 : index + 2])
    return found


def _resumed(arguments: Sequence[str]) -> list[str]:
    """Let a run that is resumed begin with its own configuration."""
    if "--resume" not in arguments and SHORT["--resume"] not in arguments:
        return list(arguments)
    name = _value(arguments, "--name", SHORT["--name"])
    folder = Path(_value(arguments, "--runs-dir", SHORT["--runs-dir"]) or "runs") / name
    if not name or not (folder / _PARTS / "last.ckpt").is_file():
        raise RunError(
            "there is nothing to resume" if name else "it is not said which run to resume",
            where=str(folder),
            remedy="Name a run that was stopped after its first epoch: --resume --name NAME.",
        )
    return ["--config", str(folder / "config.yaml"), *arguments]


def _folder(configuration: Configuration) -> Path:
    """The run's folder; never one in which another run lies."""
    options = configuration.options
    # Processes that Lightning starts for further devices must find the same name.
    name = options.name or os.environ.get(_NAME) or f"{datetime.now(UTC):%Y%m%d-%H%M%S}"
    os.environ[_NAME] = name
    folder = options.folder / name
    if not configuration.trainer.is_global_zero:
        return folder
    if (folder / "facts.json").exists():
        raise RunError(
            "a finished run has that name",
            where=str(folder),
            remedy="Choose another with --name, or remove that folder.",
        )
    if folder.exists() and not options.resume:
        raise RunError(
            "a run of that name was begun and not finished",
            where=str(folder),
            remedy="Go on with it with --resume, choose another --name, or remove that folder.",
        )
    return folder


def _highest(monitor: str) -> bool:
    return not monitor.endswith("loss")


def _callbacks(
    configuration: Configuration, folder: Path, monitor: str, history: History
) -> list[Callback]:
    """Ours around those of the configuration; the one that writes checkpoints sees all others."""
    mode = "max" if _highest(monitor) else "min"
    found: list[Callback] = [history, RandomState(), *configuration.trainer.callbacks]  # type: ignore[attr-defined]
    patience = configuration.options.patience
    if patience:
        found.append(
            EarlyStopping(monitor, mode=mode, patience=patience, check_on_train_epoch_end=True)
        )
    # Two, for one that watches a measure leaves its last file as it is after epochs that are worse.
    # The last one comes last, so that a run that is resumed knows what the best one did.
    for name, measure in (("best", monitor), ("last", None)):
        found.append(
            ModelCheckpoint(
                folder / _PARTS,
                filename=name,
                monitor=measure,
                mode=mode,
                save_on_train_epoch_end=True,
                enable_version_counter=False,
            )
        )
    return found


@contextmanager
def _quiet() -> Iterator[None]:
    """Hide advice of Lightning's that does not apply: the loader's draws are meant as they are."""
    with warnings.catch_warnings():
        for message in (
            ".*does not have many workers.*",
            ".*fewer than the logging interval.*",
            ".*number of training batches.*smaller than the logging interval.*",
            ".*Checkpoint directory.*exists and is not empty.*",
            # torchmetrics has brought the measures of all processes together already.
            ".*It is recommended to use `self.log.*sync_dist=True.*",
            # Of Lightning's own use of torch.
            ".*isinstance.treespec, LeafSpec.*is deprecated.*",
        ):
            warnings.filterwarnings("ignore", message=message)
        yield


def _finish(
    configuration: Configuration, folder: Path, history: History, monitor: str, seconds: float
) -> RunFacts:
    """Write what is known; ``facts.json`` comes last, and its presence says that all is there."""
    trainer, data = configuration.trainer, configuration.datamodule
    best = folder / _PARTS / "best.ckpt"
    task = load(best).to(trainer.strategy.root_device)
    task.lr = configuration.model.lr
    if configuration.options.tune_threshold:
        threshold.tune(task, data.loader("validation"))
    threshold.keep(best, folder / CHECKPOINT, threshold=float(task.hparams["threshold"]))
    measured: dict[str, Evaluation] = {
        name: evaluate(task, data.loader(name)) for name in SPLITS if data.pairs[name]
    }
    outcome = Outcome(
        seconds=seconds,
        epochs=len(history.epochs),
        best_epoch=history.best(monitor, highest=_highest(monitor)),
        metrics={name: entry.metrics for name, entry in measured.items()},
    )
    facts = gather(
        folder.name,
        task=task,
        data=data,
        trainer=trainer,
        options=configuration.options,
        outcome=outcome,
    )
    _io.write_atomic(folder / "history.json", _io.dumps(history.epochs, indent=True) + b"\n")
    report(
        folder,
        facts=facts,
        task=task,
        measured=measured,
        history=history.epochs,
        monitor=monitor,
        held_out=data.dataset(list(measured)[-1]),
    )
    facts.write(folder)
    return facts


def _point(link: Path, name: str) -> None:
    """Let ``latest`` point to a run, in one step."""
    passing = link.with_name(f".{link.name}.{os.getpid()}")
    passing.unlink(missing_ok=True)
    passing.symlink_to(name, target_is_directory=True)
    passing.replace(link)
