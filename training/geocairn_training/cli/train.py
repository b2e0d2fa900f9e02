"""``geocairn-train train``."""

from __future__ import annotations

import os

import click

__all__ = ["command"]


@click.command(
    "train",
    # LightningCLI reads the arguments, and answers --help with every option there is.
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
    add_help_option=False,
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> None:
    """Train a segmentation network."""
    from geocairn_training.fitting.run import train

    folder = train(arguments)
    # Lightning gives processes that train together their numbers; the first one speaks.
    if os.environ.get("LOCAL_RANK", "0") == os.environ.get("NODE_RANK", "0") == "0":
        click.echo(f"{folder}: trained")
