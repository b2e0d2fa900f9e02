"""``geocairn owners``: who may change a model or a collection."""

from __future__ import annotations

from pathlib import Path

import click

from geocairn.cli._accounts import ACCOUNT
from geocairn.errors import InputError
from geocairn.owners import FILE, add_owner, remove_owner, strict_owners

__all__ = ["command"]

_PLACE = click.argument("place", type=click.Path(exists=True, path_type=Path), metavar="FOLDER")


@click.group("owners")
def command() -> None:
    """Say who may change a model or a collection.

    Owners stand in owners.toml in the folder of a model, or of a collection: GitHub logins with
    their numeric ids. Only the id counts, for a login can be renamed and taken by somebody else.
    """


@command.command("list")
@_PLACE
def list_(place: Path) -> None:
    """Show the owners of a model or of a collection.

    FOLDER is the folder that holds owners.toml, or that file.

    \b
    Examples:
      geocairn owners list catalog/floods/delta-unet
      geocairn owners list catalog/floods
    """
    for owner in strict_owners(_file(place)):
        click.echo(f"{owner.login} {owner.id}")


@command.command("add")
@_PLACE
@click.argument("login")
@click.option(
    "--id",
    "number",
    type=ACCOUNT,
    help="The account's numeric id: https://api.github.com/users/LOGIN shows it.",
)
@click.option("--lookup", is_flag=True, help="Ask GitHub for the id.")
def add(place: Path, login: str, number: int | None, lookup: bool) -> None:
    """Name an owner. One who is known by that id gets the new LOGIN.

    FOLDER is the folder that holds owners.toml, or will hold it. Comments in the file are not kept.

    \b
    Examples:
      geocairn owners add catalog/floods/delta-unet octocat --id 583231
      geocairn owners add catalog/floods octocat --lookup
    """
    if (number is None) == (not lookup):
        raise click.UsageError("Give the account's numeric --id, or --lookup to ask GitHub for it.")
    if number is None:
        login, number = _looked_up(login)
    changed = add_owner(_file(place), login=login, number=number)
    said = "now owns" if changed else "already owns"
    click.echo(f"{login} ({number}) {said} {_file(place).parent}.")


@command.command("remove")
@_PLACE
@click.argument("who", metavar="LOGIN_OR_ID")
def remove(place: Path, who: str) -> None:
    """Take an owner off the list.

    \b
    Examples:
      geocairn owners remove catalog/floods/delta-unet octocat
      geocairn owners remove catalog/floods/delta-unet 583231
    """
    owner = remove_owner(_file(place), who=who)
    click.echo(f"{owner.login} ({owner.id}) no longer owns {_file(place).parent}.")


def _file(place: Path) -> Path:
    """The file of owners in a folder, or the file itself.

    Raises:
        InputError: If owners would not be looked for there.
    """
    file = place / FILE if place.is_dir() else place
    if file.name != FILE:
        raise InputError(
            f"is no {FILE}", where=str(file), remedy="Name the folder of a model or a collection."
        )
    if (file.parent / "item.json").is_file():
        raise InputError(
            "is a version of a model, and owners are those of all of its versions",
            where=str(file.parent),
            remedy=f"Name the model's folder, {file.parent.resolve().parent.name}.",
        )
    return file


def _looked_up(login: str) -> tuple[str, int]:
    """An account's login as GitHub writes it, and its id."""
    from urllib.parse import quote

    from geocairn import _io
    from geocairn.web import Web

    url = f"https://api.github.com/users/{quote(login, safe='')}"
    answer = Web().ask(url, headers={"Accept": "application/vnd.github+json"}, limit=1 << 20)
    document = _io.loads(answer.data, where=url) if answer.status == 200 else None
    if isinstance(document, dict):
        name, number = document.get("login"), document.get("id")
        if isinstance(name, str) and isinstance(number, int):
            return name, number
    raise InputError(
        f"GitHub answers {answer.status} and names no account",
        where=url,
        remedy="Check the login, or give the id with --id.",
    )
