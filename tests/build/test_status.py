"""What the watch found, in the hub's items and on their pages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.items import model, write_catalog
from tests.sites import make_site, parse

from geocairn.build import BuildOptions, build
from geocairn.checks import SchemaStore
from geocairn.errors import InputError
from geocairn.watch import Status, save_status
from geocairn.watch.status import Event, Model

NAME = "floods/flood-unet-1.2.0"


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    item = model()
    item["properties"]["geocairn:status"] = {"state": "fine", "since": "1999", "history": []}
    return write_catalog(tmp_path / "catalog", [item, model("other")])


def built(catalog: Path, target: Path, *, schemas: Path, status: Path | None) -> dict[str, Any]:
    """Build, and give the properties of the model."""
    options = BuildOptions(
        store=SchemaStore(schemas, offline=True),
        jobs=1,
        site=make_site(target.parent / "site") if not (target.parent / "site").exists() else None,
        status=status,
    )
    build([str(catalog)], target, options=options)
    document = json.loads((target / "floods/flood-unet-1.2.0/flood-unet-1.2.0.json").read_bytes())
    properties: dict[str, Any] = document["properties"]
    return properties


def write(path: Path, *events: Event, checked: str = "2026-02-01T00:00:00Z") -> Path:
    save_status(path, Status(checked, {NAME: Model("Flood unet", list(events))}))
    return path


GONE = (
    Event("2026-01-01T00:00:00Z", "fine"),
    Event("2026-01-08T00:00:00Z", "unsure", "weights https://x.example/<b>: 404"),
    Event("2026-01-15T00:00:00Z", "vanished", "weights https://x.example/<b>: 404"),
)


def test_a_vanished_model_stays_as_a_tombstone(
    catalog: Path, tmp_path: Path, schemas: Path
) -> None:
    status = write(tmp_path / "status.json", *GONE)
    properties = built(catalog, tmp_path / "hub", schemas=schemas, status=status)
    assert properties["geocairn:status"]["state"] == "vanished"
    assert properties["geocairn:status"]["since"] == "2026-01-15T00:00:00Z"
    html = (tmp_path / "hub/floods/flood-unet-1.2.0/index.html").read_bytes()
    page = parse(html)
    notice = next(e for e in page.all("p") if e.attributes.get("class") == "notice")
    assert "nobody could fetch them since" in notice.text
    history = next(e for e in page.all("section") if e.attributes.get("id") == "status")
    for words in ("The model itself is gone", "Something could not be reached", "<b>: 404"):
        assert words in history.text
    assert b"<b>: 404" not in html
    assert properties["title"] == "Flood unet"
    assert b"Download the model" not in html
    other = (tmp_path / "hub/floods/other-1.2.0/index.html").read_text()
    assert 'id="status"' not in other
    assert "Download the model" in other


def test_only_the_watch_has_a_say(catalog: Path, tmp_path: Path, schemas: Path) -> None:
    assert "geocairn:status" not in built(catalog, tmp_path / "hub", schemas=schemas, status=None)


def test_another_round_without_news_changes_nothing(
    catalog: Path, tmp_path: Path, schemas: Path
) -> None:
    status = write(tmp_path / "status.json", GONE[0])
    options = BuildOptions(store=SchemaStore(schemas, offline=True), jobs=1, status=status)
    assert not build([str(catalog)], tmp_path / "hub", options=options).unchanged
    write(status, GONE[0], checked="2026-03-01T00:00:00Z")
    assert build([str(catalog)], tmp_path / "hub", options=options).unchanged
    write(status, *GONE)
    assert not build([str(catalog)], tmp_path / "hub", options=options).unchanged


@pytest.mark.parametrize("text", ["[]", '{"models": {"a/b": {"history": []}}}', '{"models": 1}'])
def test_what_is_no_status_stops_the_build(
    catalog: Path, tmp_path: Path, schemas: Path, text: str
) -> None:
    status = tmp_path / "status.json"
    status.write_text(text)
    with pytest.raises(InputError, match="geocairn watch"):
        built(catalog, tmp_path / "hub", schemas=schemas, status=status)
    assert not (tmp_path / "hub").exists()


def test_an_empty_file_says_nothing(catalog: Path, tmp_path: Path, schemas: Path) -> None:
    status = tmp_path / "status.json"
    status.write_text("{}\n")
    assert "geocairn:status" not in built(catalog, tmp_path / "hub", schemas=schemas, status=status)
