"""What git knows of two revisions, by its plumbing: nothing is checked out, nothing runs."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from geocairn.errors import InputError

__all__ = ["ConflictError", "Entry", "Repository"]

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]{0,200}(?:\^[0-9]?|~[0-9]{0,4})?").fullmatch
_HASH = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?").fullmatch
_PATIENCE = 120
_LINK = "120000"
# Settings of whoever calls have no say, and nothing that a setting may start is started.
_SETTINGS = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.quotePath": "false",
    "protocol.allow": "never",
    "merge.renames": "false",
    "merge.directoryRenames": "false",
}
_FOREIGN = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_EXTERNAL_DIFF", "GIT_CONFIG_COUNT")


class ConflictError(InputError):
    """The two revisions cannot be merged without a person."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One path that differs.

    Attributes:
        path: The path; bytes that are no UTF-8 are written as escapes.
        status: ``A`` added, ``D`` deleted, ``M`` changed, ``T`` of another type.
        before: Its mode before, such as ``100644``; ``000000`` where there was none.
        after: Its mode after.
        old: Hash of what was there.
        new: Hash of what is there.
    """

    path: str
    status: str
    before: str
    after: str
    old: str
    new: str


class Repository:
    """A git repository, read.

    Args:
        folder: Its folder, or one below.

    Raises:
        InputError: If there is no git, or no repository.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        if (done := self._run("rev-parse", "--git-dir")).returncode:
            if b"not a git repository" not in done.stderr:
                raise self._failed("rev-parse", done)
            raise InputError(
                "is no git repository",
                where=str(folder),
                remedy="Run it in a clone of the hub's repository, or name one with --repository.",
            )

    def commit(self, revision: str) -> str:
        """The hash of a commit.

        Raises:
            InputError: If the revision is none.
        """
        if not _NAME(revision) or ".." in revision:
            raise InputError(
                f"{revision[:80]!r} is no revision",
                remedy="Give a commit's hash, or the name of a branch or tag.",
            )
        said = self._git(
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            f"{revision}^{{commit}}",
            check=False,
        )
        found = said.decode().strip()
        if not _HASH(found):
            raise InputError(
                f"{revision!r} is no commit of this repository",
                where=str(self._folder),
                remedy="Fetch it first; a shallow clone does not have all commits.",
            )
        return found

    def merged(self, base: str, head: str) -> str:
        """The tree that a merge of two commits makes, which is what would be published.

        Raises:
            ConflictError: If they cannot be merged without a person.
            InputError: If they have no history in common.
        """
        done = self._run(
            "merge-tree", "--write-tree", "--no-messages", "--name-only", "-z", base, head
        )
        tree = done.stdout.split(b"\0", 1)[0].decode().strip()
        if done.returncode == 1 and _HASH(tree):
            raise ConflictError(
                "cannot be merged: the base has changed at the same places",
                remedy="Merge the base branch into yours, and resolve the conflicts.",
            )
        if done.returncode or not _HASH(tree):
            raise self._failed("merge-tree", done)
        return tree

    def differences(self, before: str, after: str) -> list[Entry]:
        """Every path at which two trees differ; a rename is one gone and one added."""
        said = self._git(
            "diff-tree",
            "-r",
            "--raw",
            "-z",
            "--no-renames",
            "--no-abbrev",
            "--no-ext-diff",
            before,
            after,
        )
        parts = said.split(b"\0")[:-1]
        found = []
        for facts, path in zip(parts[::2], parts[1::2], strict=True):
            old_mode, new_mode, old, new, status = facts.decode().removeprefix(":").split(" ")
            name = path.decode("utf-8", "backslashreplace")
            found.append(Entry(name, status[:1], old_mode, new_mode, old, new))
        return found

    def introduced(self, base: str, head: str) -> dict[str, int]:
        """Bytes of every blob that the commits since the base bring, whether or not it stays."""
        # Commits are compared with their parents, and merges with all of theirs. To list what is
        # reachable from one and not from the other would walk through all of the base.
        commits = self._git("rev-list", head, f"^{base}")
        options = ("--stdin", "--root", "-r", "-c", "--raw", "--no-commit-id")
        plain = ("--no-renames", "--no-abbrev", "--no-ext-diff")
        said = self._git("diff-tree", *options, *plain, given=commits)
        return self.sizes(_results(said))

    def names(self, tree: str, folder: str) -> list[str]:
        """Names in a folder of a tree, or none where there is no such folder."""
        return self.listings(tree, [folder])[folder]

    def listings(self, tree: str, folders: Iterable[str]) -> dict[str, list[str]]:
        """Names in each of some folders of a tree; none where there is no such folder."""
        found = {folder: list[str]() for folder in folders}
        # What a line cannot hold is no folder of a catalog.
        asked = [folder for folder in found if "\n" not in folder]
        specs = "".join(f"{tree}:{folder}\n" for folder in asked)
        said = self._git("cat-file", "--batch", given=specs.encode("utf-8", "surrogateescape"))
        for folder, (kind, data) in zip(asked, _batched(said), strict=True):
            if kind == "tree":
                found[folder] = list(_names(data, len(tree) // 2))
        return found

    def kind(self, tree: str, path: str) -> str:
        """What is at a path of a tree: ``blob``, ``tree``, ``commit``, or empty for nothing."""
        said = self._git("ls-tree", "-z", "--full-tree", tree, "--", path)
        return said.split(b" ", 2)[1].decode() if said else ""

    def files(self, tree: str, folder: str) -> dict[str, Entry]:
        """Every file below a folder of a tree, by its path from the tree's root."""
        said = self._git("ls-tree", "-r", "-z", "--full-tree", tree, "--", folder)
        found = {}
        for line in said.split(b"\0")[:-1]:
            facts, _, path = line.partition(b"\t")
            mode, _, name = facts.decode().split(" ")
            place = path.decode("utf-8", "backslashreplace")
            found[place] = Entry(place, "A", "000000", mode, "", name)
        return found

    def sizes(self, objects: Iterable[str]) -> dict[str, int]:
        """Bytes of some blobs, by hash; what is no blob, or is not here, is left out."""
        asked = "".join(f"{name}\n" for name in dict.fromkeys(objects))
        said = self._git("cat-file", "--batch-check", given=asked.encode())
        found = {}
        for line in said.decode().splitlines():
            parts = line.split(" ")
            if len(parts) == 3 and parts[1] == "blob":
                found[parts[0]] = int(parts[2])
        return found

    def blobs(self, objects: Iterable[str]) -> dict[str, bytes]:
        """What is in some blobs, by hash; ask for their `sizes` first."""
        if not (wanted := list(dict.fromkeys(objects))):
            return {}
        said = self._git("cat-file", "--batch", given=("\n".join(wanted) + "\n").encode())
        return {
            name: data for name, (kind, data) in zip(wanted, _batched(said), strict=True) if kind
        }

    def entry(self, tree: str, path: str) -> Entry | None:
        """A plain file of a tree; None where there is none."""
        said = self._git("ls-tree", "-z", "--full-tree", tree, "--", path)
        facts, _, _ = said.partition(b"\t")
        mode, kind, blob = facts.decode().split(" ") if said else ("", "", "")
        if kind != "blob" or mode == _LINK:
            return None
        return Entry(path, "A", "000000", mode, "", blob)

    def read(self, tree: str, path: str, *, limit: int) -> bytes | None:
        """A plain file of a tree; None where there is none, or one that is larger."""
        entry = self.entry(tree, path)
        if entry is None or self.sizes([entry.new]).get(entry.new, limit + 1) > limit:
            return None
        return self.blobs([entry.new])[entry.new]

    def _git(self, *arguments: str, given: bytes = b"", check: bool = True) -> bytes:
        done = self._run(*arguments, given=given)
        if check and done.returncode:
            raise self._failed(arguments[0], done)
        return done.stdout

    def _run(self, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        environment = {k: v for k, v in os.environ.items() if not k.startswith(_FOREIGN)}
        environment |= {
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_TERMINAL_PROMPT": "0",
            "LC_ALL": "C",
        }
        command = ["git", "--no-pager", "--no-replace-objects", "--literal-pathspecs", *settings]
        try:
            return subprocess.run(  # noqa: S603  # the command is ours; revisions are checked
                [*command, *arguments],
                cwd=self._folder,
                env=environment,
                input=given,
                capture_output=True,
                check=False,
                timeout=_PATIENCE,
            )
        except FileNotFoundError as error:
            raise InputError("git is not installed", remedy="Install git 2.38 or newer.") from error
        except subprocess.TimeoutExpired as error:
            raise InputError(
                f"git {arguments[0]} took more than {_PATIENCE} seconds",
                where=str(self._folder),
                remedy="Try again, or look at the repository with git fsck.",
            ) from error

    def _failed(self, action: str, done: subprocess.CompletedProcess[bytes]) -> InputError:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        return InputError(
            f"git {action} fails: {said[-1][:300] if said else f'exit code {done.returncode}'}",
            where=str(self._folder),
            remedy="Run it in a whole clone (git fetch --unshallow), with git 2.38 or newer.",
        )


def _batched(said: bytes) -> Iterator[tuple[str, bytes]]:
    """Kind and content of each object that ``cat-file --batch`` tells; empty for one not there."""
    at = 0
    while at < len(said):
        end = said.index(b"\n", at)
        parts = said[at:end].rsplit(b" ", 2)
        at = end + 1
        if len(parts) < 3 or not parts[2].isdigit():
            yield "", b""
            continue
        size = int(parts[2])
        yield parts[1].decode(), said[at : at + size]
        at += size + 1


def _names(data: bytes, length: int) -> Iterator[str]:
    """Names in a tree object: mode, blank, name, a zero, and a hash of so many bytes."""
    at = 0
    while at < len(data):
        end = data.index(b"\0", at)
        yield data[data.index(b" ", at) + 1 : end].decode("utf-8", "backslashreplace")
        at = end + 1 + length


def _results(said: bytes) -> Iterator[str]:
    """Hashes after the change, of raw lines that begin with as many colons as there are parents."""
    for line in said.splitlines():
        facts = line.partition(b"\t")[0]
        told = facts.lstrip(b":").split(b" ")
        if parents := len(facts) - len(facts.lstrip(b":")):
            yield told[2 * parents + 1].decode()
