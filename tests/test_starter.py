"""A new hub, begun with ``geocairn init``."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from tests.running import call

from geocairn.owners import Owner, read_owners
from geocairn.version import __version__


def test_a_new_hub_builds_as_it_is(
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
    schemas: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hub = tmp_path / "Rivers & Lakes"
    options = ("--title", "Models of rivers", "--owner", "octocat", "--owner-id", "583231")
    done = call(capfd, "init", hub, *options)
    assert done.code == 0, done.err
    assert read_owners((hub / "catalog/owners.toml").read_bytes())[0] == (Owner(583231, "octocat"),)
    settings = tomllib.loads((hub / "geocairn.toml").read_text())
    assert settings["hub"]["id"] == "rivers-lakes"
    assert (hub / "requirements.txt").read_text() == f"geocairn[verify]=={__version__}\n"
    assert sorted(path.name for path in (hub / ".github/workflows").iterdir()) == [
        "comment.yml",
        "publish.yml",
        "submission.yml",
        "watch.yml",
    ]
    text = "".join(path.read_text() for path in hub.rglob("*") if path.is_file())
    assert not [word for word in ("@ID@", "@TITLE@", "@VERSION@") if word in text]
    monkeypatch.chdir(hub)
    assert call(capfd, "check", "--schemas", schemas, "--offline").code == 0
    assert call(capfd, "build", "--strict", "--schemas", schemas, "--offline").code == 0
    manifest = json.loads((hub / "_build/hub/search/manifest.json").read_bytes())
    assert manifest["title"] == "Models of rivers"
    assert call(capfd, "doctor", "_build/hub").code == 0


def test_a_fresh_clone_will_do(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    hub = tmp_path / "hub"
    (hub / ".git").mkdir(parents=True)
    assert call(capfd, "init", hub).code == 0


def test_nothing_is_written_over(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    hub = tmp_path / "hub"
    hub.mkdir()
    (hub / "README.md").write_text("mine")
    done = call(capfd, "init", hub)
    assert done.code == 2
    assert "is not empty" in done.err
    assert [path.name for path in hub.iterdir()] == ["README.md"]


@pytest.mark.parametrize("title", ['a"b', "a\nb", "a\\b", "  "])
def test_a_title_is_a_line(capfd: pytest.CaptureFixture[str], tmp_path: Path, title: str) -> None:
    assert call(capfd, "init", tmp_path / "hub", "--title", title).code == 2
    assert not (tmp_path / "hub").exists()


def test_an_owner_has_an_id(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert call(capfd, "init", tmp_path / "hub", "--owner", "octocat").code == 2
    assert "gives no id" in call(capfd, "init", tmp_path / "---").err
