"""``geocairn init``: a new hub of one's own."""

from __future__ import annotations

from pathlib import Path

import click

from geocairn.cli._accounts import ACCOUNT

__all__ = ["command"]


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--title", help="The hub's name, for people; by default that of the folder.")
@click.option("--owner", metavar="LOGIN", help="GitHub login of who looks after what nobody owns.")
@click.option("--owner-id", type=ACCOUNT, metavar="N", help="That account's numeric id.")
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
    import shlex

    from geocairn.owners import new_owner
    from geocairn.starter import write_starter

    if bool(owner) != bool(owner_id):
        raise click.UsageError("Give --owner and --owner-id together.")
    maintainer = new_owner(owner, number=owner_id) if owner and owner_id else None
    name = title or folder.resolve().name
    written = write_starter(folder, title=name, maintainer=maintainer)
    click.echo(f"{folder}: {len(written)} files.")
    # The settings are read from the folder that a command is called in.
    enter = "" if folder.resolve() == Path.cwd() else f"cd {shlex.quote(str(folder))} && "
    click.echo(f"Next: {enter}geocairn preview, then push it; README.md says how.")
