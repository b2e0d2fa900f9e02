"""What trying a model computes in the browser, and what `geocairn predict` computes: the same."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import rasterio.features
import rasterio.warp
import shapely
from numpy.typing import NDArray
from tests.run.making import image
from tests.run.test_scaling import RAW

from geocairn.errors import InputError
from geocairn.model import Class
from geocairn.run.decide import decision_for
from geocairn.run.detect import decode, suppress
from geocairn.run.expressions import parse
from geocairn.run.planning import Plan
from geocairn.run.postprocess import PostProcess, post_process
from geocairn.run.resizing import METHODS, resize
from geocairn.run.scaling import cast, compile_scaling
from geocairn.run.scenes import Place
from geocairn.run.spec import OutputSpec

ROOT = Path(__file__).parents[2]


def browser(*cases: dict[str, Any]) -> list[Any]:
    """What the page's modules answer, in Node; a fault is its code, as text."""
    node = shutil.which("node")
    assert node is not None, "needs Node"
    done = subprocess.run(
        [node, str(ROOT / "site/tests/try-mirror.js")],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [one.get("found", one.get("fault")) for one in json.loads(done.stdout)]


def flat(values: NDArray[Any]) -> list[Any]:
    return [None if isinstance(v, float) and np.isnan(v) else v for v in values.ravel().tolist()]


def numbers(found: Any) -> NDArray[np.float64]:
    return np.array(found, dtype=float)


PLANS = [
    ((512, 512), None, (512, 512), True, (512, 512)),
    ((700, 1500), None, (512, 512), True, (512, 512)),
    ((700, 1500), (256, 256), (256, 256), True, (64, 64)),
    ((100, 90), None, (512, 512), True, (128, 96)),
    ((1000, 300), None, None, True, (512, 320)),
    ((640, 641), (224, 224), (224, 224), False, None),
    ((65, 999), (100, 60), None, True, (200, 120)),
]


def test_windows_and_weights() -> None:
    given = [
        {"act": "plan", "image": a, "fixed": f, "usual": u, "shared": s, "output": o}
        for a, f, u, s, o in PLANS
    ]
    for (size, fixed, usual, shared, output), found in zip(PLANS, browser(*given), strict=True):
        place = Place(*size, None, None)
        plan = Plan.make(
            place, fixed=fixed, usual=usual, tile=None, overlap=None, batch=1, shared=shared
        )
        plan = plan.with_cell(output) if output else plan
        assert (tuple(found["tile"]), tuple(found["size"])) == (plan.tile, plan.size)
        assert (found["overlap"], tuple(found["cell"])) == (plan.overlap, plan.cell)
        for name, intervals in (("rows", plan.grid.rows), ("columns", plan.grid.columns)):
            assert [start for start, _ in found[name]] == [one.start for one in intervals]
            for (_, weights), one in zip(found[name], intervals, strict=True):
                np.testing.assert_allclose(weights, one.weights, rtol=0, atol=1e-6)
        assert [tuple(one) for one in found["windows"]] == [plan.window(*one) for one in plan.grid]


def test_windows_that_fit_nothing() -> None:
    given = {"act": "plan", "image": [500, 500], "fixed": [100, 100], "usual": None}
    assert browser({**given, "shared": True, "output": [50, 33]}) == ["output"]


STEPS: list[Any] = [
    [{"type": "min-max", "minimum": 100, "maximum": 1100}],
    [{"type": "z-score", "mean": 50.5, "stddev": 4.3}, {"type": "z-score", "mean": 7, "stddev": 9}],
    [{"type": "clip", "minimum": 300, "maximum": 700}],
    [{"type": "clip-min", "minimum": 300}],
    [{"type": "clip-max", "maximum": 300}],
    [{"type": "offset", "value": 10}],
    [{"type": "scale", "value": 10_000}],
    [{"type": None}],
    [],
    [{"type": "scale", "value": 3}, None],
    [{"type": "processing", "format": "gdal-calc", "expression": "A * (A <= 500)"}],
    [{"type": "processing", "format": "numpy", "expression": "red / (nir + 1)"}, None],
]
WRONG: list[Any] = [
    [{"type": "scale", "value": 1}] * 3,
    [{"type": "scale"}],
    [{"type": "z-score", "mean": 0, "stddev": 0}],
    [{"type": "min-max", "minimum": 5, "maximum": 5}],
    [{"type": "scale", "value": True}],
    [{"type": "norm-l2"}],
    [{"type": "processing", "format": "python", "expression": "a.b:c"}],
    [{"type": "processing", "format": "numpy", "expression": "x + y"}],
]


def test_every_scaling() -> None:
    valid = np.ones(RAW.shape[1:], bool)
    valid[1, 2] = False
    names, bands = ["red", "nir"], [flat(band) for band in RAW]
    given = {"act": "scaling", "names": names, "bands": bands, "valid": valid.ravel().tolist()}
    for steps, found in zip(STEPS, browser(*({**given, "steps": s} for s in STEPS)), strict=True):
        scaling = compile_scaling(steps, names=names, where="item")
        np.testing.assert_array_equal(numbers(found), scaling(RAW, valid=valid).reshape(2, -1))


def test_scalings_that_cannot_be_applied() -> None:
    given = {"act": "scaling", "names": ["red", "nir"], "bands": [[1], [2]], "valid": None}
    for steps, found in zip(WRONG, browser(*({**given, "steps": s} for s in WRONG)), strict=True):
        assert found == "scaling", steps
        with pytest.raises(InputError):
            compile_scaling(steps, names=["red", "nir"], where="item")


def test_types_that_networks_take() -> None:
    values = np.array([-40_000, -200.5, -0.5, 0.5, 1.5, 2.5, 254.5, 300, 70_000, np.nan], "f4")
    kinds = ["uint8", "int8", "uint16", "int16", "int32", "uint32", "int64", "float64", "float32"]
    given = ({"act": "cast", "values": flat(values), "dtype": kind} for kind in kinds)
    for kind, found in zip(kinds, browser(*given), strict=True):
        np.testing.assert_array_equal(numbers(found), cast(values, kind).astype(float), kind)
    assert browser({"act": "cast", "values": [1], "dtype": "float16"}) == ["dtype"]


EXPRESSIONS = [
    "(nir - red) / (nir + red)",
    "nir*2 - -red ** 2",
    "-red ** 2 + 2 ** -1",
    "2 ** 3 ** 2 + red",
    "np.where(nir > red, nir, -1.5e-1)",
    "numpy.clip(red, .2, 1.) + math.sqrt(nir)",
    "nir if red < 1 else red",
    "red < nir < 2",
    "not red > 1 or nir > 1 and red != nir",
    "(red > 0.5) & (nir > 1) | (red == nir)",
    "7 // red % 3 + round(nir)",
    "arctan2(nir, red) + log1p(red) - minimum(red, maximum(nir, 1))",
    "red / 0",
    "True + red",
]
REFUSED = [
    *(
        "__import__('os')",
        "red.real",
        "red[0]",
        "lambda: 1",
        "open(red)",
        "red +",
        "(red",
        "red nir",
    ),
    *("clip(red)", "'text'", "red = 1", "1e99 * red", "-" * 90 + "red", "a" * 3000, ""),
]


def test_expressions() -> None:
    values = {"red": np.array([0.25, 1, 2.5, 0], "f4"), "nir": np.array([1, 0.5, 2.5, 3], "f4")}
    given = {key: flat(value) for key, value in values.items()}
    cases = ({"act": "expression", "text": text, "values": given} for text in EXPRESSIONS)
    for text, found in zip(EXPRESSIONS, browser(*cases), strict=True):
        expression = parse(text, where="item")
        expected = expression({name: values[name] for name in expression.names}).astype(float)
        expected[~np.isfinite(expected)] = np.nan
        assert set(found["names"]) == set(expression.names), text
        np.testing.assert_allclose(numbers(found["values"]), expected, rtol=1e-6, err_msg=text)
    cases = ({"act": "expression", "text": text, "values": given} for text in REFUSED)
    for text, found in zip(REFUSED, browser(*cases), strict=True):
        assert found == "expression", text
        with pytest.raises(InputError):
            parse(text, where="item")


@pytest.mark.parametrize("how", sorted(METHODS))
def test_resizing_as_gdal_does_it(how: str) -> None:
    band = image(48, 80)[0].astype(np.float32)
    sizes = [(96, 160), (24, 40), (64, 64), (30, 100), (48, 33)]
    given = {"act": "resize", "values": flat(band), "from": band.shape, "how": how}
    for size, found in zip(sizes, browser(*({**given, "to": one} for one in sizes)), strict=True):
        expected = resize(band, size, how=how)
        np.testing.assert_allclose(numbers(found).reshape(size), expected, atol=1e-3, err_msg=size)


def test_resizing_that_nobody_knows() -> None:
    given = {"act": "resize", "values": [1, 2], "from": [1, 2], "to": [2, 2], "how": "crop"}
    assert browser(given) == ["resize"]


POSTS = [
    *((None, ""), (None, "Sigmoid"), ("torch.sigmoid", ""), ("torch.sigmoid", "Sigmoid")),
    *(("torch.nn.Softmax(dim=1)", ""), ("scipy.special.expit", ""), ("torch.argmax", "Softmax")),
    *(("identity", ""), ("x / 10", ""), ("torch.nn.functional.softmax", "Softmax")),
]


def output_spec(post: str | None, classes: tuple[Class, ...] = ()) -> OutputSpec:
    told = None if post is None else {"format": "python", "expression": post}
    order = ("batch", "class", "height", "width")
    return OutputSpec("out", "segmentation", (-1,) * 4, order, "float32", classes, told, "")


def test_post_processing() -> None:
    scores = np.random.default_rng(1).normal(0, 4, (3, 50)).astype(np.float32)
    scores[0, 0] = 300
    planes = [flat(one) for one in scores]
    cases = [
        {"act": "post", "expression": text, "inGraph": inside, "planes": planes}
        for text, inside in POSTS
    ]
    for (text, inside), found in zip(POSTS, browser(*cases), strict=True):
        post = post_process(output_spec(text), in_graph=inside, where="item")
        assert found["scores"] == post.scores, (text, inside)
        expected = post(scores[None].copy(), axis=1)[0]
        np.testing.assert_allclose(numbers(found["planes"]), expected, atol=1e-6)
    given = {"act": "post", "inGraph": "", "planes": planes}
    wrong = ("my.package:function", "log_softmax(x)", "x + y")
    assert browser(*({**given, "expression": one} for one in wrong)) == [
        "post",
        "expression",
        "post",
    ]


DECISIONS: list[tuple[list[int | None], str, int, float | None]] = [
    ([0, 1], "sigmoid", 1, 0.5),
    ([0, 1], "sigmoid", 1, None),
    ([3, 0], "sigmoid", 1, 0.3),
    ([5], "none", 1, 0.4),
    ([0, 1, 2], "softmax", 3, 0.5),
    ([0, 255, 7], "sigmoid", 3, 0.5),
    ([1, 2, 600], "none", 3, None),
    ([None, 2, 3], "none", 3, None),
    ([], "none", 3, None),
]


def test_classes_from_scores() -> None:
    rng = np.random.default_rng(2)
    cases, expected = [], []
    for values, kind, channels, declared in DECISIONS:
        scores = np.round(rng.random((channels, 6, 5)), 1).astype(np.float32)
        classes = tuple(Class(value, f"c{value}", None, None) for value in values)
        told = [
            {"value": c.value, "name": c.name, "description": None, "color": None} for c in classes
        ]
        post: Any = PostProcess("none", kind)  # type: ignore[arg-type]
        decision = decision_for(
            output_spec(None, classes),
            post,
            channels=channels,
            threshold=None,
            declared=declared,
            where="item",
        )
        expected.append((decision, decision(scores)))
        planes = [flat(one) for one in scores]
        case = {"act": "decide", "classes": told, "scores": kind, "planes": planes}
        cases.append({**case, "declared": declared})
    for found, (decision, chosen) in zip(browser(*cases), expected, strict=True):
        assert tuple(found["values"]) == decision.values
        assert found["background"] == decision.background
        assert found["unclassified"] == decision.unclassified
        assert found["threshold"] == decision.threshold
        assert found["chosen"] == chosen.ravel().tolist()


def test_classes_that_are_not_told() -> None:
    plane = {"act": "decide", "planes": [[0.5]], "declared": None, "scores": "none"}
    told = {"value": 1, "name": "a", "description": None, "color": None}
    assert browser(
        {**plane, "classes": []}, {**plane, "planes": [[1]] * 2, "classes": [told] * 3}
    ) == [
        "threshold",
        "classes",
    ]


def test_longitude_and_latitude() -> None:
    points = {
        32645: [(330_000, 3_060_000), (500_000, 0), (833_000, 9_300_000)],
        32733: [(166_000, 6_000_000), (500_000, 9_999_999)],
        25832: [(691_000, 5_334_000)],
        3857: [(0, 0), (9_500_000, 3_200_000), (-20_000_000, -20_000_000)],
        4326: [(85.5, 27.6)],
    }
    cases = [{"act": "degrees", "epsg": code, "points": given} for code, given in points.items()]
    for (code, given), found in zip(points.items(), browser(*cases), strict=True):
        x, y = zip(*given, strict=True)
        expected = rasterio.warp.transform(f"EPSG:{code}", "EPSG:4326", x, y)
        np.testing.assert_allclose(numbers(found), np.transpose(expected), rtol=0, atol=2e-8)
    assert browser({"act": "degrees", "epsg": 2154, "points": []}) == [None]


def test_areas_of_pixels() -> None:
    places = [
        ("EPSG:32645", (2.0, 0.5, 330_000, -0.5, -2.0, 3_060_000)),
        ("EPSG:4326", (1.3e-6, 0, 85.5, 0, -1.2e-6, 27.6)),
        ("EPSG:3857", (10, 0, 9_500_000, 0, -10, 3_200_000)),
        ("EPSG:2263", (3, 0, 900_000, 0, -3, 200_000)),
    ]
    cases, expected = [], []
    for name, transform in places:
        crs = rasterio.CRS.from_user_input(name)
        place = Place(300, 400, rasterio.Affine(*transform), crs)
        expected.append(np.prod(place.ground_size()))
        told = {
            "transform": transform,
            "epsg": crs.to_epsg(),
            "geographic": crs.is_geographic,
            "metre": None if crs.is_geographic else crs.linear_units_factor[1],
        }
        cases.append({"act": "area", "place": told, "width": 400, "height": 300})
    np.testing.assert_allclose(browser(*cases), expected, rtol=1e-9)


def test_polygons_are_those_of_the_mask() -> None:
    rng = np.random.default_rng(3)
    masks = [
        rng.integers(0, 3, (17, 23)),
        (rng.random((40, 30)) < 0.6).astype(int),
        np.pad(np.array([[1, 1, 1, 1], [1, 0, 1, 1], [1, 1, 0, 1], [1, 1, 1, 1]]), 2),
        np.array([[1, 0], [0, 1]]),
        np.ones((1, 1), int),
    ]
    cases = [
        {
            "act": "polygons",
            "values": mask.ravel().tolist(),
            "wanted": [1, 2],
            "height": mask.shape[0],
            "width": mask.shape[1],
            "scores": np.arange(mask.size).tolist(),
        }
        for mask in masks
    ]
    for mask, found in zip(masks, browser(*cases), strict=True):
        shapes = rasterio.features.shapes(mask.astype(np.uint8), mask=mask > 0, connectivity=4)
        expected = {(shapely.geometry.shape(one).wkb_hex, int(value)) for one, value in shapes}
        made = [shapely.Polygon(one["rings"][0], one["rings"][1:]) for one in found]
        assert all(one.is_valid for one in made)
        assert len(made) == len(expected)
        burnt = rasterio.features.rasterize(
            [(one, told["value"]) for one, told in zip(made, found, strict=True)], mask.shape
        )
        np.testing.assert_array_equal(burnt, mask)
        for one, told in zip(made, found, strict=True):
            here = rasterio.features.geometry_mask(
                [one], mask.shape, rasterio.Affine.identity(), invert=True
            )
            assert told["pixels"] == here.sum() == one.area
            assert told["score"] == pytest.approx(
                np.arange(mask.size).reshape(mask.shape)[here].mean()
            )


def boxes_spec(name: str, order: tuple[str, ...], boxes: str = "") -> OutputSpec:
    return OutputSpec(name, "detection", (-1,) * len(order), order, "float32", (), None, boxes)


def test_boxes() -> None:
    rng = np.random.default_rng(4)
    corners = rng.uniform(0, 60, (1, 40, 2)).astype(np.float32)
    boxes = np.concatenate([corners, corners + rng.uniform(5, 40, (1, 40, 2))], 2, dtype=np.float32)
    scores, labels = rng.random((1, 40), np.float32), rng.integers(0, 2, (1, 40))
    several = ("batch", "boxes", "values")
    rows = np.concatenate([boxes, rng.random((1, 40, 3), np.float32)], 2)
    forms = [
        (
            [boxes, scores, labels],
            [
                boxes_spec("boxes", several),
                boxes_spec("scores", several[:2]),
                boxes_spec("labels", several[:2]),
            ],
        ),
        ([rows], [boxes_spec("out", several)]),
        ([rows.transpose(0, 2, 1)], [boxes_spec("out", several, "xywh")]),
        ([rows[:, :, :6]], [boxes_spec("out", several)]),
        ([rows[:, :, :5]], [boxes_spec("out", several)]),
    ]
    counts = [2, 3, 3, 0, 0]
    cases, expected = [], []
    for (outputs, specs), count in zip(forms, counts, strict=True):
        found = decode(outputs, specs, classes=count, least=0.3, place=0)
        expected.append(suppress(found, overlap=0.4))
        arrays = [{"data": flat(one.astype(float)), "dims": one.shape} for one in outputs]
        told = [{"name": one.name, "order": one.order, "boxes": one.boxes} for one in specs]
        case = {"act": "detect", "outputs": arrays, "specs": told, "classes": count}
        cases.append({**case, "least": 0.3, "overlap": 0.4})
    for found, kept in zip(browser(*cases), expected, strict=True):
        assert len(found) == len(kept) > 3
        np.testing.assert_allclose([one["box"] for one in found], kept.corners, rtol=1e-5)
        np.testing.assert_allclose([one["score"] for one in found], kept.scores, rtol=1e-6)
        assert [one["label"] for one in found] == kept.labels.tolist()
