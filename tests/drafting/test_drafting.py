"""Entries drafted from files of every kind: what is known is there, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file
from tests import onnx_models
from tests.artifacts.archives import PICKLES, packed

from geocairn.checks import Checker, SchemaStore
from geocairn.drafting import (
    FIELDS,
    FieldError,
    compose,
    inspect,
    parse_answer,
    read_answers,
    with_card,
    write_entry,
)
from geocairn.drafting.answers import CHOICES, READERS, places
from geocairn.drafting.samples import MadeSample
from geocairn.errors import ArtifactError, InputError

NAME = {"collection": "floods", "model": "delta-unet", "version": "1.0.0"}
FULL: dict[str, str] = {key: field.example for key, field in FIELDS.items()}


@pytest.fixture
def onnx_file(tmp_path: Path) -> Path:
    return onnx_models.saved(tmp_path / "model.onnx", onnx_models.segmenter(bands=4))


def answers(**given: Any) -> dict[str, Any]:
    return {key: parse_answer(FIELDS[key], value) for key, value in (NAME | given).items()}


def checked(item: dict[str, Any], folder: Path, schemas: Path) -> list[str]:
    store = SchemaStore(schemas, offline=True)
    return sorted({one.code for one in Checker(store=store).item(item, folder=folder)})


def test_every_field_can_be_answered_as_its_example_shows() -> None:
    for field in FIELDS.values():
        assert parse_answer(field, field.example) is not None
        assert parse_answer(field, "  ") is None
        assert field.kind in READERS
        assert field.choices in ("", "bands", "places", *CHOICES)
        assert field.label
        assert field.help.endswith(".") or "http" in field.help
    groups = json.loads(Path("builder/geocairn/drafting/fields.json").read_text())["groups"]
    assert {field.group for field in FIELDS.values()} == {one["key"] for one in groups}


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


def test_an_activation_in_the_graph_is_told(tmp_path: Path) -> None:
    made = onnx_models.segmenter(activation="Sigmoid")
    item = compose(inspect(onnx_models.saved(tmp_path / "m.onnx", made)), answers()).item
    assert item["properties"]["mlm:hyperparameters"] == {"final_activation": "sigmoid"}


def test_bands_have_to_fit(onnx_file: Path) -> None:
    with pytest.raises(InputError, match="there are 3 bands, but the model's input 'image'"):
        compose(inspect(onnx_file), answers(bands="B02, B03, B04"))


def test_a_name_is_needed(onnx_file: Path) -> None:
    given = answers()
    del given["version"]
    with pytest.raises(InputError, match="there is no version"):
        compose(inspect(onnx_file), given)


def test_channels_last_are_seen(tmp_path: Path) -> None:
    made = onnx_models.identity(shape=("n", "h", "w", 4))
    item = compose(
        inspect(onnx_models.saved(tmp_path / "m.onnx", made)), answers(bands="a,b,c,d")
    ).item
    order = item["properties"]["mlm:input"][0]["input"]["dim_order"]
    assert order == ["batch", "height", "width", "bands"]


def test_a_box_across_the_antimeridian_is_cut(onnx_file: Path) -> None:
    item = compose(inspect(onnx_file), answers(extent="Fiji")).item
    assert item["bbox"] == [174.5, -21.8, -178.2, -12.4]
    assert item["geometry"]["type"] == "MultiPolygon"


def test_safetensors_tell_their_parameters(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    save_file({"w": np.zeros((3, 4), np.float32)}, path, {"format": "pt"})
    facts = inspect(path)
    assert facts.answers == {"parameters": 12, "framework": "PyTorch"}
    assert facts.artifact_type == "safetensors.torch.save_file"
    shaped = answers(input_shape="-1,3,64,64", output_shape="-1,10", tasks="classification")
    item = compose(facts, shaped).item
    assert item["properties"]["mlm:output"][0]["result"]["dim_order"] == ["batch", "class"]


def test_checkpoints_are_looked_at_and_not_loaded(tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    torch.save({"w": torch.zeros(3)}, path)
    facts = inspect(path)
    assert (facts.artifact_type, facts.answers) == ("torch.save", {"framework": "PyTorch"})
    assert "contains code" in facts.remarks[0]
    assert len(facts.remarks) == 1
    evil = tmp_path / "evil.ckpt"
    evil.write_bytes(PICKLES["command in an archive of PyTorch"]())
    told = " ".join(inspect(evil).remarks)
    assert "finds it dangerous" in told
    assert "posix.system" in told


def test_a_package_is_described_as_one(tmp_path: Path) -> None:
    path = tmp_path / "m.dlpk"
    path.write_bytes(packed({"m/m.emd": b"{}"}))
    item = compose(inspect(path), answers()).item
    assert item["assets"]["package"]["roles"] == ["package"]
    path.write_bytes(packed({"m/readme.txt": b""}))
    with pytest.raises(ArtifactError, match=r"no \.emd file"):
        inspect(path)


CARD = """---
license: apache-2.0
pipeline_tag: image-classification
library_name: timm
tags: [flood, sentinel-2]
base_model: timm/resnet18
model-index:
- name: x
  results:
  - metrics:
    - {type: accuracy, name: Accuracy, value: 0.91}
    - {type: f1, value: true}
---
# A flood model

How to use it.
"""


def test_a_card_tells_what_it_states(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text(CARD)
    facts = inspect(path)
    assert facts.answers == {
        "title": "A flood model",
        "license": "Apache-2.0",
        "keywords": ("flood", "sentinel-2"),
        "tasks": ("classification",),
        "framework": "PyTorch",
        "pretrained_source": "timm/resnet18",
    }
    draft = compose(facts, answers(url="https://example.org/weights.pth"))
    assert draft.item["properties"]["geocairn:metrics"] == {"Accuracy": 0.91}
    assert draft.card == "# A flood model\n\nHow to use it.\n"
    assert draft.item["assets"]["model"]["href"] == "https://example.org/weights.pth"
    assert compose(facts, answers()).item["assets"] == {}


def test_a_card_beside_a_file_fills_in(onnx_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text(CARD)
    facts = with_card(inspect(onnx_file), inspect(path))
    draft = compose(facts, answers(title="Mine"))
    properties = draft.item["properties"]
    assert (properties["title"], properties["license"]) == ("Mine", "Apache-2.0")
    assert properties["geocairn:metrics"] == {"Accuracy": 0.91}
    assert draft.item["assets"]["model"]["mlm:artifact_type"] == "onnx"
    assert draft.card.startswith("# A flood model")
    with pytest.raises(ArtifactError, match="is no model card"):
        with_card(facts, inspect(onnx_file))


def test_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.h5"
    path.write_bytes(b"x")
    with pytest.raises(ArtifactError, match=r"cannot be drafted from: \.h5"):
        inspect(path)


@pytest.mark.parametrize(
    ("key", "given"),
    [
        ("model", "../evil"),
        ("model", "Upper"),
        ("model", "a" * 200),
        ("model", 5),
        ("title", "x" * 201),
        ("title", "\x1b[31m"),
        ("license", "Apache2"),
        ("license", "(" * 50),
        ("url", "javascript:alert(1)"),
        ("url", "file:///etc/passwd"),
        ("url", "https://"),
        ("extent", "Atlantis"),
        ("extent", "0,0,1"),
        ("extent", "0,0,nan,1"),
        ("extent", "0,10,1,-10"),
        ("extent", "200,0,201,1"),
        ("start", "yesterday"),
        ("tasks", "flood"),
        ("framework", "torch"),
        ("gsd", "-1"),
        ("gsd", "inf"),
        ("parameters", "1.5"),
        ("input_shape", "a,b"),
        ("input_shape", "0,1"),
        ("value_scaling", "scale"),
        ("value_scaling", "scale x"),
        ("value_scaling", "__import__('os')"),
        ("owner", "octocat"),
        ("owner", "octo cat x"),
        ("bands", 7),
    ],
)
def test_what_is_no_answer_is_refused(key: str, given: Any, tmp_path: Path) -> None:
    with pytest.raises(FieldError):
        parse_answer(FIELDS[key], given)
    path = tmp_path / "answers.toml"
    path.write_text(f"{key} = {json.dumps(given)}\n")
    with pytest.raises(InputError) as caught:
        read_answers(path)
    assert caught.value.where == str(path)
    assert FIELDS[key].example in str(caught.value.remedy)


@pytest.mark.parametrize("text", ["x = 1", "model = ", "\xff"])
def test_files_of_no_answers_are_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "answers.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError):
        read_answers(path)


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(sorted(FIELDS)), ANY)
def test_no_answer_breaks_a_reader(key: str, given: Any) -> None:
    try:
        parse_answer(FIELDS[key], given)
    except FieldError as error:
        assert str(error)  # noqa: PT017


def test_countries_are_those_of_natural_earth() -> None:
    """Each box against the outlines that the site's map is drawn from."""
    source = Path("site/node_modules/world-atlas/countries-50m.json")
    if not source.is_file():
        pytest.skip("needs the packages of site/")
    atlas = json.loads(source.read_text())
    known = places()
    (sx, sy), (tx, ty) = atlas["transform"]["scale"], atlas["transform"]["translate"]
    arcs = []
    for arc in atlas["arcs"]:
        steps = np.cumsum(np.array(arc), axis=0)
        arcs.append(steps * (sx, sy) + (tx, ty))
    seen = 0
    for country in atlas["objects"]["countries"]["geometries"]:
        name = country["properties"]["name"]
        if name not in known:
            continue  # written out here, where the source abbreviates
        polygons = country["arcs"] if country["type"] == "MultiPolygon" else [country["arcs"]]
        points = np.concatenate([arcs[n if n >= 0 else ~n] for one in polygons for n in one[0]])
        west, south, east, north = known[name]
        assert south <= points[:, 1].min() < south + 0.11
        assert north >= points[:, 1].max() > north - 0.11
        x = points[:, 0]
        inside = (x >= west - 1e-6) & (x <= east + 1e-6)
        if west > east:
            inside = (x >= west - 1e-6) | (x <= east + 1e-6)
        # Where a country touches the antimeridian its points may be on either side of it.
        assert (inside | (np.abs(np.abs(x) - 180) < 1e-6)).all(), name
        seen += 1
    assert seen > 190
    assert len(known) >= 240
