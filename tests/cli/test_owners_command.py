"""``geocairn owners``, and what ``geocairn check`` says of files of owners."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.items import model, write_catalog
from tests.running import call

from geocairn.web import Answer, Web


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


def test_owners_are_those_of_a_model_or_a_collection(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    version = tmp_path / "delta/1.0.0"
    version.mkdir(parents=True)
    (version / "item.json").write_text("{}")
    for place, told in (
        (version, "is a version of a model"),
        (version / "item.json", "is no owners.toml"),
    ):
        done = call(capfd, "owners", "add", place, "octocat", "--id", "583231")
        assert done.code == 2
        assert told in done.err
    assert [path.name for path in version.iterdir()] == ["item.json"]
    assert call(capfd, "owners", "add", version.parent, "octocat", "--id", "583231").code == 0


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


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, b'{"login": "Octocat", "id": 583231}', 0),
        (404, b'{"message": "Not Found"}', 2),
        (200, b'{"login": "octocat", "id": "583231"}', 2),
        (200, b"[]", 2),
    ],
)
def test_github_is_asked_for_an_id_only_if_it_is_to_be(
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    body: bytes,
    code: int,
) -> None:
    asked: list[str] = []

    def ask(self: Web, url: str, **_: object) -> Answer:
        asked.append(url)
        return Answer(status, url, {}, body)

    # Tests reach no other machine; what GitHub answers is as its documentation says.
    monkeypatch.setattr(Web, "ask", ask)
    done = call(capfd, "owners", "add", tmp_path, "octocat/../x", "--lookup")
    assert done.code == code
    assert asked == ["https://api.github.com/users/octocat%2F..%2Fx"]
    assert (tmp_path / "owners.toml").exists() == (code == 0)
    assert ("Octocat (583231) now owns" in done.out) == (code == 0)
