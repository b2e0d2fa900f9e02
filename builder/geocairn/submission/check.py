"""Looks at a pull request: two revisions and the numeric id of whoever proposes the second."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from geocairn.checks import Checker, SchemaStore
from geocairn.findings import Finding
from geocairn.owners import Owner
from geocairn.sources import LARGEST
from geocairn.submission.fence import CATALOG, Place, fence, history
from geocairn.submission.items import Changed, ItemDocument, Models, write_out
from geocairn.submission.names import colliding_files, name_findings
from geocairn.submission.ownership import Ownership, judge, owns
from geocairn.submission.report import Entry, Submission, Verification
from geocairn.submission.repository import ConflictError, Repository
from geocairn.submission.repository import Entry as Difference
from geocairn.submission.rules import found

__all__ = ["After", "check_submission"]

_SUBMODULE, _ABSENT = "160000", "000000"
_MOST_FOLDERS = 10

Verify = Callable[[Path], Verification]
"""Verifies the item in a folder."""


@dataclass(frozen=True, slots=True)
class After:
    """What is done with the changed entries once they are looked at.

    Attributes:
        verify: Says of an item's folder whether the model does what its sample says.
        show: Told the folder of a catalog that holds the changed entries alone.
    """

    verify: Verify | None = None
    show: Callable[[Path], None] | None = None


def check_submission(
    folder: Path,
    *,
    base: str,
    head: str,
    author: int,
    store: SchemaStore,
    after: After | None = None,
) -> Submission:
    """Look at a pull request.

    Nothing of it is run, and only its changed entries are written anywhere: as plain files, into
    a folder that is removed at the end. The time that it takes does not grow with the hub.

    Args:
        folder: A clone that has both revisions, with the history that they share.
        base: What is published: it says who owns what.
        head: What is proposed.
        author: Numeric id of the account that proposes it.
        store: Where JSON Schemas come from.
        after: What else is done with the changed entries.

    Raises:
        InputError: If git or a revision is not to be had.
        SchemaUnavailableError: Never: a schema that is not to be had is a finding.
    """
    repository = Repository(folder)
    result = Submission(base=repository.commit(base), head=repository.commit(head), author=author)
    try:
        merged = repository.merged(result.base, result.head)
    except ConflictError as error:
        result.kind = "conflict"
        result.report.extend([found("SUB031", error.message)])
        return result
    return _Look(repository, merged, result, store, after or After()).run()


class _Look:
    """One pull request: the steps share the repository, the trees and the result."""

    def __init__(
        self,
        repository: Repository,
        merged: str,
        result: Submission,
        store: SchemaStore,
        after: After,
    ) -> None:
        self._repository = repository
        self._merged = merged
        self._result = result
        self._store = store
        self._after = after

    def run(self) -> Submission:
        entries = self._repository.differences(self._result.base, self._merged)
        if not entries:
            self._add([found("SUB030", "has the same files as the base")])
            return self._result
        there = (e.new for e in entries if e.after not in (_SUBMODULE, _ABSENT))
        places, findings = fence(entries, self._repository.sizes(there))
        self._add(findings)
        if not findings:  # a file that is too large now is told once
            brought = self._repository.introduced(self._result.base, self._result.head)
            self._add(history(brought))
        owned = self._owned(places)
        several = any(finding.code == "SUB003" for finding in findings)
        self._result.kind = "several" if several else _kind(places, owned, self._base_versions)
        if places and not several:
            self._result.folder = max((p.folder for p in places), key=len)
            self._look(places)
        return self._result

    def _add(self, findings: list[Finding], *, documents: int = 0) -> None:
        self._result.report.extend(findings, documents=documents)

    def _owned(self, places: Mapping[Place, Difference]) -> list[Ownership]:
        """Judge each folder that changes, whether or not it may be looked at any further."""
        judged = []
        for folder in sorted({place.folder for place in places})[:_MOST_FOLDERS]:
            ownership, findings = judge(
                self._repository,
                self._result.base,
                self._merged,
                folder=folder,
                author=self._result.author,
            )
            self._add(findings)
            self._result.owners += _told(ownership, refused=bool(findings))
            judged.append(ownership)
        return judged

    def _base_versions(self, folder: str) -> list[str]:
        return self._repository.names(self._result.base, folder)

    def _look(self, places: Mapping[Place, Difference]) -> None:
        collection = next(iter(places)).collection
        model = next((place.model for place in places if place.model), "")
        self._names(places, collection, model)
        with tempfile.TemporaryDirectory(prefix="geocairn-submission-") as scratch:
            root = Path(scratch)
            self._write_out(root, collection, model)
            checker = Checker(store=self._store)
            models = Models(self._repository, base=self._result.base, checker=checker, root=root)
            changed = models.look(places)
            self._add(changed.findings, documents=changed.documents)
            self._take(changed)
            whole = any(one.item is not None for one in changed.items)
            if self._after.show and whole and not self._result.report.errors:
                self._after.show(root / CATALOG)

    def _names(self, places: Mapping[Place, Difference], collection: str, model: str) -> None:
        base, author = self._result.base, self._result.author
        versions = {place.version for place in places if place.version}
        known = self._base_versions(f"{CATALOG}/{collection}/{model}") if model else []
        came = [name for name in sorted(versions) if name not in known]
        path = f"{CATALOG}/{collection}"

        def stays(place: str) -> bool:
            return bool(self._repository.kind(self._merged, place))

        if stays(path):  # what is removed takes no name
            self._add(
                list(
                    name_findings(
                        self._repository,
                        base,
                        collection=collection,
                        model=model if stays(f"{path}/{model}") else "",
                        versions=came,
                        own=lambda folder: owns(self._repository, base, folder, author=author),
                    )
                )
            )
            if not stays(f"{path}/collection.json"):
                self._add([found("SUB023", "has no collection.json", origin=path)])

    def _write_out(self, root: Path, collection: str, model: str) -> None:
        """Write the model and its collection out, and look at the names of all of its files."""
        folder = f"{CATALOG}/{collection}"
        files = self._repository.files(self._merged, f"{folder}/{model}") if model else {}
        self._add(list(colliding_files(files)))
        if files and not any(path.endswith("/item.json") for path in files):
            origin = f"{folder}/{model}"
            self._add([found("SUB023", "has no version with an item.json", origin=origin)])
        described = self._repository.entry(self._merged, f"{folder}/collection.json")
        listed = {**files, described.path: described} if described else files
        sizes = self._repository.sizes(entry.new for entry in listed.values())
        fit = {name: size for name, size in sizes.items() if size <= LARGEST}
        write_out(self._repository, listed, limits=fit, root=root)

    def _take(self, changed: Changed) -> None:
        self._result.changes += [line for line in changed.changes if line]
        for one in changed.items:
            verified = self._verified(one)
            if verified.state == "failed":
                self._add([found("SUB040", verified.told, origin=one.path, item=one.id)])
            entry = Entry(
                id=one.id,
                state=one.state,
                changes=tuple(one.changes),
                compared=one.compared,
                score=one.score,
                verification=verified,
            )
            self._result.entries.append(entry)

    def _verified(self, one: ItemDocument) -> Verification:
        if one.item is None:
            return Verification(told="there is no item to verify")
        if self._after.verify is None:
            return Verification(told="no sample was run")
        return self._after.verify(one.folder)


def _kind(
    places: Mapping[Place, Difference],
    owned: list[Ownership],
    known: Callable[[str], list[str]],
) -> str:
    """What a pull request is, in words."""
    judged = {one.folder: one for one in owned}
    model = next((place.folder for place in places if place.model), "")
    if not places:
        return "no model"
    one = judged[model] if model else owned[0]
    noun = "model" if model else "collection"
    if one.new:
        return f"new {noun}"
    if one.gone:
        return f"removal of a {noun}"
    versions = {place.version for place in places if place.version}
    if model and not versions <= set(known(model)):
        return "new version"
    return f"change of a {noun}"


def _told(ownership: Ownership, *, refused: bool) -> list[str]:
    """What was decided about owners, in words."""

    def listed(owners: tuple[Owner, ...]) -> str:
        return ", ".join(f"{owner.login} ({owner.id})" for owner in owners) or "nobody"

    may = "may not be changed by the author" if refused else "may be changed by the author"
    lines = [f"{ownership.folder}: {may}, says {ownership.by or 'no file'} of the base"]
    if ownership.new:
        lines = [f"{ownership.folder} is new; owners: {listed(ownership.after)}"]
    elif ownership.before != ownership.after and not ownership.gone:
        lines.append(f"owners {listed(ownership.before)} -> {listed(ownership.after)}")
    return lines
