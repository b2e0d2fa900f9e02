"""A hub's repository for each test, copied from one that is made once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.submission.proposals import Clone, look

from geocairn.submission import After, Submission

Look = Callable[..., Submission]


@pytest.fixture(scope="session")
def first(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    if shutil.which("git") is None:
        pytest.skip("needs git")
    return Clone(tmp_path_factory.mktemp("repository"))


@pytest.fixture
def clone(first: Clone, tmp_path: Path) -> Clone:
    """A hub's repository that a test may do with as it likes."""
    copy = Clone.__new__(Clone)
    copy.folder, copy.base = tmp_path / "clone", first.base
    shutil.copytree(first.folder, copy.folder, symlinks=True)
    return copy


@pytest.fixture
def checked(clone: Clone, schemas: Path) -> Look:
    """Proposes a change to the repository as somebody, and looks at it."""

    def check(
        change: Callable[[Clone], object], *, author: int, after: After | None = None
    ) -> Submission:
        return look(clone, clone.propose(change), author=author, schemas=schemas, after=after)

    return check
