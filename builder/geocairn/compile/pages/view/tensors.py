"""Inputs and outputs of a model: their tensors as drawings, scaling as formulas, classes."""

from __future__ import annotations

import re
from typing import Any

from geocairn.compile.pages.view.values import known, number, objects, plain, record, text, texts

__all__ = ["inputs_of", "outputs_of"]

_PLANES = 7
_SPACE = ("height", "width", "y", "x", "h", "w", "row", "column", "rows", "columns", "lat", "lon")
_BATCH = ("batch", "b", "n")
_COLOUR = re.compile(r"#?([0-9A-Fa-f]{6})").fullmatch
_CLASSES_SHOWN = 300


def inputs_of(
    properties: dict[str, Any], bands: list[dict[str, Any]]
) -> list[dict[str, Any]] | None:
    """What each input page section shows."""
    colours = {band["name"]: band["colour"] for band in bands}
    found = []
    for raw in objects(properties.get("mlm:input")):
        names = _band_names(raw.get("bands"))
        drawn = [colours.get(name) for name in names or []]
        found.append(
            {
                "name": text(raw.get("name")),
                "description": text(raw.get("description")),
                "bands": names,
                "variables": texts(raw.get("variables")),
                "tensor": tensor(record(raw.get("input")), colours=drawn),
                "scaling": scaling(raw, names),
                "unscaled": "value_scaling" in raw and raw["value_scaling"] is None,
                "resize": text(raw.get("resize_type")),
                "steps": known(_steps(raw, ("pre_processing_function",))),
            }
        )
    return known(found)


def outputs_of(properties: dict[str, Any]) -> list[dict[str, Any]] | None:
    """What each output's section shows."""
    found = []
    for raw in objects(properties.get("mlm:output")):
        classes = [_class(part) for part in objects(raw.get("classification:classes"))]
        found.append(
            {
                "name": text(raw.get("name")),
                "description": text(raw.get("description")),
                "tasks": texts(raw.get("tasks")),
                "tensor": tensor(record(raw.get("result")), colours=[]),
                "classes": known(classes[:_CLASSES_SHOWN]),
                "more_classes": max(0, len(classes) - _CLASSES_SHOWN) or None,
                "steps": known(_steps(raw, ("post_processing_function",))),
            }
        )
    return known(found)


def tensor(structure: dict[str, Any], *, colours: list[str | None]) -> dict[str, Any] | None:
    """A tensor's dimensions, and how many planes to draw for it."""
    shape, order = structure.get("shape"), structure.get("dim_order")
    sizes = shape if isinstance(shape, list) else []
    names = order if isinstance(order, list) else []
    count = max(len(sizes), len(names))
    if count == 0 or count > 12:
        return None
    dims: list[dict[str, Any]] = []
    for place in range(count):
        size = number(sizes[place]) if place < len(sizes) else None
        name = text(names[place]) if place < len(names) else None
        dims.append({"name": name, "size": int(size) if size is not None and size >= 0 else None})
    spatial = [dim for dim in dims if (dim["name"] or "").lower() in _SPACE]
    deep = [dim for dim in dims if dim not in spatial and (dim["name"] or "").lower() not in _BATCH]
    return {
        "dims": dims,
        "dtype": text(structure.get("data_type")),
        "planes": _planes(deep, colours) if len(spatial) == 2 else None,
        "height": spatial[0]["size"] if len(spatial) == 2 else None,
        "width": spatial[1]["size"] if len(spatial) == 2 else None,
        "cells": None
        if len(spatial) == 2
        else min(_PLANES, (deep[-1]["size"] or 4) if deep else 1),
    }


def _planes(deep: list[dict[str, Any]], colours: list[str | None]) -> list[dict[str, Any]]:
    """Planes from the back to the front, each a step further down and to the left."""
    many = 1
    for dim in deep:
        many *= 3 if dim["size"] is None else max(1, min(dim["size"], _PLANES))
    many = min(_PLANES, many)
    known_colours = colours if len(colours) >= many else []
    return [
        {
            "x": (many - 1 - place) * 9,
            "y": place * 9,
            "colour": known_colours[many - 1 - place] if known_colours else None,
        }
        for place in reversed(range(many))
    ][::-1]


def scaling(raw: dict[str, Any], bands: list[str] | None) -> list[dict[str, Any]] | None:
    """Formulas of the scaling, each once, with the bands that it applies to."""
    entries = raw.get("value_scaling")
    found = [_formula(entry) for entry in objects(entries)]
    if not found:
        return None
    by_band = bands is not None and len(bands) == len(found) and len(found) > 1
    if len(set(found)) == 1:
        return [{"bands": None, "formula": found[0]}]
    names = bands if by_band and bands is not None else [str(n + 1) for n in range(len(found))]
    return [
        {"bands": [name], "formula": formula} for name, formula in zip(names, found, strict=True)
    ]


def _formula(entry: dict[str, Any]) -> str:
    """A Value Scaling Object of MLM 1.5 as a formula of the value x.

    https://github.com/stac-extensions/mlm/blob/v1.5.2/README.md#value-scaling-object
    """
    low, high, mean, deviation, value = (
        _constant(entry.get(name)) for name in ("minimum", "maximum", "mean", "stddev", "value")
    )
    formulas = {
        "min-max": f"(x \u2212 {low}) / ({high} \u2212 {low})",
        "z-score": f"(x \u2212 {mean}) / {deviation}",
        "clip": f"min(max(x, {low}), {high})",
        "clip-min": f"max(x, {low})",
        "clip-max": f"min(x, {high})",
        "offset": f"x \u2212 {value}",
        "scale": f"x / {value}",
    }
    kind = text(entry.get("type")) or ""
    if kind in formulas:
        return formulas[kind]
    expression = record(entry.get("processing")).get("expression", entry.get("expression"))
    return text(expression) or kind or "?"


def _constant(value: Any) -> str:
    found = number(value)
    return "?" if found is None else plain(found) if found >= 0 else f"(\u2212{plain(-found)})"


def _steps(raw: dict[str, Any], keys: tuple[str, ...]) -> list[dict[str, Any]]:
    """Processing expressions before or after the model."""
    found = []
    for key in keys:
        value = raw.get(key)
        for step in value if isinstance(value, list) else [value]:
            expression = record(step).get("expression")
            if text(expression):
                form = text(record(step).get("format"))
                found.append({"format": form, "expression": expression})
            elif text(step):
                found.append({"format": None, "expression": step})
    return found


def _band_names(value: Any) -> list[str] | None:
    names: list[str] = []
    for part in value if isinstance(value, list) else []:
        name = text(part.get("name") if isinstance(part, dict) else part)
        if name:
            names.append(name)
    return names or None


def _class(raw: dict[str, Any]) -> dict[str, Any]:
    colour = _COLOUR(text(raw.get("color_hint")) or "")
    value = number(raw.get("value"))
    return {
        "value": None if value is None else plain(value),
        "name": text(raw.get("name")),
        "title": text(raw.get("title")),
        "description": text(raw.get("description")),
        "colour": f"#{colour[1].lower()}" if colour else None,
    }
