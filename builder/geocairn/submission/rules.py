"""What a pull request may not do, by code."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from geocairn.checks.rule import Rule
from geocairn.findings import Finding, short_json

__all__ = ["RULES", "found"]

# Code, what is wrong, why it matters, what to do.
_TABLE = (
    (
        "SUB001",
        "Path outside the catalog",
        "A pull request that submits a model changes files of that model and nothing else. "
        "Workflows, settings, templates and code decide what is checked and published; whoever "
        "changes them together with a model could let the model through.",
        "Take the other changes out, and send them as a pull request of their own.",
    ),
    (
        "SUB002",
        "Path that has no place in a model's folder",
        "A model's folder holds `README.md`, `owners.toml`, and a folder for each version with "
        "`item.json` and small files beside it. Names are ASCII letters, digits, dots, hyphens "
        "and underscores. Other names break on some computer, or look like something they are not.",
        "Use `catalog/<collection>/<model>/<version>/`, and plain names.",
    ),
    (
        "SUB003",
        "More than one model",
        "One pull request, one model: then whoever owns it decides, the checks tell of it alone, "
        "and a rename cannot take over what belongs to somebody else.",
        "Send a pull request for each model.",
    ),
    (
        "SUB004",
        "Not a plain file",
        "Symbolic links lead out of the folder, submodules to other repositories, and files that "
        "may be executed have no use in a catalog.",
        "Commit plain files, with mode 644.",
    ),
    (
        "SUB005",
        "File too large",
        "The repository keeps every version of every file for ever. Weights live elsewhere, by "
        "URL with a checksum.",
        "Publish the file elsewhere, and give its address and checksum.",
    ),
    (
        "SUB006",
        "File of a kind that the hub does not take",
        "Files beside an item are published under the hub's own address. Pages, scripts and "
        "vector graphics would run there as if they were the hub's.",
        "Take the file out, or publish it elsewhere and link it.",
    ),
    (
        "SUB010",
        "Change by somebody who does not own the model",
        "Only those whom the published `owners.toml` names may change or remove a model or a "
        "collection. What the pull request itself says about owners does not count.",
        "Ask an owner to send the change, or to name you as an owner first.",
    ),
    (
        "SUB011",
        "Change of what nobody owns",
        "Neither the model nor its collection names an owner, so there is nobody to ask.",
        "Ask the hub's maintainers, who may let it in after a look at it.",
    ),
    (
        "SUB012",
        "New model that its author does not own",
        "Who sends a model looks after it. A new model whose `owners.toml` does not name the "
        "author of the pull request would belong to somebody who never said so.",
        "Name yourself with `geocairn owners add`.",
    ),
    (
        "SUB013",
        "Model without an owner",
        "A model that loses its last owner can be changed by nobody.",
        "Keep or name at least one owner, or remove the model.",
    ),
    (
        "SUB020",
        "Name that another one has",
        "Ids are unique in a hub, in any case of letters: on many computers `Flood` and `flood` "
        "are one folder.",
        "Choose another name.",
    ),
    (
        "SUB021",
        "Name that looks like another one",
        "`unet` and `unet` with a digit for a letter read the same, and people would take one "
        "model for the other. Names are compared after folding case and what looks alike in "
        "ASCII: 0 and o, 1, i and l, 5 and s, rn and m, vv and w, and the marks between words.",
        "Choose a name that nobody takes for another.",
    ),
    (
        "SUB022",
        "Id that is not that of the folder",
        "An item in `catalog/<collection>/<model>/<version>/` has the id `<model>-<version>` and "
        "that collection. Ownership is read from folders: with another id an item could stand in "
        "for somebody else's.",
        "Write the id and the collection that the folder says, or move the folder.",
    ),
    (
        "SUB023",
        "Folder without what belongs there",
        "A version has an `item.json`, and a collection a `collection.json`; without them the rest "
        "is not published.",
        "Add the file, or remove the folder.",
    ),
    (
        "SUB030",
        "Nothing to look at",
        "The pull request changes nothing that the base does not have already.",
        "Commit the change, and push it.",
    ),
    (
        "SUB031",
        "Conflict with the base",
        "The published branch has changed at the same places, so nobody can say what a merge "
        "would give.",
        "Merge the base branch into yours, and resolve the conflicts.",
    ),
    (
        "SUB040",
        "Verification that failed",
        "The model does not reproduce the output that it ships, or it does what a model must not "
        "do.",
        "Correct the model, or the sample output; `geocairn verify` says where they differ.",
    ),
)

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        code: Rule(code=code, title=title, severity="error", why=why, remedy=remedy)
        for code, title, why, remedy in _TABLE
    }
)
"""Every code and what it means, in order."""


def found(
    code: str, message: str, *, origin: str = "", value: Any = None, item: str = ""
) -> Finding:
    """A finding of one of these codes.

    Args:
        code: The code.
        message: What is wrong, in one sentence.
        origin: The path.
        value: What was found; None where there is nothing to show.
        item: The item's id, where it is known.
    """
    rule = RULES[code]
    return Finding(
        code=code,
        severity=rule.severity,
        kind="rule",
        message=message,
        value="" if value is None else short_json(value),
        remedy=rule.remedy,
        origin=origin,
        item=item,
    )
