"""A run of inference as a run of MLflow."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from geocairn_training.tracking import store

__all__ = ["EXPERIMENT", "record"]

EXPERIMENT = "geocairn-inference"


def record(documents: Sequence[dict[str, Any]], *, output: Path) -> str:
    """Record parameters, timings, shares of classes and files.

    The store is that of training: see `geocairn_training.tracking.store`.

    Args:
        documents: What `geocairn_training.inference.run` told of each image; not empty.
        output: The folder with the results.

    Returns:
        Id of the MLflow run.
    """
    from mlflow import MlflowClient

    address = store.address()
    # `mlflow run` has begun a run in an experiment of its own, and says which. Functions of
    # MLflow's that begin one leave its experiment behind in the environment; clients do not.
    client = MlflowClient(address)
    run = os.environ.get("MLFLOW_RUN_ID") or _begin(client, address)
    try:
        _tell(client, run, documents, output)
    except BaseException:
        with suppress(Exception):  # The store may be what failed.
            client.set_terminated(run, "FAILED")
        raise
    client.set_terminated(run)
    return run


def _begin(client: Any, address: str) -> str:
    """A new run: its id."""
    from mlflow.tracking.context.registry import resolve_tags

    found = client.get_experiment_by_name(EXPERIMENT)
    experiment = (
        found.experiment_id
        if found
        else client.create_experiment(EXPERIMENT, artifact_location=store.artifacts(address))
    )
    run: str = client.create_run(experiment, tags=resolve_tags()).info.run_id
    return run


def _tell(client: Any, run: str, documents: Sequence[dict[str, Any]], output: Path) -> None:
    from mlflow.entities import Metric, Param

    first = documents[0]
    given = {f"model.{key}": value for key, value in first["model"].items()} | first["parameters"]
    client.log_batch(run, params=[Param(key, str(value)) for key, value in given.items()])
    for step, document in enumerate(documents):
        pixels = document["image"]["height"] * document["image"]["width"]
        found = {f"seconds.{key}": value for key, value in document["seconds"].items()}
        found["pixels_per_second"] = document["pixels_per_second"]
        for name, one in document["classes"].items():
            found[f"share.{name.replace(' ', '_')}"] = one["pixels"] / pixels
        now = round(time.time() * 1000)
        client.log_batch(run, metrics=[Metric(*entry, now, step) for entry in found.items()])
        stem = Path(document["image"]["file"]).stem
        for name in (*document["outputs"], f"{stem}.json"):
            client.log_artifact(run, str(output / name), artifact_path=stem)
