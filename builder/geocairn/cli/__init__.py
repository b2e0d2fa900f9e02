"""The command ``geocairn``: one short module a command, loaded only when it is called."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from typing import Any

import click

from geocairn.errors import GeocairnError

__all__ = ["main"]

# Module and first line of help of each command, so that listing them imports none of them.
COMMANDS: dict[str, tuple[str, str]] = {
    "build": ("geocairn.cli.build", "Compile sources into a hub."),
    "check": ("geocairn.cli.check", "Check items and collections."),
    "import": ("geocairn.cli.import_", "Bring models from elsewhere into the catalog."),
    "search": ("geocairn.cli.search", "Search a hub, local or remote."),
    "submission": ("geocairn.cli.submission", "Look at a pull request that submits a model."),
    "owners": ("geocairn.cli.owners", "Say who may change a model or a collection."),
    "watch": ("geocairn.cli.watch", "Ask whether what models refer to is still there."),
    "schemas": ("geocairn.cli.schemas", "Fetch and list JSON Schemas."),
    "doctor": ("geocairn.cli.doctor", "Check that a hub's files agree with one another."),
    "preview": ("geocairn.cli.preview", "Show a hub in a browser while it is worked on."),
    "completion": ("geocairn.cli.completion", "Print the shell completion script."),
}


class _Lazy(click.Group):
    """A group that knows its commands by name and imports one when it is needed."""

    # The unused arguments below are click's.

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[cmd_name][0]).command
        return command

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002
        formatter: click.HelpFormatter,
    ) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name and name not in COMMANDS and not name.startswith("-"):
            import difflib

            near = difflib.get_close_matches(name, COMMANDS, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            ctx.fail(f"There is no command {name!r}.{hint}")
        return super().resolve_command(ctx, args)


def _version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from geocairn.version import __version__

        click.echo(f"geocairn {__version__}")
        ctx.exit()


@click.group(
    cls=_Lazy,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 clean, 1 findings, 2 wrong usage or work that could not be done.",
)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_version,
    help="Show the version and exit.",
)
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


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line; every error that is ours is one message and an exit code."""
    try:
        result: Any = cli.main(args=args, prog_name="geocairn", standalone_mode=False)
    except GeocairnError as error:
        click.secho(f"Error: {error}", fg="red", err=True)
        sys.exit(error.exit_code)
    except click.exceptions.Abort:
        click.secho("Interrupted; every file is as it was, or new and whole.", fg="red", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except SystemExit:
        # Whoever read our output has seen enough; click ends with 1, which is for findings.
        if type(sys.stdout).__name__.endswith("PacifyFlushWrapper"):
            sys.exit(0)
        raise
    sys.exit(result if isinstance(result, int) else 0)
