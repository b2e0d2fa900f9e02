"""Pictures of a run, drawn without a display."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from geocairn import _io
from geocairn.run.colors import rgb
from geocairn_training.facts import ClassFact

__all__ = [
    "Row",
    "confusion",
    "curves",
    "learning",
    "precision_recall",
    "reliability",
    "samples",
    "save",
]

Row = tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]
"""Image (bands, h, w) in raw values, true and predicted class indices (h, w)."""
_Counts = npt.NDArray[np.int64]


def save(figure: Figure, path: Path) -> None:
    """Write a figure as PNG, whole or not at all."""
    FigureCanvasAgg(figure)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110, bbox_inches="tight")
    _io.write_atomic(path, buffer.getvalue())


def confusion(matrix: _Counts, classes: Sequence[ClassFact]) -> Figure:
    """Shares of each true class (row) that were given each class (column)."""
    shares = matrix / np.maximum(1, matrix.sum(axis=1, keepdims=True))
    figure = Figure(figsize=(4.2, 3.6))
    axes = figure.add_subplot()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    names = [entry.title or entry.name for entry in classes]
    axes.set(xticks=range(len(names)), yticks=range(len(names)), xlabel="predicted", ylabel="true")
    axes.set_xticklabels(names)
    axes.set_yticklabels(names)
    for row, column in np.ndindex(*shares.shape):
        text = f"{shares[row, column]:.1%}\n{matrix[row, column]:,}"
        tone = "white" if shares[row, column] > 0.5 else "black"
        axes.text(column, row, text, ha="center", va="center", color=tone)
    return figure


def curves(histogram: _Counts) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Precision and recall at every threshold.

    Args:
        histogram: Pixels (2, bins): first those not of the class, then those of it, by probability.

    Returns:
        Precision and recall, both (bins,), for thresholds at the lower edge of each bin; precision
        is 1 where nothing is found.
    """
    false, true = (np.cumsum(part[::-1])[::-1].astype(float) for part in histogram)
    found = false + true
    precision = np.divide(true, found, out=np.ones_like(true), where=found > 0)
    return precision, true / max(1.0, float(true[0]))


def precision_recall(histogram: _Counts, classes: Sequence[ClassFact]) -> Figure:
    """Precision over recall for each class, with its average precision."""
    figure = Figure(figsize=(4.2, 3.6))
    axes = figure.add_subplot()
    for index, entry in enumerate(classes):
        precision, recall = curves(histogram[index])
        average = float(
            np.sum((recall[:-1] - recall[1:]) * precision[:-1]) + recall[-1] * precision[-1]
        )
        axes.plot(recall, precision, label=f"{entry.title or entry.name}: {average:.3f}")
    axes.set(xlabel="recall", ylabel="precision", xlim=(0, 1), ylim=(0, 1.02))
    axes.legend(title="average precision", loc="lower left")
    return figure


def reliability(histogram: _Counts, classes: Sequence[ClassFact], *, steps: int = 20) -> Figure:
    """How often a class is really there, by the probability that the model gives it."""
    figure = Figure(figsize=(4.2, 3.6))
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1], color="grey", linewidth=0.8)
    for index, entry in enumerate(classes):
        coarse = histogram[index].reshape(2, steps, -1).sum(axis=2)
        seen = coarse.sum(axis=0)
        middle = (np.arange(steps) + 0.5)[seen > 0] / steps
        axes.plot(
            middle,
            (coarse[1] / np.maximum(1, seen))[seen > 0],
            "o-",
            ms=3,
            label=entry.title or entry.name,
        )
    axes.set(xlabel="probability given", ylabel="share that is of the class")
    axes.legend()
    return figure


def learning(history: Sequence[Mapping[str, float]], monitor: str) -> Figure:
    """Loss, the watched measure and the learning rate by epoch."""
    figure = Figure(figsize=(8.6, 3.2))
    left, right = figure.subplots(1, 2)
    epochs = [entry["epoch"] for entry in history]
    measure = monitor.partition("/")[2]
    for axes, name in ((left, "loss"), (right, measure)):
        for split in ("train", "validation"):
            values = [entry.get(f"{split}/{name}", float("nan")) for entry in history]
            axes.plot(epochs, values, label=split)
        axes.set(xlabel="epoch", title=name)
        axes.legend()
    return figure


def samples(
    rows: Sequence[Row],
    classes: Sequence[ClassFact],
    *,
    ignore: int,
) -> Figure:
    """Input, target, prediction and errors, a row for each sample.

    Args:
        rows: One for each sample.
        classes: With their colours.
        ignore: Value of pixels that are not labelled.
    """
    palette = np.array([rgb(entry.color, index=i) for i, entry in enumerate(classes)], np.uint8)
    figure = Figure(figsize=(10, 2.6 * len(rows)))
    grid = figure.subplots(len(rows), 4, squeeze=False)
    for axes, (image, target, predicted) in zip(grid, rows, strict=True):
        known = target != ignore
        truth = palette[np.where(known, target, 0)]
        errors = np.full((*target.shape, 3), 235, np.uint8)
        errors[known & (predicted > target)] = (214, 39, 40)
        errors[known & (predicted < target)] = (31, 119, 180)
        truth[~known] = errors[~known] = 128
        pictures = (_visible(image), truth, palette[predicted], errors)
        titles = ("input", "target", "prediction", "errors: red too much, blue too little")
        for place, picture, title in zip(axes, pictures, titles, strict=True):
            place.imshow(picture)
            place.set_title(title, fontsize=8)
            place.axis("off")
    return figure


def _visible(image: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """The first three bands, or the first as grey; from the 2nd to the 98th percentile."""
    shown = image[:3] if image.shape[0] >= 3 else np.repeat(image[:1], 3, axis=0)
    low, high = np.percentile(shown, [2, 98])
    scaled = (shown.astype(float) - low) / max(1e-9, high - low)
    shades: npt.NDArray[np.uint8] = (scaled.clip(0, 1) * 255).astype(np.uint8)
    return shades.transpose(1, 2, 0)
