"""``geocairn-train inference``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

__all__ = ["command"]


@click.command("inference")
@click.argument("image", type=click.Path(path_type=Path), metavar="IMAGE_OR_DIR")
@click.option(
    "--model-path",
    "-m",
    type=click.Path(path_type=Path),
    required=True,
    help="An .onnx, .pt or .ckpt file, or the folder of a run.",
)
@click.option(
    "--output-dir",
    "-o",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder for the results.",
)
@click.option(
    "--mlflow-tracking",
    is_flag=True,
    envvar="GEOCAIRN_MLFLOW_TRACKING",
    show_envvar=True,
    help="Record it as a run of MLflow.",
)
@click.option("--bands", metavar="A=1,B=2", help="The image's bands, by the model's names.")
@click.option("--tile", type=click.IntRange(min=16), help="Size of windows; default: about 1024.")
@click.option("--overlap", type=click.IntRange(min=0), help="Of windows; default: a quarter.")
@click.option("--batch-size", type=click.IntRange(min=1), default=1, show_default=True)
@click.option("--threshold", type=click.FloatRange(0, 1), help="Default: the model's.")
@click.option("--nodata", type=float, help="Value without data, beside what the image says.")
@click.option("--polygons/--no-polygons", default=True, show_default=True)
@click.option("--min-area", type=click.FloatRange(min=0), default=0.0, help="In square metres.")
@click.option(
    "--tolerance",
    type=click.FloatRange(min=0),
    default=1.0,
    show_default=True,
    help="Of simplification, in pixels.",
)
@click.option("--regularise", is_flag=True, help="Make polygons rectangular, as buildings are.")
@click.option("--no-check", is_flag=True, help="Take images with values of another kind.")
@click.option("--threads", type=click.IntRange(min=0), default=0, help="Default: one a core.")
def command(
    *, image: Path, model_path: Path, output_dir: Path, mlflow_tracking: bool, **given: Any
) -> None:
    """Run a trained network over an image of any size, or over a folder of images.

    It reads the image in overlapping windows, blends them, keeps its place on the ground and its
    missing data, and writes for scene.tif: scene_probability.tif and scene_mask.tif (Cloud
    Optimized GeoTIFF), scene.parquet and scene.geojson (polygons), scene_overlay.png and
    scene.json (what was done, checksums, timings).

    \b
    Examples:
      geocairn-train inference scene.tif --model-path runs/latest --output-dir out
      geocairn-train inference chips/ -m model.onnx -o out --regularise --min-area 4
    """  # noqa: D301 - click wants the character
    from geocairn.cli.progress import Bar
    from geocairn_training.inference import images_in, load, run

    options = _options(given)
    images = images_in(image)
    predictor = load(model_path, threads=given["threads"])
    documents = []
    with Bar() as bar:
        results = run(images, predictor, output=output_dir, options=options, progress=bar)
        for path, document in zip(images, results, strict=True):
            documents.append(document)
            seconds = document["seconds"]["total"]
            click.echo(f"{path.name}: {_shares(document)} in {seconds:.2f} s")
    if mlflow_tracking:
        from geocairn_training.inference.tracking import record

        click.echo(f"MLflow run {record(documents, output=output_dir)}")


def _options(given: dict[str, Any]) -> Any:
    from geocairn.run.bands import parse_mapping
    from geocairn.run.polygons import Tracing
    from geocairn_training.inference import Options

    return Options(
        bands=parse_mapping(given["bands"]) if given["bands"] else None,
        tile=given["tile"],
        overlap=given["overlap"],
        batch=given["batch_size"],
        threshold=given["threshold"],
        nodata=given["nodata"],
        check=not given["no_check"],
        polygons=given["polygons"],
        tracing=Tracing(
            minimum_area=given["min_area"],
            tolerance=given["tolerance"],
            square=given["regularise"],
        ),
    )


def _shares(document: dict[str, Any]) -> str:
    pixels = document["image"]["height"] * document["image"]["width"]
    return ", ".join(
        f"{name} {one['pixels'] / pixels:.1%}" for name, one in document["classes"].items()
    )
