"""The check of files that say who owns a model or a collection."""

from __future__ import annotations

from geocairn.checks.rule import Rule
from geocairn.findings import Finding, json_path, short_json
from geocairn.owners import Owner, read_owners

__all__ = ["RULES", "check_owners"]

MALFORMED = Rule(
    code="HUB012",
    title="File of owners that cannot be understood",
    severity="error",
    why="""`owners.toml` says who may change a model or a collection. A file that cannot be read in
full names nobody: half of a list might be the wrong half. Logins can be renamed and taken by
somebody else, so each stands with the account's numeric id, and only that id counts.""",
    remedy='Write owners = [{ login = "octocat", id = 583231 }]; `geocairn owners add` does.',
)
RULES = (MALFORMED,)


def check_owners(data: bytes, *, origin: str) -> tuple[tuple[Owner, ...], list[Finding]]:
    """Read a file of owners; gives the owners, and findings of HUB012."""
    owners, faults = read_owners(data)
    found = [
        Finding(
            code=MALFORMED.code,
            severity=MALFORMED.severity,
            kind=MALFORMED.kind,
            message=fault.message,
            path=json_path(fault.path),
            value="" if fault.value is None else short_json(fault.value),
            remedy=MALFORMED.remedy,
            origin=origin,
        )
        for fault in faults
    ]
    return owners, found
