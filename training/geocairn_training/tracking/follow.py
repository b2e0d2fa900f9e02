"""Tell MLflow of a run: while it trains, and everything it made when it ends."""

from __future__ import annotations

import os
import platform
from argparse import Namespace
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from lightning.pytorch.loggers import MLFlowLogger
from lightning.pytorch.utilities import rank_zero_only

from geocairn import _io
from geocairn_training.errors import RunError
from geocairn_training.facts import RunFacts
from geocairn_training.fitting.options import RunOptions
from geocairn_training.tracking import store
from geocairn_training.tracking.apart import apart

if TYPE_CHECKING:
    from mlflow.models import ModelSignature

__all__ = ["follow", "record"]

_FILE = "mlflow.json"
_SKIPPED = {"checkpoints", _FILE}


class _Logger(MLFlowLogger):
    """Tells parameters that the run does not have yet.

    `mlflow run` writes them down as they were typed, a run that is resumed has those of its
    beginning, and MLflow lets none be changed.
    """

    @rank_zero_only
    def log_hyperparams(self, params: dict[str, Any] | Namespace) -> None:
        assert self.run_id is not None
        known = self.experiment.get_run(self.run_id).data.params
        given = vars(params) if isinstance(params, Namespace) else params
        super().log_hyperparams({name: value for name, value in given.items() if name not in known})


def follow(options: RunOptions, folder: Path) -> MLFlowLogger | None:
    """A logger for a run, or for the rest of one that is resumed; None without tracking.

    Args:
        options: Of the run.
        folder: Of the run; the id of MLflow's run is kept there.

    Raises:
        RunError: If the store does not answer.
    """
    if not options.tracking:
        return None
    address = store.address(options.tracking_uri, runs=options.folder)
    kept = folder / _FILE
    # `mlflow run` has begun a run and says which.
    known = (
        _io.loads(kept.read_bytes())["run"] if kept.is_file() else os.environ.get("MLFLOW_RUN_ID")
    )
    try:
        logger = _Logger(
            experiment_name=options.experiment,
            run_name=folder.name,
            tracking_uri=address,
            artifact_location=store.artifacts(address, runs=options.folder),
            run_id=known,
        )
        with apart(address):
            run = logger.run_id
    except Exception as error:  # noqa: BLE001 - stores raise what their drivers raise
        raise RunError(
            f"MLflow's store does not answer: {_reason(error)}",
            where=_io.without_password(address),
            remedy="Start it, correct MLFLOW_TRACKING_URI, or train with --run.tracking=false.",
        ) from None
    _io.write_atomic(kept, _io.dumps({"run": run}))
    return logger


def record(logger: MLFlowLogger, folder: Path, *, facts: RunFacts, register: str) -> None:
    """Record what a finished run was, measured and made.

    Args:
        logger: Of `follow`.
        folder: Of the run, complete.
        facts: Of the run.
        register: Name to register the model under; empty for not at all.

    Raises:
        RunError: If the store does not take it.
    """
    run = logger.run_id
    assert run is not None
    client: Any = logger.experiment
    try:
        with apart(client.tracking_uri):
            _figures(client, run, facts)
            for path in sorted(folder.iterdir()):
                if path.name not in _SKIPPED and not path.name.startswith("."):
                    client.log_artifact(run, str(path))
            _model(client, run, folder=folder, facts=facts, register=register)
            client.set_terminated(run)
    except Exception as error:
        with suppress(Exception):  # The store may be what failed.
            client.set_terminated(run, "FAILED")
        raise RunError(
            f"MLflow did not take the finished run: {_reason(error)}",
            where=str(folder),
            remedy="The folder is complete; check the store and its artifacts' access.",
        ) from error


def _figures(client: Any, run: str, facts: RunFacts) -> None:
    """Parameters, measures, and the documents that explain them."""
    # Parameters have texts of limited length in every store.
    given = client.get_run(run).data.params
    for name, value in facts.hyperparameters.items():
        told = str(value)[:500]
        # What was given at the start is never overwritten: a threshold that was chosen or a
        # rate that was found gets a name of its own.
        key = name if given.get(name, told) == told else f"used_{name}"
        client.log_param(run, key, told)
    for split, metrics in facts.metrics.items():
        for name, number in metrics.items():
            client.log_metric(run, f"final/{split}/{name}", number, step=facts.epochs)
    client.log_dict(run, _system(facts), "system.json")
    client.log_dict(run, _io.loads(facts.to_json())["statistics"], "statistics.json")


def _reason(error: Exception) -> str:
    """The first line of what a store or its driver says."""
    lines = str(error).splitlines() or [type(error).__name__]
    return _io.without_password(lines[0])[:200]


def _system(facts: RunFacts) -> dict[str, Any]:
    return {
        "platform": platform.platform(),
        "machine": platform.machine(),
        "processors": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "accelerator": facts.accelerator,
        "versions": dict(facts.versions),
        "commit": facts.source.commit,
    }


def _model(client: Any, run: str, *, folder: Path, facts: RunFacts, register: str) -> None:
    """The network as ONNX: unlike a pickle, it can be loaded without running what it holds.

    `mlflow.onnx.log_model` would put it into the experiment that was last made the process's.
    """
    import mlflow.onnx
    import onnx
    from mlflow.models import Model

    network = onnx.load(folder / "model.onnx")
    known = client.get_run(run)
    logged = client.create_logged_model(
        known.info.experiment_id, name="model", source_run_id=run, params=known.data.params
    )
    Model.log(
        artifact_path=None,
        flavor=mlflow.onnx,
        model_id=logged.model_id,
        run_id=run,
        onnx_model=network,
        signature=_signature(network),
        input_example=_example(facts),
        registered_model_name=register or None,
        save_as_external_data=False,
        onnx_execution_providers=["CPUExecutionProvider"],
        pip_requirements=[f"onnxruntime=={_version('onnxruntime')}", f"onnx=={_version('onnx')}"],
        metadata={"geocairn": {"run": facts.name, "activation": facts.activation}},
    )


def _example(facts: RunFacts) -> Any:
    size = max(32, facts.architecture.multiple)
    rng = np.random.default_rng(0)
    return rng.normal(size=(1, len(facts.bands), size, size)).astype(np.float32)


def _signature(network: Any) -> ModelSignature:
    from mlflow.models import ModelSignature
    from mlflow.types import Schema, TensorSpec

    def schema(values: Any) -> Schema:
        return Schema(
            [
                TensorSpec(
                    np.dtype(np.float32),
                    [part.dim_value or -1 for part in value.type.tensor_type.shape.dim],
                    value.name,
                )
                for value in values
            ]
        )

    return ModelSignature(inputs=schema(network.graph.input), outputs=schema(network.graph.output))


def _version(library: str) -> str:
    import importlib.metadata

    return importlib.metadata.version(library)
