"""Whether a model runs on a scene, and how well it suits it: band by band, with reasons."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import shapely
from shapely.geometry import shape

from geocairn.errors import GeocairnError, InputError
from geocairn.model import Model
from geocairn.run.bands import Match
from geocairn.run.inputs import matches_for, split_times
from geocairn.run.loading import form_of
from geocairn.run.scenes import Place, Scene
from geocairn.run.spec import InputSpec, read_spec

__all__ = ["Assessment", "Reason", "assess", "imagery"]

_WEIGHTS = {"sensor": 0.2, "resolution": 0.35, "area": 0.25, "season": 0.1, "values": 0.1}
_UNKNOWN = 0.5


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that was looked at.

    Attributes:
        about: ``band``, ``sensor``, ``resolution``, ``area``, ``season``, ``values`` or
            ``file``.
        good: True, False, or None where it cannot be told.
        text: For people.
        score: From 0 to 1.
    """

    about: str
    good: bool | None
    text: str
    score: float = _UNKNOWN


@dataclass(frozen=True, slots=True)
class Assessment:
    """What came of it.

    Attributes:
        model: The model's id.
        title: Its title.
        scene: Name of the scene.
        runs: Whether the model can be run on it.
        score: How well it suits, from 0 to 1; 0 where it does not run.
        reasons: Why.
    """

    model: str
    title: str
    scene: str
    runs: bool
    score: float
    reasons: tuple[Reason, ...] = field(repr=False)

    def __str__(self) -> str:
        head = f"{self.model} on {self.scene}: "
        told = f"runs, suits to {self.score:.0%}" if self.runs else "does not run"
        signs = {True: "+", False: "-", None: "?"}
        return "\n".join([head + told, *(f"  {signs[r.good]} {r.text}" for r in self.reasons)])

    def _repr_html_(self) -> str:
        from geocairn.run.html import assessment_html

        return assessment_html(self)


def imagery(spec: InputSpec) -> bool:
    """Whether an input is imagery, rather than numbers beside it."""
    return bool(spec.bands) and {"height", "width"} <= set(spec.order)


def assess(
    item: Mapping[str, Any],
    scenes: Mapping[str, Sequence[Scene]] | Scene,
    *,
    place: Place | None = None,
    bands: Mapping[str, int | str] | None = None,
) -> Assessment:
    """Look at a model and a scene, of which nothing but metadata is read.

    Args:
        item: The model's item.
        scenes: The scene, or those of each input by its name.
        place: Where the scene lies, where that is known.
        bands: What the user says of bands.
    """
    model = Model(item)
    try:
        spec = read_spec(item)
    except InputError as error:
        return _impossible(model, scenes, str(error.message))
    given = (
        {one.name: [scenes] for one in spec.inputs if imagery(one)}
        if isinstance(scenes, Scene)
        else scenes
    )
    first = next(iter(given.values()))[0] if given else None
    reasons: list[Reason] = []
    for one in spec.inputs:
        if one.name in given:
            reasons += _bands(one, given[one.name], bands, where=spec.id)
        elif not imagery(one):
            reasons.append(
                Reason("band", None, f"{one.name} is no imagery: it has to be given, too")
            )
    runs = bool(given) and all(reason.good is not False for reason in reasons)
    if first is not None:
        reasons += [*_suits(model, first, place), _file(model)]
    scored = {reason.about: reason.score for reason in reasons if reason.about in _WEIGHTS}
    score = sum(_WEIGHTS[name] * scored.get(name, _UNKNOWN) for name in _WEIGHTS)
    by_place = any("by its place" in reason.text for reason in reasons)
    return Assessment(
        model.id or "",
        model.title or "",
        first.name if first else "",
        runs,
        round(score * (0.8 if by_place else 1.0), 4) if runs else 0.0,
        tuple(reasons),
    )


def _impossible(model: Model, scenes: Any, message: str) -> Assessment:
    name = scenes.name if isinstance(scenes, Scene) else ""
    reason = Reason("band", False, message, 0.0)
    return Assessment(model.id or "", model.title or "", name, False, 0.0, (reason,))


def _bands(
    spec: InputSpec,
    scenes: Sequence[Scene],
    bands: Mapping[str, int | str] | None,
    *,
    where: str,
) -> list[Reason]:
    try:
        shares = split_times(spec, scenes, where=where)
        found: dict[tuple[str, str], Match] = {}
        for scene, places in zip(scenes, shares, strict=True):
            for name, match in matches_for(spec, scene, places, bands).items():
                found[(scene.name, name)] = match
    except GeocairnError as error:
        return [Reason("band", False, error.message, 0.0)]
    several = len(scenes) > 1
    reasons = []
    for (scene_name, name), match in found.items():
        of = f" of {scene_name}" if several else ""
        if match.found is None:
            reasons.append(Reason("band", False, f"{name}{of}: {match.reason}", 0.0))
        else:
            text = f"{name}{of}: {match.found.label}, {match.reason}"
            reasons.append(Reason("band", True, text, 1.0))
    return reasons


def _suits(model: Model, scene: Scene, place: Place | None) -> list[Reason]:
    return [
        _sensor(model, scene),
        _resolution(model, scene, place),
        _area(model, scene, place),
        _season(model, scene),
        _values(model, scene),
    ]


def _file(model: Model) -> Reason:
    """Whether there is a file that is opened here."""
    forms = {form_of(one) for one in model.model_assets if one.href} - {""}
    if "onnx" in forms:
        return Reason("file", True, "file: ONNX, which runs as it is", 1.0)
    if forms:
        return Reason("file", None, f"file: {', '.join(sorted(forms))}, which needs or is code")
    return Reason("file", None, "file: of no kind that is opened here")


def _sensor(model: Model, scene: Scene) -> Reason:
    def told(properties: Mapping[str, Any]) -> set[str]:
        found = [properties.get(key) for key in ("constellation", "platform")]
        instruments = properties.get("instruments")
        found += instruments if isinstance(instruments, list) else []
        return {one.lower() for one in found if isinstance(one, str) and one}

    wanted, here = told(model.properties), told(scene.properties)
    if not wanted or not here:
        whom = "both" if not (wanted or here) else "the scene" if wanted else "the model"
        return Reason("sensor", None, f"sensor: not known of {whom}")
    common = wanted & here or {
        one for one in here for other in wanted if one.startswith(other) or other.startswith(one)
    }
    if common:
        return Reason("sensor", True, f"sensor: {', '.join(sorted(common))}, as in training", 1.0)
    text = f"sensor: {', '.join(sorted(here))}, trained on {', '.join(sorted(wanted))}"
    return Reason("sensor", False, text, 0.2)


def _resolution(model: Model, scene: Scene, place: Place | None) -> Reason:
    here = place.gsd() if place else None
    if here is None:
        told = scene.properties.get("gsd")
        here = float(told) if isinstance(told, (int, float)) else None
    wanted = model.gsd
    if wanted is None:
        found = [band.gsd for band in model.bands if band.gsd]
        wanted = min(found) if found else None
    if not (here and wanted and here > 0 and wanted > 0):
        return Reason("resolution", None, "resolution: not known")
    ratio = here / wanted
    score = max(0.0, 1 - abs(math.log2(ratio)) / 2)
    text = f"resolution: {_figure(here)} m a pixel, trained at {_figure(wanted)} m"
    return Reason("resolution", 0.67 <= ratio <= 1.5, text, score)


def _figure(value: float) -> str:
    """Three figures that tell, and never a power of ten."""
    return f"{value:.0f}" if value >= 999.5 else f"{value:.3g}"


def _area(model: Model, scene: Scene, place: Place | None) -> Reason:
    trained = _geometry(model.item.get("geometry"))
    here = _geometry(scene.geometry)
    if here is None and place is not None and place.georeferenced:
        here = shapely.union_all([shapely.box(*one) for one in place.boxes()])
    if trained is None or here is None or not here.area:
        return Reason("area", None, "area: not known")
    share = here.intersection(trained).area / here.area
    text = f"area: {share:.0%} of the scene lie where the model was trained or is meant for"
    if share == 0:
        away = here.distance(trained)
        text += f"; {away:.1f} degrees away"
        return Reason("area", False, text, max(0.0, 0.4 - away / 50))
    return Reason("area", share > 0.5, text, 0.4 + 0.6 * share)


def _geometry(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return None
    try:
        found = shape(value)
    except (ValueError, TypeError, KeyError, AttributeError, shapely.errors.ShapelyError):
        return None
    return found if found.is_valid and not found.is_empty else shapely.make_valid(found)


def _season(model: Model, scene: Scene) -> Reason:
    start, end = (_moment(text) for text in model.interval)
    taken = _moment(scene.properties.get("datetime") or scene.properties.get("start_datetime"))
    if not (start and end and taken):
        return Reason("season", None, "season: not known")
    told = f"season: taken in {taken:%B %Y}"
    if start <= taken <= end:
        return Reason("season", True, f"{told}, within the time of the training images", 1.0)
    if (end - start).days > 300:
        years = f"{start.year} to {end.year}" if end.year < 9999 else f"{start.year} and later"
        return Reason("season", True, f"{told}, trained on images of {years}", 0.8)
    months = {(start.month + n - 1) % 12 + 1 for n in range((end.month - start.month) % 12 + 1)}
    if taken.month in months:
        return Reason("season", True, f"{told}, the season of the training images", 0.8)
    return Reason("season", False, f"{told}, trained on {start:%B} to {end:%B}", 0.2)


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None) if text else None
    except (ValueError, TypeError):
        return None


def _values(model: Model, scene: Scene) -> Reason:
    """Types of values; what they are like is seen only when the scene is read."""
    declared = model.properties.get("bands")
    wanted = {
        str(band["data_type"])
        for band in (declared if isinstance(declared, list) else ())
        if isinstance(band, Mapping) and band.get("data_type")
    }
    here = {band.dtype for band in scene.bands if band.dtype}
    if any(one.startswith("complex") for one in here):
        return Reason("values", False, "values: complex numbers, which no model takes", 0.0)
    if not wanted or not here:
        return Reason("values", None, "values: types not known")
    text = f"values: {', '.join(sorted(here))}, trained on {', '.join(sorted(wanted))}"
    good = bool(here & wanted)
    return Reason("values", good, text, 1.0 if good else 0.3)
