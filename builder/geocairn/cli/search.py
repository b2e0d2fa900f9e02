"""``geocairn search``: search a hub from the shell."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from geocairn.cli.options import hub_argument
from geocairn.facets import FACETS

__all__ = ["command"]

_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_FORMATS = ("table", "json", "ndjson", "geoparquet", "csv")
_SHOWN = 20


class _Command(click.Command):
    """Lets ``--bbox`` take its numbers as one word with commas or as four words."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, _join_bbox(args))


def _join_bbox(args: list[str]) -> list[str]:
    joined: list[str] = []
    rest = list(args)
    while rest:
        word = rest.pop(0)
        joined.append(word)
        if word != "--bbox" or not rest or not _NUMBER.fullmatch(rest[0]):
            continue
        count = 0
        while count < min(6, len(rest)) and _NUMBER.fullmatch(rest[count]):
            count += 1
        # Four numbers, unless all six are there: a hub's folder may be called 2024.
        count = count if count == 6 else min(count, 4)
        joined.append(",".join(rest[:count]))
        del rest[:count]
    return joined


def _facet_options(command: click.Command) -> click.Command:
    for facet in FACETS:
        kind = {"integer": "RANGE", "number": "RANGE", "boolean": "BOOL"}.get(facet.type, "A,B")
        name = "--" + facet.name.replace("_", "-")
        command.params.append(
            click.Option([name, facet.name], metavar=kind, help=f"{facet.title}.")
        )
    return command


@_facet_options
@click.command(cls=_Command)
@hub_argument
@click.option("-q", "words", metavar="WORDS", help="Words; the last one may be a beginning.")
@click.option("--bbox", metavar="W,S,E,N", help="Degrees; also W S E N. W > E crosses 180°.")
@click.option("--intersects", metavar="GEOJSON|FILE", help="Geometry or feature; - is stdin.")
@click.option("--datetime", "time", metavar="A/B", help="2024, 2024-05/.., RFC 3339 ...")
@click.option("--collections", metavar="A,B", help="Only these collections.")
@click.option("--ids", metavar="A,B", help="Only these items.")
@click.option("--filter", "condition", metavar="CQL2", help="CQL2 text or JSON.")
@click.option("--sortby", metavar="-A,B", help="-gsd, title, datetime, -overlap, ...")
@click.option("--fields", metavar="A,-B", help="Members or properties of the items to give.")
@click.option("--limit", type=click.IntRange(1), help=f"Most items to give [default: {_SHOWN}].")
@click.option("--all", "everything", is_flag=True, help="Give all matching items.")
@click.option("--token", metavar="TOKEN", help="Go on where an earlier answer ended.")
@click.option("--facets", is_flag=True, help="Give counts of every facet's values instead.")
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMATS),
    default="table",
    show_default=True,
    help="For people, or for programs.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File to write.")
def command(
    hub: str,
    words: str | None,
    intersects: str | None,
    time: str | None,
    condition: str | None,
    limit: int | None,
    *,
    everything: bool,
    facets: bool,
    form: str,
    output: Path | None,
    **plain: str | None,
) -> None:
    """Search the hub in a folder or behind a URL (_build/hub by default).

    Facets take a value or several with commas between (any of them); numbers also take
    ranges: --gsd '<1', --gsd 0.3..1, --parameters ..1e8.

    \b
    Examples:
      geocairn search -q "flood u-net"
      geocairn search https://example.org/hub/ --bbox 85,27,86,28 --sortby -overlap
      geocairn search --bbox -85 27 -84 28 --datetime 2024/.. --tasks classification
      geocairn search --filter "gsd < 1 AND framework = 'PyTorch'" --format ndjson --all
      geocairn search --intersects area.geojson --format geoparquet -o found.parquet
      geocairn search --facets --collections buildings
    """
    import geocairn
    from geocairn.cli import _formats
    from geocairn.lean import without_pandas

    count = None if everything else limit or _SHOWN
    with without_pandas(), geocairn.open(hub) as catalog:
        found = catalog.search(
            q=words,
            intersects=intersects and _geometry(intersects),
            datetime=time,
            filter=condition,
            limit=min(count or 10_000, 10_000),
            max_items=count,
            **plain,
        )
        with _formats.opened(output, binary=form == "geoparquet" and not facets) as out:
            if facets:
                _formats.write_facets(found, out, form=form)
            else:
                _formats.WRITERS[form](found, out)


def _geometry(text: str) -> str | bytes:
    if text.lstrip()[:1] == "{":
        return text
    if text == "-":
        return sys.stdin.buffer.read()
    from geocairn.errors import InputError

    try:
        return Path(text).read_bytes()
    except OSError as error:
        raise InputError(
            f"cannot read: {error.strerror}",
            where=text,
            remedy="Give GeoJSON itself, a file of it, or - for standard input.",
        ) from error
