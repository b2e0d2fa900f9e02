"""What the commands that run models share."""

from __future__ import annotations

from typing import Any

__all__ = ["address", "open_model"]


def address(model: str, hub: str) -> str:
    """The address of a model: as it is, or a name in the hub."""
    from pathlib import Path

    plain = "#" not in model and "://" not in model and not Path(model).exists()
    return f"{hub}#{model}" if plain else model


def open_model(model: str, hub: str, **options: Any) -> Any:
    """Load a model by its address, or by its name in the hub.

    Raises:
        GeocairnError: If there is none, or it cannot be run.
    """
    import geocairn
    from geocairn.lean import without_pandas

    with without_pandas():
        return geocairn.load(address(model, hub), **options)
