"""Options that several commands have, in the same words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from geocairn.checks.schemas import SchemaStore

__all__ = [
    "HUB",
    "catalog_folder",
    "hub_argument",
    "hub_folder",
    "hub_of_models",
    "keep_going",
    "no_progress",
    "report_format",
    "schema_options",
    "settings_file",
    "store_of",
]

HUB = "_build/hub"
"""Where a hub is built, unless another folder is named."""

_Command = TypeVar("_Command", bound=Callable[..., Any] | click.Command)


def schema_options(command: click.Command) -> click.Command:
    """Options that say where JSON Schemas come from; shared by every command that checks."""
    command.params += [
        click.Option(
            ["--schemas"],
            type=click.Path(exists=True, file_okay=False, path_type=Path),
            envvar="GEOCAIRN_SCHEMAS",
            show_envvar=True,
            help="Folder of JSON Schemas, laid out <host>/<path>.",
        ),
        click.Option(
            ["--offline"],
            is_flag=True,
            help="Never fetch a schema; one that is not stored is an error.",
        ),
    ]
    return command


def store_of(schemas: Path | None, *, offline: bool) -> SchemaStore:
    """The schema store that `schema_options` describe."""
    from geocairn.checks.schemas import SchemaStore

    return SchemaStore(schemas, offline=offline)


def hub_argument(command: _Command) -> _Command:
    """The hub that a command looks at: a folder or a URL."""
    return click.argument("hub", default=HUB, metavar="[HUB]")(command)


def hub_of_models(command: _Command) -> _Command:
    """The hub in which a model is looked for by its name."""
    return click.option("--hub", default=HUB, show_default=True, help="Where MODEL is looked for.")(
        command
    )


def hub_folder(command: _Command) -> _Command:
    """The folder that a hub is built into."""
    return click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path(HUB),
        show_default=True,
        help="Folder of the hub.",
    )(command)


def catalog_folder(more: str = "") -> Callable[[_Command], _Command]:
    """The catalog that entries are written into.

    Args:
        more: Where in it, as the help says after a semicolon.
    """
    return click.option(
        "-o",
        "--output",
        "catalog",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path("catalog"),
        show_default=True,
        help=f"The catalog's folder{'; ' * bool(more)}{more}.",
    )


def keep_going(command: _Command) -> _Command:
    """Whether items with errors stop a build."""
    return click.option(
        "--keep-going", is_flag=True, help="Leave items with errors out and build the rest."
    )(command)


def settings_file(command: _Command) -> _Command:
    """The hub's settings."""
    return click.option(
        "--config",
        type=click.Path(path_type=Path, dir_okay=False, exists=True),
        help="Settings of the hub; geocairn.toml where there is one.",
    )(command)


def report_format(command: _Command) -> _Command:
    """How findings are told."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json", "markdown", "github"]),
        default="text",
        show_default=True,
        help="How to tell: for people, programs, comments or GitHub Actions.",
    )(command)


def no_progress(command: _Command) -> _Command:
    """Whether it is shown how far a command is."""
    return click.option("-q", "--quiet", is_flag=True, help="Show no progress.")(command)
