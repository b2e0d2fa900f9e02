"""How complete and how sound a model description is, out of 100."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from geocairn.checks.parts import entries, model_assets, properties
from geocairn.findings import Finding

__all__ = ["COMPLETENESS", "Part", "Score", "score"]

_ERROR, _WARNING = 15, 4
_MOST_LOST = 50


@dataclass(frozen=True, slots=True)
class Part:
    """Something that a complete description has.

    Attributes:
        name: What it is, for people.
        points: What it counts.
        given: Whether an item has it.
        advice: What to do to gain the points.
    """

    name: str
    points: int
    given: Callable[[dict[str, Any]], bool]
    advice: str


def _has(*fields: str) -> Callable[[dict[str, Any]], bool]:
    return lambda item: any(properties(item).get(field) not in (None, "", []) for field in fields)


def _said(field: str) -> Callable[[dict[str, Any]], bool]:
    # Null is an answer, too: it says that there is none.
    return lambda item: field in properties(item)


def _inputs(*fields: str) -> Callable[[dict[str, Any]], bool]:
    def given(item: dict[str, Any]) -> bool:
        inputs = entries(item, "mlm:input")
        return bool(inputs) and all(any(field in one for field in fields) for one in inputs)

    return given


def _files(*fields: str) -> Callable[[dict[str, Any]], bool]:
    def given(item: dict[str, Any]) -> bool:
        models = model_assets(item)
        return bool(models) and all(any(field in one for field in fields) for one in models)

    return given


def _outputs(item: dict[str, Any]) -> bool:
    outputs = entries(item, "mlm:output")
    classless = {"regression", "generative", "super-resolution", "similarity-search", "downscaling"}
    return bool(outputs) and all(
        one.get("classification:classes")
        or (isinstance(tasks := one.get("tasks"), list) and classless & set(map(str, tasks)))
        for one in outputs
    )


def _linked(item: dict[str, Any]) -> bool:
    links = item.get("links")
    rels = {
        str(one.get("rel"))
        for one in (links if isinstance(links, list) else [])
        if isinstance(one, dict)
    }
    scientific = _has("sci:doi", "sci:citation", "sci:publications")(item)
    return bool(rels & {"cite-as", "about", "via"}) or scientific


def _code(item: dict[str, Any]) -> bool:
    found = item.get("assets")
    held = found.values() if isinstance(found, dict) else ()
    roles = {
        role
        for one in held
        if isinstance(one, dict) and isinstance(one.get("roles"), list)
        for role in one["roles"]
        if isinstance(role, str)
    }
    return bool(roles & {"mlm:source_code", "code"})


COMPLETENESS: tuple[Part, ...] = (
    Part("name", 5, _has("mlm:name"), "Add mlm:name."),
    Part("architecture", 5, _has("mlm:architecture"), "Add mlm:architecture."),
    Part("tasks", 5, _has("mlm:tasks"), "Add mlm:tasks."),
    Part("inputs", 6, _inputs("input"), "Describe every input with its array."),
    Part("bands", 6, _inputs("bands", "variables"), "Name the bands of every input."),
    Part(
        "scaling",
        6,
        _inputs("value_scaling", "pre_processing_function", "statistics"),
        "Say how inputs are scaled with value_scaling, or null for not at all.",
    ),
    Part("outputs", 6, lambda item: bool(entries(item, "mlm:output")), "Describe the outputs."),
    Part("classes", 6, _outputs, "List the classes of every output in classification:classes."),
    Part("framework", 4, _has("mlm:framework"), "Add mlm:framework."),
    Part("framework version", 3, _has("mlm:framework_version"), "Add mlm:framework_version."),
    Part("parameters", 4, _has("mlm:total_parameters"), "Add mlm:total_parameters."),
    Part("pretraining", 4, _said("mlm:pretrained_source"), "Add mlm:pretrained_source."),
    Part(
        "hardware",
        3,
        lambda item: _said("mlm:accelerator")(item) or _has("mlm:memory_size")(item),
        "Add mlm:accelerator (null for any) or mlm:memory_size.",
    ),
    Part("title", 3, _has("title"), "Add title."),
    Part("description", 5, _has("description"), "Add description."),
    Part("keywords", 2, _has("keywords"), "Add keywords."),
    Part("licence", 7, _has("license"), "Add license."),
    Part("providers", 5, _has("providers"), "Add providers, one with the role producer."),
    Part("version", 3, _has("version"), "Add version."),
    Part("citation", 3, _linked, "Add a link of rel cite-as, or sci:doi."),
    Part("source code", 3, _code, "Add the source code as an asset of role mlm:source_code."),
    Part("checksum", 4, _files("file:checksum"), "Add file:checksum to every model file."),
    Part("size", 2, _files("file:size"), "Add file:size to every model file."),
)
"""What a complete description has; the points sum to 100."""


@dataclass(frozen=True, slots=True)
class Score:
    """The score of one item.

    Attributes:
        total: 0 to 100.
        complete: Points for what is given, 0 to 100.
        lost: Points taken off for errors and warnings, 0 to 50.
        advice: What would raise the total, the most first, with the points it gives.
    """

    total: int
    complete: int
    lost: int
    advice: tuple[tuple[int, str], ...]


def score(item: dict[str, Any], findings: Iterable[Finding]) -> Score:
    """Score an item: what it says, less what is wrong with it.

    The total is the sum of the points of `COMPLETENESS` that the item has, less 15 for each code
    of an error and 4 for each code of a warning found in it (a code counts once), at most 50 in
    all, and not below 0. Advice costs nothing.

    Args:
        item: The item, as it was checked.
        findings: What was found in it.
    """
    codes = {finding.code: finding for finding in findings if finding.severity != "advice"}
    costs = {
        code: _ERROR if finding.severity == "error" else _WARNING for code, finding in codes.items()
    }
    missing = [part for part in COMPLETENESS if not part.given(item)]
    complete = sum(part.points for part in COMPLETENESS) - sum(part.points for part in missing)
    lost = min(_MOST_LOST, sum(costs.values()))
    advice = [(part.points, part.advice) for part in missing]
    advice += [(cost, f"{code}: {codes[code].remedy}") for code, cost in costs.items()]
    advice.sort(key=lambda one: (-one[0], one[1]))
    return Score(max(0, complete - lost), complete, lost, tuple(advice))
