"""Outlines lie where the mask says, their scores are those inside, and corners are square."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely
from rasterio.features import rasterize
from shapely.affinity import rotate

from geocairn.model import Class
from geocairn.run.polygons import Tracing, trace
from geocairn.run.scenes import Place
from geocairn.run.squaring import main_direction, squared


@pytest.mark.parametrize("seed", range(3))
def test_scores_are_the_means_of_the_pixels_inside(tmp_path: Path, seed: int) -> None:
    """Whatever holes, corners that touch and missing data there are, and over several strips."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 3, (110, 23)).astype(np.uint8)
    classes = np.kron(coarse, np.ones((11, 5), np.uint8))
    scores = rng.random((2, *classes.shape)).astype(np.float32)
    scores[:, classes == 0] = np.nan
    place = {"transform": rasterio.Affine(0.5, 0, 320_000, 0, -0.5, 3_060_000)}
    place |= {"crs": "EPSG:32645", "driver": "GTiff"}
    mask, probabilities = tmp_path / "mask.tif", tmp_path / "scores.tif"
    for path, values in ((mask, classes[None]), (probabilities, scores)):
        count, height, width = values.shape
        size = {"count": count, "height": height, "width": width, "dtype": values.dtype}
        with rasterio.open(path, "w", **size, **place) as dataset:
            dataset.write(values)
    labels = [Class(1, "one", None, None), Class(2, "two", None, None)]
    how = Tracing(tolerance=0)
    found = trace(mask, probabilities, classes=labels, background=0, how=how)
    assert len(found) > 100
    assert any(one.geometry.interiors for one in found)
    for one in found:
        inside = rasterize(
            [one.geometry], out_shape=classes.shape, transform=place["transform"]
        ).astype(bool)
        assert (classes[inside] == one.label.value).all()
        expected = scores[one.label.value - 1][inside].mean(dtype=np.float64)
        assert one.score == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("crs", "transform", "expected"),
    [
        # A degree of latitude is pi/180 of the mean radius: 111,195 m; at 60 degrees half across.
        ("EPSG:4326", (1e-5, 0, 10, 0, -1e-5, 60), (0.556, 1.112)),
        ("EPSG:32632", (0.3, 0, 5e5, 0, -0.3, 6e6), (0.3, 0.3)),
        # Web Mercator stretches by 1 / cos(latitude); y = 8,399,738 m is 60 degrees.
        ("EPSG:3857", (2, 0, 0, 0, -2, 8399738), (1.0, 1.0)),
        (None, (1, 0, 0, 0, 1, 0), (1, 1)),
    ],
)
def test_size_of_a_pixel_on_the_ground(
    crs: str | None, transform: tuple[float, ...], expected: tuple[float, float]
) -> None:
    known = rasterio.CRS.from_string(crs) if crs else None
    place = Place(10, 10, rasterio.Affine(*transform), known)
    assert place.ground_size() == pytest.approx(expected, rel=1e-3)


def noisy(polygon: Any, seed: int) -> Any:
    ring = shapely.segmentize(polygon, 1.0).exterior
    points = shapely.get_coordinates(ring)[:-1]
    shaken = points + np.random.default_rng(seed).normal(0, 0.12, points.shape)
    return shapely.Polygon(shaken)


def right_angles(polygon: Any) -> bool:
    points = shapely.get_coordinates(polygon.exterior)
    steps = np.diff(np.vstack([points, points[1]]), axis=0)
    angles = np.diff(np.arctan2(steps[:, 1], steps[:, 0]))
    return bool(np.allclose(np.abs(np.sin(angles)), 1))


@pytest.mark.parametrize("turn", [0, 17, 44, 80])
def test_shaken_outlines_become_square(turn: int) -> None:
    corner = shapely.Polygon([(0, 0), (20, 0), (20, 8), (9, 8), (9, 15), (0, 15)])
    house = rotate(corner, turn, origin=(0, 0))
    found = squared(noisy(house, turn), tolerance=1.5)
    assert right_angles(found)
    assert len(found.exterior.coords) == 7
    assert found.intersection(house).area / found.union(house).area > 0.93


def test_main_direction() -> None:
    box = shapely.get_coordinates(rotate(shapely.box(0, 0, 9, 4), 25).exterior)
    assert math.degrees(main_direction(box)) == pytest.approx(25)


def test_what_is_not_square_at_all_is_left_alone() -> None:
    sliver = shapely.Polygon([(0, 0), (30, 29), (30, 30)])
    assert squared(sliver, tolerance=2).equals(sliver)
