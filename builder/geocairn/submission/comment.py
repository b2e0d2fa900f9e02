"""The comment on a pull request, by a job that may write: whatever it reads is hostile.

What ran for the pull request may have been changed by it, workflow and all. So this job, which is
the base's own, believes its report only as far as it can be checked: GitHub says which pull request
the run belongs to, which commit it has, and which files it changes. What remains is a text, and is
told as one.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import Any

from geocairn.errors import InputError
from geocairn.findings import markdown_text
from geocairn.github import GitHub
from geocairn.submission.fence import CATALOG
from geocairn.submission.report import LARGEST_JSON, MARK, Submission, from_json

__all__ = ["ARTIFACT", "comment"]

ARTIFACT = "submission-report"
"""Name of the artifact that has the report, and of no other file of a run."""

_MEMBER = "report.json"
_LARGEST_ARCHIVE = 4 << 20
_SHOWN = 10
_COMMIT = re.compile(r"[0-9a-f]{40}").fullmatch


def comment(github: GitHub, event: dict[str, Any]) -> str:
    """Tell the report of a run on its pull request, in place of what was told before.

    Args:
        github: The repository.
        event: GitHub's event of a workflow that is completed.

    Returns:
        What was done, in a sentence.

    Raises:
        InputError: If the event is none, or GitHub says no.
    """
    run = event.get("workflow_run")
    if not isinstance(run, dict) or run.get("event") != "pull_request":
        return "This run belongs to no pull request; there is nothing to tell."
    request = _pull_request(github, run)
    if request is None:
        return "No open pull request has the commit of this run; there is nothing to tell."
    number = int(request["number"])
    others = _others(github, number)
    body = _beyond(others) if others is None or others else _told(github, run)
    return _put(github, number, body)


def _pull_request(github: GitHub, run: dict[str, Any]) -> dict[str, Any] | None:
    """The open pull request whose newest commit a run was for, by GitHub's own word."""
    try:
        commit, branch = str(run["head_sha"]), str(run["head_branch"])
        owner = str(run["head_repository"]["owner"]["login"])
    except (KeyError, TypeError) as error:
        raise InputError("is no event of a run of a workflow", where="event") from error
    if not _COMMIT(commit):
        raise InputError("has no commit", where="event")
    for request in github.pages("pulls", state="open", head=f"{owner}:{branch}"):
        if request.get("head", {}).get("sha") == commit and isinstance(request.get("number"), int):
            return request
    return None


def _others(github: GitHub, number: int) -> list[str] | None:
    """Files outside the catalog that a pull request changes; None where GitHub lists not all."""
    found, listed = [], 0
    for file in github.pages(f"pulls/{number}/files"):
        listed += 1
        names = (file.get("filename"), file.get("previous_filename"))
        found += [str(n) for n in names if n and not str(n).startswith(f"{CATALOG}/")]
    # Its list ends after 3,000 files, and something might hide behind that end.
    return found if github.get(f"pulls/{number}").get("changed_files") == listed else None


def _beyond(others: list[str] | None) -> str:
    if others is None:
        return "\n".join(
            [
                MARK,
                "## ❌ This pull request changes more files than can be listed",
                "",
                "What they are is not known, so what its checks report is not shown.",
            ]
        )
    lines = [
        MARK,
        "## ❌ This pull request changes more than the catalog",
        "",
        "Its own checks may be among what it changes, so what they report is not shown. Whoever "
        "merges it reads it as code first. To submit a model, take these files out:",
        "",
        *(f"- {markdown_text(name[:200])}" for name in others[:_SHOWN]),
    ]
    if len(others) > _SHOWN:
        lines.append(f"- and {len(others) - _SHOWN:,} more")
    return "\n".join(lines)


def _told(github: GitHub, run: dict[str, Any]) -> str:
    try:
        report = _report(github, int(run["id"]))
        if report.head != run["head_sha"]:
            raise InputError("the report is about another commit")
    except InputError as error:
        return "\n".join(
            [
                MARK,
                "## ❌ There is no report",
                "",
                f"The checks ended without one that can be read: {markdown_text(error.message)}. "
                "The log of the run says more.",
            ]
        )
    report.preview = f"{_server(run)}/{github.repository}/actions/runs/{int(run['id'])}#artifacts"
    return report.to_markdown()


def _server(run: dict[str, Any]) -> str:
    match = re.match(r"https://[A-Za-z0-9.-]+(?=/)", str(run.get("html_url", "")))
    return match[0] if match else "https://github.com"


def _report(github: GitHub, run: int) -> Submission:
    """The report among a run's artifacts; nothing of the archive is written anywhere."""
    for artifact in github.pages(f"actions/runs/{run}/artifacts", key="artifacts"):
        if artifact.get("name") == ARTIFACT and isinstance(artifact.get("id"), int):
            path = f"actions/artifacts/{artifact['id']}/zip"
            data = github.download(path, limit=_LARGEST_ARCHIVE)
            break
    else:
        raise InputError(f"the run has no artifact {ARTIFACT}")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(_MEMBER) as member:
            return from_json(member.read(LARGEST_JSON + 1))
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError, OSError) as error:
        raise InputError("its archive cannot be read") from error
    except (NotImplementedError, RuntimeError) as error:  # unknown compression, or a password
        raise InputError("its archive is of a kind that is not read") from error


def _put(github: GitHub, number: int, body: str) -> str:
    for known in github.pages(f"issues/{number}/comments"):
        ours = known.get("user", {}).get("type") == "Bot"
        if (
            ours
            and str(known.get("body", "")).startswith(MARK)
            and isinstance(known.get("id"), int)
        ):
            github.send("PATCH", f"issues/comments/{known['id']}", {"body": body})
            return f"Told again on pull request {number}."
    github.send("POST", f"issues/{number}/comments", {"body": body})
    return f"Told on pull request {number}."
