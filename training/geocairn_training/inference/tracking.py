"""A run of inference as a run of MLflow."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

__all__ = ["EXPERIMENT", "record"]

EXPERIMENT = "geocairn-inference"


def record(documents: Sequence[dict[str, Any]], *, output: Path) -> str:
    """Record parameters, timings, shares of classes and files.

    The store is that of ``MLFLOW_TRACKING_URI``, by default ``mlflow.db`` (SQLite) here.

    Args:
        documents: What `geocairn_training.inference.run` told of each image; not empty.
        output: The folder with the results.

    Returns:
        Id of the MLflow run.
    """
    import mlflow

    if not os.environ.get("MLFLOW_TRACKING_URI"):
        mlflow.set_tracking_uri("sqlite:///mlflow.db")
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
