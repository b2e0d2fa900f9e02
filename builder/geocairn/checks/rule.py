"""What a rule is: a stable code with its reasons, examples and, where mechanical, its fix."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from geocairn.findings import Kind, Severity

__all__ = ["REMOVED", "Patch", "Rule", "patched"]


class _Removed:
    def __repr__(self) -> str:
        return "REMOVED"


REMOVED: Final = _Removed()
"""In a `Patch`: take the member away."""

Patch = Mapping[str, Any]
"""JSON Pointer (RFC 6901) to new value; a pointer's last step may be ``-`` to append."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One check, with all that its documentation page says.

    Attributes:
        code: Stable code; never given to another rule.
        title: What is wrong where it applies, in a few words.
        severity: ``error`` stops a build, ``warning`` stops a strict one, ``advice`` never.
        kind: Whether a JSON Schema, the written specification or a rule of ours says so.
        why: Reasons, as a paragraph of Markdown.
        remedy: What to do, as an instruction.
        failing: Patch over the example item that makes the rule find something.
        passing: Patch over the example item that the rule must let pass.
        fix: Puts a document right in place; None where the remedy needs a person.
        fixed: Patch over the example item: what ``fix`` makes of the failing example.
        subject: What kind of document the examples are.
    """

    code: str
    title: str
    severity: Severity
    kind: Kind = "rule"
    why: str
    remedy: str
    failing: Patch = field(default_factory=dict)
    passing: Patch = field(default_factory=dict)
    fix: Callable[[dict[str, Any]], None] | None = None
    fixed: Patch = field(default_factory=dict)
    subject: str = "item"


def patched(document: dict[str, Any], patch: Patch) -> dict[str, Any]:
    """A copy of a document with a patch applied.

    Raises:
        KeyError, IndexError: If a pointer's parent does not exist.
    """
    result = copy.deepcopy(document)
    for pointer, value in patch.items():
        steps = [s.replace("~1", "/").replace("~0", "~") for s in pointer.split("/")[1:]]
        target: Any = result
        for step in steps[:-1]:
            target = target[int(step)] if isinstance(target, list) else target[step]
        last = steps[-1]
        if isinstance(target, list):
            if last == "-":
                target.append(copy.deepcopy(value))
            elif value is REMOVED:
                del target[int(last)]
            else:
                target[int(last)] = copy.deepcopy(value)
        elif value is REMOVED:
            del target[last]
        else:
            target[last] = copy.deepcopy(value)
    return result
