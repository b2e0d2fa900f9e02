"""Where MLflow keeps what it is told: one default for every command."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["RUNS", "address", "artifacts"]

RUNS = Path("runs")
"""Folder of runs, unless another is named."""


def address(given: str = "", *, runs: Path = RUNS) -> str:
    """Address of MLflow's store.

    Args:
        given: By whoever runs the command; empty for MLFLOW_TRACKING_URI or, where that says
            nothing, a SQLite file in the folder of runs.
        runs: Folder of runs; made if need be, for SQLite does not.
    """
    named = given or os.environ.get("MLFLOW_TRACKING_URI", "")
    if named:
        return named
    runs.mkdir(parents=True, exist_ok=True)
    return _own(runs)


def artifacts(store: str, *, runs: Path = RUNS) -> str | None:
    """Where a new experiment keeps files: beside our own database, else where the store says."""
    return (runs / "mlartifacts").resolve().as_uri() if store == _own(runs) else None


def _own(runs: Path) -> str:
    return f"sqlite:///{(runs / 'mlflow.db').resolve()}"
