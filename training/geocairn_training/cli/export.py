"""``geocairn-train export``."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["command"]

# As in geocairn_training.export.FORMATS, which would import torch; a test compares them.
FORMATS = ("torchscript", "safetensors", "state-dict", "checkpoint", "dlpk")


@click.command("export")
@click.argument("run", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--publication",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="TOML file with model, version, collection, license, producer; default: "
    "publication.toml in the run's folder.",
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(("onnx", *FORMATS)),
    help="What is written beside ONNX; may be given again; default: all; onnx alone for nothing.",
)
@click.option(
    "--sample",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A chip to ship with the expected output and a picture.",
)
def command(
    *, run: Path, publication: Path | None, formats: tuple[str, ...], sample: Path | None
) -> None:
    """Export what a run made: files for others, a package for ArcGIS and a catalog entry.

    Files are written into the run's folder, and its subfolder entry/ gets the item with its files
    as a catalog holds them. A run is thereby a source of `geocairn build`.

    \b
    Examples:
      geocairn-train export runs/latest --publication model.toml
      geocairn build catalog runs/latest -o hub
      cp -r runs/latest/entry/* catalog/
    """  # noqa: D301 - click wants the character
    from geocairn_training.describe import Publication
    from geocairn_training.export import export_run

    done = export_run(
        run,
        publication=None if publication is None else Publication.read(publication),
        formats=set(formats) - {"onnx"} if formats else FORMATS,
        sample=sample,
    )
    for path in done.files:
        click.echo(f"{path.name}: {path.stat().st_size:,} bytes")
    click.echo(done.item)
