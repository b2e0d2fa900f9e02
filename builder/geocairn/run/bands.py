"""Which band of a scene is the one that a model means: by name, common name or wavelength."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from geocairn.errors import InputError
from geocairn.run.scenes.base import SceneBand
from geocairn.sensors import Band

__all__ = ["Match", "choose", "match_band", "parse_mapping"]

_LETTERS = {"r": "red", "g": "green", "b": "blue", "n": "nir"}
_COUNTED = re.compile(r"(?:b|band)[ _-]?0*(\d+)([a-z]?)")
_TOLERANCE = 0.015
"""Wavelengths in µm that are taken for the same where no width is known."""
_ALIKE = (frozenset(("nir", "nir08")), frozenset(("rededge", "rededge071", "rededge075")))
"""Common names that are both given to one and the same part of the spectrum."""


@dataclass(frozen=True, slots=True)
class Match:
    """What was found for one band of a model.

    Attributes:
        band: The band that the model wants.
        found: That of the scene; None where there is none.
        reason: By what it was found, or why not.
    """

    band: Band
    found: SceneBand | None
    reason: str


def choose(
    wanted: Sequence[Band],
    offered: Sequence[SceneBand],
    *,
    given: Mapping[str, int | str] | None = None,
) -> list[Match]:
    """Find every band that a model wants.

    Args:
        wanted: Its bands.
        offered: Those of the scene.
        given: What the user says: the number (from 1) or the name of the scene's band, by the name
            of the model's.

    Returns:
        One for each band wanted, in order.

    Raises:
        InputError: If the user speaks of a band that is not there.
    """
    told = {key.lower(): value for key, value in (given or {}).items()}
    unique = {band.name.lower(): band for band in wanted}
    unknown = [name for name in told if not _told_for(name, unique)]
    if unknown:
        raise InputError(
            f"the model has no band {unknown[0]!r}",
            remedy=f"Its bands are: {', '.join(band.name for band in wanted)}.",
        )
    found = []
    for band in wanted:
        key = next((name for name in _names(band) if name in told), None)
        if key is not None:
            found.append(Match(band, _picked(told[key], offered), "as told"))
        else:
            found.append(match_band(band, offered))
    if told or any(match.found for match in found):
        return found
    return _by_place(found, wanted, offered)


def _told_for(name: str, unique: Mapping[str, Band]) -> bool:
    return any(name in _names(band) for band in unique.values())


def _names(band: Band) -> tuple[str, ...]:
    return (band.name.lower(), *((band.common_name.lower(),) if band.common_name else ()))


def _picked(told: int | str, offered: Sequence[SceneBand]) -> SceneBand:
    if isinstance(told, str) and not told.isdigit():
        for band in offered:
            if told.lower() in (band.name.lower(), band.common_name.lower()):
                return band
    elif 1 <= int(told) <= len(offered):
        return offered[int(told) - 1]
    labels = ", ".join(
        f"{n} {band.name or band.common_name}".strip() for n, band in enumerate(offered, start=1)
    )
    raise InputError(f"the scene has no band {told!r}", remedy=f"It has: {labels}.")


def _by_place(
    found: list[Match], wanted: Sequence[Band], offered: Sequence[SceneBand]
) -> list[Match]:
    """Bands without any names are taken in order, if there are as many as the model wants."""
    distinct = list(dict.fromkeys(band.name for band in wanted))
    nameless = not any(band.name or band.common_name or band.wavelength for band in offered)
    if not nameless or len(distinct) != len(offered):
        return found
    places = dict(zip(distinct, offered, strict=True))
    return [Match(band, places[band.name], "by its place: no band has a name") for band in wanted]


def match_band(band: Band, offered: Sequence[SceneBand]) -> Match:
    """Find one band.

    A name alone is not trusted where common names or wavelengths speak against it: B4 is red for
    Sentinel-2 and near infrared for Landsat 5.

    Args:
        band: The band that the model wants.
        offered: Those of the scene.
    """
    for one in offered:
        if one.name and _plain(one.name) == _plain(band.name) and not _contradict(band, one):
            return Match(band, one, f"has the name {one.name}")
    common = _common(band.common_name or "", band.name)
    if common:
        for one in offered:
            # Where the name itself is a colour it counts as much as a common name.
            if common in (one.common_name.lower(), _common("", one.name)):
                return Match(band, one, f"is {common}")
        for one in offered:
            pair = frozenset((common, one.common_name.lower()))
            if any(pair <= alike for alike in _ALIKE) and not _apart(band, one):
                return Match(band, one, f"is {one.common_name}, nearly {common}")
    close = [
        (abs(one.wavelength - band.center_wavelength), one)
        for one in offered
        if one.wavelength and band.center_wavelength and not _apart(band, one)
    ]
    if close:
        best = min(close, key=lambda pair: pair[0])[1]
        return Match(band, best, f"has the wavelength {best.wavelength:g} µm")
    return Match(band, None, _why_not(offered))


def _common(common_name: str, name: str) -> str:
    """A common name, where either says one."""
    if common_name:
        return common_name.lower()
    plain = name.lower()
    plain = _LETTERS.get(plain, plain)
    known = {*_LETTERS.values(), "coastal", "yellow", "rededge", "nir08", "nir09", "pan", "cirrus"}
    return plain if plain in known or plain in ("swir16", "swir22", "lwir") else ""


def _plain(name: str) -> str:
    """A name without what differs between writers: ``SR_B4``, ``B04`` and ``Band 4`` are b4."""
    text = name.strip().lower().removeprefix("sr_").removeprefix("st_")
    counted = _COUNTED.fullmatch(text)
    return f"b{counted[1]}{counted[2]}" if counted else text.replace("_", "").replace("-", "")


def _contradict(band: Band, one: SceneBand) -> bool:
    """Whether two bands of one name cannot be the same."""
    if band.common_name and one.common_name:
        pair = frozenset((band.common_name.lower(), one.common_name.lower()))
        return len(pair) > 1 and not any(pair <= alike for alike in _ALIKE)
    return bool(band.center_wavelength and one.wavelength) and _apart(band, one)


def _apart(band: Band, one: SceneBand) -> bool:
    """Whether wavelengths are known, and differ by more than half of the wider band."""
    if not (band.center_wavelength and one.wavelength):
        return False
    widths = (band.full_width_half_max or 0, one.width or 0)
    limit = max(max(widths) / 2, _TOLERANCE)
    return abs(band.center_wavelength - one.wavelength) > limit


def _why_not(offered: Sequence[SceneBand]) -> str:
    told = [one.name or one.common_name for one in offered if one.name or one.common_name]
    if told:
        return f"no band of the scene has this name, colour or wavelength; it has {', '.join(told)}"
    return f"the {len(offered)} bands of the scene have no names"


def parse_mapping(text: str) -> dict[str, int | str]:
    """Read what a user says of bands: ``red=3,green=2,blue=B02``.

    Raises:
        InputError: If it is nothing of the kind.
    """
    found: dict[str, int | str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, sign, value = (piece.strip() for piece in part.partition("="))
        if not (name and sign and value):
            raise InputError(
                f"{part!r} is no pair of bands",
                where="--bands",
                remedy="Write the model's band, =, and the number or name of the scene's: red=3.",
            )
        found[name] = int(value) if value.isdigit() else value
    return found
