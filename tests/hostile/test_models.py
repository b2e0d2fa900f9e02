"""Every case of ``models.toml``, done and looked at."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests import onnx_models
from tests.artifacts.archives import ARCHIVES, HEADERS, PICKLES
from tests.hostile.cases import Case, cases
from tests.onnx_models import HOSTILE
from tests.verification.entries import description, entry

from geocairn import sandbox
from geocairn.artifacts.archives import read_archive
from geocairn.artifacts.card import read_card
from geocairn.artifacts.pickles import read_pickle
from geocairn.artifacts.safetensors import read_safetensors
from geocairn.build.assets import local_assets
from geocairn.build.evidence import with_evidence
from geocairn.checks import Checker, SchemaStore
from geocairn.errors import ArtifactError
from geocairn.sandbox import Limits, Outcome
from geocairn.verification import verify_folder

CASES = cases("models")
LIMITS = Limits(memory=256 << 20, processor=3, wall=60)
Attack = Callable[[Path], str]


@pytest.fixture(scope="module")
def checker(schemas: Path) -> Checker:
    return Checker(store=SchemaStore(schemas, offline=True))


def _onnx(name: str, folder: Path, *, checker: Checker) -> str:
    """Put a file beside an item, and check the item: it is told of, and nothing is loaded."""
    (folder / "model.onnx").write_bytes(HOSTILE[name][0]())
    codes = {one.code for one in checker.item(description(), folder=folder)}
    assert verify_folder(entry(folder, HOSTILE[name][0](), expected=ANY)).state == "failed"
    return "MLM081" if "MLM081" in codes else f"found {sorted(codes)}"


ANY = {"y": np.zeros(1, np.float32)}


def _refused(read: Callable[[Path], Any], then: str, name: str, data: bytes, folder: Path) -> str:
    path = folder / name
    path.write_bytes(data)
    before = sorted(folder.iterdir())
    with pytest.raises(ArtifactError):
        read(path)
    assert sorted(folder.iterdir()) == before
    return then


def _archive(name: str) -> Attack:
    make, _ = ARCHIVES[name]
    return lambda folder: _refused(read_archive, "refused, not unpacked", "p.dlpk", make(), folder)


def _header(name: str) -> Attack:
    make, _ = HEADERS[name]
    return lambda folder: _refused(
        read_safetensors, "refused, not loaded", "w.safetensors", make(), folder
    )


def _pickle(name: str) -> Attack:
    def attack(folder: Path) -> str:
        path = folder / "weights.ckpt"
        path.write_bytes(PICKLES[name]())
        return "told as dangerous, never loaded" if read_pickle(path).dangerous else "let pass"

    return attack


def _card(facts: str) -> Attack:
    data = f"---\n{facts}\n---\n".encode()
    return lambda folder: _refused(read_card, "refused, nothing made", "README.md", data, folder)


BOMB = "a: &a [x, x, x]\nb: &b [*a, *a, *a]\n"


def _sample(name: str, data: bytes, reason: str, then: str) -> Attack:
    def attack(folder: Path) -> str:
        place = entry(folder)
        item = json.loads((place / "item.json").read_text())
        item["assets"]["sample-input"]["href"] = f"./{name}"
        (place / "item.json").write_text(json.dumps(item))
        (place / name).write_bytes(data)
        verdict = verify_folder(place, limits=LIMITS)
        assert reason in verdict.told
        return then if verdict.state == "failed" else verdict.state

    return attack


def _pickled() -> bytes:
    import io

    out = io.BytesIO()
    np.save(out, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    return out.getvalue()


VRT = (
    b'<VRTDataset rasterXSize="1" rasterYSize="1"><VRTRasterBand dataType="Byte" band="1">'
    b"<SimpleSource><SourceFilename>/etc/passwd</SourceFilename></SimpleSource>"
    b"</VRTRasterBand></VRTDataset>"
)


def _model(made: Any, size: int, words: str, then: str) -> Attack:
    def attack(folder: Path) -> str:
        given = {"x": np.ones(size, np.float32)}
        verdict = verify_folder(entry(folder, made(), given=given, expected=ANY), limits=LIMITS)
        assert verdict.state == "failed"
        assert words in verdict.told
        return then

    return attack


def _job(name: str, payload: Any = None, **limits: Any) -> Outcome:
    return sandbox.run(
        f"tests.sandbox.jobs:{name}", payload, files={}, limits=Limits(**{"wall": 60, **limits})
    )


def _attempts(folder: Path, *, wanted: tuple[str, ...]) -> str:
    outside = folder / "file"
    outside.write_text("mine")
    with socket.create_server(("127.0.0.1", 0)) as server:
        targets = {"port": server.getsockname()[1], "outside": str(outside)}
        came = _job("attempts", targets).result
    done = [name for name, told in came.items() if told == "DONE"]
    assert outside.read_text() == "mine"
    assert set(wanted) <= set(came)
    return "not permitted" if not done else f"done: {done}"


def _kernel(folder: Path) -> str:
    assert "SIGSYS" in _job("foreign_call").failure
    return _attempts(folder, wanted=("mount", "debug", "namespace", "new filter", "io_uring"))


def _secrets(folder: Path) -> str:
    (folder / "key").write_text("secret")
    outcome = _job("read", str(folder / "key"))
    if "landlock" not in outcome.layers:
        pytest.skip("this kernel has no Landlock")
    assert "PermissionError" in outcome.failure
    return "not permitted, where the kernel has Landlock"


def _clock(_: Path) -> str:
    return "ended by the clock" if "longer than 2 s" in _job("sleep", wall=2.0).failure else ""


def _answer(_: Path) -> str:
    told = _job("talk").failure
    return "cut off and ended" if "more output than any job" in told else told


def _forged(folder: Path) -> str:
    item = description()
    item["assets"]["model"]["geocairn:reproduced"] = {"checksum": "1220" + "0" * 64}
    item["assets"]["proof"] = {"href": "./verification.json", "roles": ["geocairn:verification"]}
    return _built(folder, item, name="verification.json")


def _in_place(folder: Path) -> str:
    told = set()
    for number, href in enumerate(("verification.json", "./x/../%76erification.json")):
        item = description()
        item["assets"]["proof"] = {"href": href, "roles": ["metadata"]}
        told.add(_built(folder / str(number), item, name="verification.json"))
    item = description()
    item["assets"]["proof"] = {"href": "./Verification.JSON", "roles": ["metadata"]}
    told.add(_built(folder / "case", item, name="Verification.JSON"))
    return " or ".join(sorted(told))


def _built(folder: Path, item: dict[str, Any], *, name: str) -> str:
    place = entry(folder, **item)
    (place / name).write_text("{}")
    item, files = local_assets(json.loads((place / "item.json").read_text()), folder=place)
    item, files, _ = with_evidence(item, files, evidence=None)
    left = [one.href for one in files if one.href.lower() == "verification.json"]
    claims = "proof" in item["assets"] or "geocairn:reproduced" in item["assets"]["model"]
    return "taken out by the build" if not left and not claims else "published"


def _of_others(folder: Path) -> str:
    place = entry(folder)
    verdict = verify_folder(place, limits=LIMITS)
    assert verdict.evidence is not None
    onnx_models.saved(place / "model.onnx", onnx_models.segmenter(seed=9))
    item, files = local_assets(json.loads((place / "item.json").read_text()), folder=place)
    item, files, found = with_evidence(item, files, evidence=verdict.evidence.to_json())
    assert "geocairn:reproduced" not in item["assets"]["model"]
    return found[0].code


def _tolerance(folder: Path) -> str:
    item = description()
    item["assets"]["sample-output"] = {
        "href": "./sample-output.npz",
        "roles": ["sample-output"],
        "geocairn:tolerance": {"absolute": 1e30},
    }
    return verify_folder(entry(folder, **item), limits=LIMITS).state


ATTACKS: dict[str, Attack] = {
    "zip-bomb": _archive("zip bomb"),
    "zip-overlap": _archive("zip bomb of overlapping files"),
    "zip-up": _archive("path out of the folder"),
    "zip-absolute": _archive("absolute path"),
    "zip-backslash": _archive("path of another system"),
    "zip-link": _archive("symbolic link"),
    "zip-case": _archive("names that differ by case"),
    "zip-many": _archive("more files than anyone needs"),
    "safetensors-long-header": _header("header longer than the file"),
    "safetensors-overlap": _header("overlapping tensors"),
    "safetensors-huge": _header("shape of 2^40 elements"),
    "safetensors-twice": _header("name given twice"),
    "safetensors-deep": _header("header nested 100,000 deep"),
    "pickle-bare": _pickle("command in a bare pickle"),
    "pickle-torch": _pickle("command in an archive of PyTorch"),
    "pickle-behind": _pickle("command behind an honest pickle"),
    "pickle-getattr": _pickle("command by way of getattr"),
    "card-object": _card("x: !!python/object/apply:os.system ['true']"),
    "card-bomb": _card(BOMB),
    "sample-pickle": _sample("s.npy", _pickled(), "allow_pickle", "fails, not loaded"),
    "sample-vrt": _sample("s.tif", VRT, "RasterioIOError", "fails, not followed"),
    "run-loop": _model(onnx_models.looping, 4, "of processor time", "ended by its processor time"),
    "run-memory": _model(onnx_models.swelling, 1 << 16, "", "ended by its memory"),
    "run-sleep": _clock,
    "run-sockets": partial(
        _attempts, wanted=("tcp socket", "udp socket", "unix socket", "raw socket", "name lookup")
    ),
    "run-fork": partial(_attempts, wanted=("fork", "fork bomb", "thread", "program", "exec")),
    "run-files": partial(_attempts, wanted=("write elsewhere", "rename", "delete", "truncate")),
    "run-kernel": _kernel,
    "run-secrets": _secrets,
    "run-answer": _answer,
    "evidence-forged": _forged,
    "evidence-in-place": _in_place,
    "evidence-of-others": _of_others,
    "tolerance": _tolerance,
}
NAMES = dict(
    zip((case.name for case in CASES if case.name.startswith("onnx-")), HOSTILE, strict=False)
)


def test_every_case_is_done() -> None:
    assert {case.name for case in CASES} == {*NAMES, *ATTACKS}
    # An empty file is no attack; all others are in the table, in the same order.
    assert list(NAMES.values()) == [name for name in HOSTILE if name != "empty"]


@pytest.mark.skipif(not sandbox.can_isolate(), reason="isolation needs Linux on x86-64 or ARM 64")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_comes_of_it(tmp_path: Path, checker: Checker, case: Case) -> None:
    if case.name in NAMES:
        assert _onnx(NAMES[case.name], tmp_path, checker=checker) == case.then
    else:
        assert ATTACKS[case.name](tmp_path) == case.then
