"""Entries are written whole or not at all, and over nobody's."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file
from tests import onnx_models

from geocairn.drafting import FIELDS, compose, inspect, parse_answer, write_entry
from geocairn.drafting.samples import MadeSample
from geocairn.errors import InputError, OutputError
from geocairn.submission.fence import fence
from geocairn.submission.repository import Entry

NAME = {"collection": "floods", "model": "delta-unet", "version": "1.0.0"}


@pytest.fixture
def onnx_file(tmp_path: Path) -> Path:
    return onnx_models.saved(tmp_path / "model.onnx", onnx_models.segmenter(bands=4))


def answers(**given: Any) -> dict[str, Any]:
    return {key: parse_answer(FIELDS[key], value) for key, value in (NAME | given).items()}


def test_large_files_stay_where_they_are(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    save_file({"w": np.zeros(3 << 19, np.float32)}, path)
    facts = inspect(path)
    draft = compose(facts, answers())
    assert draft.file == ""
    written = write_entry(tmp_path / "catalog", draft, facts=facts, sample=MadeSample({}))
    assert [one.name for one in written.folder.iterdir()] == ["item.json"]


def test_an_entry_is_not_written_over(onnx_file: Path, tmp_path: Path) -> None:
    facts = inspect(onnx_file)
    catalog = tmp_path / "catalog"
    draft = compose(facts, answers())
    write_entry(catalog, draft, facts=facts, sample=MadeSample({}))
    card = catalog / "floods/delta-unet/README.md"
    card.write_text("mine")
    with pytest.raises(InputError, match="there is an entry already"):
        write_entry(catalog, draft, facts=facts, sample=MadeSample({}))
    newer = compose(facts, answers(version="1.1.0"))
    written = write_entry(catalog, newer, facts=facts, sample=MadeSample({}))
    assert card.read_text() == "mine"
    assert [one.name for one in written.files] == ["item.json", "model.onnx"]
    assert not written.collection
    assert not [one for one in catalog.rglob("*") if one.name.startswith(".")]


def test_a_new_collection_is_described_and_owned(onnx_file: Path, tmp_path: Path) -> None:
    facts = inspect(onnx_file)
    draft = compose(facts, answers(owner="octocat 583231", extent="Nepal"))
    written = write_entry(tmp_path, draft, facts=facts, sample=MadeSample({}))
    assert written.collection
    about = json.loads((tmp_path / "floods/collection.json").read_text())
    assert about["id"] == "floods"
    assert about["extent"]["spatial"]["bbox"] == [draft.item["bbox"]]
    for folder in ("floods", "floods/delta-unet"):
        assert "583231" in (tmp_path / folder / "owners.toml").read_text()


def test_an_entry_that_cannot_be_written_leaves_nothing(
    onnx_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = inspect(onnx_file)
    draft = compose(facts, answers())
    gone = replace(facts, path=tmp_path / "gone.onnx")
    with pytest.raises(OutputError, match=r"gone\.onnx: cannot write"):
        write_entry(tmp_path / "catalog", draft, facts=gone, sample=MadeSample({}))
    assert not (tmp_path / "catalog").exists()

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_entry(tmp_path / "catalog", draft, facts=facts, sample=MadeSample({}))
    assert not (tmp_path / "catalog").exists()


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("odd name (v2).ONNX", "odd-name-v2.onnx"),
        ("Ünet.onnx", "net.onnx"),
        ("--.onnx", "model.onnx"),
        ("a.b_c-1.onnx", "a.b_c-1.onnx"),
    ],
)
def test_the_file_gets_a_name_that_a_pull_request_may_have(
    onnx_file: Path, tmp_path: Path, given: str, plain: str
) -> None:
    path = onnx_file.rename(tmp_path / given)
    facts = inspect(path)
    draft = compose(facts, answers())
    written = write_entry(tmp_path / "catalog", draft, facts=facts, sample=MadeSample({}))
    assert draft.item["assets"]["model"]["href"] == f"./{plain}"
    assert (written.folder / plain).read_bytes() == path.read_bytes()
    entry = Entry(f"catalog/{draft.place}/{plain}", "A", "000000", "100644", "0" * 40, "1" * 40)
    assert not fence([entry], {"1" * 40: facts.size})[1]
