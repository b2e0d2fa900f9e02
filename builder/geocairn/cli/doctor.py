"""``geocairn doctor``: is every file of a hub what the others say it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from geocairn.cli.options import hub_argument, no_progress, report_format

if TYPE_CHECKING:
    from geocairn.findings import Report

__all__ = ["command"]


@click.command("doctor")
@hub_argument
@click.option(
    "--sample",
    type=click.IntRange(1),
    metavar="N",
    help="Look at N items, evenly spread, instead of all of them.",
)
@report_format
@no_progress
def command(hub: str, sample: int | None, form: str, quiet: bool) -> int:
    """Check that the files of a hub agree with one another.

    HUB is a folder or an http(s) URL. Every item is compared between its JSON file,
    items.parquet, the search index and the index of words; files that belong to items are
    compared with their checksums; links, counts, extents, metadata, the order of rows, row groups
    and their statistics with what they should be.

    Of a large hub behind a URL, --sample looks at some items only; the search index, counts,
    collections and words are still read whole.

    Exits 0 when all agree, 1 when something differs, 2 when there is no hub or it cannot be
    reached. Each difference has a code that the documentation explains.

    \b
    Examples:
      geocairn doctor
      geocairn doctor https://example.org/hub/ --sample 500
      geocairn doctor _build/hub --format json
    """
    from geocairn.cli.progress import Bar
    from geocairn.doctor import examine
    from geocairn.lean import without_pandas

    with without_pandas(), Bar(quiet=quiet) as bar:
        report = examine(hub, sample=sample, progress=bar)
    click.echo(_told(report, form))
    return 1 if report.errors else 0


def _told(report: Report, form: str) -> str:
    if form == "json":
        return report.to_json()
    if form == "markdown":
        return report.to_markdown()
    if form == "github":
        return report.to_github()
    if not report.errors:
        items = "item" if report.documents == 1 else "items"
        return f"{report.documents:,} {items} looked at: every file is what the others say it is."
    import sys

    return report.to_text(color=sys.stdout.isatty())
