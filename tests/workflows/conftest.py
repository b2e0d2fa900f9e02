"""A hub's repository with its workflows, as ``geocairn init`` begins it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.submission.proposals import LOGINS, Clone
from tests.workflows.api import TOKEN, Api
from tests.workflows.runner import JobError, Runner

from geocairn.starter import starter_files

WORKFLOWS = ".github/workflows"


@pytest.fixture(scope="session")
def _first(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    if shutil.which("git") is None:
        pytest.skip("needs git")
    clone = Clone(tmp_path_factory.mktemp("repository"))
    for path, data in starter_files(hub="hub", title="Hub"):
        if not path.startswith("catalog/"):
            clone.write(path, data)
    clone.base = clone.commit()
    return clone


@pytest.fixture
def clone(_first: Clone, tmp_path: Path) -> Clone:
    """The repository, for a test to do with as it likes."""
    copy = Clone.__new__(Clone)
    copy.folder, copy.base = tmp_path / "origin", _first.base
    shutil.copytree(_first.folder, copy.folder, symlinks=True)
    return copy


@pytest.fixture
def api() -> Iterator[Api]:
    """GitHub's interface."""
    with Api() as served:
        yield served


@pytest.fixture
def runner(clone: Clone, tmp_path: Path, schemas: Path, api: Api) -> Callable[..., Runner]:
    """Makes runners for the repository."""

    def make(event: dict[str, Any] | None = None) -> Runner:
        return Runner(
            remote=clone.folder,
            folder=tmp_path / f"runs-{len(list(tmp_path.iterdir()))}",
            event=event or {},
            context={
                "github.base_ref": "main",
                "github.token": TOKEN,
                "github.repository": "origin",
                "github.server_url": str(tmp_path),
            },
            environment={"GEOCAIRN_SCHEMAS": str(schemas), **api.environment},
        )

    return make


@pytest.fixture
def propose(clone: Clone, runner: Callable[..., Runner]) -> Callable[..., tuple[Runner, str]]:
    """Sends a pull request and runs its checks; gives the runner, and why it failed, if it did."""

    def send(change: Callable[[Clone], object], *, author: int) -> tuple[Runner, str]:
        head = clone.propose(change)
        clone.git("checkout", "-q", "main")
        request = {
            "number": 7,
            "base": {"sha": clone.base, "ref": "main"},
            "head": {"sha": head, "ref": "proposal"},
            "user": {"id": author, "login": LOGINS[author]},
        }
        made = runner({"pull_request": request})
        try:
            made.run(clone.folder / WORKFLOWS / "submission.yml")
        except JobError as error:
            return made, str(error)
        return made, ""

    return send
