"""``geocairn check``: what is wrong with items and collections, and how to put it right."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from geocairn.cli.options import report_format, schema_options, store_of

if TYPE_CHECKING:
    from geocairn.cli._checking import Session

__all__ = ["command", "told"]


def _codes(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(code.strip() for value in values for code in value.split(",") if code.strip())


@schema_options
@click.command("check")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--select",
    multiple=True,
    callback=_codes,
    metavar="CODES",
    help="Check only these codes or beginnings of codes, separated by commas.",
)
@click.option(
    "--ignore",
    multiple=True,
    callback=_codes,
    metavar="CODES",
    help="Leave these codes or beginnings of codes out.",
)
@click.option("--fix", is_flag=True, help="Put right what needs no person, in the files.")
@report_format
@click.option("--strict", is_flag=True, help="Warnings fail, too.")
@click.option(
    "--stac-validator",
    "opinion",
    is_flag=True,
    help="Ask the independent stac-validator as well, and tell where it disagrees.",
)
@click.pass_context
def command(
    ctx: click.Context,
    *,
    paths: tuple[str, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fix: bool,
    form: str,
    strict: bool,
    opinion: bool,
    schemas: Path | None,
    offline: bool,
) -> None:
    """Check items and collections by JSON Schemas, the specification and semantic rules.

    PATH is an item or collection (.json), a folder of them, a file of one item a line (.ndjson,
    also compressed), an ItemCollection, a stac-geoparquet file or a static catalog, here or by
    URL; by default the folder catalog. STAC 1.0 is read as the build reads it, as STAC 1.1.

    Every finding has a code with a page in the documentation, and every item a score out of 100
    with what would raise it. Exits 0 when there are no errors, 1 when there are, 2 when something
    cannot be read.

    \b
    Examples:
      geocairn check
      geocairn check catalog/floods/unet/1.0.0/item.json --fix
      geocairn check items.ndjson.gz --select SCH,MLM0 --ignore MLM003
      geocairn check --format github catalog
    """
    from geocairn.cli._checking import Session

    session = Session(
        store=store_of(schemas, offline=offline),
        select=select,
        ignore=ignore,
        fix=fix,
        opinion=opinion,
    )
    with session:
        session.run(paths or ("catalog",))
    click.echo(told(session, form))
    ctx.exit(1 if session.report.failed(strict=strict) else 0)


def told(session: Session, form: str) -> str:
    """What a session found, in one of the forms that the command knows."""
    if form == "json":
        return session.to_json()
    if form == "markdown":
        return "\n\n".join(part for part in (session.report.to_markdown(), session.notes()) if part)
    if form == "github":
        return session.report.to_github()
    import sys

    text = session.report.to_text(color=sys.stdout.isatty())
    return "\n\n".join(part for part in (session.notes(), session.scores(), text) if part)
