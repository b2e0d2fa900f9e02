"""The item says what the facts say; nothing is found in it, and a run is a source of a build."""

import hashlib
import json
import re
import shutil

import pytest
from shapely import LinearRing
from tests.training.runs import PUBLICATION, facts_of, make_run

from geocairn.checks import Checker, SchemaStore, score
from geocairn.cli import main
from geocairn.normalise import normalise
from geocairn_training.describe import Publication, write_item
from geocairn_training.describe.publication import PublicationLink
from geocairn_training.describe.words import card, description
from geocairn_training.errors import RunError
from geocairn_training.export import export_run
from geocairn_training.facts import Interval, SourceCode
from geocairn_training.models.task import SegmentationTask
from geocairn_training.models.task import load as load_task


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    folder = make_run(tmp_path_factory.mktemp("runs") / "towns")
    return export_run(folder, publication=PUBLICATION).item.parents[4]


@pytest.fixture(scope="session")
def facts():
    return facts_of(SegmentationTask(width=4, depth=2))


def entry(run):
    return run / "entry" / "buildings" / "towns-unet" / "1.2.0"


def test_nothing_is_found_in_it(run, schemas):
    path = entry(run) / "item.json"
    item = json.loads(path.read_text())
    checker = Checker(store=SchemaStore(schemas, offline=True))
    findings = checker.item(normalise(item)[0], origin=str(path), folder=path.parent)
    assert [(one.code, one.path, one.message) for one in findings] == []
    assert score(item, findings).total == 100


@pytest.mark.parametrize("by", ["folder", "link", "file"])
def test_check_finds_nothing_however_it_is_named(run, schemas, capsys, tmp_path, by):
    place = {"folder": run, "link": tmp_path / "latest", "file": entry(run) / "item.json"}[by]
    if by == "link":
        place.symlink_to(run)
    with pytest.raises(SystemExit) as ended:
        main(["check", str(place), "--schemas", str(schemas), "--offline"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert "100/100 towns-unet-1.2.0" in said
    assert "nothing to report" in said


def test_a_run_is_a_source_of_a_build(run, schemas, tmp_path, capsys):
    latest = tmp_path / "latest"
    latest.symlink_to(run)
    hub = tmp_path / "hub"
    with pytest.raises(SystemExit) as ended:
        main(["build", str(latest), "-o", str(hub), "--schemas", str(schemas), "--offline"])
    assert ended.value.code == 0, capsys.readouterr()
    folder = hub / "buildings" / "towns-unet-1.2.0"
    item = json.loads((folder / "towns-unet-1.2.0.json").read_text())
    for asset in item["assets"].values():
        if asset["href"].startswith("./"):
            data = (folder / asset["href"]).read_bytes()
            assert asset["file:size"] == len(data)
            assert asset["file:checksum"] == "1220" + hashlib.sha256(data).hexdigest()
    assert {"onnx", "torchscript", "safetensors", "state-dict", "checkpoint", "dlpk"} <= set(
        item["assets"]
    )


def test_it_says_what_the_facts_say(run):
    properties = json.loads((entry(run) / "item.json").read_text())["properties"]
    network = load_task(run / "checkpoint.ckpt").network
    parameters = sum(one.numel() for one in network.parameters())
    assert properties["mlm:total_parameters"] == parameters
    assert properties["mlm:memory_size"] == 4 * parameters
    assert properties["mlm:pretrained_source"] is None
    assert properties["mlm:framework_version"] == "2.13.0"
    assert properties["mlm:hyperparameters"] == {
        "lr": 0.002,
        "epochs": 5,
        "loss": "dice+ce",
        "weights": [1.0, 2.0],
        "seed": 7,
        "threshold": 0.5,
    }
    assert properties["gsd"] == 0.5
    assert properties["start_datetime"] == "2024-03-01T00:00:00Z"
    assert properties["geocairn:metrics"]["test"]["iou/building"] == 0.7625
    (given,), (result,) = properties["mlm:input"], properties["mlm:output"]
    assert given["value_scaling"][1] == {"type": "z-score", "mean": 112.5, "stddev": 38.25}
    assert given["input"]["shape"] == [-1, 3, 64, 64]
    assert result["result"]["shape"] == [-1, 1, 64, 64]
    assert result["post_processing_function"]["expression"] == "torch.sigmoid"
    assert [one["value"] for one in result["classification:classes"]] == [0, 1]
    assert properties["bands"][0]["statistics"]["stddev"] == 40.5
    assert properties["providers"][1] == {
        "name": "Aerial images",
        "description": "Image by the Flyers. CC-BY-4.0",
        "roles": ["licensor"],
        "url": "https://tiles.example.org/%7Bz%7D/%7Bx%7D/%7By%7D",
    }


def test_what_nobody_knows_is_not_said(facts):
    bare = facts_of(
        SegmentationTask(width=4, depth=2),
        gsd=None,
        interval=Interval(),
        data=(),
        source=SourceCode(),
        bands=tuple(type(band)(name=band.name) for band in facts.bands),
    )
    item = write_item(bare, Publication().named("Towns of 2024"), files=())
    properties = item["properties"]
    assert item["id"] == "towns-of-2024-0.1.0"
    assert not {"gsd", "license", "providers"} & properties.keys()
    assert all(
        "eo:common_name" not in band and "eo:center_wavelength" not in band
        for band in properties["bands"]
    )
    assert item["assets"] == {}


def test_no_place_on_this_machine_is_named(run):
    for path in run.rglob("*"):
        if path.suffix in (".json", ".md"):
            assert not re.search(r'"/|/tmp|/home|file://', path.read_text()), path


def test_links_and_files_elsewhere(facts, tmp_path):
    large = tmp_path / "model.onnx"
    large.write_bytes(bytes((5 << 20) + 1))
    publication = Publication(
        base_href="https://models.example.org/towns/",
        container="ghcr.io/example/towns:1.2.0",
        links=(PublicationLink(rel="cite-as", href="https://doi.org/10.5281/zenodo.1"),),
    )
    item = write_item(facts, publication.named("towns"), files=[large])
    assert item["assets"]["onnx"]["href"] == "https://models.example.org/towns/model.onnx"
    assert item["assets"]["onnx"]["file:size"] == (5 << 20) + 1
    assert item["assets"]["container"]["href"] == "ghcr.io/example/towns:1.2.0"
    assert item["assets"]["source"]["href"] == "https://code.example.org/towns"
    rels = [one["rel"] for one in item["links"]]
    assert rels == ["cite-as", "via", "about"]


def test_scattered_chips_make_several_polygons():
    ring = [[85, 27], [85, 27.1], [85.1, 27.1], [85.1, 27], [85, 27]]  # clockwise
    other = [[x + 1, y] for x, y in ring]
    scattered = facts_of(
        SegmentationTask(width=4, depth=2),
        bbox=(85.0, 27.0, 86.1, 27.1),
        geometry={"type": "MultiPolygon", "coordinates": [[ring], [other]]},
    )
    found = write_item(scattered, PUBLICATION, files=())["geometry"]
    assert found["type"] == "MultiPolygon"
    assert all(LinearRing(part[0]).is_ccw for part in found["coordinates"])


def test_words(facts):
    said = description(facts)
    assert said.startswith("Marks building in images with the bands red, green, blue at 0.5 m")
    assert "is 0.762." in said
    shown = card(facts, PUBLICATION)
    assert "| iou/building | 0.7500 | 0.7625 |" in shown
    assert "commit " + "4" * 40 in shown
    assert "spatial-blocks of 60 m, seed 3" in shown
    assert "red (111.00, 40.50), green (112.50, 38.25), blue (96.25, 41.00)" in shown
    assert "multiples of 4." in shown
    assert "building from a probability of 0.5 on" in shown
    three = facts_of(SegmentationTask(width=4, depth=3, classes=("a", "b", "c")))
    assert "The class with the highest logit" in card(three, PUBLICATION)


def test_publications_are_read_strictly(tmp_path):
    path = tmp_path / "publication.toml"
    path.write_text('model = "towns"\nkeywords = ["a"]\n[[links]]\nrel = "about"\nhref = "x"\n')
    read = Publication.read(path)
    assert (read.model, read.keywords, read.links[0].rel) == ("towns", ("a",), "about")
    for text in ('licence = "MIT"', "model = 3", "model ="):
        path.write_text(text)
        with pytest.raises(RunError, match=r"publication\.toml"):
            Publication.read(path)
    with pytest.raises(RunError, match="cannot be the name of a folder"):
        Publication(version="1/2").named("x")


def test_an_export_that_fails_leaves_the_earlier_one(run, tmp_path):
    copy = tmp_path / "towns"
    shutil.copytree(run, copy)
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    (copy / "checkpoint.ckpt").write_bytes(b"torn")
    with pytest.raises(RunError, match="checkpoint"):
        export_run(copy, publication=PUBLICATION)
    after = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    before[copy / "checkpoint.ckpt"] = b"torn"
    assert after == before


def test_the_folder_of_an_unfinished_run_is_refused(tmp_path):
    with pytest.raises(RunError, match="not the folder of a finished run"):
        export_run(tmp_path)
