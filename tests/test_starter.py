"""A new hub, begun with ``geocairn init``."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from tests.running import call

from geocairn.errors import OutputError
from geocairn.owners import Owner, read_owners
from geocairn.starter import hub_id, write_starter
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
    assert not [word for word in ("@ID@", "@TITLE@", "@VERSION@", "@OWNER@") if word in text]
    assert '# repository = "https://github.com/octocat/rivers-lakes"' in text
    assert f"Next: cd '{hub}' && geocairn preview" in done.out
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
    for owner, number, told in (
        ("octo cat", "583231", "login 'octo cat' is no GitHub login"),
        ("octocat", "abc", "'abc' is no numeric id of an account"),
        ("octocat", "0", "'0' is no numeric id of an account"),
        ("octocat", "9" * 20, "is no numeric id of an account"),
    ):
        done = call(capfd, "init", tmp_path / "hub", "--owner", owner, "--owner-id", number)
        assert done.code == 2
        assert told in done.err
        assert not (tmp_path / "hub").exists()
    assert "gives no id" in call(capfd, "init", tmp_path / "---").err


def test_an_id_has_letters_without_marks(tmp_path: Path) -> None:
    assert hub_id(tmp_path / "Überflutungen (neu)") == "uberflutungen-neu"


def test_a_hub_that_cannot_be_written_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh, clone = tmp_path / "fresh", tmp_path / "clone"
    (clone / ".git").mkdir(parents=True)
    for folder in (fresh, clone):
        with monkeypatch.context() as patch:
            # The disk is full once the owners are to be written, which are the last file.
            patch.setattr("geocairn.starter.write_owners", full)
            with pytest.raises(OutputError):
                write_starter(folder, title="Hub", maintainer=Owner(583231, "octocat"))
    assert not fresh.exists()
    assert [path.name for path in clone.iterdir()] == [".git"]


def full(path: Path, _: object) -> None:
    raise OutputError("no space left", where=str(path))
