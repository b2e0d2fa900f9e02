"""Groups of commands that are imported when they are called, and how a command line ends.

`geocairn` and `geocairn-train` both stand on this.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

import click

from geocairn.errors import GeocairnError

__all__ = ["CONTEXT", "EPILOG", "LazyGroup", "run", "version_option"]

EPILOG = "Exit codes: 0 clean, 1 findings, 2 wrong usage or work that could not be done."
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one when it is needed.

    Args:
        modules: Name of each command to the module that holds it as ``command``, and the first
            line of its help, so that listing commands imports none of them.
    """

    # The unused arguments below are click's.

    def __init__(self, *args: Any, modules: Mapping[str, tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Names, in the order in which help tells them."""
        return list(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command."""
        if cmd_name not in self.modules:
            return None
        command: click.Command = importlib.import_module(self.modules[cmd_name][0]).command
        return command

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002
        formatter: click.HelpFormatter,
    ) -> None:
        """List the commands."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in self.modules.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is called, or say which one may have been meant."""
        name = args[0] if args else ""
        if name and name not in self.modules and not name.startswith("-"):
            import difflib

            near = difflib.get_close_matches(name, self.modules, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            ctx.fail(f"There is no command {name!r}.{hint}")
        return super().resolve_command(ctx, args)


def version_option(name: str) -> Callable[[Any], Any]:
    """The option ``--version`` of a command line."""

    def show(ctx: click.Context, _: click.Parameter, value: bool) -> None:
        if value and not ctx.resilient_parsing:
            from geocairn.version import __version__

            click.echo(f"{name} {__version__}")
            ctx.exit()

    return click.option(
        "--version",
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=show,
        help="Show the version and exit.",
    )


def run(group: click.Group, *, name: str, args: Sequence[str] | None) -> NoReturn:
    """Run a command line; every error that is ours is one message and an exit code.

    Args:
        group: Its commands.
        name: Its own name.
        args: As in ``sys.argv[1:]``, which None stands for.
    """
    try:
        result: Any = group.main(args=args, prog_name=name, standalone_mode=False)
    except GeocairnError as error:
        click.secho(f"Error: {error}", fg="red", err=True)
        sys.exit(error.exit_code)
    except click.exceptions.Abort:
        # On a line of its own: a terminal's stands behind "^C", and perhaps a question.
        click.secho("\nInterrupted; every file is as it was, or new and whole.", fg="red", err=True)
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
