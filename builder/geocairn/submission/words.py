"""What changed from one item to the next, in words that a reviewer reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from geocairn import _io
from geocairn._io import human_size
from geocairn.findings import json_path, short_json

__all__ = ["card_change", "item_changes"]

MOST = 60
"""Sentences about one item; the rest is counted."""

_LONGEST = 300
_LABELS = {
    "license": "licence",
    "gsd": "ground resolution",
    "mlm:name": "name",
    "mlm:architecture": "architecture",
    "mlm:framework": "framework",
    "mlm:framework_version": "framework version",
    "mlm:tasks": "tasks",
    "mlm:total_parameters": "parameters",
    "mlm:memory_size": "memory",
    "mlm:batch_size_suggestion": "suggested batch",
    "mlm:pretrained": "pretrained",
    "mlm:pretrained_source": "pretrained on",
    "mlm:accelerator": "accelerator",
    "start_datetime": "start",
    "end_datetime": "end",
}
_METRICS = ("mlm:metrics", "geocairn:metrics", "metrics")
_ABSENT: Any = object()
Changes = Iterator[str]


def item_changes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Say what changed, the gravest first: files, licence, figures, then the rest.

    Args:
        before: The item as it is, normalised; any JSON object.
        after: The item as it will be.
    """
    one, other = _object(before.get("properties")), _object(after.get("properties"))
    found = [
        *_assets(_object(before.get("assets")), _object(after.get("assets"))),
        *_properties(one, other),
        *_footprint(before, after),
        *_links(before.get("links"), after.get("links")),
        *_rest(before, after),
    ]
    told = [line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…" for line in found]
    if len(told) > MOST:
        told = [*told[:MOST], f"and {len(told) - MOST:,} more changes"]
    return told


def card_change(before: bytes | None, after: bytes | None, *, name: str) -> str:
    """Say how a text file changed; empty where it did not."""
    if before == after:
        return ""
    if before is None or after is None:
        return f"{name} {'added' if before is None else 'removed'}"
    old, new = before.splitlines(), after.splitlines()
    gone, come = len(set(old) - set(new)), len(set(new) - set(old))
    return f"{name}: {come:,} new {_lines(come)}, {gone:,} {_lines(gone)} gone"


def _lines(count: int) -> str:
    return "line" if count == 1 else "lines"


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _value(value: Any) -> str:
    return value if isinstance(value, str) and value else short_json(value, limit=120)


def _same(before: Any, after: Any) -> bool:
    """Whether two values are the same JSON: 1, 1.0 and true are three."""
    if before is _ABSENT or after is _ABSENT:
        return before is after
    return _io.canonical(before) == _io.canonical(after)


def _change(label: str, before: Any, after: Any) -> Changes:
    """One value: ``licence MIT -> CC-BY-4.0``."""
    if before is _ABSENT:
        yield f"{label} added: {_value(after)}"
    elif after is _ABSENT:
        yield f"{label} removed: {_value(before)}"
    elif not _same(before, after):
        yield f"{label} {_value(before)} -> {_value(after)}"


def _properties(before: dict[str, Any], after: dict[str, Any]) -> Changes:
    first = ("license", *_METRICS, "mlm:tasks", "mlm:architecture", "version", "title")
    keys = sorted({*before, *after}, key=lambda key: (key not in first, key))
    for key in keys:
        old, new = before.get(key, _ABSENT), after.get(key, _ABSENT)
        if _same(old, new):
            continue
        label = _LABELS.get(key, key)
        if key in _METRICS:
            yield from _named("", _figures(old), _figures(new))
        elif key == "mlm:hyperparameters":
            yield from _named("hyperparameter ", _object(old), _object(new))
        elif key == "description" and isinstance(old, str) and isinstance(new, str):
            yield f"description rewritten: {_value(new)}"
        elif _named_things(old) or _named_things(new):
            yield from _named(f"{label}: ", _by_name(old), _by_name(new))
        elif _texts(old) and _texts(new):
            yield from _listed(label, old, new)
        elif isinstance(old, dict | list) and isinstance(new, dict | list):
            yield from _deep((key,), old, new, label="")
        else:
            yield from _change(label, old, new)


def _figures(value: Any) -> dict[str, Any]:
    """Metrics by name, in whichever of the two forms they come."""
    if isinstance(value, list):
        parts = [part for part in value if isinstance(part, dict)]
        return {str(part.get("name")): part.get("value") for part in parts}
    return _object(value)


def _named(prefix: str, before: dict[str, Any], after: dict[str, Any]) -> Changes:
    for name in sorted({*before, *after}):
        old, new = before.get(name, _ABSENT), after.get(name, _ABSENT)
        if isinstance(old, dict | list) and isinstance(new, dict | list):
            yield from _deep((), old, new, label=f"{prefix}{name} ")
        else:
            yield from _change(f"{prefix}{name}", old, new)


def _named_things(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(part, dict) and isinstance(part.get("name"), str) for part in value)
    )


def _by_name(value: Any) -> dict[str, Any]:
    """Bands, inputs, providers and the like by their names; repeated ones by their place, too."""
    found: dict[str, Any] = {}
    for place, part in enumerate(value if isinstance(value, list) else ()):
        name = part.get("name") if isinstance(part, dict) else None
        key = name if isinstance(name, str) else f"[{place}]"
        found[f"{key} [{place}]" if key in found else key] = part
    return found


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(part, str) for part in value)


def _listed(label: str, before: list[str], after: list[str]) -> Changes:
    signs = [f"+ {part}" for part in after if part not in before]
    signs += [f"- {part}" for part in before if part not in after]
    yield f"{label}: {', '.join(signs) if signs else 'in another order'}"


def _assets(before: dict[str, Any], after: dict[str, Any]) -> Changes:
    for key in sorted({*before, *after}):
        old, new = before.get(key, _ABSENT), after.get(key, _ABSENT)
        if _same(old, new):
            continue
        name = f"file {key}"
        if not isinstance(old, dict) or not isinstance(new, dict):
            yield from _change(name, _address(old), _address(new))
            continue
        for field in sorted({*old, *new}, key=lambda f: (f not in ("href", "file:checksum"), f)):
            one, other = old.get(field, _ABSENT), new.get(field, _ABSENT)
            if _same(one, other):
                continue
            if field == "file:size" and isinstance(one, int) and isinstance(other, int):
                yield f"{name}: size {human_size(one)} -> {human_size(other)}"
            elif _texts(one) and _texts(other):
                yield from _listed(f"{name}: {field}", one, other)
            elif isinstance(one, dict | list) and isinstance(other, dict | list):
                yield from _deep((field,), one, other, label=f"{name}: ")
            else:
                label = {"href": "address", "file:checksum": "checksum"}.get(field, field)
                yield from _change(f"{name}: {label}", one, other)


def _address(asset: Any) -> Any:
    return asset.get("href", asset) if isinstance(asset, dict) else asset


def _footprint(before: dict[str, Any], after: dict[str, Any]) -> Changes:
    if before.get("bbox") != after.get("bbox"):
        yield from _change("box", before.get("bbox", _ABSENT), after.get("bbox", _ABSENT))
    elif before.get("geometry") != after.get("geometry"):
        yield "footprint drawn anew, in the same box"


def _links(before: Any, after: Any) -> Changes:
    def pairs(links: Any) -> dict[tuple[str, str], Any]:
        listed = links if isinstance(links, list) else []
        return {(str(p.get("rel")), str(p.get("href"))): p for p in listed if isinstance(p, dict)}

    old, new = pairs(before), pairs(after)
    for rel, href in sorted(new.keys() - old.keys()):
        yield f"link {rel} added: {href}"
    for rel, href in sorted(old.keys() - new.keys()):
        yield f"link {rel} removed: {href}"
    for key in sorted(old.keys() & new.keys()):
        yield from _deep((), old[key], new[key], label=f"link {key[0]} ")


_TOLD = frozenset(("properties", "assets", "links", "bbox", "geometry"))


def _rest(before: dict[str, Any], after: dict[str, Any]) -> Changes:
    for key in sorted({*before, *after} - _TOLD):
        yield from _deep((key,), before.get(key, _ABSENT), after.get(key, _ABSENT), label="")


def _deep(path: tuple[str | int, ...], before: Any, after: Any, *, label: str) -> Changes:
    """Every leaf that differs, with its path; documents are at most 500 levels deep."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted({*before, *after}):
            old, new = before.get(key, _ABSENT), after.get(key, _ABSENT)
            yield from _deep((*path, key), old, new, label=label)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for place, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from _deep((*path, place), old, new, label=label)
    else:
        where = json_path(path).removeprefix("$").removeprefix(".")
        yield from _change(f"{label}{where}".strip(), before, after)
