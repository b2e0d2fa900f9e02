"""``geocairn verify``, and what a build makes of its evidence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests import onnx_models
from tests.running import Ran, call
from tests.verification.entries import description, entry

from geocairn import sandbox
from geocairn.build import BuildOptions, build
from geocairn.checks import SchemaStore
from geocairn.findings import Finding

pytestmark = pytest.mark.skipif(
    not sandbox.can_isolate(), reason="isolation needs Linux on x86-64 or ARM 64"
)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def verify(capfd: pytest.CaptureFixture[str], *arguments: str) -> Ran:
    return call(capfd, "verify", "--memory", "0.5", "--seconds", "30", *arguments)


def test_it_tells_what_was_reproduced_and_what_was_not(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    entry(tmp_path / "catalog", name="good")
    wrong = {"output": np.full((1, 2, 16, 16), 99, np.float32)}
    entry(tmp_path / "catalog", name="wrong", expected=wrong)
    bare = entry(tmp_path / "catalog", name="bare")
    item = json.loads((bare / "item.json").read_text())
    del item["assets"]["sample-input"]
    (bare / "item.json").write_text(json.dumps(item))
    ran = verify(capfd)
    assert ran.code == 1
    assert "    ok catalog/floods/good/1.2.0: within" in ran.out
    assert "FAILED catalog/floods/wrong/1.2.0: model: 512 of 512 values" in ran.out
    assert "     - catalog/floods/bare/1.2.0: it has no asset of the role sample-input" in ran.out
    assert ran.out.endswith("1 reproduced, 1 failed, 1 with nothing to run\n")
    assert not (tmp_path / "evidence").exists()
    assert verify(capfd, "catalog/floods/good").code == 0
    assert verify(capfd, "catalog/floods/bare/1.2.0/item.json", "-q").out == (
        "0 reproduced, 0 failed, 1 with nothing to run\n"
    )


def test_programs_get_json(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    entry(tmp_path / "catalog")
    (told,) = json.loads(verify(capfd, "--format", "json").out)
    assert told["state"] == "reproduced"
    assert told["evidence"]["format"] == "geocairn-evidence-1"
    assert told["evidence"]["models"][0]["agrees"] is True


def test_evidence_is_written_and_not_made_twice(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = entry(tmp_path / "catalog")
    arguments = ("--evidence", "evidence", "--missing")
    assert verify(capfd, *arguments).out.endswith("1 reproduced, 0 failed\n")
    path = tmp_path / "evidence/floods/tiny-unet/1.2.0.json"
    before = path.read_bytes()
    assert verify(capfd, *arguments).out.endswith("0 reproduced, 0 failed, 1 verified before\n")
    onnx_models.saved(folder / "model.onnx", onnx_models.segmenter(seed=7))
    assert verify(capfd, *arguments).code == 1
    assert path.read_bytes() != before
    assert json.loads(path.read_bytes())["models"][0]["agrees"] is False
    path.write_text("{")
    assert verify(capfd, *arguments).code == 1
    assert json.loads(path.read_bytes())
    (folder / "sample-input.npz").unlink()
    verify(capfd, *arguments)
    assert not path.exists()


def test_a_damaged_item_fails_and_the_rest_goes_on(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    entry(tmp_path / "catalog")
    broken = entry(tmp_path / "catalog", name="broken")
    (broken / "item.json").write_text('{"id": "a", "id": "b"}')
    ran = verify(capfd)
    assert ran.code == 1
    assert "item.json: not JSON: 'id' is given twice in one object" in ran.out
    assert "1 reproduced, 1 failed" in ran.out
    assert verify(capfd, "nowhere").code == 2


def hub(options: dict[str, Any], schemas: Path) -> tuple[dict[str, Any], list[Finding]]:
    store = SchemaStore(schemas, offline=True)
    result = build(["catalog"], Path("hub"), options=BuildOptions(store=store, **options))
    item = json.loads(Path("hub/floods/tiny-unet-1.2.0/tiny-unet-1.2.0.json").read_bytes())
    return item, [one for one in result.report.kept if one.code.startswith("HUB02")]


def test_a_build_publishes_evidence_of_exactly_these_files(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, schemas: Path
) -> None:
    folder = entry(tmp_path / "catalog")
    with_evidence: dict[str, Any] = {"evidence": Path("evidence")}
    item, found = hub(with_evidence, schemas)
    assert "geocairn:reproduced" not in item["assets"]["model"]
    assert found == []

    verify(capfd, "--evidence", "evidence")
    item, found = hub(with_evidence, schemas)
    assert found == []
    told = item["assets"]["model"]["geocairn:reproduced"]
    assert told["checksum"] == item["assets"]["model"]["file:checksum"]
    published = json.loads(Path("hub/floods/tiny-unet-1.2.0/verification.json").read_bytes())
    assert published["models"][0]["checksum"] == told["checksum"]
    assert item["assets"]["verification"]["href"] == "./verification.json"
    again, _ = hub(with_evidence, schemas)
    assert again == item

    onnx_models.saved(folder / "model.onnx", onnx_models.segmenter(seed=7))
    item, found = hub(with_evidence, schemas)
    assert "geocairn:reproduced" not in item["assets"]["model"]
    assert not Path("hub/floods/tiny-unet-1.2.0/verification.json").exists()
    (finding,) = found
    assert (finding.code, finding.severity) == ("HUB020", "warning")
    assert "another file than the asset 'model'" in finding.message


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"item": "other-1.0.0"}, "is of 'other-1.0.0'"),
        ({"input": "1220" + "0" * 64}, "another sample-input"),
        ({"format": "x"}, "no evidence that can be read"),
        ({"models": []}, "names no model"),
    ],
)
def test_evidence_that_does_not_hold_is_told_of(
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
    schemas: Path,
    change: dict[str, Any],
    message: str,
) -> None:
    entry(tmp_path / "catalog")
    verify(capfd, "--evidence", "evidence")
    path = tmp_path / "evidence/floods/tiny-unet/1.2.0.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | change))
    item, (finding,) = hub({"evidence": Path("evidence")}, schemas)
    assert message in finding.message
    assert "geocairn:reproduced" not in item["assets"]["model"]


def test_an_item_cannot_praise_itself(tmp_path: Path, schemas: Path) -> None:
    item = description()
    item["assets"]["model"]["geocairn:reproduced"] = {"checksum": "1220" + "0" * 64}
    item["assets"]["proof"] = {
        "href": "./verification.json",
        "roles": ["geocairn:verification"],
    }
    folder = entry(tmp_path / "catalog", **item)
    (folder / "verification.json").write_text("{}")
    published, found = hub({}, schemas)
    assert "geocairn:reproduced" not in published["assets"]["model"]
    assert "proof" not in published["assets"]
    assert not Path("hub/floods/tiny-unet-1.2.0/verification.json").exists()
    assert [one.path for one in found] == ["$.assets.model", "$.assets.proof"]
