"""``geocairn schemas``: where JSON Schemas come from, filling the cache, copying them."""

from __future__ import annotations

from pathlib import Path

import click

from geocairn.cli.options import schema_options, store_of

__all__ = ["command"]


@click.group("schemas")
def command() -> None:
    """List, fetch and copy the JSON Schemas that checks need.

    A schema is looked for among those that installed packages bring, in the folder of --schemas,
    in the cache, and is then fetched once over https.

    \b
    Examples:
      geocairn schemas list
      geocairn schemas fetch
      geocairn schemas fetch https://stac-extensions.github.io/sar/v1.0.0/schema.json
    """


@schema_options
@command.command("fetch")
@click.argument("urls", nargs=-1, metavar="[URL]...")
@click.pass_context
def fetch(
    ctx: click.Context, *, urls: tuple[str, ...], schemas: Path | None, offline: bool
) -> None:
    """Fetch schemas into the cache, with every schema that they refer to.

    Without URL, those of STAC itself and of the extensions that models use. What is there already
    is not fetched again. Exits 2 where one could not be had.

    \b
    Examples:
      geocairn schemas fetch
      geocairn schemas fetch https://stac-extensions.github.io/sar/v1.0.0/schema.json
    """
    from geocairn.errors import SchemaUnavailableError

    store = store_of(schemas, offline=offline)
    failed = 0
    for url in urls or store.known():
        try:
            needed = store.references(url)
        except SchemaUnavailableError as error:
            failed += 1
            click.echo(f"{url}: {error.where}: {error.message}", err=True)
            continue
        click.echo(f"{url} ({store.where(url) or 'fetched'}, {len(needed)} files)")
    if failed:
        click.echo(f"{failed} could not be had; check the network and the addresses.", err=True)
    ctx.exit(2 if failed else 0)


@schema_options
@command.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.argument("urls", nargs=-1, metavar="[URL]...")
def export(*, folder: Path, urls: tuple[str, ...], schemas: Path | None, offline: bool) -> None:
    """Copy schemas into FOLDER, with every schema that they refer to.

    The folder is laid out <host>/<path>, as --schemas and GEOCAIRN_SCHEMAS want it: for machines
    without a network. Without URL, those of STAC itself and of the extensions that models use.

    \b
    Examples:
      geocairn schemas export schemas
      geocairn check --schemas schemas --offline catalog
    """
    copied = store_of(schemas, offline=offline).export(folder, urls or None)
    click.echo(f"{folder}: {len(copied)} schemas")


@schema_options
@command.command("list")
def listing(*, schemas: Path | None, offline: bool) -> None:
    """List the schemas that models use, and where each would come from.

    \b
    Examples:
      geocairn schemas list
      geocairn schemas list --schemas ./schemas
    """
    store = store_of(schemas, offline=offline)
    for url in store.known():
        place = store.where(url) or ("nowhere" if offline else "to be fetched")
        click.echo(f"{place:13s} {url}")
    click.echo(f"cache: {store.cache}")
