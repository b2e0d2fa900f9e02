"""Runs whose result is a table: one row for each window, or for each object in it."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from geocairn.errors import InputError
from geocairn.model import Class
from geocairn.progress import Progress
from geocairn.run.decide import Decision, decision_for
from geocairn.run.detect import Boxes, decode, suppress
from geocairn.run.options import Options
from geocairn.run.preparing import Prepared
from geocairn.run.tiles import Batch, batches
from geocairn.run.timing import Seconds
from geocairn.run.vectors import Features
from geocairn.run.work import Work

__all__ = ["Table", "run_table"]

_LEAST = 0.25
"""Score below which an object is left out, where nobody says otherwise."""

_MOST_BOXES = 5000
"""Of one window; more are noise, and would fill the memory of a large scene."""


@dataclass(frozen=True)
class Table:
    """What a run gave.

    Attributes:
        features: The rows, in the scene's coordinate reference system.
        counts: Rows by class value.
        classes: Those that may occur.
    """

    features: Features
    counts: dict[int, int]
    classes: tuple[Class, ...]


def run_table(
    made: Prepared,
    work: Work,
    *,
    options: Options,
    declared: float | None,
    where: str,
    seconds: Seconds,
    progress: Progress,
) -> Table:
    """Run a model over every window; goes on where `work` ended.

    Args:
        made: What the run needs.
        work: What was done before.
        options: See `Options`.
        declared: Threshold that the item declares.
        where: The model, for messages.
        seconds: Where times are added up.
        progress: Is told how many rows of windows are done.

    Raises:
        InputError: If no pixel of the scene holds any data, or boxes are in no usual form.
        OutputError: If there is no room.
    """
    rows = len(made.plan.grid.rows)
    progress.step("Run the model", total=rows, unit="rows")
    progress.advance(work.windows)
    least = next((one for one in (options.threshold, declared) if one is not None), _LEAST)
    parts: list[dict[str, NDArray[Any]]] = []
    for one in batches(
        made.runner, made.plan, start=work.windows, workers=options.workers, seconds=seconds
    ):
        begun = time.perf_counter()
        if one.outputs is not None:
            if made.output.kind == "detection":
                parts.append(_objects(one, made, least))
            else:
                parts.append(_vectors(one, made))
        if one.last:
            if parts:
                work.save(one.row, **{key: _stacked(parts, key) for key in parts[0]})
            seen = bool(parts) or bool(work.state.get("valid"))
            work.done(windows=one.row + 1, valid=seen)
            parts = []
            progress.advance(1)
        seconds.writing += time.perf_counter() - begun
    if not work.state.get("valid"):
        raise InputError(
            "holds no data at all: every pixel is masked or nodata",
            where=made.scenes[0].name,
            remedy="Check its nodata value (rio info), or give another one with --nodata.",
        )
    found = list(work.saved())
    gathered = {key: _stacked(found, key) for key in found[0]}
    if made.output.kind == "detection":
        return _detections(gathered, made, options)
    return _rows(gathered, made, options, declared, where)


def _stacked(parts: list[dict[str, NDArray[Any]]], key: str) -> NDArray[Any]:
    return np.concatenate([one[key] for one in parts])


def _vectors(one: Batch, made: Prepared) -> dict[str, NDArray[Any]]:
    """What the network gave for each window, as one vector."""
    assert one.outputs is not None
    output = one.outputs[made.place]
    order = list(made.output.order)
    if "batch" not in order:
        output, order = output[None], ["batch", *order]
    output = np.moveaxis(output, order.index("batch"), 0)
    count = len(one.windows)
    values = output[:count].reshape(count, -1).astype(np.float32)
    return {
        "windows": np.array([made.plan.window(*window) for window in one.windows], np.int64),
        "values": made.post(values, axis=1).astype(np.float32),
    }


def _objects(one: Batch, made: Prepared, least: float) -> dict[str, NDArray[Any]]:
    """The objects in each window, in pixels of the scene."""
    assert one.outputs is not None
    classes = len(made.output.classes) or max(len(spec.classes) for spec in made.outputs)
    scale = np.array([made.plan.tile[1] / made.plan.size[1], made.plan.tile[0] / made.plan.size[0]])
    parts = []
    for place, (window, valid) in enumerate(zip(one.windows, one.valid, strict=True)):
        top, left, height, width = made.plan.window(*window)
        found = decode(
            one.outputs[: len(made.outputs)],
            made.outputs,
            classes=classes,
            least=least,
            place=place,
        )
        corners = found.corners * np.tile(scale, 2).astype(np.float32)
        centre = (corners[:, :2] + corners[:, 2:]) / 2
        inside = (centre >= 0).all(1) & (centre[:, 0] < width) & (centre[:, 1] < height)
        x, y = (centre[inside, axis].astype(int) for axis in (0, 1))
        inside[inside] = valid[y, x]
        best = suppress(
            Boxes(corners[inside], found.scores[inside], found.labels[inside]), overlap=0.9
        )[:_MOST_BOXES]
        shift = np.array([left, top, left, top], np.float32)
        parts.append(Boxes(best.corners + shift, best.scores, best.labels))
    joined = Boxes.joined(parts)
    return {"corners": joined.corners, "scores": joined.scores, "labels": joined.labels}


def _detections(found: dict[str, NDArray[Any]], made: Prepared, options: Options) -> Table:
    boxes = Boxes(found["corners"], found["scores"], found["labels"])
    kept = suppress(boxes, overlap=options.nms)
    classes = next((one.classes for one in made.outputs if one.classes), ())
    names, values = _labels(kept.labels, classes)
    corners = kept.corners.astype(np.float64)
    geometry = _placed(corners, made)
    size = np.array(made.plan.place.ground_size())
    area = ((corners[:, 2:] - corners[:, :2]) * size).prod(axis=1)
    columns = {
        "class": pa.array(names, pa.string()),
        "value": pa.array(values, pa.int32()),
        "score": pa.array(np.round(kept.scores.astype(np.float64), 4)),
        "area_m2": pa.array(np.round(area, 2)),
    }
    features = Features(geometry, columns, made.plan.place.crs)
    return Table(features, dict(Counter(values)), tuple(classes))


def _labels(labels: NDArray[np.int64], classes: tuple[Class, ...]) -> tuple[list[str], list[int]]:
    """Names and values: labels are values where all of them are, else places in the list."""
    by_value = {one.value: one for one in classes}
    as_values = set(labels.tolist()) <= by_value.keys()
    names, values = [], []
    for label in labels.tolist():
        known = by_value.get(label) if as_values else None
        if known is None and 0 <= label < len(classes):
            known = classes[label]
        names.append((known.name if known else None) or f"class {label}")
        values.append(label if known is None or known.value is None else known.value)
    return names, values


def _placed(corners: NDArray[np.float64], made: Prepared) -> Any:
    """Boxes in pixels as polygons in the scene's coordinates; a raster may be rotated."""
    boxes = shapely.box(*corners.T) if len(corners) else np.empty(0, object)
    transform = made.plan.place.transform
    if transform is None or not len(boxes):
        return boxes
    return shapely.transform(boxes, lambda points: np.column_stack(transform @ points.T))


def _rows(
    found: dict[str, NDArray[Any]],
    made: Prepared,
    options: Options,
    declared: float | None,
    where: str,
) -> Table:
    top, left, height, width = found["windows"].T.astype(np.float64)
    geometry = _placed(np.column_stack([left, top, left + width, top + height]), made)
    values = found["values"]
    crs = made.plan.place.crs
    if made.output.kind != "classification" or options.raw:
        if values.shape[1] == 1:
            column = pa.array(values[:, 0])
        else:
            flat = pa.array(values.ravel())
            column = pa.FixedSizeListArray.from_arrays(flat, values.shape[1]).cast(
                pa.list_(pa.float32())
            )
        name = "embedding" if made.output.kind == "embedding" else "value"
        return Table(Features(geometry, {name: column}, crs), {}, ())
    decision: Decision = decision_for(
        made.output,
        made.post,
        channels=values.shape[1],
        threshold=options.threshold,
        declared=declared,
        where=where,
    )
    chosen = decision(values.T[:, :, None])[:, 0]
    best = values[:, 0] if values.shape[1] == 1 else values.max(axis=1)
    names = {one.value: one.name for one in decision.classes}
    columns = {
        "class": pa.array([names.get(value, "none") for value in chosen.tolist()], pa.string()),
        "value": pa.array(chosen.astype(np.int32)),
        "score": pa.array(np.round(best.astype(np.float64), 6)),
    }
    if values.shape[1] > 1:
        for index, one in enumerate(decision.classes):
            columns[f"score_{one.name}"] = pa.array(np.round(values[:, index].astype(float), 6))
    counts = dict(Counter(chosen.tolist()))
    return Table(Features(geometry, columns, crs), counts, decision.classes)
