"""Whether a model can be tried in the browser, and with which files."""

from __future__ import annotations

import re
from typing import Any

from geocairn.compile.pages.view.values import number, objects, record, text, texts
from geocairn.tensors import dimension, kind_of

__all__ = ["trial_of"]

_KINDS = ("segmentation", "values", "classification", "regression", "detection")
_DTYPES = (
    *("float32", "float64", "int8", "uint8", "int16", "uint16"),
    *("int32", "uint32", "int64", "uint64"),
)
_DIMENSIONS = frozenset(("batch", "bands", "height", "width", "time"))
_elsewhere = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|[/\\?#]").match
# Pages that came by https may not ask for anything else.
_reachable = re.compile(r"https://([\w.-]+)(:\d+)?/", re.ASCII | re.IGNORECASE).match
_SAMPLES = (".tif", ".tiff", ".png", ".jpg", ".jpeg")


def trial_of(item: dict[str, Any], assets: list[dict[str, Any]]) -> dict[str, Any] | None:
    """What is needed to try a model; None where scripts could not run it.

    Args:
        item: The item.
        assets: Its files, as `assets_of` gives them.

    Returns:
        Key of the ``model`` and, where there is one, of a ``sample`` of raw pixels; ``size`` of the
        model in bytes; ``host`` that it comes from, where that is another than the hub's.
    """
    properties = record(item.get("properties"))
    inputs, outputs = (objects(properties.get(f"mlm:{name}")) for name in ("input", "output"))
    model = next((asset for asset in assets if _is_runnable(asset)), None)
    if model is None or len(inputs) != 1 or not outputs or not _takes_an_image(inputs[0]):
        return None
    if _kind(outputs[0], properties) not in _KINDS:
        return None
    named = _reachable(model["href"])
    host = named[1].lower() if named else None
    sample = next((asset["key"] for asset in assets if _is_sample(asset)), None)
    return {"model": model["key"], "size": model["size"], "host": host, "sample": sample}


def _is_runnable(asset: dict[str, Any]) -> bool:
    kind, file = (asset["format"] or "").lower(), (asset["file"] or "").lower()
    onnx = asset["model"] and (kind.startswith("onnx") or file.endswith(".onnx"))
    href = asset["href"]
    return bool(onnx and asset["size"] and href and (not _elsewhere(href) or _reachable(href)))


def _is_sample(asset: dict[str, Any]) -> bool:
    named = (asset["file"] or "").lower().endswith(_SAMPLES)
    beside = bool(asset["href"]) and not _elsewhere(asset["href"])
    return named and beside and "sample-input" in (asset["roles"] or [])


def _takes_an_image(raw: dict[str, Any]) -> bool:
    array = record(raw.get("input"))
    order = [dimension(name) for name in texts(array.get("dim_order")) or []]
    bands = _listed(raw.get("bands")) or _listed(raw.get("variables"))
    return (
        bool(bands)
        and {"bands", "height", "width"} <= set(order) <= _DIMENSIONS
        and ("time" not in order or _single(array, order.index("time")))
        and raw.get("pre_processing_function") in (None, "")
        and (text(array.get("data_type")) or "float32") in _DTYPES
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _single(array: dict[str, Any], place: int) -> bool:
    """Whether one image is enough for the dimension of times."""
    shape = _listed(array.get("shape"))
    return place < len(shape) and number(shape[place]) in (1, -1)


def _kind(raw: dict[str, Any], properties: dict[str, Any]) -> str:
    names = texts(record(raw.get("result")).get("dim_order")) or []
    tasks = texts(raw.get("tasks")) or texts(properties.get("mlm:tasks")) or []
    classes = bool(objects(raw.get("classification:classes")))
    return kind_of([dimension(name) for name in names], tasks, classes=classes)
