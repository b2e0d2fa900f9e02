"""``geocairn build``: sources in, a hub out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from geocairn.build import BuildResult
    from geocairn.findings import Report

__all__ = ["command"]


@click.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("_build/hub"),
    show_default=True,
    help="Folder of the hub.",
)
@click.option("-j", "--jobs", type=click.IntRange(1), help="Processes; one a processor by default.")
@click.option("--strict", is_flag=True, help="Let warnings fail the build, as errors do.")
@click.option("--keep-going", is_flag=True, help="Leave items with errors out and build the rest.")
@click.option("--collection", metavar="ID", help="Collection of items that name none.")
@click.option("--select", multiple=True, metavar="CODES", help="Checks to run, comma separated.")
@click.option("--ignore", multiple=True, metavar="CODES", help="Checks to leave out.")
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Settings of the hub; geocairn.toml where there is one.",
)
@click.option(
    "--schemas",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder of JSON Schemas, laid out by URL.",
)
@click.option("--offline", is_flag=True, help="Fetch no JSON Schemas.")
@click.option("--dask", metavar="ADDRESS", help="Run on a Dask cluster that shares this disk.")
@click.option("--fresh", is_flag=True, help="Do not use what earlier builds kept.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
def command(
    sources: tuple[str, ...],
    output: Path,
    jobs: int | None,
    strict: bool,
    keep_going: bool,
    collection: str | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    config: Path | None,
    schemas: Path | None,
    offline: bool,
    dask: str | None,
    fresh: bool,
    quiet: bool,
) -> int:
    """Compile sources into a hub: a static STAC catalog, GeoParquet and a search index.

    A SOURCE is a catalog folder, a file of items (NDJSON, also .gz or .zst; an Item or
    ItemCollection; stac-geoparquet), or a static STAC catalog, by path or URL. Without one,
    it is the folder catalog.

    The hub is replaced at the very end, all at once: a build that fails or is interrupted
    leaves the old one as it was. Only what changed is done again.

    \b
    Examples:
      geocairn build                              # catalog/ into _build/hub
      geocairn build models.ndjson.zst -o hub --jobs 4
      geocairn build catalog https://example.org/stac/catalog.json -o hub --keep-going
    """
    from geocairn.build import BuildOptions, build
    from geocairn.checks import SchemaStore
    from geocairn.cli.progress import Bar
    from geocairn.config import load_config
    from geocairn.errors import FindingsError

    settings = config or (path if (path := Path("geocairn.toml")).is_file() else None)
    options = BuildOptions(
        config=load_config(settings),
        store=SchemaStore(schemas, offline=offline),
        select=_codes(select),
        ignore=_codes(ignore),
        collection=collection,
        jobs=jobs,
        dask=dask,
        strict=strict,
        keep_going=keep_going,
        fresh=fresh,
    )
    try:
        with Bar(quiet=quiet) as bar:
            result = build(sources or ("catalog",), output, options=options, progress=bar)
    except FindingsError as error:
        _tell_findings(error.report, quiet=False)
        raise
    _tell_findings(result.report, quiet=quiet)
    if not quiet:
        _tell_result(result, output)
    return 1 if result.report.errors else 0


def _codes(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(code for value in values for part in value.split(",") if (code := part.strip()))


def _tell_findings(report: Report, *, quiet: bool) -> None:
    grave = report.errors or (report.warnings and not quiet)
    if grave:
        click.echo(report.to_outline(color=sys.stderr.isatty()), err=True)


def _tell_result(result: BuildResult, output: Path) -> None:
    for change, count in result.changes.most_common():
        click.echo(f"  changed in {count:,} items: {change}", err=True)
    if result.unchanged:
        click.echo(f"{output} is up to date: {result.items:,} items ({result.seconds:.1f} s).")
        return
    left = f", {result.left_out:,} left out" if result.left_out else ""
    rate = f"{result.prepared / result.seconds:,.0f} items/s" if result.prepared else ""
    click.echo(
        f"{output}: {result.items:,} items in {result.collections:,} collections{left}"
        f" ({result.prepared:,} read anew in {result.seconds:.1f} s, {rate})."
    )
