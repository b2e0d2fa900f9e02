"""What files tell of themselves: models in several formats, and model cards."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file
from tests import onnx_models
from tests.artifacts.archives import PICKLES, packed
from tests.drafting.making import answers

from geocairn.drafting import (
    compose,
    inspect,
    with_card,
)
from geocairn.errors import ArtifactError


def test_an_activation_in_the_graph_is_told(tmp_path: Path) -> None:
    made = onnx_models.segmenter(activation="Sigmoid")
    item = compose(inspect(onnx_models.saved(tmp_path / "m.onnx", made)), answers()).item
    assert item["properties"]["mlm:hyperparameters"] == {"final_activation": "sigmoid"}


def test_channels_last_are_seen(tmp_path: Path) -> None:
    made = onnx_models.identity(shape=("n", "h", "w", 4))
    item = compose(
        inspect(onnx_models.saved(tmp_path / "m.onnx", made)), answers(bands="a,b,c,d")
    ).item
    order = item["properties"]["mlm:input"][0]["input"]["dim_order"]
    assert order == ["batch", "height", "width", "bands"]


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
