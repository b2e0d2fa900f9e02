"""The run's pictures, and one small HTML page that shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

import torch

from geocairn import _io
from geocairn_training.data.dataset import IGNORE, ChipDataset
from geocairn_training.facts import RunFacts
from geocairn_training.fitting.evaluation import Evaluation
from geocairn_training.models.task import SegmentationTask
from geocairn_training.plots import figures

__all__ = ["report"]

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "img{max-width:100%}table{border-collapse:collapse}td,th{padding:.2rem .8rem;"
    "border-bottom:1px solid #ccc;text-align:right}th:first-child,td:first-child{text-align:left}"
)
_PICTURES = {
    "learning": "Learning curves",
    "confusion": "Confusion matrix",
    "precision-recall": "Precision and recall",
    "reliability": "Reliability",
    "samples": "Examples",
}


def report(
    folder: Path,
    *,
    facts: RunFacts,
    task: SegmentationTask,
    measured: Mapping[str, Evaluation],
    history: Sequence[Mapping[str, float]],
    monitor: str,
    held_out: ChipDataset,
) -> None:
    """Write ``plots/*.png`` and ``report.html`` into a run's folder.

    Args:
        folder: Of the run.
        facts: Of the run.
        task: With the weights that are kept.
        measured: By split; pictures are of the last one.
        history: Measures by epoch.
        monitor: The measure that decided.
        held_out: Samples to show.

    Raises:
        OutputError: When the place cannot be written.
    """
    split = list(measured)[-1]
    evaluation, classes = measured[split], facts.classes
    drawn = {
        "learning": figures.learning(history, monitor),
        "confusion": figures.confusion(evaluation.confusion, classes),
        "precision-recall": figures.precision_recall(evaluation.histogram, classes),
        "reliability": figures.reliability(evaluation.histogram, classes),
        "samples": figures.samples(_predicted(task, held_out), classes, ignore=IGNORE),
    }
    for name, figure in drawn.items():
        figures.save(figure, folder / "plots" / f"{name}.png")
    _io.write_atomic(folder / "report.html", _page(facts, split).encode())


@torch.inference_mode()
def _predicted(task: SegmentationTask, held_out: ChipDataset, count: int = 4) -> list[figures.Row]:
    """The first samples, with what the model makes of them."""
    rows: list[figures.Row] = []
    for index in range(min(count, len(held_out))):
        sample = held_out[index]
        predicted = task.decide(task(sample["image"][None].to(task.device)))[0]
        rows.append((sample["image"].numpy(), sample["mask"].numpy(), predicted.cpu().numpy()))
    return rows


def _page(facts: RunFacts, split: str) -> str:
    names = list(next(iter(facts.metrics.values())))
    head = "".join(f"<th>{escape(part)}</th>" for part in facts.metrics)
    rows = "".join(
        f"<tr><td>{escape(name)}</td>"
        + "".join(f"<td>{values[name]:.4f}</td>" for values in facts.metrics.values())
        + "</tr>"
        for name in names
    )
    pictures = "".join(
        f'<h2>{title}</h2><img src="plots/{name}.png" alt="{title} of the run">'
        for name, title in _PICTURES.items()
    )
    counts = ", ".join(f"{count} {name}" for name, count in facts.split.counts.items())
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(facts.title)}</title>'
        f"<style>{_STYLE}</style><h1>{escape(facts.title)}</h1>"
        f"<p>Run {escape(facts.name)}: {facts.architecture.parameters:,} parameters, "
        f"{facts.epochs} epochs in {facts.seconds:.0f} s on {escape(facts.accelerator)}; epoch "
        f"{facts.best_epoch} was kept. Chips: {escape(counts)}, divided by blocks of "
        f"{facts.split.block or 0:.0f} m. Pictures are of the split {escape(split)}.</p>"
        f"<table><tr><th>measure</th>{head}</tr>{rows}</table>{pictures}</html>\n"
    )
