"""The command line and the configuration file of `geocairn-train train`, by LightningCLI."""

from __future__ import annotations

import logging
import re
import warnings
from argparse import ArgumentError
from collections.abc import Sequence
from functools import partial
from typing import Any

import torch
from lightning.fabric.utilities.exceptions import MisconfigurationException
from lightning.pytorch.cli import LightningArgumentParser, LightningCLI

from geocairn_training.data.datamodule import BUILDINGS, RGB, ChipDataModule
from geocairn_training.errors import RunError
from geocairn_training.facts import BandFact, ClassFact
from geocairn_training.fitting.options import RunOptions
from geocairn_training.models.task import SegmentationTask

__all__ = ["SHORT", "Configuration", "parse"]

SHORT = {
    "--epochs": "--trainer.max_epochs",
    "--batch-size": "--data.batch_size",
    "--batch_size": "--data.batch_size",
    "--chips-dir": "--data.chips",
    "--chips_dir": "--data.chips",
    "--labels-dir": "--data.labels",
    "--labels_dir": "--data.labels",
    "--weights-dir": "--data.weights",
    "--lr": "--model.lr",
    "--seed": "--seed_everything",
    "--workers": "--data.workers",
    "--name": "--run.name",
    "--runs-dir": "--run.folder",
    "--resume": "--run.resume=true",
    "--find-lr": "--run.find_lr=true",
    "--register": "--run.register",
    "--publication": "--run.publication",
}
"""Short options, and the places in the configuration that they set."""


def _names(entries: Any, usual: Sequence[BandFact] | Sequence[ClassFact]) -> list[str]:
    return [_name(entry) for entry in entries or usual]


def _name(entry: Any) -> str:
    """Of a band or class, which is a mapping before parsing and a namespace on the way."""
    known = getattr(entry, "init_args", entry)
    return str(known["name"] if isinstance(known, dict) else known.name)


class Configuration(LightningCLI):
    """Everything that a run is made from, parsed and instantiated, with nothing started."""

    def add_arguments_to_parser(self, parser: LightningArgumentParser) -> None:
        """Add the options of a run, and let data say how many bands and classes there are."""
        parser.add_argument("--run", type=RunOptions, default=RunOptions())
        parser.link_arguments("data.bands", "model.bands", compute_fn=partial(_names, usual=RGB))
        parser.link_arguments(
            "data.classes", "model.classes", compute_fn=partial(_names, usual=BUILDINGS)
        )
        parser.link_arguments("seed_everything", "data.seed", compute_fn=int)

    @property
    def options(self) -> RunOptions:
        """The options of the run."""
        found: RunOptions = self.config_init["run"]
        return found

    def text(self) -> str:
        """The whole configuration as YAML, with every default spelled out."""
        text: str = self.parser.dump(self.config, skip_none=False)
        return text


def _defaults() -> dict[str, Any]:
    half = torch.cuda.is_available() and torch.cuda.is_bf16_supported()
    return {
        "max_epochs": 50,
        "precision": "bf16-mixed" if half else "32-true",
        "gradient_clip_val": 1.0,
        "log_every_n_steps": 10,
        "num_sanity_val_steps": 0,
        # Draws divide themselves among processes.
        "use_distributed_sampler": False,
        # The run has loggers and checkpoints of its own, which write into its folder.
        "logger": False,
        "enable_checkpointing": False,
        "enable_model_summary": False,
        # More than one process on a CPU has to be asked for.
        "devices": "auto" if torch.cuda.is_available() else 1,
    }


def parse(arguments: Sequence[str]) -> Configuration:
    """Parse arguments, short ones included, and files named with ``--config``.

    Args:
        arguments: As on the command line, without the command's name.

    Raises:
        RunError: If they say something unknown or impossible.
    """
    logging.getLogger("lightning.pytorch.utilities.rank_zero").addFilter(_of_use)
    with warnings.catch_warnings():
        # It warns whenever arguments do not come from sys.argv, which is the point here.
        warnings.filterwarnings("ignore", message="LightningCLI's args parameter")
        try:
            return Configuration(
                SegmentationTask,
                ChipDataModule,
                run=False,
                args=[_spelled(argument) for argument in arguments],
                save_config_callback=None,
                seed_everything_default=0,
                trainer_defaults=_defaults(),
                auto_configure_optimizers=False,
                parser_kwargs={
                    "prog": "geocairn-train train",
                    "description": "Every setting of a training run; --help tells the usual ones.",
                    "exit_on_error": False,
                },
            )
        except (ArgumentError, MisconfigurationException, ValueError) as error:
            raise RunError(
                _in_a_line(str(error)),
                remedy="geocairn-train train --help lists the usual options, --help-all every one.",
            ) from None


def _in_a_line(told: str) -> str:
    """What a parser says over many lines about one value."""
    key = re.search(r'key "([\w.]+)"', told)
    value = re.search(r"Given value: (.*)", told)
    kinds = dict.fromkeys(re.findall(r"Expected an? <class '(\w+)'>", told))
    if key is None or value is None or not kinds:
        return " ".join(told.split())[:300]
    short = [name for name, place in SHORT.items() if place == f"--{key[1]}"]
    kinds.pop("NoneType", None)
    return f"{short[0] if short else key[1]} {value[1]}: not of type {' or '.join(kinds)}"


def _of_use(record: logging.LogRecord) -> bool:
    """Lightning recommends its makers' service in every run, and comments on its own search."""
    message = record.getMessage()
    return "litlogger" not in message and "weights_only" not in message


def _spelled(argument: str) -> str:
    name, equals, value = argument.partition("=")
    return f"{SHORT.get(name, name)}{equals}{value}"
