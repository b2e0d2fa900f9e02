"""A finished training run, as `geocairn-train train` leaves it, but with chosen weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from geocairn_training.describe import Publication
from geocairn_training.facts import (
    BandFact,
    Chip,
    ClassFact,
    DataSource,
    Interval,
    RunFacts,
    SourceCode,
    Split,
    Statistics,
)
from geocairn_training.fitting.gather import architecture
from geocairn_training.models.task import SegmentationTask

PUBLICATION = Publication(
    model="towns-unet",
    version="1.2.0",
    collection="buildings",
    license="MIT",
    producer="Town Observatory",
    producer_url="https://towns.example.org",
    keywords=("towns",),
)


RGB = (("red", 0.65), ("green", 0.56), ("blue", 0.48))


def facts_of(task: SegmentationTask, **changes: Any) -> RunFacts:
    """Facts of a run that made a task; none of the figures were measured."""
    network = task.network
    bands = tuple(
        BandFact(name=name, common_name=name, center_wavelength=wave) for name, wave in RGB
    )
    colors = ("", "E4572E", "2E86E4")
    fields: dict[str, Any] = {
        "name": "Towns of 2024",
        "title": "Towns (made up)",
        "created": "2026-11-20T10:00:00Z",
        "seed": 7,
        "architecture": architecture(network),
        "classes": tuple(
            ClassFact(name=name, value=value, title=name.capitalize(), color=colors[value])
            for value, name in enumerate(task.classes)
        ),
        "bands": bands,
        "chip": Chip(height=64, width=64),
        "statistics": Statistics(
            mean=(111.0, 112.5, 96.25),
            std=(40.5, 38.25, 41.0),
            minimum=(0.0, 3.0, 1.0),
            maximum=(255.0, 255.0, 254.0),
            class_balance={name: 1 / len(task.classes) for name in task.classes},
            pixels=81_920,
        ),
        "dtype": "uint8",
        "activation": task.activation,
        "split": Split(
            method="spatial-blocks",
            block=60.0,
            seed=3,
            chips={"train": ("a", "b", "c"), "validation": ("d",), "test": ("e",)},
        ),
        "metrics": {
            "validation": {"iou/background": 0.9, "iou/building": 0.75, "loss": 0.31},
            "test": {"iou/background": 0.91, "iou/building": 0.7625},
        },
        "hyperparameters": {"lr": 0.002, "epochs": 5, "loss": "dice+ce", "weights": [1.0, 2.0]},
        "crs": "EPSG:32645",
        "bbox": (85.51, 27.62, 85.53, 27.64),
        "geometry": {
            "type": "Polygon",
            "coordinates": [
                [[85.51, 27.62], [85.53, 27.62], [85.53, 27.64], [85.51, 27.64], [85.51, 27.62]]
            ],
        },
        "versions": {"python": "3.11.9", "torch": "2.13.0+cpu", "geocairn": "0.1.0"},
        "accelerator": "cpu",
        "seconds": 61.25,
        "epochs": 5,
        "best_epoch": 4,
        "gsd": 0.5,
        "interval": Interval(start="2024-03-01T00:00:00Z", end="2024-03-02T00:00:00Z"),
        "data": (
            DataSource(
                title="Aerial images",
                role="imagery",
                href="https://tiles.example.org/{z}/{x}/{y}",
                licence="CC-BY-4.0",
                attribution="Image by the Flyers",
            ),
            DataSource(title="Footprints", role="labels", licence="ODbL-1.0"),
        ),
        "source": SourceCode(commit="4" * 40, href="https://code.example.org/towns"),
    }
    return RunFacts(**fields | changes)


def make_run(folder: Path, *, classes: tuple[str, ...] = ("background", "building")) -> Path:
    """Write a run's folder with a network of weights that depend on nothing but a seed."""
    torch.manual_seed(11)
    task = SegmentationTask(classes=classes, width=8, depth=3, norm="batch")
    with torch.no_grad():
        task.network.train()
        for _ in range(8):  # Statistics of batches, so that normalisation does something.
            task.network(torch.randn(4, 3, 64, 64) * 1.4 + 0.3)
        task.network.head.weight *= 6
        task.eval()
        middle = task.network(torch.randn(4, 3, 64, 64).cumsum(3) / 6).mean(dim=(0, 2, 3))
        task.network.head.bias -= middle  # So that every class occurs.
    folder.mkdir(parents=True)
    facts_of(task).write(folder)
    (folder / "config.yaml").write_text("seed_everything: 7\n")
    state = {"state_dict": task.state_dict(), "hyper_parameters": dict(task.hparams)}
    torch.save(state, folder / "checkpoint.ckpt")
    return folder
