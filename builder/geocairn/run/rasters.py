"""Runs whose result is a raster: classes, scores or values for every place."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio

from geocairn.errors import InputError
from geocairn.progress import Progress
from geocairn.run.colors import rgb
from geocairn.run.decide import Decision, decision_for
from geocairn.run.dense import Strip, strips
from geocairn.run.options import Options
from geocairn.run.preparing import Prepared
from geocairn.run.rawfile import RawRaster
from geocairn.run.scenes import Place
from geocairn.run.tiles import batches
from geocairn.run.timing import Seconds
from geocairn.run.work import Work

__all__ = ["Rasters", "run_rasters"]

_ROWS = 64


@dataclass(frozen=True)
class Rasters:
    """What a run left in its folder.

    Attributes:
        classes: Of class values; None where the output holds plain values.
        scores: Of scores, or of the values themselves; None where nobody asked for them.
        decision: How scores became classes.
        counts: Pixels by class value.
    """

    classes: RawRaster | None
    scores: RawRaster | None
    decision: Decision | None
    counts: dict[int, int]


def run_rasters(
    made: Prepared,
    work: Work,
    *,
    options: Options,
    declared: float | None,
    with_scores: bool,
    tags: dict[str, str],
    seconds: Seconds,
    progress: Progress,
) -> Rasters:
    """Run a model and write rows as they are done; goes on where `work` ended.

    Args:
        made: What the run needs.
        work: What was done before.
        options: See `Options`.
        declared: Threshold that the item declares.
        with_scores: Whether scores are kept, too.
        tags: Metadata of the rasters.
        seconds: Where times are added up.
        progress: Is told how many rows of windows are done.

    Raises:
        InputError: If no pixel of the scene holds any data, and that is not wished.
        OutputError: If there is no room.
    """
    decision = None
    if made.output.kind == "segmentation" and not options.raw:
        decision = decision_for(
            made.output,
            made.post,
            channels=made.channels,
            threshold=options.threshold,
            declared=declared,
            where=tags["model"],
        )
    place = _output_place(made)
    classes = _classes(work.folder / "classes.raw", place, decision, tags) if decision else None
    keeps = with_scores or decision is None
    scores = _scores(work.folder / "scores.raw", place, made, decision, tags) if keeps else None
    for raster in (classes, scores):
        if raster is not None:
            raster.keep(work.rows)
    counts = Counter({int(key): value for key, value in work.state.get("counts", {}).items()})
    rows = len(made.plan.grid.rows)
    progress.step("Run the model", total=rows, unit="rows")
    progress.advance(work.windows)
    for strip in _strips(made, work.windows, options, seconds):
        begun = time.perf_counter()
        _write(strip, classes, scores, decision, counts, height=place.height)
        seconds.writing += time.perf_counter() - begun
        work.done(
            windows=strip.row + 1,
            rows=min(strip.start + strip.valid.shape[0], place.height),
            counts={str(key): value for key, value in counts.items()},
            valid=bool(work.state.get("valid")) or bool(strip.valid.any()),
        )
        progress.advance(1)
    if not work.state.get("valid") and not options.empty:
        work.state.clear()  # There is nothing to go on with.
        raise InputError(
            "holds no data at all: every pixel is masked or nodata",
            where=made.scenes[0].name,
            remedy="Check its nodata value (rio info), or give another one with --nodata.",
        )
    return Rasters(classes, scores, decision, dict(counts))


def _strips(made: Prepared, start: int, options: Options, seconds: Seconds) -> Any:
    # The row of windows before reaches into the first strip that is missing.
    done = batches(
        made.runner,
        made.plan,
        start=max(0, start - 1) if start else 0,
        workers=options.workers,
        seconds=seconds,
    )
    if start >= len(made.plan.grid.rows):
        return iter(())
    return strips(
        done,
        made.plan,
        made.output,
        made.post,
        place=made.place,
        channels=made.channels,
        start=start,
        seconds=seconds,
    )


def _output_place(made: Prepared) -> Place:
    """Where the output lies: the scene's grid, finer or coarser by the plan's cells."""
    place, (unit, pixels) = made.plan.place, made.plan.cell
    if unit == pixels:
        return place
    height, width = (-(-size // unit) * pixels for size in (place.height, place.width))
    transform = place.transform
    if transform is not None:
        transform = transform @ rasterio.Affine.scale(unit / pixels)
    return Place(height, width, transform, place.crs)


def _classes(path: Path, place: Place, decision: Decision, tags: dict[str, str]) -> RawRaster:
    colors = {
        int(one.value or 0): (*rgb(one.color, index=index), 255)
        for index, one in enumerate(decision.classes)
    }
    clear = dict.fromkeys((decision.background, decision.unclassified), (0, 0, 0, 0))
    narrow = decision.dtype == "uint8"
    return RawRaster(
        path,
        place,
        1,
        decision.dtype,
        decision.unclassified,
        ("class",),
        colors | clear if narrow else {},
        tags,
    )


def _scores(
    path: Path, place: Place, made: Prepared, decision: Decision | None, tags: dict[str, str]
) -> RawRaster:
    names = tuple(f"{made.output.name} {n + 1}" for n in range(made.channels))
    if decision is not None:
        shown = decision.classes[-1:] if made.channels == 1 else decision.classes
        names = tuple(one.name or "" for one in shown)
    return RawRaster(path, place, made.channels, "float32", float("nan"), names, {}, tags)


def _write(
    strip: Strip,
    classes: RawRaster | None,
    scores: RawRaster | None,
    decision: Decision | None,
    counts: Counter[int],
    *,
    height: int,
) -> None:
    rows = min(strip.valid.shape[0], height - strip.start)
    # A few rows at a time: what is computed on the way would else be as large as the strip.
    for top in range(0, rows, _ROWS):
        bottom = min(top + _ROWS, rows)
        values, valid = strip.scores[:, top:bottom], strip.valid[top:bottom]
        if classes is not None and decision is not None:
            if valid.any():
                chosen = decision(values)
                chosen[~valid] = decision.unclassified
            else:
                chosen = np.full(valid.shape, decision.unclassified, decision.dtype)
            classes.append(chosen[None])
            numbers = np.bincount(chosen.ravel())
            counts.update({int(value): int(numbers[value]) for value in np.flatnonzero(numbers)})
        if scores is not None:
            if not valid.all():
                values[:, ~valid] = np.nan
            scores.append(values)
