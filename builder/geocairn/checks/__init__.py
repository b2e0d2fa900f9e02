"""Checks of items and collections: schemas, specification and semantic rules."""

from geocairn.checks.checker import Checker, all_checked, selected_codes
from geocairn.checks.rule import REMOVED, Rule
from geocairn.checks.rules import RULES
from geocairn.checks.schemas import SchemaStore
from geocairn.checks.score import Score, score

__all__ = [
    "REMOVED",
    "RULES",
    "Checker",
    "Rule",
    "SchemaStore",
    "Score",
    "all_checked",
    "score",
    "selected_codes",
]
