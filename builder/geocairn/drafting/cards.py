"""The model card of a draft: what is known, and headings for what its makers should tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geocairn.artifacts.card import Card

__all__ = ["card_text"]

_PARTS = {
    "Use": "What it is for, and how it is run: bands in their order, scaling, size of tiles, "
    "what to do with the output.",
    "Limits": "Where it fails: other sensors, seasons, regions, clouds. What it must not be used "
    "for.",
    "Data": "What it was trained and tested on, how both were kept apart, and under which licence "
    "the data are.",
    "Metrics": "How well it does on the data kept apart, with the number of samples.",
}


def card_text(item: Mapping[str, Any], card: Card | None) -> str:
    """Write a card.

    Args:
        item: The item.
        card: The card that the draft was made from; its own text is kept.
    """
    if card is not None and card.text.strip():
        return card.text.rstrip() + "\n"
    properties = item["properties"]
    lines = [f"# {properties.get('title') or item['id']}", ""]
    if properties.get("description"):
        lines += [properties["description"], ""]
    for heading, hint in _PARTS.items():
        lines += [f"## {heading}", "", f"<!-- {hint} -->", ""]
    return "\n".join(lines)
