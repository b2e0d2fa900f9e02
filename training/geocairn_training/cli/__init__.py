"""The command ``geocairn-train``: one short module a command, loaded only when it is called."""

from __future__ import annotations

import importlib
import logging
import sys
from collections.abc import Sequence

import click

from geocairn.errors import GeocairnError

__all__ = ["COMMANDS", "main"]

# Module and first line of help of each command, so that listing them imports none of them.
COMMANDS: dict[str, tuple[str, str]] = {
    "preprocess": ("preprocess", "Fetch imagery and labels; make chips and masks."),
    "train": ("train", "Train a segmentation network."),
    "export": ("export", "Export a run: files for others, a package, a catalog entry."),
    "inference": ("inference", "Run a network over images of any size."),
    "validate-stac": ("validate_stac", "Check an item, and show how complete it is."),
    "stac2esri": ("stac2esri", "Pack a model for ArcGIS from its item."),
}


class _Lazy(click.Group):
    """A group that imports a command when it is called; the unused arguments are click's."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"{__name__}.{COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(
    cls=_Lazy,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 clean, 1 findings, 2 wrong usage or work that could not be done.",
)
def _group() -> None:
    """Take a model from imagery to a catalog entry."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; deliberate errors become one message and their exit code.

    Args:
        arguments: As in ``sys.argv[1:]``, which is the default.
    """
    # What GDAL logs comes back in errors; without a handler Python would print it as well.
    logging.getLogger("rasterio").addHandler(logging.NullHandler())
    try:
        _group.main(args=arguments, prog_name="geocairn-train", standalone_mode=True)
    except GeocairnError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)
