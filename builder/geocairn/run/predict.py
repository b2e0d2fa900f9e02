"""From a model and a scene to a file, with its lineage beside it."""

from __future__ import annotations

import os
import shutil
import time
import weakref
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import rasterio

from geocairn import _io
from geocairn.errors import GeocairnError, InputError
from geocairn.progress import Progress, Silent
from geocairn.run.lineage import item_path, write_lineage
from geocairn.run.loading import Loaded
from geocairn.run.options import Options
from geocairn.run.polygons import trace
from geocairn.run.preparing import Prepared, prepare
from geocairn.run.rasters import Rasters, run_rasters
from geocairn.run.rawfile import cloud_optimized
from geocairn.run.result import Prediction, traced_features
from geocairn.run.spec import Kind
from geocairn.run.tables import Table, run_table
from geocairn.run.timing import Seconds
from geocairn.run.vectors import format_of, write_features
from geocairn.run.work import Work, working

__all__ = ["predict"]

_DENSE = ("segmentation", "values")
_GDAL_CACHE = 64 << 20
_ENDINGS = {"cog": ".tif", "parquet": ".parquet", "gpkg": ".gpkg", "geojson": ".geojson"}


def predict(
    loaded: Loaded,
    given: Any,
    output: str | os.PathLike[str] | None = None,
    *,
    options: Options,
    href: str = "",
    progress: Progress | None = None,
) -> Prediction:
    """Run a model on a scene.

    Args:
        loaded: The model.
        given: The scene, or those of each input; see `geocairn.run.scenes.open_scene`.
        output: File to write; None for a passing one, which goes together with the result.
        options: See `Options`.
        href: Where the model's item is, for the lineage.
        progress: Is told how far it is.

    Raises:
        InputError: If the model cannot be run on the scene; the message says why.
        OutputError: If the result cannot be written; nothing is left under its name.
    """
    begun, began = time.perf_counter(), datetime.now(UTC)
    folder = None
    # GDAL would keep a twentieth of the memory for blocks that are read once.
    with rasterio.Env(GDAL_CACHEMAX=_GDAL_CACHE):
        made = prepare(loaded, given, options)
        try:
            if output is None:
                folder = _Passing()
                output = folder.path / f"result{_usual_ending(made, options)}"
            target = Path(output)
            kind = _checked_format(made, target, options)
            with working(
                target, key=_key(loaded, made, options, kind), again=options.restart
            ) as work:
                found = _run(loaded, made, work, target, kind, options, progress or Silent())
                lineage = write_lineage(
                    target,
                    kind=kind,
                    scenes=made.scenes,
                    place=made.plan.place,
                    model={
                        "id": loaded.spec.id,
                        "href": href,
                        "checksum": loaded.file.checksum,
                        "runtime": loaded.network.runtime,
                    },
                    parameters=_parameters(made, options),
                    began=began,
                    others={"scores": found.scores} if found.scores else {},
                )
        finally:
            made.runner.close()
    total = time.perf_counter() - begun
    return replace(
        found,
        lineage=lineage,
        seconds={**found.seconds, "total": total},
        _folder=folder,
    )


class _Passing:
    """A folder that goes when nobody holds it any more."""

    def __init__(self) -> None:
        self.path = Path(mkdtemp(prefix="geocairn-"))
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


def _usual_ending(made: Prepared, options: Options) -> str:
    usual = "cog" if made.output.kind in _DENSE else "parquet"
    return _ENDINGS[options.format or usual]


def _checked_format(made: Prepared, target: Path, options: Options) -> str:
    kind = format_of(target, options.format)
    dense, classes = made.output.kind in _DENSE, made.output.kind == "segmentation"
    fits = kind == "cog" if dense and (not classes or options.raw) else dense or kind != "cog"
    if not fits:
        raise InputError(
            f"gives {_told(made.output.kind)}, which {kind} cannot hold",
            where=str(target),
            remedy="Write a GeoTIFF (.tif)."
            if dense
            else "Write .parquet, .gpkg or .geojson: it is a table.",
        )
    if kind != "cog" and not made.plan.place.georeferenced:
        raise InputError(
            "has no coordinate reference system, so nobody could tell where features lie",
            where=made.scenes[0].name,
            remedy="Write a GeoTIFF (.tif), or give the scene its reference system first "
            "(rio edit-info --crs).",
        )
    if options.scores is not None and not classes:
        raise InputError(
            f"gives {_told(made.output.kind)}, beside which there are no scores",
            where=options.scores,
            remedy="Leave --scores out.",
        )
    return kind


def _told(kind: Kind) -> str:
    return {
        "segmentation": "classes of pixels",
        "values": "values of pixels",
        "classification": "classes of windows",
        "embedding": "a vector for each window",
        "regression": "a value for each window",
        "detection": "objects",
    }[kind]


def _key(loaded: Loaded, made: Prepared, options: Options, kind: str) -> str:
    """What the work of a run depends on: another run cannot go on with it."""
    parts: list[Any] = [
        loaded.file.checksum,
        asdict(made.plan) | {"place": repr(made.plan.place)},
        options.told(),
        [_version(href) for one in made.scenes for href in one.href.split(", ")],
        [[str(band) for band in one.bands] for one in made.scenes],
        options.scores is not None or kind != "cog",
    ]
    return _io.digest(_io.canonical(parts))


def _version(href: str) -> list[Any]:
    try:
        status = Path(href).stat()
    except (OSError, ValueError):
        return [href]
    return [href, status.st_size, status.st_mtime_ns]


def _parameters(made: Prepared, options: Options) -> dict[str, Any]:
    plan = made.plan
    return {
        "tile": list(plan.tile),
        "overlap": plan.overlap,
        "batch": plan.batch,
        "activation": made.post.activation,
        "bands": {
            spec: [band.label for stack in reader.stacks for band in stack.bands]
            for spec, reader in made.runner.readers.items()
        },
        **options.told(),
    }


def _run(
    loaded: Loaded,
    made: Prepared,
    work: Work,
    target: Path,
    kind: str,
    options: Options,
    progress: Progress,
) -> Prediction:
    seconds = Seconds()
    # What an earlier run left under these names must not be taken for this one's.
    declared = loaded.spec.threshold
    if made.output.kind in _DENSE:
        tags = {"model": loaded.spec.id, "checksum": loaded.file.checksum}
        rasters = run_rasters(
            made,
            work,
            options=options,
            declared=declared,
            with_scores=options.scores is not None or kind != "cog",
            tags=tags,
            seconds=seconds,
            progress=progress,
        )
        begun = time.perf_counter()
        scores = _finish_rasters(rasters, work, target, kind, options)
        decision = rasters.decision
        classes = decision.classes if decision else ()
        background, counts = decision.background if decision else 0, rasters.counts
        if decision:
            counts = {key: value for key, value in counts.items() if key != decision.unclassified}
    else:
        table: Table = run_table(
            made,
            work,
            options=options,
            declared=declared,
            where=loaded.spec.id,
            seconds=seconds,
            progress=progress,
        )
        begun = time.perf_counter()
        write_features(target, table.features, kind=kind)
        scores, classes, background, counts = None, table.classes, -1, table.counts
    seconds.writing += time.perf_counter() - begun
    return Prediction(
        path=target,
        kind="values" if options.raw and made.output.kind == "segmentation" else made.output.kind,
        format=kind,
        lineage=item_path(target),
        scores=scores,
        model=loaded.spec.id,
        classes=tuple(classes),
        background=background,
        counts=counts,
        seconds=asdict(seconds),
        windows=len(made.plan.grid),
        note=made.note,
    )


def _finish_rasters(
    rasters: Rasters, work: Work, target: Path, kind: str, options: Options
) -> Path | None:
    """From the rows in the work's folder to the files that were asked for."""
    scores, classes = rasters.scores, rasters.classes
    wanted = Path(options.scores) if options.scores is not None else None
    finished: list[tuple[Path, Path]] = []
    if wanted is not None and scores is not None:
        finished.append((work.folder / "scores.tif", wanted))
        cloud_optimized(scores.described(), finished[-1][0], resampling="average")
    if kind == "cog":
        main = classes or scores
        assert main is not None
        finished.append((work.folder / "result.tif", target))
        how = "nearest" if main is classes else "average"
        cloud_optimized(main.described(), finished[-1][0], resampling=how)
    else:
        _write_polygons(rasters, target, kind, options)
    for source, final in finished:
        try:
            source.replace(final)
        except OSError as error:
            raise _io.output_error(error, final) from error
    return wanted


def _write_polygons(rasters: Rasters, target: Path, kind: str, options: Options) -> None:
    if rasters.decision is None or rasters.classes is None:
        raise GeocairnError("there are no classes to trace")
    found = trace(
        rasters.classes.described(),
        rasters.scores.described() if rasters.scores else None,
        classes=rasters.decision.classes,
        background=rasters.decision.background,
        how=options.tracing,
    )
    features = traced_features(found, rasters.classes.place.crs)
    write_features(target, features, kind=kind)
