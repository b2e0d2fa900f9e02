"""What the browser's code makes of items is what Python makes of them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import unescape
from itertools import islice
from typing import Any

import pytest
from benchmarks.generate import items as generated
from tests.items import model
from tests.site.hostile import items as hostile
from tests.sites import ROOT

from geocairn.compile.pages.render import Renderer
from geocairn.compile.pages.view import model_view

CONTEXT = {
    "hub": "https://hub.example/",
    "description": "<p>Says what it is.</p>",
    "card": "",
    "checked": True,
    "collection": {"title": "Floods & more", "href": "../index.html"},
    "search": "../../models/index.html",
    "land": "land.svg",
    "json": "x.json",
    "try_up_to": 100_000_000,
}


def watched() -> list[dict[str, Any]]:
    """Items of which the watch says something, or something strange stands in its place."""
    event = {"at": "2026-01-15T00:00:00Z", "state": "vanished", "told": "<b>404</b>"}
    told = {"state": "vanished", "since": event["at"], "history": [event, {"at": 5}, None]}
    odd = (told, told | {"state": "changed"}, told | {"state": "x"}, {"state": "fine"}, [], 5)
    return [model(geocairn__status=status) for status in odd]


def verified() -> list[dict[str, Any]]:
    """Items of which the hub says that their sample was reproduced, or something strange does."""
    found = []
    checksum = model()["assets"]["weights"]["file:checksum"]
    for told in (
        {"checksum": checksum, "time": "2026-01-15T00:00:00Z"},
        {"checksum": checksum},
        {"checksum": "1220" + "0" * 64, "time": "2026-01-15T00:00:00Z"},
        {},
        [],
        5,
    ):
        item = model()
        item["assets"]["weights"]["geocairn:reproduced"] = told
        found.append(item)
    return found


def trained() -> list[dict[str, Any]]:
    """Items whose metrics stand by split, and which name the licensors of their data."""
    data = {"name": "Images", "roles": ["licensor"], "url": "https://images.example.org"}
    splits = {"train": {"loss": 0.5, "iou/roof": 0.9}, "validation": {}, "test": {"iou/roof": 0.7}}
    found = []
    for metrics in (splits, {**splits, "epochs": 9, "test": [1]}, {"test": {"a": {"b": 1}}}):
        item = model(geocairn__metrics=metrics)
        item["properties"]["providers"] = [*item["properties"].get("providers", []), data]
        found.append(item)
    found[1]["properties"]["providers"] = [data, data | {"roles": ["host"]}]
    found[2]["properties"]["providers"] = [data, {"name": "Maker", "roles": ["host", "producer"]}]
    return found


def test_metrics_by_split_and_makers() -> None:
    views = [model_view(item) for item in trained()]
    assert [one["name"] for one in views[0]["metrics"]] == [
        "test: iou/roof", "train: loss", "train: iou/roof",
    ]  # fmt: skip
    assert [one["value"] for one in views[0]["metrics"]] == ["0.7", "0.5", "0.9"]
    assert "epochs" in [one["name"] for one in views[1]["metrics"]]
    assert "Images" not in [one["name"] for one in views[0]["providers"]]
    # Nobody else is named.
    assert [one["name"] for one in views[1]["providers"]] == ["Images", "Images"]
    assert [one["name"] for one in views[2]["providers"]] == ["Maker"]


@pytest.fixture(scope="module")
def pairs() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Items, and what Node makes of them."""
    node = shutil.which("node")
    if node is None or not (ROOT / "site/node_modules/nunjucks").is_dir():
        pytest.skip("needs Node and the packages of site/")
    catalog = sorted((ROOT / "catalog").glob("*/*/*/item.json"))
    items = [model(), *watched(), *verified(), *trained(), *hostile(), *islice(generated(40), 40)]
    items += [json.loads(path.read_bytes()) for path in catalog]
    done = subprocess.run(
        [node, str(ROOT / "site/tests/mirror.js")],
        input=json.dumps({"items": items, "context": CONTEXT}),
        capture_output=True,
        text=True,
        check=True,
    )
    return list(zip(items, json.loads(done.stdout), strict=True))


def test_views_agree(pairs: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    for item, theirs in pairs:
        ours = json.loads(json.dumps(model_view(item, hub=CONTEXT["hub"])))  # type: ignore[arg-type]
        for key, value in ours.items():
            assert theirs["view"][key] == value, f"{item['id']}: {key}"


def test_pages_agree(
    pairs: list[tuple[dict[str, Any], dict[str, Any]]], by_language: dict[str, Renderer]
) -> None:
    for item, theirs in pairs:
        view = model_view(item, hub=CONTEXT["hub"])  # type: ignore[arg-type]
        ours = by_language["en"].fragment("model-body.html", m=view, **CONTEXT)
        for line, other in zip(plain(ours), plain(theirs["html"]), strict=True):
            assert line == other, item["id"]


def plain(html: str) -> list[str]:
    """Each element with its text; space has no meaning, and there are many ways to escape."""
    tags = re.sub(r"\s+", " ", html).split("<")
    return [unescape(tag.strip()) for tag in tags if tag.strip()]
