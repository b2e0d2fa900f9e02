"""A reader finishes what a build that was killed while it published has left."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import geocairn
from geocairn import HubError, swap


def test_opening_completes_a_swap(folder: Path, tmp_path: Path) -> None:
    hub = tmp_path / "hub"
    shutil.copytree(folder, hub)
    manifest = json.loads((hub / "search/manifest.json").read_text()) | {"title": "The new one"}
    staged = swap.staging_folder(hub) / "search" / "manifest.json"
    staged.parent.mkdir(parents=True)
    staged.write_text(json.dumps(manifest))
    # Without a journal, what is staged is not meant to be published yet.
    with geocairn.open(hub) as opened:
        assert opened.title != "The new one"
    (swap.state_folder(hub) / "swap.json").write_text('{"removed": ["catalog.json"]}')
    with geocairn.open(hub) as opened:
        assert opened.title == "The new one"
    assert not (hub / "catalog.json").exists()
    assert not swap.pending(hub)


def test_a_hub_that_is_being_published_is_not_read(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = tmp_path / "hub"
    shutil.copytree(folder, hub)
    swap.state_folder(hub).mkdir()
    (swap.state_folder(hub) / "swap.json").write_text('{"removed": []}')
    monkeypatch.setattr(swap, "_PATIENCE", 0.1)
    with swap.locked(hub), pytest.raises(HubError, match="a build was publishing here"):
        geocairn.open(hub)
