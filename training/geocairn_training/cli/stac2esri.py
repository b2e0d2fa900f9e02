"""``geocairn-train stac2esri``."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["command"]


@click.command("stac2esri")
@click.option("--stac-path", type=click.Path(path_type=Path), required=True, help="The item.")
@click.option("--onnx-path", type=click.Path(path_type=Path), required=True, help="The network.")
@click.option(
    "--out-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    show_default="here",
    help="Folder for the package.",
)
@click.option("--dlpk-name", help="Name of the package; default: the item's id.")
def command(*, stac_path: Path, onnx_path: Path, out_dir: Path, dlpk_name: str | None) -> None:
    """Pack a model for ArcGIS: a deep learning package (.dlpk) from its item and ONNX file.

    Everything in the package's definition comes from the item. An ONNX file that is not the one
    that the item describes is refused.

    \b
    Example:
      geocairn-train stac2esri --stac-path item.json --onnx-path model.onnx --out-dir out
    """  # noqa: D301 - click wants the character
    from geocairn.authoring import is_path_safe
    from geocairn.errors import InputError
    from geocairn_training.cli._items import read_item
    from geocairn_training.export.dlpk import write_dlpk

    item = read_item(stac_path)
    name = (dlpk_name or str(item.get("id", ""))).removesuffix(".dlpk")
    if not is_path_safe(name.lower()):
        raise InputError(
            f"{name!r} cannot be the name of a file",
            where="--dlpk-name",
            remedy="Use letters and digits, with dots, dashes or underscores.",
        )
    path = out_dir / f"{name}.dlpk"
    emd = write_dlpk(path, item=item, where=str(stac_path), onnx=onnx_path)
    classes = ", ".join(one["Name"] for one in emd["Classes"])
    click.echo(f"{path}: {emd['ModelName']} ({classes})")
