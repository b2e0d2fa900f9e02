"""``geocairn match``: which models can run on a scene."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from geocairn.cli.options import hub_argument

if TYPE_CHECKING:
    from geocairn.run.assess import Assessment

__all__ = ["command"]


@click.command("match")
@click.argument("scene", metavar="ITEM_OR_RASTER")
@hub_argument
@click.option("--limit", type=click.IntRange(1), default=10, show_default=True, help="Most models.")
@click.option("--all", "everything", is_flag=True, help="Also those that cannot run, with why.")
@click.option("--tasks", metavar="A,B", help="Only models for these tasks.")
@click.option("-q", "words", metavar="WORDS", help="Only models that a search for these finds.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people, or for programs.",
)
def command(
    scene: str,
    hub: str,
    limit: int,
    *,
    everything: bool,
    tasks: str | None,
    words: str | None,
    form: str,
) -> int:
    """Say which models of a hub can run on a scene, best first, with reasons.

    Looked at are sensor, bands, resolution, area, season and type of values; of the scene only
    its header or its STAC Item is read. Exits 0 when a model can run, 1 when none can.

    \b
    Examples:
      geocairn match scene.tif
      geocairn match sentinel2-item.json https://example.org/hub/ --tasks semantic-segmentation
      geocairn match scene.tif --all --format json
    """
    import geocairn
    from geocairn.lean import without_pandas

    with without_pandas(), geocairn.open(hub) as catalog:
        found = catalog.match(scene, tasks=tasks, q=words)
    runs = [one for one in found if one.runs]
    shown = (found if everything else runs)[:limit]
    click.echo(_json(shown) if form == "json" else _text(shown, found, len(runs)))
    return 0 if runs else 1


def _json(shown: list[Assessment]) -> str:
    return json.dumps([asdict(one) for one in shown], indent=2, ensure_ascii=False)


def _text(shown: list[Assessment], found: list[Assessment], runs: int) -> str:
    lines = [str(one) for one in shown]
    left = len(found) - runs
    lines.append(f"{runs:,} of {len(found):,} models can run on it; {left:,} cannot (--all: why).")
    return "\n".join(lines)
