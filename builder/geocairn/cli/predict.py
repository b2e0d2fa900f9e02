"""``geocairn predict``: run a model on a scene."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from geocairn.cli.options import hub_of_models, no_progress

__all__ = ["command"]

_FORMATS = ("cog", "gpkg", "parquet", "geojson")


@click.command("predict")
@click.argument("model")
@click.argument("scenes", nargs=-1, required=True, metavar="RASTER|ITEM...")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="File.")
@hub_of_models
@click.option("--bands", metavar="A=1,B=2", help="The scene's bands, by the model's names.")
@click.option("--tile", type=click.IntRange(1), help="Pixels of a window [default: the model's].")
@click.option("--overlap", type=click.IntRange(0), help="Pixels that windows share [a quarter].")
@click.option("--batch", type=click.IntRange(1), help="Windows at once [default: the model's].")
@click.option("--format", "form", type=click.Choice(_FORMATS), help="[default: by the ending]")
@click.option("--scores", type=click.Path(), help="Write the scores of the classes, too.")
@click.option("--threshold", type=float, help="Least score of a class or object.")
@click.option("--nodata", type=float, help="Raw value without data.")
@click.option("--output-name", help="Which output, where the model has several.")
@click.option("--minimum-area", type=float, default=0.0, help="Of polygons, in square metres.")
@click.option("--square", is_flag=True, help="Turn outlines of polygons square.")
@click.option("--raw", is_flag=True, help="Leave post-processing out.")
@click.option("--times", is_flag=True, help="Several files are one scene for each time.")
@click.option("--workers", type=click.IntRange(1), default=1, help="Threads that read ahead.")
@click.option("--threads", type=click.IntRange(0), default=0, help="Of the network [all].")
@click.option("--trust", is_flag=True, help="Open formats that are code of others.")
@click.option("--no-verify", is_flag=True, help="Do not compare the file with its checksum.")
@click.option("--no-check", is_flag=True, help="Take scenes with values of another kind.")
@click.option("--restart", is_flag=True, help="Begin anew where a run was cut off.")
@no_progress
def command(model: str, scenes: tuple[str, ...], **given: Any) -> None:
    """Run a model on a scene of any size.

    MODEL is a model's name or id in the hub, HUB#ID, or the path or URL of an item. What is done
    with the scene (bands, scaling, windows) and with the result stands in the model's item. Give
    a raster, a STAC Item, or several files that hold the bands. Beside the result lies a STAC
    Item that says what it was made of. A run that was cut off goes on when it is called again.

    \b
    Examples:
      geocairn predict banepa-unet scene.tif -o mask.tif
      geocairn predict https://example.org/hub/#banepa-unet scene.tif -o buildings.gpkg --square
      geocairn predict banepa-unet s2.json -o mask.tif --scores scores.tif
      geocairn predict item.json scene.tif -o mask.tif --bands red=3,green=2,blue=1
    """
    from geocairn.cli._running import open_model
    from geocairn.cli.progress import Bar
    from geocairn.run.bands import parse_mapping
    from geocairn.run.polygons import Tracing

    with Bar(quiet=given["quiet"]) as bar:
        loaded = open_model(
            model,
            given["hub"],
            trust=given["trust"],
            verify=not given["no_verify"],
            threads=given["threads"],
            progress=bar,
        )
        result = loaded.predict(
            scenes[0] if len(scenes) == 1 else list(scenes),
            given["output"],
            progress=bar,
            bands=parse_mapping(given["bands"]) if given["bands"] else None,
            format=given["form"],
            check=not given["no_check"],
            output_name=given["output_name"],
            times=True if given["times"] else None,
            tracing=Tracing(minimum_area=given["minimum_area"], square=given["square"]),
            **{key: given[key] for key in _PASSED},
        )
    click.echo(_told(result))


_PASSED = (
    "tile",
    "overlap",
    "batch",
    "scores",
    "threshold",
    "nodata",
    "raw",
    "workers",
    "restart",
)


def _told(result: Any) -> str:
    names = {one.value: one.name for one in result.classes}
    total = sum(result.counts.values())
    shares = ", ".join(
        f"{names.get(value, value)} {count / total:.1%}"
        for value, count in sorted(result.counts.items())
    )
    count = f"{result.windows:,} window{'s' * (result.windows != 1)}"
    lines = [f"{result.path}: {count} in {result.seconds['total']:.1f} s"]
    lines += [shares] if shares else []
    lines += [f"Note: {result.note}"] if result.note else []
    return "\n".join(lines)
