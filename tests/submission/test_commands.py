"""``geocairn submission``, as workflows and people call it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.running import Ran, call
from tests.submission.proposals import ANA, EVE, Clone, relicense
from tests.verification.entries import entry

from geocairn import sandbox


def relicensed(clone: Clone) -> str:
    return clone.propose(relicense)


def check(capfd: pytest.CaptureFixture[str], clone: Clone, schemas: Path, *more: str | Path) -> Ran:
    options = ("--repository", clone.folder, "--schemas", schemas, "--offline", *more)
    return call(capfd, "submission", "check", *options)


def test_a_pull_request_is_told_in_every_form(
    capfd: pytest.CaptureFixture[str], clone: Clone, schemas: Path, tmp_path: Path
) -> None:
    revisions = ("--base", "main", "--head", relicensed(clone), "--author-id")
    done = check(capfd, clone, schemas, *revisions, str(ANA))
    assert done.code == 0, done.out + done.err
    assert "licence Apache-2.0 -> MIT" in done.out
    assert done.out.rstrip().endswith("Ready for review: nothing was found that speaks against it.")
    report = tmp_path / "report.json"
    done = check(
        capfd, clone, schemas, *revisions, str(EVE), "--format", "github", "--report", report
    )
    assert done.code == 1
    assert done.out.startswith("::error file=catalog/floods/delta,title=SUB010::")
    told = call(capfd, "submission", "report", report, "--format", "markdown")
    assert told.code == 1
    assert "## ❌ Not ready" in told.out
    document = json.loads(call(capfd, "submission", "report", report, "--format", "json").out)
    assert document["accepted"] is False
    assert document["entries"][0]["changes"] == ["licence Apache-2.0 -> MIT"]


def test_githubs_event_says_who_proposes_what(
    capfd: pytest.CaptureFixture[str], clone: Clone, schemas: Path, tmp_path: Path
) -> None:
    event = tmp_path / "event.json"
    request = {
        "base": {"sha": clone.base},
        "head": {"sha": relicensed(clone)},
        "user": {"id": ANA, "login": "ana"},
    }
    event.write_text(json.dumps({"pull_request": request}))
    assert check(capfd, clone, schemas, "--event", event).code == 0
    request["user"]["id"] = EVE
    event.write_text(json.dumps({"pull_request": request}))
    assert check(capfd, clone, schemas, "--event", event).code == 1
    for other in ({"push": {}}, {"pull_request": request | {"base": {"sha": 7}}}, []):
        event.write_text(json.dumps(other))
        done = check(capfd, clone, schemas, "--event", event)
        assert done.code == 2
        assert "no event of a pull request" in done.err
    event.write_bytes(b"")
    done = check(capfd, clone, schemas, "--event", event)
    assert done.code == 2
    assert "event.json: not JSON" in done.err
    assert check(capfd, clone, schemas, "--base", "main").code == 2


@pytest.mark.parametrize("number", ["ana", "0", "-1", "1.5", "9" * 20, "\u0661"])
def test_an_author_has_a_number(
    capfd: pytest.CaptureFixture[str], clone: Clone, schemas: Path, number: str
) -> None:
    done = check(capfd, clone, schemas, "--base", "main", "--head", "main", "--author-id", number)
    assert done.code == 2
    assert "is no numeric id of an account; https://api.github.com/users/LOGIN" in done.err


def test_a_report_of_something_else_is_told_on_a_line(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(b"# no report")
    done = call(capfd, "submission", "report", path)
    assert done.code == 2
    assert "is no report of a submission: not JSON at line 1, column 1" in done.err
    assert "\\x0a" not in done.err


def test_preview_holds_the_changed_entries_alone(
    capfd: pytest.CaptureFixture[str], clone: Clone, schemas: Path, tmp_path: Path
) -> None:
    preview = tmp_path / "preview"
    revisions = ("--base", "main", "--head", relicensed(clone), "--preview", preview)
    assert check(capfd, clone, schemas, *revisions, "--author-id", str(ANA)).code == 0
    manifest = json.loads((preview / "search/manifest.json").read_bytes())
    assert manifest["items"] == 1
    item = json.loads((preview / "floods/delta-1.0.0/delta-1.0.0.json").read_bytes())
    assert item["properties"]["license"] == "MIT"
    assert not (preview / "floods/storm-1.0.0").exists()
    assert not (preview / "docs").exists()


def test_nothing_is_built_of_what_is_refused(
    capfd: pytest.CaptureFixture[str], clone: Clone, schemas: Path, tmp_path: Path
) -> None:
    preview = tmp_path / "preview"
    revisions = ("--base", "main", "--head", relicensed(clone), "--preview", preview)
    assert check(capfd, clone, schemas, *revisions, "--author-id", str(EVE)).code == 1
    assert not preview.exists()


def test_report_from_elsewhere_is_refused_where_it_is_none(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "report.json"
    file.write_text("::error::x")
    done = call(capfd, "submission", "report", file)
    assert done.code == 2
    assert "is no report of a submission" in done.err


@pytest.mark.skipif(not sandbox.can_isolate(), reason="isolation needs Linux")
@pytest.mark.parametrize("honest", [True, False])
def test_a_model_is_run_on_its_sample(
    capfd: pytest.CaptureFixture[str],
    clone: Clone,
    schemas: Path,
    tmp_path: Path,
    honest: bool,
) -> None:
    def change(clone: Clone) -> None:
        folder = entry(clone.folder / "catalog")
        clone.git("checkout", "--", "catalog/floods/collection.json")
        if not honest:
            (folder / "sample-output.npz").write_bytes((folder / "sample-input.npz").read_bytes())
        clone.own(f"catalog/floods/{folder.parent.name}", EVE)

    report = tmp_path / "report.json"
    revisions = ("--base", "main", "--head", clone.propose(change), "--author-id", str(EVE))
    done = check(capfd, clone, schemas, *revisions, "--report", report)
    document = json.loads(report.read_bytes())
    verified = document["entries"][0]["verification"]
    assert verified["state"] == ("reproduced" if honest else "failed"), done.out
    codes = [finding["code"] for finding in document["report"]["findings"]]
    assert ("SUB040" in codes) == (not honest)
    assert done.code == (0 if honest else 1), done.out
