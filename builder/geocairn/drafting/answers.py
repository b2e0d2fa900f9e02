"""How answers are read, by their kind; and the lists that they are chosen from."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from geocairn.authoring import is_path_safe
from geocairn.checks.rules.attribution import spdx
from geocairn.checks.rules.framework import FRAMEWORKS
from geocairn.sensors import SENSORS

__all__ = ["CHOICES", "READERS", "FieldError", "places"]

_TASKS = (
    "semantic-segmentation",
    "instance-segmentation",
    "panoptic-segmentation",
    "segmentation",
    "object-detection",
    "detection",
    "scene-classification",
    "classification",
    "regression",
    "super-resolution",
    "downscaling",
    "similarity-search",
    "image-captioning",
    "generative",
)
_DIMENSIONS = ("batch", "time", "bands", "height", "width", "class", "feature", "channel")
_PLACES = Path(__file__).with_name("places.json")
_LONGEST_LINE, _LONGEST_TEXT = 200, 4000
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}Z)?")
_OWNER = re.compile(r"([A-Za-z0-9][A-Za-z0-9_-]{0,79})\s+(\d{1,16})")

CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "dimensions": _DIMENSIONS,
    "frameworks": FRAMEWORKS,
    "sensors": tuple(SENSORS),
    "tasks": _TASKS,
}
"""The lists that answers are chosen from; bands and places depend on more."""


class FieldError(ValueError):
    """An answer that cannot be; the message says what is wanted."""


def places() -> dict[str, list[float]]:
    """Boxes of the world and its countries, by name: west, south, east, north in degrees.

    West lies east of east where a box crosses the antimeridian. Rounded outward to tenths of a
    degree from Natural Earth's countries at 1:50 million, which are in the public domain:
    https://www.naturalearthdata.com/
    """
    found: dict[str, list[float]] = json.loads(_PLACES.read_text(encoding="utf-8"))
    return found


def _line(_: str, given: Any) -> str:
    return _bounded(given, _LONGEST_LINE)


def _text(_: str, given: Any) -> str:
    return _bounded(given, _LONGEST_TEXT)


def _bounded(given: Any, longest: int) -> str:
    if not isinstance(given, str):
        raise FieldError("is no text")
    if len(given) > longest:
        raise FieldError(f"has more than {longest:,} characters")
    if any(not letter.isprintable() and letter not in "\n\t" for letter in given):
        raise FieldError("has characters that cannot be printed")
    return given


def _id(_: str, given: Any) -> str:
    if not isinstance(given, str) or not is_path_safe(given):
        raise FieldError("is not made of lower-case letters and digits, with . - _ inside")
    return given


def _list(choices: str, given: Any) -> tuple[str, ...]:
    parts = given.split(",") if isinstance(given, str) else given
    if not isinstance(parts, list) or not all(isinstance(one, str) for one in parts):
        raise FieldError("is no list of texts, separated by commas")
    return tuple(_line(choices, one.strip()) for one in parts if one.strip())


def _choice(choices: str, given: Any) -> str:
    known = {one.lower(): one for one in CHOICES[choices]}
    if not isinstance(given, str) or given.lower() not in known:
        raise FieldError(f"is none of {', '.join(known.values())}")
    return known[given.lower()]


def _choices(choices: str, given: Any) -> tuple[str, ...]:
    return tuple(_choice(choices, one) for one in _list(choices, given))


def _number(_: str, given: Any) -> float:
    try:
        number = float(given)
    except (TypeError, ValueError):
        raise FieldError("is no number") from None
    if isinstance(given, bool) or not math.isfinite(number) or number <= 0:
        raise FieldError("is no number above 0")
    return int(number) if number.is_integer() else number


def _count(choices: str, given: Any) -> int:
    number = _number(choices, given)
    if not isinstance(number, int):
        raise FieldError("is no whole number")
    return number


def _shape(_: str, given: Any) -> tuple[int, ...]:
    parts = given.split(",") if isinstance(given, str) else given
    try:
        sizes = tuple(int(one) for one in parts)
    except (TypeError, ValueError):
        raise FieldError("is no list of whole numbers") from None
    if not sizes or any(size < -1 or size == 0 for size in sizes):
        raise FieldError("has sizes that are neither above 0 nor -1")
    return sizes


def _url(choices: str, given: Any) -> str:
    text = _line(choices, given)
    try:
        parts = urlsplit(text)
    except ValueError:
        raise FieldError("is no address") from None
    if parts.scheme not in ("https", "http") or not parts.hostname or " " in text:
        raise FieldError("is no https address")
    return text


def _date(_: str, given: Any) -> str:
    text = given if isinstance(given, str) else str(given)
    try:
        # Digits alone may be no day: 2018-02-30.
        readable = _DATE.fullmatch(text) and datetime.fromisoformat(text)
    except ValueError:
        readable = None
    if not readable:
        raise FieldError("is no date such as 2018-06-01")
    return text


def _license(choices: str, given: Any) -> str:
    text = _line(choices, given)
    usual = "other" if text.lower() == "other" else spdx(text)
    if usual is None:
        raise FieldError("is no identifier of SPDX")
    return usual


def _extent(_: str, given: Any) -> tuple[float, float, float, float]:
    if isinstance(given, str):
        known = {name.casefold(): box for name, box in places().items()}
        if given.casefold() in known:
            west, south, east, north = known[given.casefold()]
            return west, south, east, north
        given = given.split(",")
    try:
        box = tuple(float(one) for one in given)
    except (TypeError, ValueError):
        raise FieldError("is neither a country's name nor four numbers") from None
    if len(box) != 4 or not all(map(math.isfinite, box)):
        raise FieldError("is not four numbers: west, south, east, north")
    if not (abs(box[0]) <= 180 and abs(box[2]) <= 180 and -90 <= box[1] < box[3] <= 90):
        raise FieldError("does not lie on the Earth: west, south, east, north in degrees")
    return box[0], box[1], box[2], box[3]


def _classes(choices: str, given: Any) -> tuple[tuple[str, str], ...]:
    found = []
    for one in _list(choices, given):
        name, _, meaning = one.partition(":")
        found.append((name.strip(), meaning.strip() or name.strip()))
    return tuple(found)


def _scaling(_: str, given: Any) -> tuple[Mapping[str, Any], ...] | str:
    """MLM's objects, or ``none`` where no scaling applies."""
    if isinstance(given, list) and all(isinstance(one, dict) for one in given):
        return tuple(given)
    if not isinstance(given, str):
        raise FieldError("is no scaling")
    if given.lower() == "none":
        return "none"
    return tuple(_one_scaling(part) for part in given.split(";"))


def _one_scaling(text: str) -> Mapping[str, Any]:
    names = {
        "scale": ("value",),
        "offset": ("value",),
        "min-max": ("minimum", "maximum"),
        "z-score": ("mean", "stddev"),
        "clip": ("minimum", "maximum"),
    }
    kind, *numbers = text.split()
    wanted = names.get(kind)
    if wanted is None or len(numbers) != len(wanted):
        raise FieldError("is none of: none, scale N, offset N, min-max N N, z-score N N, clip N N")
    try:
        values = [float(one) for one in numbers]
    except ValueError:
        raise FieldError("has something else than numbers") from None
    plain = [int(one) if one.is_integer() else one for one in values]
    return {"type": kind, **dict(zip(wanted, plain, strict=True))}


def _owner(_: str, given: Any) -> tuple[str, int]:
    match = _OWNER.fullmatch(given) if isinstance(given, str) else None
    if match is None:
        raise FieldError("is no GitHub login with its numeric id")
    return match[1], int(match[2])


READERS: Mapping[str, Callable[[str, Any], Any]] = {
    "choice": _choice,
    "choices": _choices,
    "classes": _classes,
    "count": _count,
    "date": _date,
    "extent": _extent,
    "id": _id,
    "license": _license,
    "line": _line,
    "list": _list,
    "number": _number,
    "owner": _owner,
    "scaling": _scaling,
    "shape": _shape,
    "text": _text,
    "url": _url,
}
