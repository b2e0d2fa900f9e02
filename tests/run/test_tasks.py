"""Every task: tiny networks whose answers are known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
import rasterio
import shapely
from tests.run import making
from tests.run.making import node, tensor

from geocairn.errors import InputError
from geocairn.run.runnable import load_item

BATCH = ("batch", "bands", "height", "width")


def means(folder: Path, *, size: int = 32, scale: float = 1.0) -> Path:
    """The mean of each band: (batch, bands)."""
    return making.saved(
        folder / "means.onnx",
        [
            node("ReduceMean", ["image"], ["mean"], axes=[2, 3], keepdims=0),
            node("Mul", ["mean", "scale"], ["output"]),
        ],
        [tensor("image", ["n", 3, size, size])],
        [tensor("output", ["n", 3])],
        weights={"scale": np.float32(scale)},
    )


def item_for(path: Path, told: dict[str, Any], *, size: int = 32, **more: Any) -> dict[str, Any]:
    return making.item_of(path, inputs=[making.image_input(size=size)], outputs=[told], **more)


PIXELS = making.image(64, 96)
TILES = [PIXELS[:, y : y + 32, x : x + 32] for y in (0, 32) for x in (0, 32, 64)]


@pytest.fixture
def square(tmp_path: Path) -> Path:
    return making.raster(tmp_path / "square.tif", PIXELS, photometric="RGB")


def test_classification_tells_a_class_for_each_window(tmp_path: Path, square: Path) -> None:
    path = means(tmp_path, scale=0.1)
    told = making.output(
        ("batch", "class"), (-1, 3), task="scene-classification", names=("a", "b", "c")
    )
    model = load_item(item_for(path, told))
    result = model.predict(square, tmp_path / "found.parquet", batch=4)
    rows = pq.read_table(tmp_path / "found.parquet").to_pylist()
    expected = making.softmax(np.array([tile.mean(axis=(1, 2)) * 0.1 for tile in TILES]))
    assert len(rows) == 6
    for row, scores in zip(rows, expected, strict=True):
        assert [row[f"score_{name}"] for name in "abc"] == pytest.approx(scores.tolist(), abs=1e-5)
        assert row["value"] == scores.argmax()
        assert row["class"] == "abc"[row["value"]]
    first = shapely.from_wkb(rows[0]["geometry"])
    assert first.bounds == (330_000, 3_060_000 - 64, 330_064, 3_060_000)
    assert sum(result.counts.values()) == 6


def test_embedding_gives_a_vector_for_each_window(tmp_path: Path, square: Path) -> None:
    told = making.output(
        ("batch", "embedding"), (-1, 3), task="similarity-search", names=(), post=None
    )
    model = load_item(item_for(means(tmp_path), told))
    model.predict(square, tmp_path / "found.parquet")
    vectors = pq.read_table(tmp_path / "found.parquet")["embedding"].to_pylist()
    expected = [tile.mean(axis=(1, 2)) for tile in TILES]
    np.testing.assert_allclose(vectors, expected, rtol=1e-5)
    model.predict(square, tmp_path / "found.gpkg")
    with pytest.raises(InputError, match="cog cannot hold"):
        model.predict(square, tmp_path / "found.tif")
    assert not (tmp_path / "found.tif").exists()


def test_regression_of_windows(tmp_path: Path, square: Path) -> None:
    path = making.saved(
        tmp_path / "mean.onnx",
        [node("ReduceMean", ["image"], ["output"], axes=[1, 2, 3], keepdims=0)],
        [tensor("image", ["n", 3, 32, 32])],
        [tensor("output", ["n"])],
    )
    told = making.output(("batch",), (-1,), task="regression", names=(), post=None)
    load_item(item_for(path, told)).predict(square, tmp_path / "found.geojson")
    features = json.loads((tmp_path / "found.geojson").read_text())["features"]
    found = [feature["properties"]["value"] for feature in features]
    assert found == pytest.approx([float(tile.mean()) for tile in TILES], rel=1e-5)


def test_regression_of_pixels(tmp_path: Path, square: Path) -> None:
    path = making.saved(
        tmp_path / "sum.onnx",
        [node("ReduceSum", ["image", "axis"], ["output"], keepdims=1)],
        [tensor("image", ["n", 3, "h", "w"])],
        [tensor("output", ["n", 1, "h", "w"])],
        weights={"axis": np.array([1])},
    )
    told = making.output(
        ("batch", "channel", "height", "width"),
        (-1, 1, -1, -1),
        task="regression",
        names=(),
        post=None,
    )
    model = load_item(item_for(path, told, size=-1))
    result = model.predict(square, tmp_path / "found.tif", tile=40, overlap=8)
    np.testing.assert_allclose(result.array(), PIXELS.astype(float).sum(axis=0), rtol=1e-5)
    assert result.kind == "values"


def test_arithmetic_as_post_processing(tmp_path: Path, square: Path) -> None:
    path = making.saved(
        tmp_path / "same.onnx",
        [node("Identity", ["image"], ["output"])],
        [tensor("image", ["n", 3, "h", "w"])],
        [tensor("output", ["n", 3, "h", "w"])],
    )
    told = making.output(
        BATCH, (-1, 3, -1, -1), task="regression", names=(), post="clip(x, 100, 150) / 10"
    )
    result = load_item(item_for(path, told, size=-1)).predict(square, tmp_path / "found.tif")
    np.testing.assert_allclose(result.array(), PIXELS.clip(100, 150) / 10, rtol=1e-5)


@pytest.mark.parametrize(("factor", "name"), [(0.25, "coarser"), (2, "finer")])
def test_outputs_of_another_resolution(
    tmp_path: Path, square: Path, factor: float, name: str
) -> None:
    if factor < 1:
        nodes = [node("AveragePool", ["image"], ["output"], kernel_shape=[4, 4], strides=[4, 4])]
        weights = {}
    else:
        nodes = [node("Resize", ["image", "", "scales"], ["output"], mode="nearest")]
        weights = {"scales": np.array([1, 1, 2, 2], np.float32)}
    path = making.saved(
        tmp_path / "pool.onnx",
        nodes,
        [tensor("image", ["n", 3, "h", "w"])],
        [tensor("output", ["n", 3, "h2", "w2"])],
        weights=weights,
    )
    told = making.output(BATCH, (-1, 3, -1, -1), task="super-resolution", names=(), post=None)
    model = load_item(item_for(path, told, size=-1))
    result = model.predict(square, tmp_path / "found.tif", tile=32, overlap=8)
    if factor < 1:
        expected = PIXELS.reshape(3, 16, 4, 24, 4).mean(axis=(2, 4))
    else:
        expected = PIXELS.repeat(2, 1).repeat(2, 2).astype(float)
    np.testing.assert_allclose(result.array(), expected, rtol=1e-4)
    with rasterio.open(tmp_path / "found.tif") as dataset:
        assert dataset.bounds == rasterio.open(square).bounds
        assert dataset.res == (2 / factor, 2 / factor)


def test_places_of_classes_are_no_numbers_to_average(tmp_path: Path, square: Path) -> None:
    path = making.saved(
        tmp_path / "best.onnx",
        [node("ArgMax", ["image"], ["output"], axis=1, keepdims=0)],
        [tensor("image", ["n", 3, "h", "w"])],
        [tensor("output", ["n", "h", "w"], kind=7)],
    )
    told = making.output(
        ("batch", "height", "width"), (-1, -1, -1), names=("a", "b", "c"), post=None
    )
    told["classification:classes"] = [
        {"value": value, "name": name, "description": name}
        for value, name in ((10, "a"), (20, "b"), (30, "c"))
    ]
    result = load_item(item_for(path, told, size=-1)).predict(square, tile=40, overlap=16)
    np.testing.assert_array_equal(result.array(), (PIXELS.argmax(axis=0) + 1) * 10)


def test_one_channel_is_the_score_of_the_last_class(tmp_path: Path, square: Path) -> None:
    path = making.saved(
        tmp_path / "one.onnx",
        [
            node("ReduceMean", ["image"], ["mean"], axes=[1], keepdims=1),
            node("Sub", ["mean", "shift"], ["output"]),
        ],
        [tensor("image", ["n", 3, "h", "w"])],
        [tensor("output", ["n", 1, "h", "w"])],
        weights={"shift": np.float32(125)},
    )
    told = making.output(shape=(-1, 1, -1, -1), post="torch.sigmoid")
    scores = 1 / (1 + np.exp(125 - PIXELS.mean(axis=0)))
    for declared, asked in ((0.5, None), (0.9, None), (0.5, 0.2)):
        item = item_for(path, told, size=-1, hyperparameters={"threshold": declared})
        result = load_item(item).predict(square, threshold=asked)
        least = declared if asked is None else asked
        np.testing.assert_array_equal(result.array(), scores >= least)


def detector(folder: Path, boxes: Any, *, several: bool = False) -> Path:
    """Gives the same candidates for every window, whatever it shows."""
    boxes = np.asarray(boxes, np.float32)
    nodes = [
        node("ReduceMean", ["image"], ["mean"], axes=[1, 2, 3], keepdims=0),
        node("Mul", ["mean", "zero"], ["nothing"]),
        node("Unsqueeze", ["nothing", "axes"], ["column"]),
    ]
    if several:
        parts = {"boxes": boxes[:, :4], "scores": boxes[:, 4:5], "labels": boxes[:, 5:6]}
        nodes += [node("Add", ["column", f"{name}_"], [name]) for name in parts]
        outputs = [tensor(name, ["n", len(boxes), part.shape[1]]) for name, part in parts.items()]
        weights = {f"{name}_": part[None] for name, part in parts.items()}
    else:
        nodes.append(node("Add", ["column", "boxes"], ["output"]))
        outputs = [tensor("output", ["n", *boxes.shape])]
        weights = {"boxes": boxes[None]}
    return making.saved(
        folder / "detector.onnx",
        nodes,
        [tensor("image", ["n", 3, 32, 32])],
        outputs,
        weights=weights | {"zero": np.float32(0), "axes": np.array([1, 2])},
    )


def detection(shape: tuple[int, ...], name: str = "output", **more: Any) -> dict[str, Any]:
    return making.output(
        ("batch", "boxes", "values"),
        shape,
        task="object-detection",
        names=("car", "ship"),
        post=None,
        name=name,
        **more,
    )


def rows_of(path: Path) -> list[dict[str, Any]]:
    rows = pq.read_table(path).to_pylist()
    for row in rows:
        row["box"] = shapely.from_wkb(row["geometry"]).bounds
    return rows


# Centre, size, and a score for each of two classes: a car, nearly the same one, a ship, nothing.
YOLO = [
    [10, 10, 8, 8, 0.9, 0.1],
    [10.5, 10, 8, 8, 0.8, 0.1],
    [20, 24, 4, 6, 0.2, 0.7],
    [5, 5, 2, 2, 0.1, 0.1],
]


@pytest.mark.parametrize("turned", [False, True])
def test_detection_from_centres_and_sizes(tmp_path: Path, turned: bool) -> None:
    scene = making.raster(tmp_path / "s.tif", making.image(32, 32), photometric="RGB")
    many = YOLO + [[1, 1, 1, 1, 0, 0]] * 30  # as such networks do: far more boxes than values
    path = detector(tmp_path, np.transpose(many) if turned else many)
    shape = (-1, 6, 34) if turned else (-1, 34, 6)
    model = load_item(item_for(path, detection(shape)))
    result = model.predict(scene, tmp_path / "found.parquet", threshold=0.5)
    rows = rows_of(tmp_path / "found.parquet")
    assert [(row["class"], row["score"]) for row in rows] == [("car", 0.9), ("ship", 0.7)]
    x, y = 330_000, 3_060_000
    assert rows[0]["box"] == (x + 12, y - 28, x + 28, y - 12)
    assert rows[0]["area_m2"] == pytest.approx(16 * 16)
    assert dict(result.counts) == {0: 1, 1: 1}


@pytest.mark.parametrize("several", [False, True])
def test_detection_from_corners_with_labels(tmp_path: Path, several: bool) -> None:
    scene = making.raster(tmp_path / "s.tif", making.image(32, 32), photometric="RGB")
    boxes = [[6, 6, 14, 14, 0.9, 0], [18, 21, 22, 27, 0.7, 1], [1, 1, 2, 2, 0.1, 1]]
    path = detector(tmp_path, boxes, several=several)
    if several:
        sizes = {"boxes": 4, "scores": 1, "labels": 1}
        told = [detection((-1, 3, size), name) for name, size in sizes.items()]
    else:
        told = [detection((-1, 3, 6), **{"geocairn:boxes": "xyxy"})]
        told[0]["classification:classes"] = making.classes("car", "ship", "plane")
    item = making.item_of(path, inputs=[making.image_input(size=32)], outputs=told)
    load_item(item).predict(scene, tmp_path / "found.parquet", threshold=0.5)
    rows = rows_of(tmp_path / "found.parquet")
    assert [(row["class"], row["value"]) for row in rows] == [("car", 0), ("ship", 1)]
    assert rows[1]["box"] == (330_036, 3_059_946, 330_044, 3_059_958)


def test_an_object_in_two_windows_is_one(tmp_path: Path, square: Path) -> None:
    """Every window says the same; windows share half of their pixels."""
    boxes = [[4, 4, 12, 12, 0.9, 0], [20, 4, 28, 12, 0.8, 0]]
    path = detector(tmp_path, boxes, several=True)
    sizes = {"boxes": 4, "scores": 1, "labels": 1}
    told = [detection((-1, 2, size), name) for name, size in sizes.items()]
    item = making.item_of(path, inputs=[making.image_input(size=32)], outputs=told)
    load_item(item).predict(square, tmp_path / "found.parquet", overlap=16, threshold=0.5)
    rows = rows_of(tmp_path / "found.parquet")
    boxes_found = [shapely.from_wkb(row["geometry"]) for row in rows]
    assert len({one.bounds for one in boxes_found}) == len(boxes_found) == 6 * 3
    # Where two windows saw it, the better score is kept.
    assert sum(row["score"] == 0.8 for row in rows) == 3


def test_boxes_in_no_usual_form(tmp_path: Path, square: Path) -> None:
    path = detector(tmp_path, np.zeros((3, 9)))
    with pytest.raises(InputError, match="9 values for each box"):
        load_item(item_for(path, detection((-1, 3, 9)))).predict(square, tmp_path / "f.parquet")
    assert list(tmp_path.glob("*f.parquet*")) == []
