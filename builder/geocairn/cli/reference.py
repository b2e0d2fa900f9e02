"""The documentation's pages on the command line, written from the commands themselves."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from geocairn.cli import COMMANDS, cli

__all__ = ["pages", "single"]

_TABLE = ("| option | meaning |", "| --- | --- |")


def pages() -> dict[str, str]:
    """Markdown of every command's page by file name, ``index.md`` among them."""
    context = click.Context(cli, info_name="geocairn", **cli.context_settings)
    found = {"index.md": _index(context)}
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        found[f"{name}.md"] = "\n".join(_command(command, name, context, level=1)) + "\n"
    return found


def single(group: click.Group, *, name: str) -> str:
    """Markdown of one page with every command of another command line.

    Args:
        group: Its commands.
        name: Its own name.
    """
    context = click.Context(group, info_name=name, **group.context_settings)
    lines = [f"# {name}", "", *_prose(group)]
    for part in group.list_commands(context):
        command = group.get_command(context, part)
        assert command is not None
        lines += ["", *_command(command, part, context, level=2)]
    return "\n".join(lines) + "\n"


def _index(context: click.Context) -> str:
    lines = [*_prose(cli), "", "## Commands", "", "| command | what it does |", "| --- | --- |"]
    lines += [
        f"| [`geocairn {name}`]({name}.md) | {line} |" for name, (_, line) in COMMANDS.items()
    ]
    return "\n".join(["# Command line", "", *lines, "", *_options(cli, context, level=2)]) + "\n"


def _command(
    command: click.Command, name: str, parent: click.Context, *, level: int
) -> Iterator[str]:
    """One command: what it does, how it is called, its options, and its own commands."""
    context = click.Context(command, info_name=name, parent=parent)
    usage = " ".join((context.command_path, *command.collect_usage_pieces(context)))
    yield from (f"{'#' * level} {context.command_path}", "")
    yield from ("```text", usage, "```", "")
    yield from _prose(command)
    yield ""
    yield from _options(command, context, level=level + 1)
    if isinstance(command, click.Group):
        for part in command.list_commands(context):
            inner = command.get_command(context, part)
            assert inner is not None
            yield ""
            yield from _command(inner, part, context, level=level + 1)


def _prose(command: click.Command) -> Iterator[str]:
    """The help text; what click leaves as it stands becomes a block of code."""
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        marker, _, text = paragraph.partition("\n")
        if marker != "\b":
            yield from (_plain(paragraph), "")
            continue
        heading, *lines = text.split("\n")
        yield from (f"**{heading}**", "", "```sh", *(line.removeprefix("  ") for line in lines))
        yield from ("```", "")
    if command.epilog:
        yield from (_plain(command.epilog), "")


def _options(command: click.Command, context: click.Context, *, level: int) -> Iterator[str]:
    options = (part for part in command.get_params(context) if isinstance(part, click.Option))
    records = [record for part in options if (record := part.get_help_record(context))]
    yield from (f"{'#' * level} Options", "", *_TABLE)
    for names, meaning in records:
        yield f"| `{_cell(names)}` | {_cell(_plain(meaning))} |"


def _plain(text: str) -> str:
    """Text that must not turn into Markdown."""
    return text.replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_").strip()


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
