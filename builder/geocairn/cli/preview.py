"""``geocairn preview``: show a hub in a browser while it is worked on."""

from __future__ import annotations

from pathlib import Path

import click

from geocairn.cli.options import hub_folder, keep_going, schema_options, settings_file

__all__ = ["command"]


@schema_options
@click.command("preview")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@hub_folder
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port on this machine; 0 takes any that is free.",
)
@click.option("--open", "browser", is_flag=True, help="Open it in the browser.")
@click.option("--no-build", is_flag=True, help="Serve the hub as it is, and watch nothing.")
@keep_going
@settings_file
def command(
    sources: tuple[str, ...],
    output: Path,
    port: int,
    browser: bool,
    no_build: bool,
    keep_going: bool,
    config: Path | None,
    schemas: Path | None,
    offline: bool,
) -> int:
    """Build a hub, serve it on this machine, and show every change.

    Takes the SOURCEs that build takes; the folder catalog without one. Whenever a file of theirs
    or the settings change (in a checkout of geocairn also templates, styles, scripts or code), the
    hub is built again, and pages that are open in a browser reload. If that build fails, they say
    why, and the hub stays as it was.

    The server does what a good static host does: byte ranges, ETag, gzip, 404.html. It answers
    this machine only. Ctrl-C ends it, with exit code 0.

    \b
    Examples:
      geocairn preview --open
      geocairn preview models.ndjson -o hub --port 0
      geocairn preview --no-build -o _build/hub
    """
    from geocairn.packaged import usual_source
    from geocairn.preview import Preview, preview

    given = {"--config": config, "--schemas": schemas}
    arguments = [f"{name}={value}" for name, value in given.items() if value]
    flags = {"--offline": offline, "--keep-going": keep_going}
    arguments += [name for name, wanted in flags.items() if wanted]
    options = Preview(
        output,
        sources=sources or (usual_source(),),
        arguments=tuple(arguments),
        settings=config or Path("geocairn.toml"),
        build=not no_build,
        port=port,
        open=browser,
    )
    try:
        preview(options, tell=lambda line: click.echo(line, err=True))
    except KeyboardInterrupt:
        click.echo("\nEnded.", err=True)
    return 0
