"""``geocairn export``: models for other programs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from geocairn.cli.options import hub_of_models

__all__ = ["command"]

F = TypeVar("F", bound=Callable[..., Any])


@click.group("export")
def command() -> None:
    """Write a model for another program: ArcGIS, QGIS, Hugging Face, or any that runs ONNX.

    \b
    Examples:
      geocairn export dlpk banepa-unet -o banepa.dlpk
      geocairn export qgis banepa-unet -o banepa.onnx
    """


def _common(function: F) -> F:
    for option in (
        hub_of_models,
        click.option(
            "-o", "--output", type=click.Path(path_type=Path), required=True, help="File to write."
        ),
        click.argument("model"),
    ):
        function = option(function)
    return function


@command.command("dlpk")
@_common
def dlpk(model: str, output: Path, hub: str) -> None:
    """Write a deep learning package for ArcGIS (.dlpk).

    \b
    Examples:
      geocairn export dlpk banepa-unet -o banepa.dlpk
    """
    from geocairn.cli._running import open_model
    from geocairn.export.dlpk import write_dlpk

    found = open_model(model, hub)
    write_dlpk(output, item=found.item, where=found.id, onnx=found.loaded.file.path)
    click.echo(f"{output}: {found.id} for ArcGIS")


@command.command("qgis")
@_common
@click.option("--tile", type=click.IntRange(32), help="Pixels of a window [default: the item's].")
def qgis(model: str, output: Path, hub: str, tile: int | None) -> None:
    """Write an ONNX file for QGIS's plugin Deepness, with its metadata.

    \b
    Examples:
      geocairn export qgis banepa-unet -o banepa.onnx --tile 512
    """
    from geocairn.cli._running import open_model
    from geocairn.export.qgis import write_qgis
    from geocairn.model import Model

    found = open_model(model, hub)
    write_qgis(output, found.loaded, gsd=Model(found.item).gsd, tile=tile)
    click.echo(f"{output}: {found.id} for Deepness in QGIS")


@command.command("card")
@_common
def card(model: str, output: Path, hub: str) -> None:
    """Write a model card: Markdown with Hugging Face's facts before it.

    \b
    Examples:
      geocairn export card banepa-unet -o README.md
    """
    from geocairn import _io
    from geocairn.cli._running import address
    from geocairn.export.card import write_card
    from geocairn.search.loading import card_of, locate

    place = address(model, hub)
    item, href = locate(place)
    text = write_card(item, text=card_of(item, href), address=place)
    _io.write_atomic(output, text.encode())
    click.echo(f"{output}: card of {item.get('id')}")


@command.command("onnx-bundle")
@_common
def onnx_bundle(model: str, output: Path, hub: str) -> None:
    """Write an archive with network, item and card (.zip).

    \b
    Examples:
      geocairn export onnx-bundle banepa-unet -o banepa.zip
    """
    from geocairn.cli._running import open_model
    from geocairn.export.bundle import write_bundle
    from geocairn.search.loading import card_of

    found = open_model(model, hub)
    write_bundle(output, found.item, found.loaded, text=card_of(found.item, found.href))
    click.echo(f"{output}: {found.id} with item and card")
