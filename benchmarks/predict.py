"""``predict`` on a large scene, against ONNX Runtime alone on the same tiles in the same run.

    python -m benchmarks predict                         # 10,000 x 10,000 pixels, three bands
    python -m benchmarks predict -- --size 4096
    python -m benchmarks predict -- --model item.json
    python -m benchmarks predict -- --tile 512 --overlap 64

Limits: at least 0.85 of the tiles a second of ONNX Runtime alone, everything written; at most
1.5 GiB of memory. Told besides: the share of the processor time that ONNX Runtime alone takes,
which other work on the machine changes less; and how far the blended result is from a single pass
over a crop.
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
CROP = 2560
TILES = 12


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


def whole(model: str, image: Path, windows: dict[str, Any]) -> None:
    """Predict, in a process of its own; says what it took."""
    import geocairn

    loaded = geocairn.load(model)
    begun, busy = time.perf_counter(), time.process_time()
    result = loaded.predict(image, OUT / "mask.tif", restart=True, **windows)
    told = {
        "windows": result.windows,
        "seconds": time.perf_counter() - begun,
        "busy": time.process_time() - busy,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
        "parts": dict(result.seconds),
    }
    print(json.dumps(told))


def alone(
    model: str, image: Path, windows: dict[str, Any], *, seconds: float
) -> tuple[float, float]:
    """ONNX Runtime on tiles of the scene that are read and scaled already.

    Returns:
        Tiles a second, and seconds of all processors for one.
    """
    import geocairn
    from geocairn.run.options import Options
    from geocairn.run.preparing import prepare

    loaded = geocairn.load(model).loaded
    made = prepare(loaded, image, Options(**windows))
    places = list(made.plan.grid)[:TILES]
    tiles = [made.runner.read(made.plan, made.plan.window(*one))[0] for one in places]
    feeds = [{name: array[None] for name, array in one.items()} for one in tiles]
    loaded.network(feeds[0])
    done, begun, busy = 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - begun < seconds:
        loaded.network(feeds[done % len(feeds)])
        done += 1
    spent = time.perf_counter() - begun
    made.runner.close()
    return done / spent, (time.process_time() - busy) / done


def seam(model: str, image: Path, windows: dict[str, Any]) -> tuple[float, float, float]:
    """Blended windows against one pass over a crop.

    Returns:
        Largest and mean difference in score, and the share of pixels that are of another class.
    """
    import geocairn

    crop = OUT / "crop.tif"
    with rasterio.open(image) as dataset:
        window = rasterio.windows.Window(0, 0, CROP, CROP)
        profile = {**dataset.profile, "height": CROP, "width": CROP}
        with rasterio.open(crop, "w", **profile) as target:
            target.write(dataset.read(window=window))
    loaded = geocairn.load(model)
    found: list[Any] = []
    for name, options in (("windows", windows), ("once", {"tile": CROP, "overlap": 0})):
        path = OUT / f"scores-{name}.tif"
        result = loaded.predict(crop, OUT / f"crop-{name}.tif", scores=str(path), **options)
        with rasterio.open(path) as dataset:
            found.append((result.array(), dataset.read()))
    (classes, scores), (other_classes, other_scores) = found
    apart = np.abs(scores - other_scores)
    return float(apart.max()), float(apart.mean()), float((classes != other_classes).mean())


def main() -> int:
    """Measure; gives 1 where a limit is not kept."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=10_000)
    parser.add_argument("--model", default=str(SHIPPED))
    parser.add_argument("--tile", type=int)
    parser.add_argument("--overlap", type=int)
    parser.add_argument("--whole", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    windows = {"tile": asked.tile, "overlap": asked.overlap}
    if asked.whole:
        whole(asked.model, asked.whole, windows)
        return 0
    OUT.mkdir(parents=True, exist_ok=True)
    image = scene(OUT / "scene.tif", asked.size, SHIPPED / "sample-input.tif")
    command = [sys.executable, __file__, "--model", asked.model, "--whole", str(image)]
    command += [f"--{name}={value}" for name, value in windows.items() if value is not None]
    # The machine's speed drifts: alone, whole, alone, and the mean of both.
    before, busy_before = alone(asked.model, image, windows, seconds=20)
    told = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    after, busy_after = alone(asked.model, image, windows, seconds=20)
    speed, raw = told["windows"] / told["seconds"], (before + after) / 2
    share, peak = speed / raw, told["peak"]
    busy = (busy_before + busy_after) / 2 / (told["busy"] / told["windows"])
    print(f"{asked.size} x {asked.size}: {told['windows']} windows in {told['seconds']:.1f} s")
    print(f"  {speed:.2f} windows/s; ONNX Runtime alone {raw:.2f} ({before:.2f}, {after:.2f})")
    print(f"  share {share:.2f} (limit {LEAST}); memory {peak:.2f} GiB (limit {MOST})")
    print(f"  of the processor time, {busy:.2f} is what ONNX Runtime alone takes")
    print("  " + ", ".join(f"{name} {value:.1f} s" for name, value in told["parts"].items()))
    largest, mean, others = seam(asked.model, image, windows)
    print(f"  against one pass over {CROP} x {CROP}: at most {largest:.3f}, on average {mean:.5f}")
    print(f"  and another class in {others:.3%} of the pixels")
    return 0 if share >= LEAST and peak <= MOST else 1


if __name__ == "__main__":
    sys.exit(main())
