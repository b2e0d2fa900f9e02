"""The submit page reads files and answers, and composes items, as `geocairn new` does."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import onnx
import pytest
from tests.onnx_models import segmenter

from geocairn.drafting import FIELDS, FieldError, compose, inspect, parse_answer
from geocairn.drafting.form import form
from geocairn.drafting.inspecting import Facts
from geocairn.errors import ArtifactError, InputError

ROOT = Path(__file__).parents[2]
EXAMPLES = {key: field.example for key, field in FIELDS.items()}
NAMED = {"collection": "floods", "model": "delta-unet", "version": "1.0.0"}
BAD = {
    "collection": ["Floods", "a/b", "..", "a..b", "-a", "ä", "x" * 129],
    "title": ["x" * 201, "a\u202eb"],
    "tasks": ["segmentation, baking", "SEMANTIC-segmentation"],
    "framework": ["pytorch", "Abacus"],
    "parameters": ["0", "-3", "1.5", "1e3", "many", "1e999"],
    "gsd": ["0.3", "0", "ten", "inf", "nan"],
    "input_shape": ["-1, 3, 4", "1, 0", "1, -2", "1,,2", "1.5"],
    "value_scaling": [
        "none",
        "NONE",
        "scale 10",
        "scale",
        "z-score 1 2; z-score 3 4",
        "minmax 0 1",
    ],
    "url": [
        "https://example.org/a b",
        "ftp://example.org/x",
        "javascript:alert(1)",
        "https://",
        "x",
    ],
    "start": [
        *("2020-01-01", "2020-01-01T00:00:00Z", "2020", "01.01.2020", "2020-02-29", "2019-02-29"),
        *("2020-13-01", "2020-04-31", "0000-01-01", "2020-01-01T24:00:00Z", "2020-01-01T09:60:00Z"),
    ],
    "license": ["mit", "MIT OR Apache-2.0", "other", "Mine", "MIT Apache-2.0"],
    "extent": ["nepal", "Atlantis", "1,2,3", "0,0,1,1", "0,1,1,0", "200,0,201,1", "a,b,c,d"],
    "classes": ["land, water: open: deep", ":"],
    "owner": ["octocat 583231", "octocat", "583231", "octocat 12345678901234567"],
    "keywords": ["a, b,, c", ","],
}


def asked(cases: list[dict[str, Any]], answers: list[tuple[str, str]]) -> dict[str, Any]:
    """What the page's scripts make of it."""
    node = shutil.which("node")
    assert node is not None
    done = subprocess.run(
        [node, str(ROOT / "site/tests/submit-mirror.js")],
        input=json.dumps({"form": form(), "cases": cases, "answers": answers}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def plain(value: Any) -> Any:
    """As JSON has it."""
    return json.loads(json.dumps(value))


def test_answers_are_read_alike() -> None:
    given = [(key, text) for key, texts in BAD.items() for text in texts]
    given += list(EXAMPLES.items())
    for (key, text), theirs in zip(given, asked([], given)["answers"], strict=True):
        try:
            ours = {"value": plain(parse_answer(FIELDS[key], text))}
        except FieldError as error:
            ours = {"refused": str(error)}
        assert theirs == ours, (key, text)


def answers_of(texts: dict[str, str]) -> dict[str, Any]:
    read = {key: parse_answer(FIELDS[key], text) for key, text in texts.items()}
    return {key: value for key, value in read.items() if value is not None}


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Files that tell something, and some that are damaged."""
    found = []
    for number, options in enumerate(({"bands": 4}, {"bands": 3, "size": 64}, {"batch": 1})):
        found.append(tmp_path / f"net {number}.onnx")
        onnx.save(segmenter(**options), found[-1])  # type: ignore[arg-type]
    head = json.dumps(
        {
            "__metadata__": {"format": "pt"},
            "w": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
        }
    ).encode()
    found.append(tmp_path / "net.safetensors")
    found[-1].write_bytes(len(head).to_bytes(8, "little") + head + bytes(24))
    for name in ("Ünet (best) v2.ONNX", "--.onnx"):
        found.append(tmp_path / name)
        onnx.save(segmenter(), found[-1])
    for name in ("none.onnx", "none.safetensors"):
        found.append(tmp_path / name)
        found[-1].write_bytes(b"\xff" * 40)
    return found


def ours(path: Path | None, texts: dict[str, str]) -> dict[str, Any]:
    try:
        facts = inspect(path) if path else Facts(path=Path(), size=0, checksum="", kind="card")
        draft = compose(facts, answers_of(texts))
    except (ArtifactError, InputError):
        return {"refused": True}
    return {"item": plain(draft.item), "folder": str(draft.place)}


def test_items_are_composed_alike(files: list[Path]) -> None:
    choices = [
        NAMED,
        EXAMPLES,
        {**EXAMPLES, "extent": "170, -20, -170, -10", "sensor": "landsat-oli"},
        {**EXAMPLES, "pretrained_source": "none", "classes": "Open water, 2nd class: fields"},
        {
            **NAMED,
            "title": "1st (best) model süß",
            "tasks": "classification",
            "bands": "red, green",
        },
        {**EXAMPLES, "bands": "B2, B3, B4", "input_shape": "-1, 3, 64, 64", "input_order": "batch"},
    ]
    pairs = [(path, texts) for path in (None, *files) for texts in choices]
    cases = [
        {
            "answers": texts,
            **(
                {"name": path.name, "data": base64.b64encode(path.read_bytes()).decode()}
                if path
                else {}
            ),
        }
        for path, texts in pairs
    ]
    told = asked(cases, [])["items"]
    composed = 0
    for (path, texts), theirs in zip(pairs, told, strict=True):
        expected = ours(path, texts)
        if "refused" in expected:
            assert "refused" in theirs, (path, texts)
            continue
        for key, value in expected["item"].items():
            assert theirs["item"][key] == value, (path, texts, key)
        assert theirs == expected, (path, texts)
        composed += 1
    assert composed > len(pairs) // 2
