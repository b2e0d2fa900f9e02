"""Safetensors, archives, pickles and cards: read without being loaded, refused where hostile."""

from __future__ import annotations

import pickle
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes
from safetensors.numpy import save_file
from tests.artifacts.archives import ARCHIVES, HEADERS, MARK, PICKLES, packed, torch_zip

from geocairn.artifacts.archives import read_archive
from geocairn.artifacts.card import read_card
from geocairn.artifacts.pickles import read_pickle
from geocairn.artifacts.safetensors import read_safetensors
from geocairn.errors import ArtifactError

SHAPES = st.dictionaries(
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=5).filter(
        lambda name: name != "__metadata__"
    ),
    array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
    max_size=4,
)


@given(SHAPES)
def test_what_the_library_writes_is_read(
    tmp_path_factory: pytest.TempPathFactory, shapes: dict[str, tuple[int, ...]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "t.safetensors"
    save_file({k: np.zeros(s, np.float32) for k, s in shapes.items()}, path, {"format": "np"})
    read = read_safetensors(path)
    assert {one.name: one.shape for one in read.tensors} == shapes
    assert read.metadata == {"format": "np"}
    assert read.parameters == sum(int(np.prod(shape)) for shape in shapes.values())


def test_running_statistics_are_no_parameters(tmp_path: Path) -> None:
    path = tmp_path / "t.safetensors"
    tensors = {
        "conv.weight": np.zeros((2, 3), np.float16),
        "bn.running_mean": np.zeros(2, np.float32),
        "bn.num_batches_tracked": np.zeros((), np.int64),
    }
    save_file(tensors, path)
    assert read_safetensors(path).parameters == 6


@pytest.mark.parametrize("name", HEADERS)
def test_hostile_headers_are_refused(tmp_path: Path, name: str) -> None:
    make, reason = HEADERS[name]
    path = tmp_path / "t.safetensors"
    path.write_bytes(make())
    with pytest.raises(ArtifactError) as caught:
        read_safetensors(path)
    assert reason in caught.value.message
    assert caught.value.where == str(path)


def test_an_honest_archive_is_listed(tmp_path: Path) -> None:
    path = tmp_path / "p.dlpk"
    path.write_bytes(packed({"model/model.emd": b"{}", "model/model.onnx": bytes(100)}))
    read = read_archive(path)
    assert read.members == {"model/model.emd": 2, "model/model.onnx": 100}
    assert read.size == 102


@pytest.mark.parametrize("name", ARCHIVES)
def test_hostile_archives_are_refused(tmp_path: Path, name: str) -> None:
    make, reason = ARCHIVES[name]
    path = tmp_path / "p.dlpk"
    path.write_bytes(make())
    with pytest.raises(ArtifactError) as caught:
        read_archive(path)
    assert reason in caught.value.message


@pytest.mark.parametrize("name", PICKLES)
@pytest.mark.parametrize("ending", ["pt", "ckpt", "pkl", "bin"])
def test_commands_in_pickles_are_found_and_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, ending: str
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / f"weights.{ending}"
    path.write_bytes(PICKLES[name]())
    read = read_pickle(path)
    assert read.dangerous
    assert {part.rpartition(".")[2] for part in read.imports} & {"system", "getattr"}
    assert not (tmp_path / MARK).exists()


def test_an_honest_checkpoint_has_no_imports_of_note(tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    torch.save(OrderedDict(w=torch.zeros(3)), path)
    read = read_pickle(path)
    assert (read.artifact_type, read.imports, read.dangerous) == ("torch.save", (), False)


def test_only_what_torch_wrote_is_taken_for_its(tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    weights = OrderedDict(w=torch.zeros(3))
    for protocol in (2, 4):
        torch.save(weights, path, pickle_protocol=protocol, _use_new_zipfile_serialization=False)
        assert read_pickle(path).artifact_type == "torch.save"
    path.write_bytes(pickle.dumps({"w": [0.0]}))
    assert read_pickle(path).artifact_type == ""


def test_torchscript_is_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "m.pt"
    extra = {"archive/constants.pkl": pickle.dumps(()), "archive/code/__torch__.py": b""}
    path.write_bytes(torch_zip({}, extra=extra))
    assert read_pickle(path).artifact_type == "torch.jit.save"


def test_a_pickle_that_breaks_scanners_is_no_honest_one(tmp_path: Path) -> None:
    path = tmp_path / "w.pkl"
    path.write_bytes(b"\x80\x04\x93.")
    assert read_pickle(path).dangerous


CARD = """---
license: apache-2.0
tags: [flood, water]
model-index:
- name: x
  results: []
---

# A model

Text --- with a line.
"""


def test_facts_before_a_card_are_read(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text(CARD)
    card = read_card(path)
    assert card.facts["license"] == "apache-2.0"
    assert card.facts["tags"] == ["flood", "water"]
    assert card.text.startswith("# A model\n")


@pytest.mark.parametrize("text", ["# Plain\n", "", "---\nnever: closed\n", "---\n- a list\n---\n"])
def test_cards_without_facts_have_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "README.md"
    path.write_text(text or "x")
    assert read_card(path).facts == {}


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(8)
)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ("x: !!python/object/apply:os.system ['true']", "could not determine a constructor"),
        (BOMB, "aliases are not taken"),
        ("x: [", "not YAML"),
        ("a: " + "[" * 5000, "not YAML"),
        ("a: " + "x" * 300_000, "characters"),
    ],
)
def test_hostile_facts_are_refused(tmp_path: Path, facts: str, reason: str) -> None:
    path = tmp_path / "README.md"
    path.write_text(f"---\n{facts}\n---\n")
    with pytest.raises(ArtifactError, match=reason):
        read_card(path)
