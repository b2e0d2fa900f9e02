"""Whether a model runs on what a user gives: opens only what tells where and what it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from geocairn.errors import GeocairnError
from geocairn.run.assess import Assessment, Reason, assess
from geocairn.run.preparing import arranged
from geocairn.run.scenes import Place, Scene, open_scene
from geocairn.run.spec import ModelSpec, read_spec

__all__ = ["explain", "match", "place_of_scene"]


def explain(
    item: Mapping[str, Any],
    spec: ModelSpec | None,
    given: Any,
    *,
    bands: Mapping[str, int | str] | None = None,
) -> Assessment:
    """Assess one model.

    Args:
        item: Its item.
        spec: What it says; None to read it.
        given: What `geocairn.run.predict.predict` takes.
        bands: What the user says of bands.

    Raises:
        InputError: If the scene cannot be opened.
    """
    try:
        scenes, _ = arranged(spec or read_spec(item), given)
    except GeocairnError as error:
        model = str(item.get("id") or "")
        reason = Reason("band", False, error.message, 0.0)
        return Assessment(model, "", "", False, 0.0, (reason,))
    first = next((part[0] for part in scenes.values()), None)
    return assess(item, scenes, place=place_of_scene(first) if first else None, bands=bands)


def place_of_scene(scene: Scene) -> Place | None:
    """Where a scene lies, from the header of its first raster; None where it cannot be opened."""
    told = scene.properties.get("gsd")
    if scene.geometry is not None and isinstance(told, (int, float)):
        return None  # its item says it, and nothing has to be opened
    try:
        with scene.stack(scene.bands[:1]) as stack:
            return stack.place
    except GeocairnError:
        return None


def match(items: Sequence[Mapping[str, Any]] | Any, given: Any) -> list[Assessment]:
    """Assess many models on one scene.

    Args:
        items: Their items, in any order; may be an iterator.
        given: The scene.

    Returns:
        Those that run first, best first; then the others.

    Raises:
        InputError: If the scene cannot be opened.
    """
    scene = open_scene(given)
    place = place_of_scene(scene)
    found = [assess(item, scene, place=place) for item in items]
    return sorted(found, key=lambda one: (not one.runs, -one.score, one.model))
