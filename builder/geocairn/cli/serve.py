"""``geocairn serve``: a STAC API over a hub."""

from __future__ import annotations

import os

import click

from geocairn.cli.options import hub_argument

__all__ = ["command"]


@click.command("serve")
@hub_argument
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8080,
    show_default=True,
    help="Port; 0 takes any that is free.",
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on; 0.0.0.0 answers other machines as well.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    help="Processes [default: one a processor, at most 8; one outside Linux].",
)
@click.option("--url", metavar="URL", help="Where clients find the API, if not at HOST and PORT.")
@click.option(
    "--behind-proxy",
    is_flag=True,
    help="Believe Forwarded and X-Forwarded-* headers, which a proxy sets.",
)
def command(
    hub: str, port: int, host: str, workers: int | None, url: str | None, *, behind_proxy: bool
) -> int:
    """Serve a STAC API over the hub in a folder or behind a URL (_build/hub by default).

    Clients such as pystac-client, rstac and QGIS search it by the STAC API's names, with CQL2
    filters, sorting, paging and free text; it only reads. A hub that is published anew is opened
    anew. Needs the extra serve: pip install 'geocairn[serve]'. Ctrl-C ends it, with exit code 0.

    \b
    Examples:
      geocairn serve
      geocairn serve https://example.org/hub/ --port 8081
      geocairn serve _build/hub --host 0.0.0.0 --url https://stac.example.org/
    """
    try:
        from geocairn.server import Options, run
    except ModuleNotFoundError as error:
        raise click.ClickException(
            f"{error.name} is not installed: pip install 'geocairn[serve]'"
        ) from error
    count = workers or min(8, _processors())
    options = Options(hub, address=url, behind_proxy=behind_proxy)
    return run(
        options, host=host, port=port, workers=count, tell=lambda line: click.echo(line, err=True)
    )


def _processors() -> int:
    """Processors that this process may use; one where processes cannot share a port."""
    if not hasattr(os, "sched_getaffinity"):
        return 1
    return len(os.sched_getaffinity(0))
