"""Where imagery and labels are from, as far as the way they were got says."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from geocairn_training.data.description import Description
from geocairn_training.facts import DataSource, Interval

__all__ = ["described"]

# https://www.openstreetmap.org/copyright
_OPENSTREETMAP = DataSource(
    title="Buildings of OpenStreetMap",
    role="labels",
    href="https://www.openstreetmap.org/copyright",
    licence="ODbL-1.0",
    attribution="© OpenStreetMap contributors",
)


def described(
    *,
    template: str,
    chips: Path | None,
    labels: Path | None,
    licence: str,
    attribution: str,
    interval: Interval,
) -> Description:
    """Describe a data set.

    Args:
        template: Address of the tiles; empty where chips are given.
        chips: Folder of chips that were there already.
        labels: File of footprints; None for OpenStreetMap's.
        licence: Of the imagery, an SPDX identifier; empty where unknown.
        attribution: Of the imagery.
        interval: When the imagery was taken.
    """
    parts = urlsplit(template)
    # Keys of services stand in queries and before the host; neither belongs into a description.
    plain = parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()
    imagery = DataSource(
        title=f"Tiles of {parts.hostname}"
        if template
        else f"Chips of {chips.name if chips else ''}",
        role="imagery",
        href=plain,
        licence=licence,
        attribution=attribution,
    )
    footprints = _OPENSTREETMAP if labels is None else DataSource(title=labels.name, role="labels")
    return Description(sources=(imagery, footprints), interval=interval)
