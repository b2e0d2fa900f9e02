"""Entries drafted from a file and answers: what is known is there, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.drafting.making import FULL, answers

from geocairn.checks import Checker, SchemaStore
from geocairn.drafting import (
    compose,
    inspect,
    write_entry,
)
from geocairn.drafting.samples import MadeSample
from geocairn.errors import InputError


def checked(item: dict[str, Any], folder: Path, schemas: Path) -> list[str]:
    store = SchemaStore(schemas, offline=True)
    return sorted({one.code for one in Checker(store=store).item(item, folder=folder)})


def test_a_full_draft_has_no_findings(onnx_file: Path, schemas: Path, tmp_path: Path) -> None:
    given = answers(**{k: v for k, v in FULL.items() if k not in ("url", "parameters")})
    given["input_shape"] = given["output_shape"] = None
    facts = inspect(onnx_file)
    draft = compose(facts, {k: v for k, v in given.items() if v is not None})
    written = write_entry(tmp_path / "catalog", draft, facts=facts, sample=MadeSample({}))
    item = json.loads((written.folder / "item.json").read_text())
    assert checked(item, written.folder, schemas) == []
    properties = item["properties"]
    assert properties["mlm:input"][0]["input"]["shape"] == [-1, 4, -1, -1]
    assert properties["bands"][3]["eo:center_wavelength"] == 0.842
    assert properties["mlm:total_parameters"] == inspect(onnx_file).answers["parameters"]
    assert item["assets"]["model"]["file:size"] == onnx_file.stat().st_size
    assert (written.folder / "model.onnx").read_bytes() == onnx_file.read_bytes()
    owners = (written.folder.parent / "owners.toml").read_text()
    assert 'login = "octocat", id = 583231' in owners


def test_what_nobody_knows_is_left_out(onnx_file: Path, schemas: Path) -> None:
    item = compose(inspect(onnx_file), answers()).item
    properties = item["properties"]
    absent = (
        "title", "description", "license", "providers", "keywords", "gsd", "constellation",
        "bands", "mlm:architecture", "mlm:tasks", "mlm:framework", "mlm:pretrained",
        "mlm:pretrained_source", "mlm:hyperparameters",
    )  # fmt: skip
    assert [name for name in absent if name in properties] == []
    assert item["geometry"] is None
    assert "bbox" not in item
    assert "value_scaling" not in properties["mlm:input"][0]
    found = checked(item, Path("absent"), schemas)
    assert {"SCH002", "STAC050", "STAC060"} <= set(found)


def test_scratch_and_unknown_stay_apart(onnx_file: Path) -> None:
    facts = inspect(onnx_file)
    properties = compose(facts, answers(pretrained_source="None")).item["properties"]
    assert properties["mlm:pretrained"] is False
    assert properties["mlm:pretrained_source"] is None
    assert "mlm:pretrained_source" not in compose(facts, answers()).item["properties"]
    scaling = compose(facts, answers(bands="a,b,c,d", value_scaling="none")).item["properties"]
    assert scaling["mlm:input"][0]["value_scaling"] is None


def test_bands_have_to_fit(onnx_file: Path) -> None:
    with pytest.raises(InputError, match="there are 3 bands, but the model's input 'image'"):
        compose(inspect(onnx_file), answers(bands="B02, B03, B04"))


def test_a_name_is_needed(onnx_file: Path) -> None:
    given = answers()
    del given["version"]
    with pytest.raises(InputError, match="there is no version"):
        compose(inspect(onnx_file), given)


def test_a_box_across_the_antimeridian_is_cut(onnx_file: Path) -> None:
    item = compose(inspect(onnx_file), answers(extent="Fiji")).item
    assert item["bbox"] == [174.5, -21.8, -178.2, -12.4]
    assert item["geometry"]["type"] == "MultiPolygon"
