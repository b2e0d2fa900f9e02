"""``geocairn owners``, and what ``geocairn check`` says of files of owners."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.items import model, write_catalog
from tests.running import call


def test_owners_are_listed_added_and_removed(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    done = call(capfd, "owners", "add", tmp_path, "octocat", "--id", "583231")
    assert done.code == 0
    assert "octocat (583231) now owns" in done.out
    assert "already owns" in call(capfd, "owners", "add", tmp_path, "octocat", "--id", "583231").out
    assert call(capfd, "owners", "list", tmp_path).out == "octocat 583231\n"
    assert call(capfd, "owners", "list", tmp_path / "owners.toml").out == "octocat 583231\n"
    assert "no longer owns" in call(capfd, "owners", "remove", tmp_path, "583231").out
    assert call(capfd, "owners", "list", tmp_path).out == ""


def test_an_id_has_to_come_from_somewhere(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for options in ([], ["--id", "1", "--lookup"]):
        done = call(capfd, "owners", "add", tmp_path, "octocat", *options)
        assert done.code == 2
        assert "--lookup" in done.err
    assert not list(tmp_path.iterdir())


def test_check_names_a_file_of_owners_that_is_wrong(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, schemas: Path
) -> None:
    catalog = write_catalog(tmp_path / "catalog", [model("flood"), model("storm")])
    check = ("check", catalog, "--schemas", schemas, "--offline")
    assert call(capfd, *check).code == 0
    (catalog / "floods/owners.toml").write_text("owners = [{ login = 'a', id = '1' }]")
    done = call(capfd, *check)
    assert done.code == 1
    assert done.out.count("HUB012") == 1
    assert "$.owners[0].id" in done.out
    assert str(catalog / "floods/owners.toml") in done.out
    assert call(capfd, *check, "--ignore", "HUB012").code == 0
