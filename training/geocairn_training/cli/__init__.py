"""The command ``geocairn-train``: one short module a command, loaded only when it is called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

import click

from geocairn.cli.lazy import CONTEXT, EPILOG, LazyGroup, run, version_option

__all__ = ["COMMANDS", "main"]

COMMANDS: dict[str, tuple[str, str]] = {
    "preprocess": (f"{__name__}.preprocess", "Fetch imagery and labels; make chips and masks."),
    "train": (f"{__name__}.train", "Train a segmentation network."),
    "export": (f"{__name__}.export", "Export a run: files for others, a package, a catalog entry."),
    "inference": (f"{__name__}.inference", "Run a network over images of any size."),
    "validate-stac": (f"{__name__}.validate_stac", "Check an item, and show how complete it is."),
    "stac2esri": (f"{__name__}.stac2esri", "Pack a model for ArcGIS from its item."),
}


@click.group(cls=LazyGroup, modules=COMMANDS, context_settings=CONTEXT, epilog=EPILOG)
@version_option("geocairn-train")
def cli() -> None:
    """Take a model from imagery to a catalog entry.

    \b
    Examples:
      geocairn-train preprocess --chips-dir photos --labels houses.geojson --train-dir data
      geocairn-train train --chips-dir data/chips --labels-dir data/labels --epochs 50
      geocairn-train inference scene.tif --model-path runs/latest --output-dir out
      geocairn build catalog runs/latest -o _build/hub
    """  # noqa: D301 - click wants the character


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line; every error that is ours is one message and an exit code.

    Args:
        arguments: As in ``sys.argv[1:]``, which is the default.
    """
    run(cli, name="geocairn-train", args=arguments)
