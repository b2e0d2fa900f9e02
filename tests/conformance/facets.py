"""Facets of a plain item, and their shorthand in a query, as docs/search.md has them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Item = dict[str, Any]

NUMBERS = ("gsd", "parameters", "memory")
FLAGS = ("pretrained", "accelerator_constrained", "deprecated")
SETS = ("tasks", "bands", "platforms", "formats", "dtypes", "keywords", "providers")
WORDS = ("framework", "architecture", "license", "accelerator", "version")
# Properties that a facet answers for.
ALIASES = {
    "mlm:tasks": "tasks",
    "mlm:framework": "framework",
    "mlm:architecture": "architecture",
    "mlm:total_parameters": "parameters",
    "mlm:memory_size": "memory",
    "mlm:pretrained": "pretrained",
    "mlm:accelerator": "accelerator",
    "mlm:accelerator_constrained": "accelerator_constrained",
}


def facets_of(item: Item) -> dict[str, Any]:
    p = item["properties"]
    inputs = [entry for entry in p.get("mlm:input") or [] if isinstance(entry, dict)]
    bands: list[Any] = []
    for entry in inputs:
        bands += [b["name"] if isinstance(b, dict) else b for b in entry.get("bands") or []]
    for band in p.get("bands") or []:
        bands += [band.get("name"), band.get("eo:common_name"), band.get("common_name")]
    return {
        "tasks": strings(p.get("mlm:tasks")),
        "framework": only(str, p.get("mlm:framework")),
        "architecture": only(str, p.get("mlm:architecture")),
        "bands": strings(bands),
        "platforms": strings(
            [p.get("platform"), p.get("constellation"), *(p.get("instruments") or [])]
        ),
        "gsd": number(p.get("gsd")),
        "license": only(str, p.get("license")),
        "parameters": whole(p.get("mlm:total_parameters")),
        "memory": whole(p.get("mlm:memory_size")),
        "pretrained": only(bool, p.get("mlm:pretrained")),
        "accelerator": only(str, p.get("mlm:accelerator")),
        "accelerator_constrained": only(bool, p.get("mlm:accelerator_constrained")),
        "formats": strings([a.get("mlm:artifact_type") for a in item["assets"].values()]),
        "dtypes": strings([entry.get("input", {}).get("data_type") for entry in inputs]),
        "keywords": strings(p.get("keywords")),
        "providers": strings([entry.get("name") for entry in p.get("providers") or []]),
        "version": only(str, p.get("version")),
        "deprecated": only(bool, p.get("deprecated")),
    }


def only(kind: type, value: Any) -> Any:
    return value if isinstance(value, kind) else None


def strings(values: Any) -> list[str] | None:
    found = (
        [value for value in values if isinstance(value, str)] if isinstance(values, list) else []
    )
    return list(dict.fromkeys(found)) or None


def number(value: Any) -> float | None:
    return float(value) if type(value) in (int, float) else None


def whole(value: Any) -> int | None:
    return value if type(value) is int and -(2**63) <= value < 2**63 else None


def facet_filters(query: dict[str, Any]) -> Iterator[Callable[[Item], bool]]:
    """Conditions of a query's facet shorthand: any of the words, case aside; a span of numbers."""
    for name in (*WORDS, *SETS):
        if name in query:
            given = query[name]
            asked = given if isinstance(given, list) else given.split(",")
            yield lambda item, n=name, a=asked: has_any(facets_of(item)[n], a)
    for name in FLAGS:
        if name in query:
            yield lambda item, n=name: facets_of(item)[n] is query[n]
    for name in NUMBERS:
        if name in query:
            yield lambda item, n=name: in_span(facets_of(item)[n], query[n])


def has_any(value: Any, asked: list[str]) -> bool:
    own = value if isinstance(value, list) else [value]
    return bool({lower(v) for v in own if v is not None} & {lower(word) for word in asked})


def lower(text: str) -> str:
    """Each character to its simple lower case."""
    return "".join("i" if c == "İ" else c.lower() for c in text)


def in_span(value: float | None, asked: Any) -> bool:
    if value is None:
        return False
    if not isinstance(asked, str):
        return value == asked
    for sign, test in (
        ("<=", lambda a, b: a <= b),
        (">=", lambda a, b: a >= b),
        ("<", lambda a, b: a < b),
        (">", lambda a, b: a > b),
    ):
        if asked.startswith(sign):
            return test(value, float(asked[len(sign) :]))
    low, _, high = asked.partition("..")
    return (not low or value >= float(low)) and (not high or value <= float(high))
