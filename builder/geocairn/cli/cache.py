"""``geocairn cache``: the files of models that are kept."""

from __future__ import annotations

import click

__all__ = ["command"]


@click.group("cache")
def command() -> None:
    """See and clear the files of models that were fetched.

    They lie in the user's cache folder, or where GEOCAIRN_CACHE says.

    \b
    Examples:
      geocairn cache list
      geocairn cache clear --unused-for 90
    """


@command.command("list")
def listed() -> None:
    """List what is kept, what was used last first.

    \b
    Examples:
      geocairn cache list
    """
    from datetime import UTC, datetime

    from geocairn._io import human_size
    from geocairn.run.cache import cache_folder, entries

    found = entries()
    for entry in found:
        used = datetime.fromtimestamp(entry.used, UTC).strftime("%Y-%m-%d")
        click.echo(f"{entry.checksum[:16]}  {human_size(entry.size):>10}  {used}  {entry.source}")
    total = human_size(sum(entry.size for entry in found))
    files = f"{len(found):,} file{'s' * (len(found) != 1)}"
    click.echo(f"{files}, {total}, in {cache_folder()}")


@command.command("clear")
@click.option(
    "--unused-for",
    type=click.FloatRange(0),
    default=0.0,
    metavar="DAYS",
    help="Only what was not used for so long.",
)
def cleared(unused_for: float) -> None:
    """Remove what is kept; it is fetched again when it is needed.

    \b
    Examples:
      geocairn cache clear
      geocairn cache clear --unused-for 90
    """
    from geocairn._io import human_size
    from geocairn.run.cache import clear

    count, size = clear(unused_for=unused_for)
    click.echo(f"{count:,} file{'s' * (count != 1)} removed, {human_size(size)}.")
