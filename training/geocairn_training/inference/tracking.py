"""A run of inference as a run of MLflow."""

from __future__ import annotations

import os
from collections.abc import Sequence
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
    import mlflow

    address = store.address()
    mlflow.set_tracking_uri(address)
    # `mlflow run` has begun a run in an experiment of its own, and says which.
    if not os.environ.get("MLFLOW_RUN_ID"):
        client = mlflow.MlflowClient()
        if client.get_experiment_by_name(EXPERIMENT) is None:
            client.create_experiment(EXPERIMENT, artifact_location=store.artifacts(address))
        mlflow.set_experiment(EXPERIMENT)
    first = documents[0]
    with mlflow.start_run() as run:
        mlflow.log_params({f"model.{key}": value for key, value in first["model"].items()})
        mlflow.log_params(first["parameters"])
        for step, document in enumerate(documents):
            pixels = document["image"]["height"] * document["image"]["width"]
            found = {f"seconds.{key}": value for key, value in document["seconds"].items()}
            found["pixels_per_second"] = document["pixels_per_second"]
            for name, one in document["classes"].items():
                found[f"share.{name.replace(' ', '_')}"] = one["pixels"] / pixels
            mlflow.log_metrics(found, step=step)
            stem = Path(document["image"]["file"]).stem
            for name in (*document["outputs"], f"{stem}.json"):
                mlflow.log_artifact(str(output / name), artifact_path=stem)
        identity: str = run.info.run_id
    return identity
