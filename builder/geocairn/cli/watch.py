"""``geocairn watch``: whether what models refer to is still there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from geocairn.cli.options import no_progress

if TYPE_CHECKING:
    from geocairn.watch import Watched

__all__ = ["command"]


@click.command("watch")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option(
    "--status",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("status.json"),
    show_default=True,
    help="File that keeps what is known from one time to the next.",
)
@click.option(
    "--hash-up-to",
    type=click.IntRange(0, 1 << 20),
    default=32,
    show_default=True,
    metavar="MIB",
    help="Read and hash files with a checksum up to this size, in MiB.",
)
@click.option(
    "--pause",
    type=click.FloatRange(0, 60),
    default=1.0,
    show_default=True,
    metavar="SECONDS",
    help="Wait between two requests to the same host.",
)
@click.option(
    "--allow",
    multiple=True,
    metavar="HOST",
    help="Ask this host though it is private, and by plain http, too.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="How to tell: for people, programs or an issue.",
)
@no_progress
def command(
    sources: tuple[str, ...],
    file: Path,
    hash_up_to: int,
    pause: float,
    allow: tuple[str, ...],
    form: str,
    quiet: bool,
) -> int:
    """Ask for everything that models refer to: weights, licences, links.

    Takes the SOURCEs that build takes; the folder catalog without one. A file with a checksum is
    hashed, or, where it is large, its size compared; a licence's text is compared with what it was.
    What failed once is asked again the next time before anybody is told.

    Only https is asked, and only public addresses, also where one leads on to another. `geocairn
    build --status FILE` shows on each model's page what came of it.

    Exits 0 when nothing is wrong, 1 when something is, 2 when a source cannot be read.

    \b
    Examples:
      geocairn watch
      geocairn watch catalog --status status.json --format markdown
      geocairn watch https://example.org/hub/catalog.json --hash-up-to 0
    """
    import tempfile
    from datetime import UTC, datetime

    from geocairn.cli.progress import Bar
    from geocairn.packaged import usual_source
    from geocairn.sources import open_sources
    from geocairn.watch import load_status, save_status, watch
    from geocairn.watch.look import items_of
    from geocairn.web import Web

    status = load_status(file)
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    with tempfile.TemporaryDirectory(prefix="geocairn-watch-") as spool, Bar(quiet=quiet) as bar:
        opened = open_sources(sources or (usual_source(),), spool=Path(spool))
        result = watch(
            items_of(opened),
            status,
            at=at,
            web=Web(allowed=allow, pause=pause),
            largest=hash_up_to << 20,
            progress=bar,
        )
    save_status(file, status)
    click.echo(_told(result, form))
    return 1 if result.rots else 0


def _told(result: Watched, form: str) -> str:
    from geocairn import _io
    from geocairn.findings import markdown_text, printable

    if form == "json":
        document = {
            "models": result.models,
            "addresses": result.addresses,
            "news": result.news,
            "wrong": {n: {"state": s, "told": t} for n, (s, t) in sorted(result.wrong.items())},
        }
        return _io.dumps(document, indent=True).decode("utf-8", errors="replace")
    addresses = f"{result.addresses:,} address{'' if result.addresses == 1 else 'es'}"
    wrong = f"{_models(len(result.wrong))} {'is' if len(result.wrong) == 1 else 'are'} not fine."
    summary = f"{addresses} of {_models(result.models)} asked: "
    summary += wrong if result.wrong else "all is well."
    listed = sorted(result.wrong.items())
    if form == "markdown":
        rows = [f"| {markdown_text(n)} | {s} | {markdown_text(t)} |" for n, (s, t) in listed[:300]]
        table = ["", "| model | state | what was found |", "| --- | --- | --- |", *rows]
        return "\n".join([summary, *(table if rows else [])])
    return "\n".join([*(printable(f"{n}: {s}: {t}") for n, (s, t) in listed), summary])


def _models(number: int) -> str:
    return f"{number:,} model{'' if number == 1 else 's'}"
