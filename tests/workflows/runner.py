"""Runs the jobs of a workflow on this machine: shell steps as they stand, actions by what they do.

Known are the actions that the workflows use, and of expressions the few forms that they use;
anything else is an error, so that nothing is passed over unseen.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

Json = dict[str, Any]
_EXPRESSION = re.compile(r"\$\{\{\s*(.+?)\s*\}\}")
_PATH = re.compile(r"[a-z_]+(?:\.[A-Za-z0-9_-]+)+").fullmatch


class JobError(Exception):
    """A step failed; says which, and what it printed."""


@dataclass
class Runner:
    """A runner with a workspace of its own for each job.

    Attributes:
        remote: The repository, as ``origin`` of a checkout.
        folder: Where workspaces and artifacts are.
        event: GitHub's event.
        context: The rest of what expressions may ask for, by its path.
        environment: Variables for every step.
        artifacts: Folder of each artifact that was uploaded.
        summary: What jobs wrote as their summary.
        log: What steps printed, by name.
    """

    remote: Path
    folder: Path
    event: Json
    context: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    artifacts: dict[str, Path] = field(default_factory=dict)
    summary: str = ""
    log: dict[str, str] = field(default_factory=dict)
    _outputs: dict[str, str] = field(default_factory=dict)

    def run(self, workflow: Path, *jobs: str) -> None:
        """Run some jobs of a workflow, or all, in the order that they need one another.

        Raises:
            JobError: If one of them fails.
        """
        document = load(workflow)
        for name, job in document["jobs"].items():
            if jobs and name not in jobs:
                continue
            if "if" in job and not self._holds(str(job["if"])):
                continue
            self._job(name, job)

    def _job(self, name: str, job: Json) -> None:
        place = self.folder / f"{name}-{len(self.log)}"
        workspace, temporary = place / "workspace", place / "temp"
        workspace.mkdir(parents=True)
        temporary.mkdir()
        event = place / "event.json"
        event.write_text(json.dumps(self.event))
        files = {key: place / key.lower() for key in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for path in files.values():
            path.touch()
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "GITHUB_"))},
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_WORKSPACE": str(workspace),
            "RUNNER_TEMP": str(temporary),
            **{key: str(path) for key, path in files.items()},
            **self.environment,
        }
        local = {"runner.temp": str(temporary)}
        failed = ""
        for step in job["steps"]:
            wanted = str(step.get("if", "")) in ("${{ !cancelled() }}", "always()")
            if failed and not wanted:
                continue
            try:
                self._step(step, workspace, environment, local)
            except JobError as error:
                failed = failed or str(error)
        self.summary += files["GITHUB_STEP_SUMMARY"].read_text()
        for line in files["GITHUB_OUTPUT"].read_text().splitlines():
            key, _, value = line.partition("=")
            self._outputs[f"needs.{name}.outputs.{key}"] = value
        if failed:
            raise JobError(failed)

    def _step(
        self, step: Json, workspace: Path, environment: dict[str, str], local: dict[str, str]
    ) -> None:
        if "uses" in step:
            given = {k: self._filled(str(v), local) for k, v in step.get("with", {}).items()}
            self._action(str(step["uses"]), given, workspace)
            return
        own = {key: self._filled(str(value), local) for key, value in step.get("env", {}).items()}
        assert "${{" not in step["run"], "expressions do not belong into a script"
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", step["run"]],
            cwd=workspace / step.get("working-directory", ""),
            env={**environment, **own},
            capture_output=True,
            text=True,
            check=False,
        )
        self.log[step["name"]] = done.stdout + done.stderr
        if done.returncode:
            raise JobError(f"{step['name']}: {done.returncode}\n{done.stdout}\n{done.stderr}")

    def _action(self, uses: str, given: dict[str, str], workspace: Path) -> None:
        name = uses.partition("@")[0]
        if name == "actions/checkout":
            assert given["persist-credentials"] == "False"
            self._checkout(given.get("ref", "main"), workspace)
        elif name == "./.github/actions/geocairn":
            # What it installs is what runs these tests.
            assert (workspace / name / "action.yml").is_file()
        elif name in ("actions/upload-artifact", "actions/upload-pages-artifact"):
            self._upload(given.get("name", "github-pages"), workspace / given["path"], given)
        elif name == "actions/download-artifact":
            target = workspace / given.get("path", "")
            shutil.copytree(self.artifacts[given["name"]], target, dirs_exist_ok=True)
        elif name == "actions/attest-build-provenance":
            assert (workspace / given["subject-path"]).is_file()
        else:
            assert name == "actions/deploy-pages", f"nobody knows what {name} does"
            assert "github-pages" in self.artifacts

    def _checkout(self, ref: str, workspace: Path) -> None:
        command = ["git", "clone", "--quiet", "--branch", ref, str(self.remote), str(workspace)]
        subprocess.run(command, check=True, capture_output=True)

    def _upload(self, name: str, path: Path, given: dict[str, str]) -> None:
        if not path.exists():
            assert given.get("if-no-files-found") == "ignore", f"{path} is not there"
            return
        kept = self.folder / "artifacts" / name
        shutil.rmtree(kept, ignore_errors=True)
        if path.is_dir():
            shutil.copytree(path, kept)
        else:
            kept.mkdir(parents=True)
            shutil.copy(path, kept)
        self.artifacts[name] = kept

    def _holds(self, condition: str) -> bool:
        left, _, right = condition.partition(" == ")
        return self._value(left, {}) == right.strip("'")

    def _filled(self, text: str, local: dict[str, str]) -> str:
        return _EXPRESSION.sub(lambda match: self._value(match[1], local), text)

    def _value(self, path: str, local: dict[str, str]) -> str:
        assert _PATH(path), f"nobody knows what {path} means"
        known = {**self.context, **self._outputs, **local}
        if path in known:
            return known[path]
        assert path.startswith("github.event."), f"nobody knows {path}"
        value: Any = self.event
        for part in path.removeprefix("github.event.").split("."):
            value = value[part]
        return str(value)


def load(workflow: Path) -> Json:
    """A workflow's document; YAML takes its key ``on`` for true."""
    document = yaml.safe_load(workflow.read_text(encoding="utf-8"))
    assert isinstance(document, dict)
    if True in document:
        document["on"] = document.pop(True)
    return document
