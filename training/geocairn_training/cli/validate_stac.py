"""``geocairn-train validate-stac``."""

from __future__ import annotations

from pathlib import Path

import click

from geocairn.cli.options import schema_options, store_of

__all__ = ["command"]


@schema_options
@click.command("validate-stac")
@click.argument("stac_file", type=click.Path(path_type=Path))
@click.pass_context
def command(ctx: click.Context, *, stac_file: Path, schemas: Path | None, offline: bool) -> None:
    """Check an item by its schemas and the rules, and show how complete it is.

    Prints the verdict, a table of what a complete description has, and a score out of 100. Exits
    with 1 if there are errors. `geocairn check` does the same for many items, and can repair them.

    \b
    Example:
      geocairn-train validate-stac item.json
    """  # noqa: D301 - click wants the character
    from geocairn.checks import Checker, score
    from geocairn.checks.score import COMPLETENESS
    from geocairn.errors import InputError
    from geocairn.findings import Report
    from geocairn.normalise import normalise
    from geocairn_training.cli._items import read_item

    item = read_item(stac_file)
    if item.get("type") != "Feature":
        raise InputError(
            f"type {item.get('type')!r} is not Feature",
            where=str(stac_file),
            path="$.type",
            remedy="Give a STAC Item.",
        )
    item, _ = normalise(item)
    checker = Checker(store=store_of(schemas, offline=offline))
    findings = checker.item(item, origin=str(stac_file), folder=stac_file.resolve().parent)
    report = Report()
    report.extend(findings, documents=1)
    click.echo(report.to_text())
    click.echo()
    for part in COMPLETENESS:
        given = part.given(item)
        advice = "" if given else f"  {part.advice}"
        click.echo(f"{'yes' if given else 'no ':3} {part.points:3} {part.name:18}{advice}".rstrip())
    result = score(item, findings)
    click.echo(f"\nscore: {result.total}/100 (given {result.complete}, lost {result.lost})")
    ctx.exit(1 if report.failed(strict=False) else 0)
