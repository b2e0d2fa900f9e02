"""Models of a hub: by id, by name, by address, from the shell, and offline."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.items import write_catalog
from tests.run import making
from tests.running import call
from tests.server import Server

import geocairn
from geocairn.build import BuildOptions, build
from geocairn.errors import HubError, InputError

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two versions of a model, one for another sensor, and one that does not run."""
    folder = tmp_path_factory.mktemp("hub")
    items = []
    for name, version, changes in (
        ("unet", "1.2.0", {}),
        ("unet", "1.10.0", {}),
        ("unet-coarse", "1.0.0", {"gsd": 30.0}),
    ):
        item = making.segmenter_item(folder / "made", name=name, version=version, **changes)
        item["id"] = f"{name}-{version}"
        items.append(item)
    catalog = write_catalog(folder / "catalog", items)
    for item in items:
        name, version = item["id"].rsplit("-", 1)
        place = catalog / item["collection"] / name / version
        data = Path(item["assets"]["model"]["href"]).read_bytes()
        (place / "model.onnx").write_bytes(data)
        item["assets"]["model"]["href"] = "./model.onnx"
        (place / "item.json").write_text(json.dumps(item), encoding="utf-8")
    build(
        [str(catalog)],
        folder / "built",
        # The weights are by chance, and checks would say so of their items.
        options=BuildOptions(jobs=1, select=("HUB001",)),
    )
    return folder / "built"


@pytest.fixture
def served(hub: Path) -> Iterator[Server]:
    with Server(hub) as running:
        yield running


def test_by_id_and_by_name(hub: Path, scene: Path) -> None:
    with geocairn.open(hub) as catalog:
        assert catalog.load("unet-1.2.0").id == "unet-1.2.0"
        model = catalog.load("unet")
        assert model.id == "unet-1.10.0"
        assert model.href.endswith("unet-1.10.0.json")
        assert model.loaded.file.compared
        assert model.predict(scene).counts
        with pytest.raises(InputError, match="no model 'une'"):
            catalog.load("une")
        with pytest.raises(InputError, match="no model 'un%'"):
            catalog.load("un%")


def test_by_address(hub: Path, scene: Path, tmp_path: Path) -> None:
    assert geocairn.load(f"{hub}#unet").id == "unet-1.10.0"
    path = next(hub.rglob("unet-1.2.0.json"))
    model = geocairn.load(path)
    result = model.predict(scene, tmp_path / "m.tif")
    links = result.item()["links"]
    assert (tmp_path / links[1]["href"]).resolve() == path.resolve()
    with pytest.raises(InputError, match="no address of a model"):
        geocairn.load("unet")


def test_over_http_and_then_offline(served: Server, scene: Path) -> None:
    first = geocairn.load(served.url + "#unet")
    assert first.predict(scene).counts
    for path in ("", "catalog.json", "search/manifest.json"):
        served.faults[path] = 503
    with pytest.warns(UserWarning, match="cannot be reached"):
        again = geocairn.load(served.url + "#unet")
    assert again.id == first.id
    assert again.predict(scene).counts == first.predict(scene).counts
    with pytest.raises(HubError):
        geocairn.load(served.url + "#unet-coarse")


def test_predict_from_the_shell(hub: Path, scene: Path, tmp_path: Path, capfd: Capture) -> None:
    out = tmp_path / "mask.tif"
    ran = call(capfd, "predict", "unet", scene, "-o", out, "--hub", hub, "--tile", "64")
    assert ran.code == 0
    assert f"{out}: 6 windows in" in ran.out
    assert "background" in ran.out
    ran = call(
        capfd, "predict", f"{hub}#unet", scene, "-o", tmp_path / "b.geojson", "--bands",
        "red=3,green=2,blue=1", "--square", "--minimum-area", "20",
    )  # fmt: skip
    assert ran.code == 0
    found = json.loads((tmp_path / "b.geojson").read_text())
    every = geocairn.load(f"{hub}#unet").predict(scene, bands={"red": 3, "blue": 1}).polygons()
    assert 0 < len(found["features"]) < len(every)
    ran = call(capfd, "predict", "unet", scene, "-o", out, "--hub", tmp_path / "nowhere")
    assert ran.code == 2
    assert "--hub" in ran.err
    ran = call(capfd, "predict", tmp_path / "none.json", scene, "-o", out, "--hub", hub)
    assert ran.code == 2
    assert "none.json: cannot be read" in ran.err
    ran = call(capfd, "predict", "none", scene, "-o", out, "--hub", hub)
    assert ran.code == 2
    assert "no model 'none'" in ran.err
    assert "geocairn search" in ran.err


def test_match_ranks_with_reasons(hub: Path, scene: Path, capfd: Capture, tmp_path: Path) -> None:
    with geocairn.open(hub) as catalog:
        found = catalog.match(scene)
    assert [one.model for one in found] == ["unet-1.10.0", "unet-1.2.0", "unet-coarse-1.0.0"]
    assert found[0].score > found[2].score
    assert "trained at 30 m" in str(found[2])
    ran = call(capfd, "match", scene, hub)
    assert ran.code == 0
    assert "3 of 3 models can run on it" in ran.out
    grey = making.raster(tmp_path / "grey.tif", making.image(bands=1))
    ran = call(capfd, "match", grey, hub, "--all", "--format", "json")
    assert ran.code == 1
    told: list[dict[str, Any]] = json.loads(ran.out)
    assert not any(one["runs"] for one in told)
    assert told[0]["reasons"][0]["good"] is False


def test_the_cache_from_the_shell(served: Server, capfd: Capture, cache: Path) -> None:
    geocairn.load(served.url + "#unet")
    ran = call(capfd, "cache", "list")
    assert "1 file, " in ran.out
    assert served.url in ran.out
    assert str(cache) in ran.out
    assert "1 file removed" in call(capfd, "cache", "clear").out
    assert "0 files" in call(capfd, "cache", "list").out


def test_how_it_looks_in_a_notebook(hub: Path, scene: Path) -> None:
    with geocairn.open(hub) as catalog:
        told = catalog._repr_html_()
        assert "<table>" in told
        assert ">3<" in told
        search = catalog.search(q="unet")
        assert search.matched() == 3
        assert "3 models match" in search._repr_html_()
        model = catalog.load("unet")
    assert "semantic-segmentation" in model._repr_html_()
    assert "onnxruntime" in model._repr_html_()
    assert "✓" in model.explain(scene)._repr_html_()
    result = model.predict(scene)
    assert repr(result).endswith("result.tif (segmentation) by unet-1.10.0>")
    shown = result._repr_html_()
    assert "data:image/png;base64," in shown
    assert "building" in shown
