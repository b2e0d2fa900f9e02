"""What the commands that run models share."""

from __future__ import annotations

from typing import Any

__all__ = ["address", "open_model"]


def address(model: str, hub: str) -> str:
    """The address of a model: as it is, or a name in the hub."""
    from pathlib import Path

    named = not set("#/\\") & set(model) and not model.endswith(".json")
    return f"{hub}#{model}" if named and not Path(model).exists() else model


def open_model(model: str, hub: str, **options: Any) -> Any:
    """Load a model by its address, or by its name in the hub.

    Raises:
        GeocairnError: If there is none, or it cannot be run.
    """
    import geocairn
    from geocairn.errors import MissingFileError
    from geocairn.lean import without_pandas

    place = address(model, hub)
    with without_pandas():
        try:
            return geocairn.load(place, **options)
        except MissingFileError as error:
            if place != model:  # nobody said which hub it is, or another
                error.remedy = (
                    f"Say where the hub is that has {model!r}: --hub with its folder or URL, or "
                    f"HUB#{model}."
                )
            raise
