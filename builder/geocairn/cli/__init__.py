"""The command ``geocairn``: one short module a command, loaded only when it is called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

import click

from geocairn.cli.lazy import CONTEXT, EPILOG, LazyGroup, run, version_option

__all__ = ["main"]

# Module and first line of help of each command, so that listing them imports none of them.
COMMANDS: dict[str, tuple[str, str]] = {
    "build": ("geocairn.cli.build", "Compile sources into a hub."),
    "check": ("geocairn.cli.check", "Check items and collections."),
    "new": ("geocairn.cli.new", "Draft an entry from a model's file."),
    "verify": ("geocairn.cli.verify", "Run models on their samples, in a sandbox."),
    "import": ("geocairn.cli.import_", "Bring models from elsewhere into the catalog."),
    "search": ("geocairn.cli.search", "Search a hub, local or remote."),
    "match": ("geocairn.cli.match", "Say which models can run on a scene."),
    "predict": ("geocairn.cli.predict", "Run a model on a scene."),
    "export": ("geocairn.cli.export", "Write a model for another program."),
    "cache": ("geocairn.cli.cache", "See and clear the files of models that are kept."),
    "init": ("geocairn.cli.init", "Begin a hub of one's own."),
    "serve": ("geocairn.cli.serve", "Serve a STAC API over a hub."),
    "submission": ("geocairn.cli.submission", "Look at a pull request that submits a model."),
    "owners": ("geocairn.cli.owners", "Say who may change a model or a collection."),
    "watch": ("geocairn.cli.watch", "Ask whether what models refer to is still there."),
    "github": ("geocairn.cli.github", "Write at GitHub what a hub's workflows have to say."),
    "schemas": ("geocairn.cli.schemas", "Fetch and list JSON Schemas."),
    "doctor": ("geocairn.cli.doctor", "Check that a hub's files agree with one another."),
    "preview": ("geocairn.cli.preview", "Show a hub in a browser while it is worked on."),
    "completion": ("geocairn.cli.completion", "Print the shell completion script."),
}


@click.group(cls=LazyGroup, modules=COMMANDS, context_settings=CONTEXT, epilog=EPILOG)
@version_option("geocairn")
def cli() -> None:
    """A static hub for Earth-observation models.

    Describe models as STAC Items with the MLM extension, check them, compile them into files
    that any web server can hand out, and search those files from anywhere.

    \b
    Examples:
      geocairn build catalog -o _build/hub
      geocairn search _build/hub -q "flood u-net" --bbox 85,27,86,28
      geocairn check catalog --fix
    """


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Run the command line; every error that is ours is one message and an exit code."""
    run(cli, name="geocairn", args=args)
