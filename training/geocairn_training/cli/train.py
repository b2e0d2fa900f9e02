"""``geocairn-train train``."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import click

__all__ = ["command"]

_FOLDER = click.Path(file_okay=False)
_FILE = click.Path(dir_okay=False)
_ALL = "--help-all"
# Those that most runs need. LightningCLI checks them and reads all others; a test holds that every
# name is one of `geocairn_training.fitting.configuration.SHORT`, which would import torch.
_OPTIONS: dict[str, dict[str, Any]] = {
    "--chips-dir": {"type": _FOLDER, "help": "GeoTIFF chips."},
    "--labels-dir": {"type": _FOLDER, "help": "Masks with the chips' names."},
    "--weights-dir": {"type": _FOLDER, "help": "Weights of pixels, as preprocess --weights makes."},
    "--epochs": {"metavar": "N", "help": "The most passes over the chips.  [default: 50]"},
    "--batch-size": {"metavar": "N", "help": "Chips per step and device.  [default: 4]"},
    "--lr": {"metavar": "RATE", "help": "Learning rate, the highest.  [default: 0.001]"},
    "--find-lr": {"is_flag": True, "help": "Search for the learning rate first."},
    "--seed": {"metavar": "N", "help": "Of everything that is drawn.  [default: 0]"},
    "--workers": {"metavar": "N", "help": "Processes that load chips.  [default: 0]"},
    "--config": {"type": _FILE, "multiple": True, "help": "YAML file; options win over it."},
    "--name": {"help": "Of the run, and its folder.  [default: the time]"},
    "--runs-dir": {"type": _FOLDER, "help": "Folder of all runs.  [default: runs]"},
    "--resume": {"is_flag": True, "help": "Go on with the run --name where it was stopped."},
    "--publication": {"type": _FILE, "help": "TOML: id, version, licence, producer of the model."},
    "--register": {"metavar": "NAME", "help": "Register the model in MLflow under this name."},
}


def _options(command: Callable[..., None]) -> Callable[..., None]:
    for name, settings in reversed(_OPTIONS.items()):
        command = click.option(name, **settings)(command)
    return command


@click.command("train", context_settings={"ignore_unknown_options": True})
@_options
@click.argument("others", nargs=-1, type=click.UNPROCESSED, metavar="[OTHER OPTIONS]...")
def command(others: tuple[str, ...], **given: Any) -> None:
    """Train a segmentation network, and describe and export it.

    A run writes its folder: checkpoint, exported networks, package for ArcGIS, catalog entry,
    pictures, a report and its facts. MLflow follows it. Every setting of network, data and trainer
    has an option, such as --model.width or --trainer.precision, and a place in a configuration:
    --help-all lists them.

    \b
    Examples:
      geocairn-train train --chips-dir data/chips --labels-dir data/labels --epochs 50 --lr 0.002
      geocairn-train train --config cfg.yaml --name wide --model.width 48 --find-lr
      geocairn-train train --name wide --resume
      MLFLOW_TRACKING_URI=http://host:5000 geocairn-train train --config cfg.yaml --register town
    """  # noqa: D301 - click wants the character
    from geocairn_training.fitting.run import train

    arguments: list[str] = [f"--config={path}" for path in given.pop("config")]
    arguments += ("--help" if argument == _ALL else argument for argument in others)
    for key, value in given.items():
        name = f"--{key.replace('_', '-')}"
        if value is not None and value is not False:
            arguments.append(name if value is True else f"{name}={value}")
    folder = train(arguments)
    # Lightning gives processes that train together their numbers; the first one speaks.
    if os.environ.get("LOCAL_RANK", "0") == os.environ.get("NODE_RANK", "0") == "0":
        click.echo(f"{folder}: trained")
