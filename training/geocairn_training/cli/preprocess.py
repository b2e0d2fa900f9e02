"""``geocairn-train preprocess``."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from geocairn_training.errors import AcquireError
from geocairn_training.facts import Box, Interval

__all__ = ["command"]

_FOLDER = click.Path(file_okay=False, path_type=Path)


def _box(text: str | None) -> Box | None:
    if text is None:
        return None
    try:
        west, south, east, north = map(float, text.split(","))
    except ValueError:
        raise AcquireError(
            f"bbox {text!r} is not four numbers",
            remedy="Give --bbox WEST,SOUTH,EAST,NORTH in degrees.",
        ) from None
    return west, south, east, north


def _interval(text: str | None) -> Interval:
    if text is None:
        return Interval()
    first, _, last = text.partition("/")
    try:
        start, end = (date.fromisoformat(day) for day in (first, last or first))
    except ValueError:
        start, end = date.max, date.min
    if start > end:
        raise AcquireError(
            f"date {text!r} is neither a day nor two in order",
            remedy="Give --date 2024-03-01, or --date 2024-03-01/2024-03-05.",
        )
    return Interval(start=f"{start}T00:00:00Z", end=f"{end}T23:59:59Z")


@click.command("preprocess")
@click.option("--train-dir", type=_FOLDER, required=True, help="Gets chips/ and labels/.")
@click.option("--bbox", metavar="W,S,E,N", help="The area, in degrees.")
@click.option("--zoom", type=int, default=19, show_default=True, help="Of the tiles.")
@click.option(
    "--tms", metavar="TEMPLATE", help="Tiles: https://.../{z}/{x}/{y}; {-y} for TMS rows."
)
@click.option("--chips-dir", type=_FOLDER, help="Chips that are there already, in place of tiles.")
@click.option(
    "--labels",
    type=click.Path(dir_okay=False, path_type=Path),
    help="GeoJSON or GeoParquet of footprints, in place of OpenStreetMap's.",
)
@click.option("--overpass", metavar="URL", help="An Overpass interpreter other than the main one.")
@click.option("--prefix", default="OAM", show_default=True, help="First part of chips' names.")
@click.option(
    "--boundary",
    type=click.FloatRange(0),
    default=0.0,
    metavar="METRES",
    help="Mark strips between buildings nearer than this as class 2.",
)
@click.option(
    "--weights",
    type=click.FloatRange(0),
    default=0.0,
    metavar="METRES",
    help="Write weights/, too: they grow between neighbours, and fall off over this distance.",
)
@click.option("--imagery-licence", default="", metavar="SPDX", help="Of the imagery.")
@click.option(
    "--imagery-attribution", default="", metavar="TEXT", help="The words that its licence asks for."
)
@click.option(
    "--date",
    "day",
    metavar="DAY[/DAY]",
    help="When the imagery was taken: 2024-03-01, or first and last day.",
)
@click.option("--concurrency", type=click.IntRange(1, 64), default=8, show_default=True)
@click.option("--attempts", type=click.IntRange(1), default=5, show_default=True)
@click.option("--timeout", type=click.FloatRange(0.1), default=60.0, show_default=True)
@click.option("--cache-dir", type=_FOLDER, help="Downloads; inside --train-dir unless given.")
def command(
    train_dir: Path,
    bbox: str | None,
    zoom: int,
    tms: str | None,
    chips_dir: Path | None,
    labels: Path | None,
    overpass: str | None,
    prefix: str,
    boundary: float,
    weights: float,
    imagery_licence: str,
    imagery_attribution: str,
    day: str | None,
    concurrency: int,
    attempts: int,
    timeout: float,
    cache_dir: Path | None,
) -> None:
    """Fetch imagery and labels; make chips and masks.

    What was fetched is kept: the same command goes on where it was stopped.

    \b
    Examples:
      geocairn-train preprocess --zoom 19 --bbox 85.51,27.62,85.53,27.64 \\
        --tms https://tiles.example.org/{z}/{x}/{y}.png --train-dir data
      geocairn-train preprocess --chips-dir chips --labels houses.geojson --train-dir data
    """  # noqa: D301 - click wants the character
    if bool(chips_dir) == bool(tms and bbox):
        raise click.UsageError("Give either --bbox and --tms, or --chips-dir.")
    from geocairn.cli.progress import Bar
    from geocairn_training.acquire.fetch import Patience
    from geocairn_training.acquire.overpass import URL
    from geocairn_training.acquire.preprocess import Job, preprocess
    from geocairn_training.acquire.sources import described

    job = Job(
        folder=train_dir,
        box=_box(bbox),
        zoom=zoom,
        template=tms or "",
        chips=chips_dir,
        labels=labels,
        overpass_url=overpass or URL,
        prefix=prefix,
        boundary=boundary,
        weights=weights,
        description=described(
            template=tms or "",
            chips=chips_dir,
            labels=labels,
            licence=imagery_licence,
            attribution=imagery_attribution,
            interval=_interval(day),
        ),
        cache=cache_dir,
        patience=Patience(concurrency=concurrency, attempts=attempts, timeout=timeout),
    )
    with Bar() as bar:
        count = preprocess(job, progress=bar)
    click.echo(f"{train_dir}: {count} chips with masks")
