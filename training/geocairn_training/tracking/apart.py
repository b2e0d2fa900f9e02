"""MLflow's state of the whole process, left as whoever calls has set it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from geocairn.variables import kept

__all__ = ["apart"]

_ADDRESS = "MLFLOW_TRACKING_URI"


@contextmanager
def apart(address: str) -> Iterator[None]:
    """Let MLflow's own functions work on a store, and give back the one that was set.

    MLflow exports the store that it is given to the environment. A server that does not answer is
    asked four times and not eight, unless the environment says otherwise: the last of eight
    comes after minutes.

    Args:
        address: Of the store.
    """
    import mlflow

    with kept(_ADDRESS, MLFLOW_HTTP_REQUEST_MAX_RETRIES="3"):
        set_before = _given()
        mlflow.set_tracking_uri(address)
        try:
            yield
        finally:
            mlflow.set_tracking_uri(set_before)  # type: ignore[arg-type]


def _given() -> str | None:
    """The address that this process has told MLflow; None where the environment decides."""
    import mlflow

    with kept(_ADDRESS):
        os.environ.pop(_ADDRESS, None)
        known: bool = mlflow.tracking.is_tracking_uri_set()  # type: ignore[no-untyped-call]
        return mlflow.get_tracking_uri() if known else None
