"""Inference over a raster of 4096 x 4096 pixels, against ONNX Runtime alone on the same tiles.

    python -m benchmarks inference -- --model model.onnx --image scene.tif

Limits: at least 0.8 of the tiles a second of ONNX Runtime alone, everything written; less than
1 GiB of memory above what the process holds when the model is loaded and has run once.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import rasterio

OUT = Path("_build/bench/inference")
SIZE = 4096
LEAST, MOST = 0.8, 1024


def scene(path: Path, source: Path | None) -> Path:
    """A raster of the size wanted: another one repeated, or noise of all scales."""
    if source is not None:
        with rasterio.open(source) as dataset:
            part, crs, transform = dataset.read(), dataset.crs, dataset.transform
    else:
        rng = np.random.default_rng(0)
        levels = (0, 2, 4, 6)
        coarse = [rng.integers(0, 40, (3, 512 >> level, 512 >> level)) for level in levels]
        part = sum(
            np.kron(one, np.ones((1, 1 << level, 1 << level)))
            for one, level in zip(coarse, levels, strict=True)
        )
        crs, transform = "EPSG:32645", rasterio.Affine(0.15, 0, 3e5, 0, -0.15, 3e6)
    times = [-(-SIZE // size) for size in part.shape[1:]]
    whole = np.tile(part, (1, *times))[:, :SIZE, :SIZE].astype(np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    options = {"tiled": True, "blockxsize": 512, "blockysize": 512, "compress": "deflate"}
    with rasterio.open(
        path, "w", driver="GTiff", height=SIZE, width=SIZE, count=3, dtype="uint8", crs=crs,
        transform=transform, **options,
    ) as dataset:  # fmt: skip
        dataset.write(whole)
    return path


def network(path: Path) -> Path:
    """An untrained U-Net of 1.2 million parameters in ONNX."""
    import torch

    from geocairn_training.export import write_onnx
    from geocairn_training.models.unet import UNet
    from geocairn_training.recipe import Class, Recipe

    torch.manual_seed(0)
    recipe = Recipe(
        name="untrained",
        bands=("red", "green", "blue"),
        mean=(80.0,) * 3,
        std=(30.0,) * 3,
        classes=(Class(value=0, name="other"), Class(value=1, name="one")),
        channels=1,
        activation="sigmoid",
        tile=(512, 512),
        multiple=16,
    )
    write_onnx(UNet(3, 1, width=16, widest=128), path, recipe=recipe, metadata={})
    return path


def ours(model: Path, image: Path, *, polygons: bool, threads: int) -> dict[str, Any]:
    """Run inference as the command does."""
    from geocairn_training.inference import Options, load, run

    predictor = load(model, threads=threads)
    options = Options(polygons=polygons)
    (document,) = run([image], predictor, output=OUT / "results", options=options)
    return document


def alone(model: Path, image: Path, *, tile: list[int], overlap: int, threads: int) -> float:
    """Seconds of ONNX Runtime for the same tiles, read and scaled beforehand."""
    from rasterio.windows import Window

    from geocairn.run.windows import Grid
    from geocairn_training.inference import load

    predictor = load(model, threads=threads)
    recipe, tiles = predictor.recipe, []
    with rasterio.open(image) as dataset:
        # Of whole size at the edges, too: there the windows of a run are filled up.
        for row, column in Grid.over(SIZE, SIZE, tile=(tile[0], tile[1]), overlap=overlap):
            tiles.append(
                recipe.scale(dataset.read(window=Window(column.start, row.start, *tile[::-1])))[
                    None
                ]
            )
    predictor.network(tiles[0])
    begun = time.perf_counter()
    for scaled in tiles:
        predictor.network(scaled)
    return time.perf_counter() - begun


def status(field: str) -> float:
    """A figure of this process in MiB, from the kernel."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) / 1024
    raise KeyError(field)


def memory(model: Path, image: Path, *, polygons: bool, threads: int) -> None:
    """Print the peak above the model, in MiB; runs in a process of its own."""
    from geocairn_training.inference import load

    predictor = load(model, threads=threads)
    recipe = predictor.recipe
    predictor.scores(np.zeros((1, len(recipe.bands), *recipe.tile), np.float32))
    before = status("VmRSS")
    # Writing 5 to this file starts the peak anew (proc(5)).
    Path("/proc/self/clear_refs").write_text("5")
    ours(model, image, polygons=polygons, threads=threads)
    print(json.dumps({"before": before, "peak": status("VmHWM")}))


def main() -> int:
    """Measure, and tell whether the limits hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, help="ONNX file; default: an untrained one")
    parser.add_argument("--image", type=Path, help="image to repeat; default: noise")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    image = OUT / "scene.tif"
    model = given.model or OUT / "model.onnx"
    polygons = given.model is not None  # An untrained network makes nothing but specks.
    if given.memory:
        memory(model, image, polygons=polygons, threads=given.threads)
        return 0
    scene(image, given.image)
    if given.model is None:
        network(model)
    command = [sys.executable, __file__, "--memory", "--threads", str(given.threads)]
    command += ["--model", str(model)] if polygons else []
    found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    above = found["peak"] - found["before"]
    print(f"memory: {above:.0f} MiB above the model's {found['before']:.0f} (limit {MOST})")
    ratios = []
    for _ in range(given.rounds):
        document = ours(model, image, polygons=polygons, threads=given.threads)
        parameters, seconds = document["parameters"], document["seconds"]
        windows, tile, overlap = (parameters[key] for key in ("windows", "tile", "overlap"))
        raw = alone(model, image, tile=tile, overlap=overlap, threads=given.threads)
        ratios.append(raw / seconds["total"])
        parts = ", ".join(f"{name} {value:.2f}" for name, value in seconds.items())
        print(
            f"{windows} tiles: {windows / seconds['total']:.2f} a second, ONNX Runtime alone "
            f"{windows / raw:.2f}: {ratios[-1]:.3f} (seconds: {parts})",
            flush=True,
        )
    best = float(np.median(ratios))
    print(f"median: {best:.3f} of ONNX Runtime alone (limit {LEAST})")
    return 0 if best >= LEAST and above < MOST else 1


if __name__ == "__main__":
    sys.exit(main())
