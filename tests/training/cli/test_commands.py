"""The commands, called as people call them."""

import json
import shutil
import zipfile

import pytest
from PIL import Image
from tests.training.runs import make_run

from geocairn_training.cli import COMMANDS, main
from geocairn_training.cli.export import FORMATS as COMMAND_FORMATS
from geocairn_training.data import synthetic
from geocairn_training.export import FORMATS


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = make_run(tmp_path_factory.mktemp("runs") / "towns")
    publication = folder.parent / "publication.toml"
    publication.write_text(
        'model = "towns"\nversion = "2.0.0"\ncollection = "buildings"\nlicense = "MIT"\n'
        'producer = "Town Observatory"\n'
    )
    call("export", folder, "--publication", publication)
    return folder


@pytest.fixture
def item(run):
    return run / "entry" / "buildings" / "towns" / "2.0.0" / "item.json"


def call(*arguments):
    with pytest.raises(SystemExit) as ended:
        main([str(one) for one in arguments])
    return ended.value.code


def test_every_command_has_help(capsys):
    assert set(COMMANDS) >= {"inference", "validate-stac", "stac2esri", "export"}
    for name in ("inference", "validate-stac", "stac2esri", "export"):
        assert call(name, "--help") == 0
        said = capsys.readouterr().out
        assert f"geocairn-train {name}" in said
        assert "Example" in said
    assert COMMAND_FORMATS == FORMATS


def test_inference(run, tmp_path, capsys):
    chips = synthetic.make(tmp_path / "data", chips=4, size=96) / "chips"
    out = tmp_path / "out"
    code = call(
        "inference", chips, "--model-path", run, "--output-dir", out, "--regularise",
        "--tile", 48, "--overlap", 8, "--min-area", 2, "--batch-size", 2,
    )  # fmt: skip
    said = capsys.readouterr().out
    assert code == 0
    assert len(said.splitlines()) == 4
    assert len(list(out.iterdir())) == 4 * 6
    document = json.loads(next(out.glob("*[0-9].json")).read_text())
    assert document["parameters"]["tile"] == [48, 48]
    assert document["model"]["checksum"].startswith("1220")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nowhere.tif", "-m", "{run}", "-o", "{out}"], "no such file"),
        (["{chip}", "-m", "nowhere.onnx", "-o", "{out}"], "no such model"),
        (["{chip}", "-m", "{run}", "-o", "{out}", "--tile", "32", "--overlap", "32"], "share 32"),
        (["{chip}", "-m", "{run}", "-o", "{out}", "--overlap", "900"], "cannot share 900"),
        (["{chip}", "-m", "{run}", "-o", "{chip}/out"], "cannot write"),
    ],
)
def test_mistakes_are_one_message(run, tmp_path, capsys, arguments, says):
    chip = min((synthetic.make(tmp_path / "data", chips=1, size=64) / "chips").iterdir())
    places = {"run": run, "out": tmp_path / "out", "chip": chip}
    assert call("inference", *(one.format(**places) for one in arguments)) == 2
    said = capsys.readouterr().err
    assert says in said
    assert "Traceback" not in said


def test_validate_stac(item, schemas, tmp_path, capsys):
    assert call("validate-stac", item, "--schemas", schemas, "--offline") == 0
    said = capsys.readouterr().out
    assert "nothing to report" in said
    assert "score: 100/100" in said
    broken = tmp_path / "item.json"
    document = json.loads(item.read_text())
    del document["properties"]["mlm:framework_version"]
    document["properties"]["mlm:tasks"] = []
    broken.write_text(json.dumps(document))
    assert call("validate-stac", broken, "--schemas", schemas, "--offline") == 1
    said = capsys.readouterr().out
    assert "MLM020" in said
    assert "no    3 framework version" in said
    for text in ("{", "[]", '{"type": "Collection"}'):
        broken.write_text(text)
        assert call("validate-stac", broken, "--schemas", schemas, "--offline") == 2


def test_stac2esri(run, item, tmp_path, capsys):
    arguments = ["--stac-path", item, "--onnx-path", run / "model.onnx", "--out-dir", tmp_path]
    assert call("stac2esri", *arguments, "--dlpk-name", "Towns") == 0
    assert call("stac2esri", *arguments) == 0
    assert "background, building" in capsys.readouterr().out
    for name in ("Towns", "towns-2.0.0"):
        with zipfile.ZipFile(tmp_path / f"{name}.dlpk") as package:
            assert f"{name}.emd" in package.namelist()
    assert call("stac2esri", *arguments, "--dlpk-name", "../x") == 2
    capsys.readouterr()
    for place, wrong, says in (
        (1, run / "facts.json", "is no STAC Item: its type is 'nothing'"),
        (3, tmp_path / "nowhere.onnx", "cannot be read: No such file"),
    ):
        changed = [*arguments[:place], wrong, *arguments[place + 1 :]]
        assert call("stac2esri", *changed) == 2
        assert says in capsys.readouterr().err


def test_export_takes_formats_and_a_sample(run, tmp_path, capsys):
    again = tmp_path / "again"
    again.mkdir()
    for name in ("facts.json", "checkpoint.ckpt"):
        shutil.copy(run / name, again / name)
    chip = min((synthetic.make(tmp_path / "data", chips=1, size=64) / "chips").iterdir())
    assert call("export", again, "--format", "safetensors", "--sample", chip) == 0
    said = capsys.readouterr().out
    assert "model.onnx" in said
    assert not (again / "model.dlpk").exists()
    (item,) = again.glob("entry/*/*/*/item.json")
    assert set(json.loads(item.read_text())["assets"]) == {
        "onnx", "safetensors", "network", "sample-input", "sample-output", "thumbnail", "facts",
        "source",
    }  # fmt: skip
    with Image.open(item.parent / "thumbnail.jpg") as picture:
        assert max(picture.size) <= 400
    assert call("export", again, "--format", "onnx") == 0
    assert "safetensors" not in capsys.readouterr().out
