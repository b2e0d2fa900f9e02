"""``geocairn build``: sources in, a hub out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from geocairn.cli.options import hub_folder, keep_going, schema_options, settings_file, store_of
from geocairn.packaged import usual_source

if TYPE_CHECKING:
    from geocairn.build import BuildResult
    from geocairn.compile.pages.site import Site
    from geocairn.findings import Report

__all__ = ["command"]

_SHOWN = 20


@schema_options
@click.command("build")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@hub_folder
@click.option("-j", "--jobs", type=click.IntRange(1), help="Processes; one a processor by default.")
@click.option("--strict", is_flag=True, help="Let warnings fail the build, as errors do.")
@keep_going
@click.option("--collection", metavar="ID", help="Collection of items that name none.")
@click.option("--select", multiple=True, metavar="CODES", help="Checks to run, comma separated.")
@click.option("--ignore", multiple=True, metavar="CODES", help="Checks to leave out.")
@settings_file
@click.option(
    "--status",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="File that geocairn watch keeps; pages then show what it found.",
)
@click.option(
    "--evidence",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder that geocairn verify wrote; evidence where there is one.",
)
@click.option("--dask", metavar="ADDRESS", help="Run on a Dask cluster that shares this disk.")
@click.option("--fresh", is_flag=True, help="Do not use what earlier builds kept.")
@click.option("--site/--no-site", default=True, show_default=True, help="Render pages.")
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
    status: Path | None,
    schemas: Path | None,
    offline: bool,
    evidence: Path | None,
    dask: str | None,
    fresh: bool,
    site: bool,
    quiet: bool,
) -> int:
    """Compile sources into a hub: a static STAC catalog, GeoParquet, a search index and pages.

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
    from geocairn.lean import with_system_memory, without_pandas

    with_system_memory()
    from geocairn.build import BuildOptions, build
    from geocairn.cli.progress import Bar
    from geocairn.config import load_config
    from geocairn.errors import FindingsError

    settings = config or (path if (path := Path("geocairn.toml")).is_file() else None)
    options = BuildOptions(
        config=load_config(settings),
        # Workers of a cluster may run in another folder.
        store=store_of(schemas and schemas.absolute(), offline=offline),
        select=_codes(select),
        ignore=_codes(ignore),
        collection=collection,
        jobs=jobs,
        dask=dask,
        strict=strict,
        keep_going=keep_going,
        fresh=fresh,
        site=_site(quiet=quiet) if site else None,
        evidence=evidence or Path("evidence"),
        status=status and status.absolute(),
    )
    try:
        with without_pandas(), Bar(quiet=quiet) as bar:
            result = build(sources or (usual_source(),), output, options=options, progress=bar)
    except FindingsError as error:
        _tell_findings(error.report, limit=_SHOWN)
        raise
    if result.report.errors or not quiet:
        # What was left out is named in full, as far as the report has it.
        _tell_findings(result.report, limit=result.report.limit)
    if not quiet:
        _tell_result(result, output)
    return 1 if result.report.errors else 0


def _site(*, quiet: bool) -> Site | None:
    """What pages are made from; None, and a hint, where it was not built."""
    from geocairn.compile.pages.site import SiteMissingError, find_site

    try:
        return find_site()
    except SiteMissingError as error:
        if not quiet:
            click.echo(f"There will be no pages: {error.message}. {error.remedy}", err=True)
        return None


def _codes(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(code for value in values for part in value.split(",") if (code := part.strip()))


def _tell_findings(report: Report, *, limit: int) -> None:
    if report.errors or report.warnings:
        click.echo(report.to_outline(color=sys.stderr.isatty(), limit=limit), err=True)


def _tell_result(result: BuildResult, output: Path) -> None:
    for change, count in result.changes.most_common():
        click.echo(f"{_number(count, 'item')}: {change}", err=True)
    left = f", {result.left_out:,} left out" if result.left_out else ""
    if result.unchanged:
        items = _number(result.items, "item")
        click.echo(f"{output} is up to date: {items}{left} ({result.seconds:.1f} s).")
        return
    held = f"{_number(result.items, 'item')} in {_number(result.collections, 'collection')}"
    took = f"{result.prepared:,} read anew in {result.seconds:.1f} s"
    if result.prepared:
        took += f", {result.prepared / result.seconds:,.0f} items/s"
    click.echo(f"{output}: {held}{left} ({took}).")


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
