"""Who may send a change: read from the base alone, compared by numeric id."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from geocairn.checks.owners import check_owners
from geocairn.findings import Finding
from geocairn.owners import FILE, LARGEST, Owner
from geocairn.submission.fence import CATALOG
from geocairn.submission.repository import Repository
from geocairn.submission.rules import found

__all__ = ["Ownership", "judge", "owns"]


@dataclass(frozen=True, slots=True)
class Ownership:
    """Who owns what a pull request changes.

    Attributes:
        folder: What is owned: the folder of a model, or of a collection.
        before: Its owners in the base.
        after: Its owners after a merge.
        by: The file that decided; empty where none did.
        new: Whether the base has no such folder.
        gone: Whether a merge removes it.
    """

    folder: str
    before: tuple[Owner, ...]
    after: tuple[Owner, ...]
    by: str = ""
    new: bool = False
    gone: bool = False


def judge(
    repository: Repository, base: str, merged: str, *, folder: str, author: int
) -> tuple[Ownership, list[Finding]]:
    """Decide whether somebody may change a folder.

    A model's own owners decide; where it names none, its collection's do; where that names none,
    the hub's (``catalog/owners.toml``). A new folder belongs to whom it names, who must be the
    author, among others if need be.

    Args:
        repository: Where the revisions are.
        base: The published commit: who owns a folder there may change it.
        merged: The tree after a merge.
        folder: The folder of a model, or of a collection.
        author: Numeric id of whoever sends the change.
    """
    new = repository.kind(base, folder) != "tree"
    gone = repository.kind(merged, folder) != "tree"
    before = () if new else _owners(repository, base, folder)[0]
    after, faults = _owners(repository, merged, folder)
    if new:
        owners = Ownership(folder, (), after, f"{folder}/{FILE}", new=True)
        return owners, [*faults, *_new(owners, author)]
    by, deciding = _deciding(repository, base, folder)
    owners = Ownership(folder, before, after, by, gone=gone)
    return owners, [*faults, *_known(owners, deciding, author, faults=bool(faults))]


def owns(repository: Repository, base: str, folder: str, *, author: int) -> bool:
    """Whether somebody may change a folder of the base."""
    return any(owner.id == author for owner in _deciding(repository, base, folder)[1])


def _owners(
    repository: Repository, tree: str, folder: str
) -> tuple[tuple[Owner, ...], list[Finding]]:
    path = f"{folder}/{FILE}"
    data = repository.read(tree, path, limit=LARGEST)
    return ((), []) if data is None else check_owners(data, origin=path)


def _deciding(repository: Repository, base: str, folder: str) -> tuple[str, tuple[Owner, ...]]:
    """The nearest file of owners that names somebody, up to the catalog's."""
    while folder.startswith(CATALOG):
        if owners := _owners(repository, base, folder)[0]:
            return f"{folder}/{FILE}", owners
        folder = folder.rpartition("/")[0]
    return "", ()


def _new(owners: Ownership, author: int) -> Iterator[Finding]:
    if not any(owner.id == author for owner in owners.after):
        named = _listed(owners.after) or "nobody"
        message = f"names {named} as owner, not the author ({author})"
        yield found("SUB012", message, origin=f"{owners.folder}/{FILE}")


def _known(
    owners: Ownership, deciding: tuple[Owner, ...], author: int, *, faults: bool
) -> Iterator[Finding]:
    if not deciding:
        yield found("SUB011", "is owned by nobody", origin=owners.folder)
    elif not any(owner.id == author for owner in deciding):
        message = f"is owned by {_listed(deciding)}, not by the author ({author})"
        yield found("SUB010", message, origin=owners.folder)
    if owners.before and not owners.after and not owners.gone and not faults:
        yield found("SUB013", "would be left without an owner", origin=f"{owners.folder}/{FILE}")


def _listed(owners: tuple[Owner, ...]) -> str:
    shown = ", ".join(f"{owner.login} ({owner.id})" for owner in owners[:5])
    return shown + (f" and {len(owners) - 5} more" if len(owners) > 5 else "")
