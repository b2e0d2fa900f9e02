"""What git's plumbing tells of two revisions, compared with what git says in other ways."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.submission.proposals import Clone

from geocairn.errors import InputError
from geocairn.submission.repository import Repository

AWAY = b"here and gone again\n"


def reachable(clone: Clone, base: str, head: str) -> set[str]:
    """Blobs that one commit reaches and the other does not, by walking through all of both."""
    found = clone.git("rev-list", "--objects", "--no-object-names", head, f"^{base}").split()
    return {name for name in found if clone.git("cat-file", "-t", name) == "blob"}


def commits(clone: Clone) -> None:
    clone.write("catalog/floods/delta/notes.txt", AWAY)
    clone.commit()
    (clone.folder / "catalog/floods/delta/notes.txt").unlink()
    clone.write("catalog/floods/delta/odd\nname é.txt", b"a line break in the name\n")
    clone.commit()


def merge(clone: Clone) -> None:
    """Merge a branch of one's own, and put something into the merge that neither side has."""
    clone.write("catalog/floods/delta/left.txt", b"left\n")
    clone.commit()
    clone.git("checkout", "-q", "-b", "side", clone.base)
    clone.write("catalog/floods/delta/right.txt", b"right\n")
    clone.commit()
    clone.git("checkout", "-q", "proposal")
    clone.git("merge", "-q", "--no-ff", "--no-commit", "side")
    clone.write("catalog/floods/delta/evil.txt", b"in the merge alone\n")


def merge_of_the_base(clone: Clone) -> None:
    """Merge what was published meanwhile, which is not the proposal's doing."""
    clone.write("catalog/floods/delta/own.txt", b"own\n")
    clone.commit()
    clone.git("checkout", "-q", "main")
    clone.write("catalog/floods/storm/theirs.txt", b"theirs\n")
    clone.base = clone.commit()
    clone.git("checkout", "-q", "proposal")
    clone.git("merge", "-q", "--no-ff", "-m", "merge", "main")
    clone.write("catalog/floods/delta/own.txt", b"own again\n")


@pytest.mark.parametrize("change", [commits, merge, merge_of_the_base])
def test_everything_that_commits_bring_is_known(
    clone: Clone, change: Callable[[Clone], None]
) -> None:
    head = clone.propose(change)
    found = Repository(clone.folder).introduced(clone.base, head)
    assert set(found) == reachable(clone, clone.base, head)
    for name, size in found.items():
        assert size == int(clone.git("cat-file", "-s", name))


def test_a_merge_of_a_history_of_its_own_is_known(clone: Clone) -> None:
    def orphan(clone: Clone) -> None:
        clone.git("checkout", "-q", "--orphan", "other")
        clone.git("rm", "-rqf", ".")
        clone.write("other.txt", b"from nowhere\n")
        clone.commit()
        clone.git("checkout", "-q", "proposal")
        clone.git("merge", "-q", "--allow-unrelated-histories", "-m", "merge", "other")

    head = clone.propose(orphan)
    found = Repository(clone.folder).introduced(clone.base, head)
    assert set(found) == reachable(clone, clone.base, head)
    assert len(found) == 1


def test_folders_are_listed_together(clone: Clone) -> None:
    repository = Repository(clone.folder)
    asked = ["catalog", "catalog/floods", "catalog/none", "README.md", "a\nb", "catalog/a b"]
    assert repository.listings(clone.base, asked) == {
        "catalog": ["floods", "loose"],
        "catalog/floods": ["collection.json", "delta", "owners.toml", "storm"],
        **{path: [] for path in asked[2:]},
    }
    assert repository.names(clone.base, "catalog/floods/delta") == [
        *("1.0.0", "README.md", "owners.toml"),
    ]
    assert repository.kind(clone.base, "catalog/floods") == "tree"
    assert repository.kind(clone.base, "README.md") == "blob"
    assert repository.kind(clone.base, "catalog/none") == ""
    assert repository.blobs([]) == {}


def test_a_change_reads_no_more_in_a_larger_hub(
    clone: Clone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither more calls of git nor longer answers, but for the names that a new one may not be."""
    from geocairn.checks import SchemaStore
    from geocairn.submission import check_submission

    head = clone.propose(lambda clone: clone.write("catalog/floods/delta/README.md", b"# New\n"))
    run, said = Repository._run, list[int]()

    def counted(
        self: Repository, *arguments: str, given: bytes = b""
    ) -> subprocess.CompletedProcess[bytes]:
        done = run(self, *arguments, given=given)
        said.append(len(done.stdout))
        return done

    monkeypatch.setattr(Repository, "_run", counted)

    def look() -> list[int]:
        said.clear()
        store = SchemaStore(tmp_path, offline=True)
        check_submission(clone.folder, base="main", head=head, author=101, store=store)
        return list(said)

    small = look()
    clone.git("checkout", "-q", "main")
    for number in range(30):
        clone.write_model(f"many-{number}", collection=f"c{number % 5}", owner=102)
    clone.commit()
    clone.git("checkout", "-q", "proposal")
    clone.git("rebase", "-q", "main")
    head = clone.git("rev-parse", "HEAD")
    assert look() == small


def test_what_is_no_repository_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no git repository"):
        Repository(tmp_path)
