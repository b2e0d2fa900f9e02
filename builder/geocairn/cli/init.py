"""``geocairn init``: a new hub of one's own."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["command"]


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--title", help="The hub's name, for people; by default that of the folder.")
@click.option("--owner", metavar="LOGIN", help="GitHub login of who looks after what nobody owns.")
@click.option("--owner-id", type=click.IntRange(1), metavar="N", help="That account's numeric id.")
def command(folder: Path, title: str | None, owner: str | None, owner_id: int | None) -> None:
    """Write the repository of a new hub into FOLDER.

    It has settings, a catalog with an empty collection, workflows that check pull requests,
    publish, and watch what models refer to, and a README that says what to do next. It builds and
    deploys as it is.

    \b
    Examples:
      geocairn init my-hub
      geocairn init my-hub --title "Models of rivers" --owner octocat --owner-id 583231
    """
    from geocairn.owners import Owner
    from geocairn.starter import write_starter

    if bool(owner) != bool(owner_id):
        raise click.UsageError("Give --owner and --owner-id together.")
    maintainer = Owner(owner_id, owner) if owner and owner_id else None
    name = title or folder.resolve().name
    written = write_starter(folder, title=name, maintainer=maintainer)
    click.echo(f"{folder}: {len(written)} files.")
    click.echo(f"Next: geocairn build {folder / 'catalog'}, then push it; {folder / 'README.md'}")
