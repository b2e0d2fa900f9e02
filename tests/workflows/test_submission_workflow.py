"""The workflow that looks at pull requests, and the one that tells what came of it."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.items import model
from tests.submission.proposals import ANA, EVE, Clone, relicense
from tests.workflows.api import Api
from tests.workflows.conftest import WORKFLOWS
from tests.workflows.runner import Runner

DELTA = "catalog/floods/delta"
Propose = Callable[..., tuple[Runner, str]]
Make = Callable[..., Runner]
HOSTILE = "</title><script>pwned(1)</script> @everyone #1 ](javascript:x) \n::error::forged\n## H"


def new(clone: Clone) -> None:
    clone.write_model("tsunami-net", owner=EVE)


def remove(clone: Clone) -> None:
    shutil.rmtree(clone.folder / DELTA)


def take_over(clone: Clone) -> None:
    clone.write_model("renamed", owner=EVE)
    remove(clone)


def own(clone: Clone) -> None:
    clone.own(DELTA, EVE)
    relicense(clone)


def mixed(clone: Clone) -> None:
    new(clone)
    clone.write(f"{WORKFLOWS}/submission.yml", b"on: pull_request_target\n")


def outside(clone: Clone) -> None:
    clone.write("geocairn.toml", b'[hub]\nid = "taken"\n')


def hostile(clone: Clone) -> None:
    item = model("tsunami-net", version="1.0.0", title=HOSTILE, description=HOSTILE)
    item["properties"]["keywords"] = [HOSTILE]
    item["links"].append({"rel": "about", "href": "javascript:pwned(2)", "title": HOSTILE})
    clone.write_model("tsunami-net", owner=EVE)
    clone.put(item, "tsunami-net")
    clone.write("catalog/floods/tsunami-net/README.md", HOSTILE.encode())


@pytest.mark.parametrize(
    ("change", "author", "code"),
    [
        (new, EVE, ""),
        (relicense, ANA, ""),
        (relicense, EVE, "SUB010"),
        (remove, ANA, ""),
        (remove, EVE, "SUB010"),
        (take_over, EVE, "SUB010"),
        (own, EVE, "SUB010"),
        (mixed, EVE, "SUB001"),
        (outside, EVE, "SUB001"),
        (hostile, EVE, "STAC021"),
    ],
)
def test_pull_requests_of_every_kind(
    propose: Propose, change: Callable[[Clone], object], author: int, code: str
) -> None:
    runner, failed = propose(change, author=author)
    assert bool(failed) == bool(code), failed
    assert code in failed
    report = json.loads((runner.artifacts["submission-report"] / "report.json").read_bytes())
    assert report["accepted"] == (not code)
    assert ("## ✅ Ready" if not code else "## ❌ Not ready") in runner.summary
    shown = change in (new, relicense) and not code
    assert ("submission-preview" in runner.artifacts) == shown
    for line in runner.log["Look at it"].splitlines():
        assert not line.startswith("::error::forged")
    assert "<script>" not in runner.summary


def test_what_the_base_says_runs_and_not_what_is_proposed(
    propose: Propose, clone: Clone, tmp_path: Path
) -> None:
    """A proposal that changes what is installed is looked at by what the base installs."""
    mark = tmp_path / "pwned"

    def change(clone: Clone) -> None:
        new(clone)
        action = f"runs: {{using: composite, steps: [{{shell: bash, run: touch {mark}}}]}}"
        clone.write(".github/actions/geocairn/action.yml", action.encode())
        clone.write("requirements.txt", b"evil\n")
        clone.write("sitecustomize.py", f"open({str(mark)!r}, 'w')".encode())
        clone.write("geocairn/__init__.py", f"open({str(mark)!r}, 'w')".encode())

    _, failed = propose(change, author=EVE)
    assert "SUB001" in failed
    assert not mark.exists()


def archive(report: bytes, *, name: str = "report.json") -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, report)
    return data.getvalue()


@pytest.fixture
def tell(clone: Clone, runner: Make, api: Api) -> Callable[..., str]:
    """Runs the workflow that comments; gives the comment, or what was said instead."""

    def run(report: bytes, *, head: str, files: list[str], event: str = "pull_request") -> str:
        api.archive = archive(report) if not report.startswith(b"PK") else report
        api.artifacts = [{"id": 1, "name": "other"}, {"id": 5, "name": "submission-report"}]
        api.pulls = [
            {"number": 3, "label": "eve:proposal", "head": {"sha": "0" * 40}},
            {"number": 7, "label": "eve:proposal", "head": {"sha": "b" * 40}},
        ]
        api.files = [{"filename": name} for name in files]
        made = runner(
            {
                "workflow_run": {
                    "id": 42,
                    "event": event,
                    "head_sha": head,
                    "head_branch": "proposal",
                    "head_repository": {"owner": {"login": "eve"}},
                    "html_url": "https://github.com/octocat/hub/actions/runs/42",
                }
            }
        )
        made.run(clone.folder / WORKFLOWS / "comment.yml")
        return api.comments[-1]["body"] if api.comments else str(made.log)

    return run


def report(**changes: Any) -> bytes:
    from tests.submission.test_report import submission

    return json.dumps(json.loads(submission(HOSTILE).to_json()) | changes).encode()


OWN = ["catalog/floods/tsunami-net/1.0.0/item.json"]


def test_a_report_becomes_one_comment(tell: Callable[..., str], api: Api) -> None:
    body = tell(report(), head="b" * 40, files=OWN)
    assert body.startswith("<!-- geocairn submission -->\n## ❌ Not ready")
    assert "(https://github.com/octocat/hub/actions/runs/42#artifacts)" in body
    assert "<script>" not in body
    assert "\n## H" not in body
    tell(report(), head="b" * 40, files=OWN)
    assert len(api.comments) == 1
    assert api.downloads == [None, None], "the token stays with GitHub"
    assert ("POST", "issues/7/comments") in api.requests
    assert ("PATCH", "issues/comments/1") in api.requests


def test_a_report_is_not_believed_where_the_workflow_may_have_changed(
    tell: Callable[..., str],
) -> None:
    forged = report(report={"documents": 1, "findings": []}, kind="new model")
    body = tell(forged, head="b" * 40, files=[*OWN, ".github/workflows/submission.yml"])
    assert "changes more than the catalog" in body
    assert "Ready" not in body


def test_what_lies_behind_the_end_of_a_list_is_not_believed_in(
    tell: Callable[..., str], api: Api
) -> None:
    api.changed = 3001
    body = tell(report(), head="b" * 40, files=OWN * 3000)
    assert "more files than can be listed" in body
    assert "Not ready" not in body


@pytest.mark.parametrize(
    "data",
    [
        b"not json",
        b"PK not a zip",
        archive(b"{}", name="../../report.json"),
        archive(b" " * (3 << 20)),
        report(entries="x"),
        report(head="c" * 40),
    ],
    ids=["no json", "no zip", "another file", "too large", "wrong type", "another commit"],
)
def test_what_is_no_report_is_told_as_such(tell: Callable[..., str], data: bytes) -> None:
    body = tell(data, head="b" * 40, files=OWN)
    assert "There is no report" in body


def test_a_bomb_does_not_go_off(tell: Callable[..., str]) -> None:
    bomb = archive(b"[" + b" " * (200 << 20) + b"]")
    assert len(bomb) < 1 << 20
    assert "There is no report" in tell(bomb, head="b" * 40, files=OWN)


def test_a_run_for_a_commit_that_was_replaced_says_nothing(
    tell: Callable[..., str], api: Api
) -> None:
    assert "No open pull request" in tell(report(), head="d" * 40, files=OWN)
    assert "no open pull request" not in tell(report(), head="d" * 40, files=OWN, event="push")
    assert not api.comments


def test_only_our_own_comment_is_written_over(tell: Callable[..., str], api: Api) -> None:
    eve = {"id": 1, "user": {"type": "User"}, "body": "<!-- geocairn submission --> mine"}
    api.comments = [eve]
    tell(report(), head="b" * 40, files=OWN)
    assert eve["body"].endswith("mine")
    assert len(api.comments) == 2
