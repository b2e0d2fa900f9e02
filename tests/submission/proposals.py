"""A hub's repository and pull requests to it, made with git."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.items import collection, model

from geocairn.checks import SchemaStore
from geocairn.owners import Owner, write_owners
from geocairn.submission import After, Submission, check_submission

ANA, BEN, EVE, HUB = 101, 102, 666, 900
LOGINS = {ANA: "ana", BEN: "ben", EVE: "eve", HUB: "hub"}
WEIGHTS = bytes(range(256)) * 8
_IDENTITY = {
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


class Clone:
    """A clone of a hub's repository, on whose branch ``main`` is what is published.

    Ana owns the model ``delta``, Ben owns ``storm`` and the collection, nobody owns ``orphan``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.git("init", "-q", "-b", "main")
        self.write_model("delta", owner=ANA)
        self.write_model("storm", owner=BEN)
        self.write_model("orphan", collection="loose")
        self.write("catalog/floods/collection.json", collection("floods"))
        self.write("catalog/loose/collection.json", collection("loose"))
        self.own("catalog/floods", BEN)
        self.write("README.md", b"# A hub\n")
        self.write(".github/workflows/submission.yml", b"on: pull_request\n")
        self.write("geocairn.toml", b'[hub]\nid = "hub"\n')
        self.base = self.commit()

    def git(self, *arguments: str, given: bytes = b"") -> str:
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            env={**os.environ, **_IDENTITY},
            input=given,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode().strip()

    def write(self, path: str, content: Any) -> Path:
        """Write a file: bytes as they are, anything else as JSON."""
        data = content if isinstance(content, bytes) else json.dumps(content, indent=2).encode()
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        return place

    def write_model(
        self,
        name: str,
        *,
        version: str = "1.0.0",
        collection: str = "floods",
        owner: int | None = None,
        **changes: Any,
    ) -> Path:
        """Write a model's folder; gives it."""
        folder = f"catalog/{collection}/{name}"
        item = model(name, collection=collection, version=version, **changes)
        self.write(f"{folder}/{version}/item.json", item)
        self.write(f"{folder}/README.md", f"# {name}\n\nA model.\n".encode())
        if owner is not None:
            self.own(folder, owner)
        return self.folder / folder

    def own(self, folder: str, *owners: int) -> None:
        """Say who owns a folder."""
        write_owners(self.folder / folder / "owners.toml", [Owner(n, LOGINS[n]) for n in owners])

    def item(self, name: str = "delta", version: str = "1.0.0") -> dict[str, Any]:
        """An item as it is now."""
        path = self.folder / f"catalog/floods/{name}/{version}/item.json"
        found: dict[str, Any] = json.loads(path.read_bytes())
        return found

    def put(self, item: dict[str, Any], name: str = "delta", version: str = "1.0.0") -> None:
        """Write an item into a model's folder."""
        self.write(f"catalog/floods/{name}/{version}/item.json", item)

    def commit(self) -> str:
        """Commit all there is; gives the commit."""
        self.git("add", "--all", "--force")
        self.git("commit", "-q", "--allow-empty", "-m", "change")
        return self.git("rev-parse", "HEAD")

    def propose(self, change: Callable[[Clone], object]) -> str:
        """Make a pull request's commit on a branch of its own; gives the commit."""
        self.git("checkout", "-q", "-B", "proposal", self.base)
        change(self)
        return self.commit()


def look(
    clone: Clone,
    head: str,
    *,
    author: int,
    schemas: Path,
    after: After | None = None,
) -> Submission:
    """Check a pull request."""
    store = SchemaStore(schemas, offline=True)
    return check_submission(
        clone.folder, base="main", head=head, author=author, store=store, after=after
    )


def relicense(clone: Clone) -> None:
    """Give Ana's model another licence."""
    item = clone.item()
    item["properties"]["license"] = "MIT"
    clone.put(item)


def codes(result: Submission) -> list[str]:
    """Codes of the errors in a report, sorted."""
    return sorted({f.code for f in result.report.kept if f.severity == "error"})
