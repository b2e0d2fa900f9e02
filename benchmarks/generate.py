"""Make a file of generated STAC-MLM items: valid, varied, about 3 KB each, the same every time.

    python benchmarks/generate.py 100000 items.ndjson

Footprints: 3 % of the world, 12 % of a continent's size, the rest local and clustered around
sixty places; some are no boxes, some cross the antimeridian. Hyperparameters mix types.
"""

from __future__ import annotations

import argparse
import hashlib
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

MLM = "https://stac-extensions.github.io/mlm/v1.5.2/schema.json"
FILE = "https://stac-extensions.github.io/file/v2.1.0/schema.json"
VERSION = "https://stac-extensions.github.io/version/v1.2.0/schema.json"
EO = "https://stac-extensions.github.io/eo/v2.0.0/schema.json"

SENSORS: dict[str, tuple[float, list[tuple[str, str, float]]]] = {
    "sentinel-2": (
        10.0,
        [
            ("B02", "blue", 0.49),
            ("B03", "green", 0.56),
            ("B04", "red", 0.665),
            ("B08", "nir", 0.842),
            ("B11", "swir16", 1.61),
            ("B12", "swir22", 2.19),
        ],
    ),
    "landsat-8": (
        30.0,
        [
            ("SR_B2", "blue", 0.48),
            ("SR_B3", "green", 0.56),
            ("SR_B4", "red", 0.655),
            ("SR_B5", "nir", 0.865),
        ],
    ),
    "drone": (0.05, [("1", "red", 0.66), ("2", "green", 0.55), ("3", "blue", 0.47)]),
    "naip": (
        0.6,
        [("R", "red", 0.65), ("G", "green", 0.55), ("B", "blue", 0.46), ("N", "nir", 0.84)],
    ),
}
ARCHITECTURES = [
    "U-Net",
    "DeepLabV3+",
    "ResNet-18",
    "ResNet-50",
    "ViT-S/16",
    "Swin-T",
    "YOLOv8",
    "SegFormer",
]
TASKS = [
    "semantic-segmentation",
    "classification",
    "object-detection",
    "scene-classification",
    "regression",
]
THEMES = [
    "buildings",
    "roads",
    "floods",
    "crops",
    "wildfire",
    "ships",
    "solar-panels",
    "forest",
    "landslides",
    "water",
    "clouds",
    "land-cover",
]
CLASSES = [
    "background",
    "building",
    "road",
    "water",
    "tree",
    "field",
    "bare soil",
    "burnt",
    "flooded",
    "ship",
    "cloud",
    "shadow",
]
WORDS = [
    "aerial",
    "attention",
    "augmentation",
    "balanced",
    "baseline",
    "benchmark",
    "calibrated",
    "coarse",
    "contrastive",
    "dense",
    "detects",
    "distilled",
    "estimates",
    "fine",
    "gentle",
    "high",
    "humanitarian",
    "imagery",
    "improved",
    "large",
    "light",
    "mapping",
    "mask",
    "monitoring",
    "multi",
    "noisy",
    "open",
    "operational",
    "pixel",
    "post",
    "pre",
    "rapid",
    "regional",
    "resolution",
    "robust",
    "rural",
    "seasonal",
    "small",
    "temporal",
    "tiles",
    "trained",
    "transfer",
    "tuned",
    "urban",
    "validated",
    "weakly",
]
LICENSES = ["Apache-2.0", "MIT", "CC-BY-4.0", "CC-BY-NC-4.0", "CC-BY-SA-4.0"]
PEOPLE = [
    "Terra Lab",
    "Open Aerial Institute",
    "Universität Bonn",
    "Kathmandu Mapping",
    "INPE",
    "Coastal Watch",
    "Geo Commons",
]


def items(count: int, *, seed: int = 7) -> Iterator[dict[str, Any]]:
    """Generate items; every fortieth is a second version of the one before it."""
    rng = random.Random(seed)
    places = [(rng.uniform(-170, 170), rng.uniform(-55, 70)) for _ in range(60)]
    number = 0
    while number < count:
        first = item(number, rng, places)
        yield first
        number += 1
        if number % 40 == 0 and number < count:
            yield second_version(first)
            number += 1


def second_version(first: dict[str, Any]) -> dict[str, Any]:
    """The same model, one version on."""
    properties = first["properties"] | {"version": "1.1.0"}
    return first | {"id": first["id"].replace("-1.0.0", "-1.1.0"), "properties": properties}


def item(number: int, rng: random.Random, places: list[tuple[float, float]]) -> dict[str, Any]:
    """One item."""
    sensor = rng.choice(list(SENSORS))
    gsd, bands = SENSORS[sensor]
    bands = rng.sample(bands, rng.randint(3, min(4, len(bands))))
    theme, architecture, task = rng.choice(THEMES), rng.choice(ARCHITECTURES), rng.choice(TASKS)
    slug = architecture.lower().replace("+", "plus").replace("/", "-")
    classes = rng.sample(CLASSES, rng.randint(2, 4))
    geometry, bbox = footprint(rng, places)
    name = f"{slug}-{theme}-{number:07d}"
    everywhere = ["global"] if bbox == [-180.0, -90.0, 180.0, 90.0] else []
    properties = {
        "title": title(architecture, theme, sensor, rng),
        "description": " ".join(rng.choices(WORDS, k=rng.randint(12, 32))).capitalize() + ".",
        **times(rng),
        "created": day(rng, 2021, 2024),
        "version": "1.0.0",
        "license": rng.choice(LICENSES),
        "gsd": gsd,
        "platform": sensor,
        "keywords": [theme, *everywhere, *rng.sample(WORDS, rng.randint(2, 5))],
        "providers": [
            {"name": rng.choice(PEOPLE), "roles": ["producer"], "url": "https://example.org/"}
        ],
        "bands": [band(*b) for b in bands],
        "mlm:name": f"{architecture} {theme}".replace("+", " plus").replace("/", " "),
        "mlm:architecture": architecture,
        "mlm:tasks": [task],
        "mlm:framework": "PyTorch",
        "mlm:framework_version": f"2.{rng.randint(0, 8)}.0",
        "mlm:total_parameters": (parameters := rng.randint(1_000_000, 90_000_000)),
        "mlm:memory_size": parameters * 4,
        "mlm:batch_size_suggestion": rng.choice([1, 8, 16, 32]),
        "mlm:accelerator": "cuda",
        "mlm:accelerator_constrained": False,
        "mlm:input": [model_input(rng, bands)],
        "mlm:output": [model_output(task, classes)],
        "mlm:hyperparameters": hyperparameters(rng),
    }
    if rng.random() < 0.6:
        properties |= {"mlm:pretrained": True, "mlm:pretrained_source": "ImageNet"}
    return {
        "type": "Feature",
        "stac_version": "1.1.0",
        "stac_extensions": [MLM, EO, FILE, VERSION],
        "id": f"{name}-1.0.0",
        "collection": theme,
        "geometry": geometry,
        **({"bbox": bbox} if bbox else {}),
        "properties": properties,
        "links": [
            {
                "rel": "cite-as",
                "href": f"https://doi.org/10.5281/zenodo.{rng.randint(10**6, 10**7)}",
            },
        ],
        "assets": assets(name, sensor, [band(*b) for b in bands], parameters * 4, rng),
    }


def title(architecture: str, theme: str, sensor: str, rng: random.Random) -> str:
    """A title that several models may share."""
    words = " ".join(rng.sample(WORDS, 2))
    return f"{architecture} for {theme.replace('-', ' ')} from {sensor} ({words})"


def band(name: str, common: str, wavelength: float) -> dict[str, Any]:
    """One band."""
    return {"name": name, "eo:common_name": common, "eo:center_wavelength": wavelength}


def model_input(rng: random.Random, bands: list[tuple[str, str, float]]) -> dict[str, Any]:
    """The one input of a model."""
    side = rng.choice([64, 224, 256, 512])
    scaling: Any = rng.choice(
        [
            [{"type": "min-max", "minimum": 0, "maximum": 255}],
            [
                {
                    "type": "z-score",
                    "mean": round(rng.uniform(50, 150), 4),
                    "stddev": round(rng.uniform(10, 90), 4),
                }
                for _ in bands
            ],
        ]
    )
    return {
        "name": "image",
        "bands": [name for name, _, _ in bands],
        "input": {
            "shape": [-1, len(bands), side, side],
            "dim_order": ["batch", "bands", "height", "width"],
            "data_type": "float32",
        },
        "value_scaling": scaling,
    }


def model_output(task: str, classes: list[str]) -> dict[str, Any]:
    """The one output of a model."""
    return {
        "name": "scores",
        "tasks": [task],
        "result": {
            "shape": [-1, len(classes)],
            "dim_order": ["batch", "class"],
            "data_type": "float32",
        },
        "classification:classes": [
            {
                "value": value,
                "name": name.replace(" ", "_"),
                "description": f"{name} from above",
            }
            for value, name in enumerate(classes)
        ],
    }


def hyperparameters(rng: random.Random) -> dict[str, Any]:
    """Settings whose types differ from item to item, as in real life."""
    found: dict[str, Any] = {
        "lr": rng.choice([0.001, 0.0003, "cosine", "1e-3"]),
        "epochs": rng.choice([10, 50, 100, None]),
        "optimizer": rng.choice(["AdamW", "SGD", {"name": "AdamW", "weight_decay": 0.01}]),
    }
    if rng.random() < 0.5:
        found["augmentations"] = rng.choice([["flip", "rotate"], "none", [], {"mixup": 0.2}])
    return found


def assets(
    name: str, sensor: str, bands: list[dict[str, Any]], size: int, rng: random.Random
) -> dict[str, Any]:
    """Weights, code, and now and then more."""
    checksum = "1220" + hashlib.sha256(name.encode()).hexdigest()
    found: dict[str, Any] = {
        "model": {
            "href": f"https://models.example.org/{name}/model.onnx",
            "type": "application/octet-stream; application=onnx",
            "title": "Weights as ONNX",
            "roles": ["mlm:model", "mlm:weights"],
            "mlm:artifact_type": "ONNX",
            "file:size": size,
            "file:checksum": checksum,
            "bands": bands,
        },
        "source_code": {
            "href": f"https://code.example.org/{sensor}/{name}",
            "type": "text/html",
            "title": "Source code",
            "roles": ["mlm:source_code", "code"],
        },
    }
    if rng.random() < 0.3:
        found["thumbnail"] = {
            "href": f"https://models.example.org/{name}/thumbnail.png",
            "type": "image/png",
            "roles": ["thumbnail"],
        }
    return found


def times(rng: random.Random) -> dict[str, Any]:
    """A moment, or an interval, which may be open."""
    if rng.random() < 0.4:
        return {"datetime": day(rng, 2016, 2024)}
    end = "9999-12-31T23:59:59Z" if rng.random() < 0.2 else day(rng, 2020, 2024)
    return {"datetime": None, "start_datetime": day(rng, 2014, 2019), "end_datetime": end}


def day(rng: random.Random, first: int, last: int) -> str:
    """A day at midnight."""
    return f"{rng.randint(first, last)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}T00:00:00Z"


def footprint(
    rng: random.Random, places: list[tuple[float, float]]
) -> tuple[Any, list[float] | None]:
    """A geometry and its box."""
    size = rng.random()
    if size < 0.03:
        return box(-180.0, -90.0, 180.0, 90.0)
    if size < 0.15:
        w, s = rng.uniform(-180, 110), rng.uniform(-60, 30)
        return box(w, s, w + rng.uniform(20, 70), s + rng.uniform(15, 50))
    x, y = rng.choice(places)
    x, y = x + rng.gauss(0, 4), max(-80.0, min(80.0, y + rng.gauss(0, 3)))
    half = rng.choice([0.01, 0.05, 0.3, 1.5])
    if x + half > 180 or x - half < -180:
        half = min(half, 0.05)
        east, _ = box(179.9, y - half, 180.0, y + half)
        west, _ = box(-180.0, y - half, -179.9, y + half)
        parts = [east["coordinates"], west["coordinates"]]
        return {"type": "MultiPolygon", "coordinates": parts}, [179.9, y - half, -179.9, y + half]
    if size > 0.97:
        ring = [[x - half, y - half], [x + half, y - half], [x, y + half], [x - half, y - half]]
        ring = [[round(a, 6), round(b, 6)] for a, b in ring]
        (w, s), (e, _), (_, n) = ring[0], ring[1], ring[2]
        return {"type": "Polygon", "coordinates": [ring]}, [w, s, e, n]
    return box(x - half, y - half, x + half, y + half)


def box(w: float, s: float, e: float, n: float) -> tuple[Any, list[float]]:
    """A box as a polygon, rounded to about a decimetre."""
    w, s, e, n = (round(side, 6) for side in (w, s, e, n))
    ring = [[w, s], [e, s], [e, n], [w, n], [w, s]]
    return {"type": "Polygon", "coordinates": [ring]}, [w, s, e, n]


def main() -> None:
    """Write a file of items, unless it is there already."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("target", type=Path)
    options = parser.parse_args()
    with options.target.open("wb") as file:
        for one in items(options.count):
            file.write(orjson.dumps(one) + b"\n")


if __name__ == "__main__":
    main()
