"""Many scenes: in this process, in several, or on a Dask cluster."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import ExitStack
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geocairn import _io
from geocairn.errors import InputError
from geocairn.progress import Progress, Silent
from geocairn.run.lineage import item_path
from geocairn.run.options import Options
from geocairn.run.scenes import open_scene
from geocairn.run.vectors import FORMATS

if TYPE_CHECKING:
    from geocairn.run.runnable import RunnableModel

__all__ = ["predict_many"]

_ENDINGS = {"cog": ".tif", "parquet": ".parquet", "gpkg": ".gpkg", "geojson": ".geojson"}


def predict_many(
    model: RunnableModel,
    scenes: Sequence[Any],
    folder: str | os.PathLike[str],
    *,
    workers: int = 1,
    executor: Executor | Any = None,
    progress: Progress | None = None,
    **options: Any,
) -> list[Path]:
    """See `geocairn.run.runnable.RunnableModel.predict_many`.

    Raises:
        InputError: If two scenes have one name, or one cannot be read.
        OutputError: If a result cannot be written.
    """
    shown = progress or Silent()
    targets = _targets(model, scenes, Path(folder), Options(**options))
    shown.step("Run on scenes", total=len(scenes), unit="scenes")
    waiting = []
    for scene, target in zip(scenes, targets, strict=True):
        if _whole(target) and not options.get("restart"):
            shown.advance(1)
        else:
            waiting.append((scene, target))
    if executor is None and workers <= 1:
        for scene, target in waiting:
            model.predict(scene, target, **options)
            shown.advance(1)
        return targets
    told = (_io.dumps(dict(model.item)), model.href, workers)
    with ExitStack() as stack:
        if executor is None:
            # Threads of ONNX Runtime and GDAL do not survive a fork.
            executor = stack.enter_context(
                ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
            )
        jobs = [
            executor.submit(_one, told, scene, str(target), options) for scene, target in waiting
        ]
        for job in jobs:
            job.result()
            shown.advance(1)
    return targets


def _one(told: tuple[bytes, str, int], scene: Any, target: str, options: Mapping[str, Any]) -> str:
    """Run in another process; the model is opened once in each."""
    return str(_model(*told).predict(scene, target, **options))


@lru_cache(maxsize=2)
def _model(item: bytes, href: str, workers: int) -> RunnableModel:
    from geocairn.run.runnable import load_item

    threads = max(1, (os.cpu_count() or 1) // max(1, workers))
    return load_item(_io.loads(item), href=href, threads=threads)


def _whole(target: Path) -> bool:
    """Whether a result is there; its item comes last."""
    return target.exists() and item_path(target).exists()


def _targets(
    model: RunnableModel, scenes: Sequence[Any], folder: Path, options: Options
) -> list[Path]:
    dense = model.spec.outputs[0].kind in ("segmentation", "values")
    ending = _ENDINGS[options.format or ("cog" if dense else "parquet")]
    names = [open_scene(scene).name for scene in scenes]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise InputError(
            "is the name of two scenes",
            where=twice,
            remedy="Results are named after scenes: run them into two folders.",
        )
    assert ending in FORMATS
    return [folder / f"{name}{ending}" for name in names]
