"""Semantic rules by topic, and the table of every code there is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from geocairn.checks import hub, messages, owners, spec
from geocairn.checks.context import Context
from geocairn.checks.rule import Rule
from geocairn.checks.rules import (
    attribution,
    bands,
    claims,
    declaration,
    extent,
    framework,
    hrefs,
    integrity,
    io,
    scaling,
    shapes,
    time,
    training,
)

__all__ = ["CHECKS", "RULES"]

CHECKS: tuple[Callable[[Context], None], ...] = (
    declaration.check,
    shapes.check,
    io.check,
    bands.check,
    scaling.check,
    training.check,
    framework.check,
    claims.check,
    integrity.check,
    hrefs.check,
    extent.check,
    time.check,
    attribution.check,
)
"""What looks at an item, topic by topic."""


def _table() -> dict[str, Rule]:
    modules = (
        messages,
        spec,
        hub,
        owners,
        declaration,
        shapes,
        io,
        bands,
        scaling,
        training,
        framework,
        claims,
        integrity,
        hrefs,
        extent,
        time,
        attribution,
    )
    table: dict[str, Rule] = {}
    for module in modules:
        for rule in module.RULES:
            if rule.code in table:
                raise AssertionError(f"two rules are called {rule.code}")
            table[rule.code] = rule
    return dict(sorted(table.items()))


RULES: Mapping[str, Rule] = MappingProxyType(_table())
"""Every code and its rule, in the order of codes."""
