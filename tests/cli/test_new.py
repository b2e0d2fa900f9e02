"""``geocairn new``, as it is used: with a file of answers, and on a terminal."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from pathlib import Path

import pytest
from tests import onnx_models
from tests.running import COMMAND, Ran, call

from geocairn import sandbox
from geocairn.checks.schemas import DIRECTORY_VARIABLE

ANSWERS = """
collection = "floods"
model = "delta-unet"
version = "1.0.0"
title = "Delta flood U-Net"
description = "Maps floods in Sentinel-2 scenes."
architecture = "U-Net"
tasks = ["semantic-segmentation"]
sensor = "sentinel-2-msi"
bands = ["B02", "B03", "B04"]
classes = "land, water: open water"
extent = "Nepal"
license = "MIT"
producer = "Delta Observatory"
citation = "https://doi.org/10.5281/zenodo.1234567"
owner = "octocat 583231"
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, schemas: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(DIRECTORY_VARIABLE, str(schemas))
    onnx_models.saved(Path("model.onnx"), onnx_models.segmenter())
    Path("answers.toml").write_text(ANSWERS)


def new(capfd: pytest.CaptureFixture[str], *arguments: str) -> Ran:
    return call(capfd, "new", "--offline", *arguments)


needs_sandbox = pytest.mark.skipif(
    not sandbox.can_isolate(), reason="isolation needs Linux on x86-64 or ARM 64"
)


@needs_sandbox
def test_answers_make_an_entry_that_checks_and_verifies(
    capfd: pytest.CaptureFixture[str],
) -> None:
    ran = new(capfd, "model.onnx", "--answers", "answers.toml")
    assert ran.code == 0
    assert "input image: float32 batch x 3 x size x size" in ran.out
    assert "catalog/floods/delta-unet/1.0.0/sample-output.npz" in ran.out
    assert "delta-unet-1.0.0" in ran.out
    assert "nothing to report in 1 document" in ran.out
    assert (
        "Tell of use, limits, data and metrics in catalog/floods/delta-unet/README.md." in ran.out
    )
    assert "The collection is new: describe it in catalog/floods/collection.json." in ran.out
    assert "What would raise the score:\n  +" in ran.out
    verified = call(capfd, "verify", "catalog")
    assert verified.code == 0
    assert "1 reproduced, 0 failed" in verified.out
    assert call(capfd, "check", "--offline", "catalog").code == 0
    again = new(capfd, "model.onnx", "--answers", "answers.toml")
    assert again.code == 2
    assert "there is an entry already" in again.err


def test_what_is_missing_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    Path("few.toml").write_text('collection = "floods"\nmodel = "m"\nversion = "1.0.0"\n')
    ran = new(capfd, "model.onnx", "--answers", "few.toml", "--no-sample")
    assert ran.code == 0
    assert "STAC060" in ran.out
    assert "Add mlm:architecture." in ran.out
    assert not list(Path("catalog").rglob("*.npz"))


def test_without_a_name_nothing_is_written(capfd: pytest.CaptureFixture[str]) -> None:
    ran = new(capfd, "model.onnx", "--no-ask")
    assert ran.code == 2
    assert "there is no collection" in ran.err
    assert not Path("catalog").exists()


def test_hostile_files_are_refused(capfd: pytest.CaptureFixture[str]) -> None:
    make, reason = onnx_models.HOSTILE["custom operator"]
    Path("bad.onnx").write_bytes(make())
    ran = new(capfd, "bad.onnx", "--answers", "answers.toml")
    assert ran.code == 2
    assert reason in ran.err
    assert not Path("catalog").exists()


@needs_sandbox
def test_a_model_that_does_not_run_gets_no_sample(capfd: pytest.CaptureFixture[str]) -> None:
    onnx_models.saved(Path("model.onnx"), onnx_models.segmenter(bands=3, size=37))
    ran = new(capfd, "model.onnx", "--answers", "answers.toml")
    assert ran.code == 0
    assert "There is no sample: it does not run:" in ran.out
    item = json.loads(Path("catalog/floods/delta-unet/1.0.0/item.json").read_text())
    assert set(item["assets"]) == {"model"}


def test_fields_are_listed(capfd: pytest.CaptureFixture[str]) -> None:
    ran = call(capfd, "new", "--fields")
    assert ran.code == 0
    assert "pretrained_source" in ran.out


def typed_into(typed: list[str], *arguments: str) -> tuple[int, str]:
    """A conversation over a real terminal: the exit code, and what was said."""
    leader, follower = pty.openpty()
    command = [*COMMAND, "new", "model.onnx", "--offline", "--no-sample", *arguments]
    with subprocess.Popen(
        command, stdin=follower, stdout=follower, stderr=follower, env=os.environ, close_fds=True
    ) as process:
        os.close(follower)
        os.write(leader, ("\n".join(typed) + "\n").encode())
        said = b""
        while True:
            try:
                block = os.read(leader, 4096)
            except OSError:  # the terminal's other end is closed
                break
            if not block:
                break
            said += block
        os.close(leader)
    return process.returncode, said.decode()


def test_the_rest_is_asked_on_a_terminal() -> None:
    """With mistakes and a question."""
    typed = [
        "floods", "Bad Name", "delta-unet", "1.0.0", "Delta", "", "", "?", "semantic-segmentation",
        "U-Net", "", "", "", "sentinel-2-msi", "B02, B03, B04", "", "", "", "Nepal", "", "", "mit",
    ]  # fmt: skip
    code, text = typed_into([*typed, *[""] * 11])
    assert code == 0, text
    assert "That is not made of lower-case letters" in text
    assert "Choose from: semantic-segmentation" in text
    item = json.loads(Path("catalog/floods/delta-unet/1.0.0/item.json").read_text())
    properties = item["properties"]
    assert properties["title"] == "Delta"
    assert properties["license"] == "MIT"
    assert properties["bands"][0]["eo:center_wavelength"] == 0.49
    assert "description" not in properties


def test_an_answer_that_does_not_fit_the_model_is_asked_for_again() -> None:
    names = ["floods", "delta-unet", "1.0.0"]
    bands = ["sentinel-2-msi", "B02", "B02, B03, B99"]
    code, text = typed_into([*names, *[""] * 8, *bands, *[""] * 14])
    assert code == 0, text
    assert "There are 1 bands, but the model's input 'image'" in text
    assert "takes 3. Name the bands that go into the model" in text
    assert "sentinel-2-msi has no band B99: only its name is written." in text
    item = json.loads(Path("catalog/floods/delta-unet/1.0.0/item.json").read_text())
    assert [band["name"] for band in item["properties"]["bands"]] == ["B02", "B03", "B99"]
    assert item["properties"]["bands"][2] == {"name": "B99"}


def test_nobody_answers_in_vain() -> None:
    names = ["floods", "delta-unet", "1.0.0"]
    assert typed_into([*names, *[""] * 24])[0] == 0
    code, text = typed_into(names)
    assert code == 2
    assert "there is an entry already" in text
    assert "Title" not in text
    Path("bad.toml").write_text('bands = ["B02"]')
    code, text = typed_into([], "--answers", "bad.toml")
    assert code == 2
    assert "takes 3" in text
    assert "Collection:" not in text
