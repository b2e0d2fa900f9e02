"""Models and samples of strangers: they end, and nothing in them is run outside of the sandbox."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests import onnx_models
from tests.onnx_models import HOSTILE
from tests.verification.entries import (
    Arrays,
    entry,
    image,
    needs_isolation,
    run,
    verify,
)

from geocairn import sandbox
from geocairn.sandbox import Limits

pytestmark = needs_isolation
ANY: Arrays = {"y": np.zeros(4, np.float32)}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_models_fail_before_they_are_loaded(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("a hostile file reached the sandbox")

    monkeypatch.setattr(sandbox, "run", never)
    make, reason = HOSTILE[name]
    verdict = verify(entry(tmp_path, make(), expected={"output": np.zeros(1)}))
    assert verdict.state == "failed"
    assert reason in verdict.told


def test_a_model_that_loops_is_ended(tmp_path: Path) -> None:
    folder = entry(
        tmp_path, onnx_models.looping(), given={"x": np.zeros(4, np.float32)}, expected=ANY
    )
    verdict = verify(folder, limits=Limits(memory=512 << 20, processor=4, wall=60))
    assert (verdict.state, verdict.told) == (
        "failed",
        "model: used more than 4 s of processor time",
    )


def test_a_model_that_takes_all_memory_is_ended(tmp_path: Path) -> None:
    folder = entry(
        tmp_path, onnx_models.swelling(), given={"x": np.ones(1 << 16, np.float32)}, expected=ANY
    )
    verdict = verify(folder)
    assert verdict.state == "failed"
    assert verdict.evidence is not None
    assert verdict.evidence.models[0].peak_memory < 1 << 30


class _Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return open, ("/tmp/geocairn-unpickled", "w")


@pytest.mark.parametrize("ending", ["npy", "npz"])
def test_pickles_in_samples_are_not_loaded(tmp_path: Path, ending: str) -> None:
    folder = entry(tmp_path)
    target = folder / f"sample-input.{ending}"
    item = json.loads((folder / "item.json").read_text())
    item["assets"]["sample-input"]["href"] = f"./sample-input.{ending}"
    (folder / "item.json").write_text(json.dumps(item))
    array = np.array([_Evil()], dtype=object)
    if ending == "npy":
        np.save(target, array, allow_pickle=True)
    else:
        np.savez(target, image=array)
    assert pickle.dumps(_Evil())
    verdict = verify(folder)
    assert verdict.state == "failed"
    assert "allow_pickle" in verdict.told
    target.write_bytes(b"\x93NUMPY\x01\x00\xff\xff" + b"x" * 100)
    assert verify(folder).state == "failed"


def test_a_symbolic_link_is_no_model(tmp_path: Path) -> None:
    folder = entry(tmp_path)
    (folder / "model.onnx").rename(tmp_path / "elsewhere.onnx")
    (folder / "model.onnx").symlink_to(tmp_path / "elsewhere.onnx")
    assert verify(folder).state == "not verified"


def test_a_file_that_is_two_things_is_run_as_the_one_that_was_read(tmp_path: Path) -> None:
    """To ONNX Runtime, bytes with this mark are of its own format, which nobody judged."""
    made = onnx_models.segmenter()
    made.ClearField("doc_string")
    text = b"..ORTM" + b"." * 40
    data = b"\x32" + bytes([len(text)]) + text + made.SerializeToString()
    assert data[4:8] == b"ORTM"
    given = {"image": image()}
    folder = entry(tmp_path, data, given=given, expected=run(made, given))
    assert verify(folder).state == "reproduced"
