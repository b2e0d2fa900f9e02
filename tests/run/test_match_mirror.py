"""What `geocairn match` says of scenes and models, and what the match page says: the same."""

from __future__ import annotations

import json
import math
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.run import scenes

from geocairn.drafting.form import form
from geocairn.errors import InputError
from geocairn.run.assess import Assessment, assess
from geocairn.run.explaining import place_of_scene
from geocairn.run.scenes import Scene, open_scene

ROOT = Path(__file__).parents[2]
CATALOG = ROOT / "catalog"
# What is said of an expression that cannot be read is Python's own message there.
UNREAD = re.compile(r" cannot be computed: .*")
# The page knows no list of all reference systems.
UNKNOWN_PLACE = {"feet"}


def in_the_browser(given: list[dict[str, Any]], models: list[dict[str, Any]]) -> list[Any]:
    node = shutil.which("node")
    assert node is not None, "needs Node"
    done = subprocess.run(
        [node, str(ROOT / "site/tests/match-mirror.js")],
        input=json.dumps({"sensors": form()["sensors"], "scenes": given, "models": models}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[Any] = json.loads(done.stdout)
    return found


def told(scene: Scene) -> list[tuple[Any, ...]]:
    return [
        (one.name, one.common_name, one.wavelength, one.width, one.dtype, one.index)
        for one in scene.bands
    ]


def told_there(scene: dict[str, Any]) -> list[tuple[Any, ...]]:
    names = ("name", "common", "wavelength", "width", "dtype", "index")
    return [tuple(one[name] for name in names) for one in scene["bands"]]


def compare(here: Assessment, there: dict[str, Any], *, without: str = "") -> None:
    name = f"{here.model} on {here.scene}"
    reasons = [one for one in here.reasons if one.about != without]
    others = [one for one in there["reasons"] if one["about"] != without]
    assert [one.about for one in reasons] == [one["about"] for one in others], name
    for one, other in zip(reasons, others, strict=True):
        assert UNREAD.sub("", one.text) == UNREAD.sub("", other["text"]), name
        assert (one.good, pytest.approx(one.score, abs=1e-6)) == (other["good"], other["score"]), (
            name
        )
    assert here.runs == there["runs"], name
    if not without:
        assert math.isclose(here.score, there["score"], abs_tol=2e-4), name


@pytest.fixture(scope="module")
def models() -> list[dict[str, Any]]:
    shipped = sorted(CATALOG.glob("*/*/*/item.json"))
    return scenes.models() + [json.loads(path.read_bytes()) for path in shipped[::4]]


def test_items(models: list[dict[str, Any]]) -> None:
    given = [{"name": name, "item": item} for name, item in scenes.SENTINEL2.items()]
    verdicts = set()
    for one, found in zip(given, in_the_browser(given, models), strict=True):
        scene = open_scene(one["item"])
        assert told(scene) == told_there(found["scene"])
        for model, there in zip(models, found["found"], strict=True):
            compare(assess(model, scene), there)
            verdicts |= {(reason["about"], reason["good"]) for reason in there["reasons"]}
    abouts = ("band", "sensor", "resolution", "area", "season", "values")
    assert verdicts >= {(about, good) for about in abouts for good in (True, False, None)} - {
        ("values", None)
    }


def test_rasters(models: list[dict[str, Any]], tmp_path: Path) -> None:
    paths = [*scenes.rasters(tmp_path), scenes.bits(tmp_path)]
    given = [{"name": path.name, "tiff": str(path)} for path in paths]
    for path, found in zip(paths, in_the_browser(given, models), strict=True):
        scene = open_scene(path)
        place = place_of_scene(scene)
        assert told(scene) == told_there(found["scene"]), path
        known = place is not None and place.georeferenced
        assert known == (found["scene"]["place"] is not None)
        assert bool(found["scene"]["notes"]) == (not known or path.stem in UNKNOWN_PLACE)
        for model, there in zip(models, found["found"], strict=True):
            without = "area" if path.stem in UNKNOWN_PLACE else ""
            compare(assess(model, scene, place=place), there, without=without)


def test_hostile_models() -> None:
    given = [{"name": "s2", "item": scenes.item()}]
    models = scenes.hostile_models()
    (found,) = in_the_browser(given, models)
    scene = open_scene(given[0]["item"])
    for model, there in zip(models, found["found"], strict=True):
        compare(assess(model, scene), there)


def test_scenes_that_are_none(tmp_path: Path) -> None:
    whole = scenes.rasters(tmp_path)[0].read_bytes()
    (tmp_path / "none.tif").write_bytes(b"\x89PNG\r\n" + bytes(200))
    (tmp_path / "empty.tif").write_bytes(b"")
    (tmp_path / "cut.tif").write_bytes(whole[:30])
    (tmp_path / "endless.tif").write_bytes(b"II*\0\x08\0\0\0\xff\xff" + b"\xff" * 400)
    files = ("none", "empty", "cut", "endless")
    given = [{"name": name, "tiff": str(tmp_path / f"{name}.tif")} for name in files]
    items: list[Any] = [None, 7, [], {}, {"type": "Feature"}, scenes.item(assets={})]
    items += [scenes.item(assets={"a": 1, "b": {"href": 7}, "c": {"href": "c.json"}})]
    given += [{"name": "item", "item": one} for one in items]
    for one, found in zip(given, in_the_browser(given, []), strict=True):
        assert "This" in found["refused"] or "cannot be read" in found["refused"]
        with pytest.raises(InputError):
            open_scene(one.get("tiff", one.get("item")))
