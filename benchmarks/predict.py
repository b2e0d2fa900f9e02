"""``predict`` on a large scene, against ONNX Runtime alone on the same tiles in the same run.

    python -m benchmarks predict                         # 10,000 x 10,000 pixels, three bands
    python -m benchmarks predict -- --size 4096
    python -m benchmarks predict -- --model item.json

Limits: at least 0.85 of the tiles a second of ONNX Runtime alone, everything written; at most
1.5 GiB of memory. Told besides: how far the blended result is from a single pass over a crop.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import rasterio

OUT = Path("_build/bench/predict")
SHIPPED = Path("catalog/buildings/banepa-unet/1.0.0")
LEAST, MOST = 0.85, 1.5
TILE, OVERLAP, CROP = 512, 64, 1536
ROUNDS = 3


def scene(path: Path, size: int, sample: Path) -> Path:
    """A raster of the size wanted: the sample repeated, every copy another way around."""
    with rasterio.open(sample) as dataset:
        part, crs = dataset.read(), dataset.crs
    side = min(part.shape[1:])
    part = part[:, :side, :side]
    rng = np.random.default_rng(0)
    options = {"tiled": True, "blockxsize": 512, "blockysize": 512, "compress": "deflate"}
    transform = rasterio.Affine(1.3e-6, 0, 85.5, 0, -1.2e-6, 27.6)
    path.parent.mkdir(parents=True, exist_ok=True)
    with rasterio.open(
        path, "w", driver="GTiff", height=size, width=size, count=len(part), dtype=part.dtype,
        crs=crs, transform=transform, photometric="RGB", **options,
    ) as dataset:  # fmt: skip
        for top in range(0, size, side):
            for left in range(0, size, side):
                turned = np.rot90(part, int(rng.integers(4)), axes=(1, 2))
                here = turned[:, : size - top, : size - left]
                window = rasterio.windows.Window(left, top, here.shape[2], here.shape[1])
                dataset.write(here, window=window)
    return path


def whole(model: str, image: Path) -> None:
    """Predict, in a process of its own; says what it took."""
    import geocairn

    loaded = geocairn.load(model)
    begun = time.perf_counter()
    result = loaded.predict(image, OUT / "mask.tif", tile=TILE, overlap=OVERLAP, restart=True)
    seconds = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    told = {"windows": result.windows, "seconds": seconds, "peak": peak / 2**20}
    print(json.dumps({**told, "parts": dict(result.seconds)}))


def alone(model: str, image: Path, *, seconds: float) -> float:
    """Tiles a second of ONNX Runtime on tiles of the scene that are read and scaled already."""
    import geocairn
    from geocairn.run.options import Options
    from geocairn.run.preparing import prepare

    loaded = geocairn.load(model).loaded
    made = prepare(loaded, image, Options(tile=TILE, overlap=OVERLAP))
    windows = list(made.plan.grid)[: 4 * ROUNDS]
    tiles = [made.runner.read(made.plan, made.plan.window(*one))[0] for one in windows]
    feeds = [{name: array[None] for name, array in one.items()} for one in tiles]
    loaded.network(feeds[0])
    done, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < seconds:
        loaded.network(feeds[done % len(feeds)])
        done += 1
    spent = time.perf_counter() - begun
    made.runner.close()
    return done / spent


def seam(model: str, image: Path) -> tuple[float, float]:
    """Largest and mean difference in score between blended windows and one pass over a crop."""
    import geocairn

    crop = OUT / "crop.tif"
    with rasterio.open(image) as dataset:
        window = rasterio.windows.Window(0, 0, CROP, CROP)
        profile = {**dataset.profile, "height": CROP, "width": CROP}
        with rasterio.open(crop, "w", **profile) as target:
            target.write(dataset.read(window=window))
    loaded = geocairn.load(model)
    found: list[Any] = []
    for tile, overlap in ((TILE, OVERLAP), (CROP, 0)):
        path = OUT / f"scores-{tile}.tif"
        loaded.predict(crop, OUT / "crop-mask.tif", tile=tile, overlap=overlap, scores=str(path))
        with rasterio.open(path) as dataset:
            found.append(dataset.read())
    apart = np.abs(found[0] - found[1])
    return float(apart.max()), float(apart.mean())


def main() -> int:
    """Measure; gives 1 where a limit is not kept."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=10_000)
    parser.add_argument("--model", default=str(SHIPPED))
    parser.add_argument("--whole", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.whole:
        whole(asked.model, asked.whole)
        return 0
    OUT.mkdir(parents=True, exist_ok=True)
    image = scene(OUT / "scene.tif", asked.size, SHIPPED / "sample-input.tif")
    command = [sys.executable, __file__, "--model", asked.model, "--whole", str(image)]
    # The machine's speed drifts: alone, whole, alone, and the mean of both.
    before = alone(asked.model, image, seconds=20)
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    after = alone(asked.model, image, seconds=20)
    speed, raw = told["windows"] / told["seconds"], (before + after) / 2
    share, peak = speed / raw, told["peak"]
    print(f"{asked.size} x {asked.size}: {told['windows']} windows in {told['seconds']:.1f} s")
    print(f"  {speed:.2f} windows/s; ONNX Runtime alone {raw:.2f} ({before:.2f}, {after:.2f})")
    print(f"  share {share:.2f} (limit {LEAST}); memory {peak:.2f} GiB (limit {MOST})")
    print("  " + ", ".join(f"{name} {value:.1f} s" for name, value in told["parts"].items()))
    largest, mean = seam(asked.model, image)
    print(f"  against one pass over {CROP} x {CROP}: at most {largest:.3f}, on average {mean:.5f}")
    return 0 if share >= LEAST and peak <= MOST else 1


if __name__ == "__main__":
    sys.exit(main())
