"""The workflows that publish a hub and watch what its models refer to."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.server import Server
from tests.submission.proposals import Clone
from tests.verification.entries import entry
from tests.workflows.api import Api
from tests.workflows.conftest import WORKFLOWS
from tests.workflows.runner import JobError, Runner, load

from geocairn import sandbox

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "builder/geocairn/starter/template/github"
Make = Callable[..., Runner]


def test_a_push_publishes_with_checksums(clone: Clone, runner: Make) -> None:
    made = runner()
    made.run(clone.folder / WORKFLOWS / "publish.yml")
    hub = made.artifacts["github-pages"]
    assert json.loads((hub / "search/manifest.json").read_bytes())["items"] == 3
    lines = (hub / "SHA256SUMS").read_text().splitlines()
    named = dict(reversed(line.split("  ", 1)) for line in lines)
    assert set(named) == {
        f"./{p.relative_to(hub)}" for p in hub.rglob("*") if p.is_file() and p.name != "SHA256SUMS"
    }
    for name, digest in named.items():
        assert hashlib.sha256((hub / name).read_bytes()).hexdigest() == digest
    assert (made.artifacts["checksums"] / "SHA256SUMS").read_text().splitlines() == lines


@pytest.mark.skipif(not sandbox.can_isolate(), reason="isolation needs Linux")
def test_models_are_run_before_they_are_published(clone: Clone, runner: Make) -> None:
    folder = entry(clone.folder / "catalog")
    clone.commit()
    made = runner()
    made.run(clone.folder / WORKFLOWS / "publish.yml", "build")
    hub = made.artifacts["github-pages"]
    name = f"{folder.parent.name}-{folder.name}"
    evidence = json.loads((hub / f"floods/{name}/verification.json").read_bytes())
    assert evidence["models"][0]["agrees"] is True


def test_what_is_wrong_is_not_published(clone: Clone, runner: Make) -> None:
    clone.put(clone.item() | {"bbox": "no"})
    clone.commit()
    made = runner()
    with pytest.raises(JobError, match=r"Build: 1"):
        made.run(clone.folder / WORKFLOWS / "publish.yml")
    assert "github-pages" not in made.artifacts


@pytest.fixture
def watched(clone: Clone, tmp_path: Path) -> Any:
    """A server with the weights of a model of the repository; the workflow may ask it."""
    folder = tmp_path / "host"
    folder.mkdir()
    (folder / "weights.pt").write_bytes(b"weights")
    for path in clone.folder.glob("catalog/*/*/*/item.json"):
        item = json.loads(path.read_bytes())
        item["assets"], item["links"] = {"weights": item["assets"]["weights"]}, []
        item["assets"]["weights"] |= {"href": "http://localhost/weights.pt"}
        path.write_text(json.dumps(item))
    with Server(folder) as server:
        for path in clone.folder.glob("catalog/*/*/*/item.json"):
            item = json.loads(path.read_bytes())
            weights = item["assets"]["weights"]
            weights |= {"href": f"{server.url}weights.pt", "file:size": 7}
            weights["file:checksum"] = "1220" + hashlib.sha256(b"weights").hexdigest()
            path.write_text(json.dumps(item))
        workflow = clone.folder / WORKFLOWS / "watch.yml"
        text = workflow.read_text()
        allowed = text.replace(
            "geocairn watch catalog", "geocairn watch catalog --allow 127.0.0.1 --pause 0"
        )
        assert allowed != text
        workflow.write_text(allowed)
        clone.commit()
        yield server


def test_the_watch_keeps_what_it_finds_and_opens_one_issue(
    clone: Clone, runner: Make, watched: Server, api: Api
) -> None:
    workflow = clone.folder / WORKFLOWS / "watch.yml"

    def week() -> Any:
        made = runner()
        made.run(workflow)
        return json.loads(clone.git("show", "status:status.json"))["models"]

    name = "floods/delta-1.0.0"
    assert week()[name]["history"][-1]["state"] == "fine"
    assert not api.issues
    watched.faults["weights.pt"] = 404
    assert week()[name]["history"][-1]["state"] == "unsure"
    assert not api.issues
    assert week()[name]["history"][-1]["state"] == "vanished"
    week()
    assert len(api.issues) == 1
    assert "vanished" in api.issues[0]["body"]
    made = runner()
    made.run(clone.folder / WORKFLOWS / "publish.yml", "build")
    page = made.artifacts["github-pages"] / "floods/delta-1.0.0/delta-1.0.0.json"
    status = json.loads(page.read_bytes())["properties"]["geocairn:status"]
    assert [event["state"] for event in status["history"]] == ["vanished", "unsure", "fine"]


FILES = sorted([*TEMPLATE.glob("workflows/*.yml"), *(ROOT / ".github/workflows").glob("*.yml")])


def test_this_repository_has_the_workflows_of_the_template() -> None:
    for path in TEMPLATE.glob("workflows/*.yml"):
        assert (ROOT / ".github/workflows" / path.name).read_bytes() == path.read_bytes()
    assert (ROOT / ".github/zizmor.yml").read_bytes() == (TEMPLATE / "zizmor.yml").read_bytes()


def steps_of(path: Path) -> list[dict[str, Any]]:
    document = yaml.safe_load(path.read_text())
    jobs = document.get("jobs", {"": document.get("runs", {})})
    return [step for job in jobs.values() for step in job.get("steps", [])]


@pytest.mark.parametrize("path", FILES, ids=lambda p: "/".join(p.parts[-2:]))
def test_workflows_have_no_more_rights_than_they_need(path: Path) -> None:
    document = load(path)
    assert document["permissions"] == {}
    writes = {
        (job, scope)
        for job, told in document["jobs"].items()
        for scope, right in told["permissions"].items()
        if right == "write"
    }
    allowed = {
        "comment.yml": {("comment", "pull-requests")},
        "publish.yml": {
            ("attest", "attestations"),
            ("attest", "id-token"),
            ("deploy", "pages"),
            ("deploy", "id-token"),
        },
        "watch.yml": {("keep", "contents"), ("tell", "issues")},
    }
    assert writes == allowed.get(path.name, set())
    text = path.read_text()
    assert "secrets." not in text
    assert "pull_request_target" not in text
    if path.name == "submission.yml":
        assert "cache" not in text
        assert set(document["on"]) == {"pull_request"}


@pytest.mark.parametrize("path", FILES, ids=lambda p: "/".join(p.parts[-2:]))
def test_actions_are_pinned_by_hash_and_scripts_have_no_expressions(path: Path) -> None:
    text = path.read_text()
    for step in steps_of(path):
        assert "${{" not in step.get("run", "")
        uses = step.get("uses", "./")
        if not uses.startswith("./"):
            name, _, commit = uses.partition("@")
            assert len(commit) == 40, uses
            assert f"{uses} # v" in text, f"{name}: the version belongs beside the hash"


def test_zizmor_finds_nothing(tmp_path: Path) -> None:
    zizmor = Path(sys.executable).with_name("zizmor")
    command = [str(zizmor), "--offline", "--no-progress", "--persona", "auditor"]
    for folder in (ROOT / ".github", _dotted(tmp_path)):
        done = subprocess.run([*command, str(folder)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
        assert "completed" in done.stderr


def _dotted(folder: Path) -> Path:
    from geocairn.starter import starter_files

    for path, data in starter_files(hub="hub", title="Hub"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder / ".github"


def actionlint(*paths: Path) -> list[Any]:
    """What actionlint finds, in expressions and permissions, and ShellCheck in steps."""
    beside = Path(sys.executable).with_name
    command = [str(beside("actionlint")), "-shellcheck", str(beside("shellcheck")), "-pyflakes", ""]
    done = subprocess.run(
        [*command, "-format", "{{json .}}", *map(str, paths)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr
    found: list[Any] = json.loads(done.stdout)
    assert done.returncode == bool(found)
    return found


def test_actionlint_finds_nothing() -> None:
    assert actionlint(*FILES) == []


def test_actionlint_looks_at_everything(tmp_path: Path) -> None:
    broken = {
        "permissions": ("attestations: write", "attestation: write"),
        "expression": ("needs.look.outputs.rots", "needs.look.outputs.rotten"),
        "shellcheck": ('"$RUNNER_TEMP/found"', "$RUNNER_TEMP/found"),
    }
    for kind, (whole, faulty) in broken.items():
        path = next(path for path in FILES if whole in path.read_text())
        copy = tmp_path / path.name
        copy.write_text(path.read_text().replace(whole, faulty))
        assert kind in {one["kind"] for one in actionlint(copy)}, kind
