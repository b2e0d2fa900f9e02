"""Small things to do with filters in normal form."""

from __future__ import annotations

from typing import Any

__all__ = ["all_of", "properties_of"]

Node = Any


def all_of(*parts: Node | None) -> Node | None:
    """Join filters in normal form with ``and``; None stands for no filter."""
    wanted = [part for part in parts if part is not None]
    if len(wanted) < 2:
        return wanted[0] if wanted else None
    flat: list[Node] = []
    for part in wanted:
        is_and = isinstance(part, dict) and part["op"] == "and"
        flat += part["args"] if is_and else [part]
    return {"op": "and", "args": flat}


def properties_of(node: Node) -> set[str]:
    """Names of all properties in a filter in normal form."""
    if isinstance(node, list):
        return set().union(*map(properties_of, node))
    if not isinstance(node, dict):
        return set()
    if "property" in node:
        return {node["property"]}
    return properties_of(node["args"]) if "op" in node else set()
