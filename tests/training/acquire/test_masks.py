"""Masks and weights: classes between neighbours, in every CRS that labels may have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import rasterio
from click.testing import CliRunner
from rasterio.crs import CRS
from rasterio.warp import transform_geom
from shapely.geometry import Polygon, box, mapping, shape

from geocairn.progress import Silent
from geocairn_training.acquire import footprints
from geocairn_training.acquire.footprints import Footprints
from geocairn_training.acquire.masks import Burner
from geocairn_training.acquire.preprocess import Job, preprocess
from geocairn_training.cli.preprocess import command
from geocairn_training.data.pairs import Grid, grid
from geocairn_training.errors import DataError

UTM = "EPSG:32645"
EAST, NORTH = 353_000.0, 3_060_000.0
STEP, SIZE = 0.5, 64  # metres a pixel, pixels


def _square(left: float, top: float, edge: float = 8.0) -> Polygon:
    """A building by its upper left corner, in metres from that of the chip."""
    return box(EAST + left, NORTH - top - edge, EAST + left + edge, NORTH - top)


@pytest.fixture
def chip(tmp_path: Path) -> Path:
    path = tmp_path / "given" / "chip.tif"
    path.parent.mkdir()
    pixels = np.random.default_rng(0).integers(0, 255, (3, SIZE, SIZE), dtype=np.uint8)
    place = rasterio.Affine(STEP, 0, EAST, 0, -STEP, NORTH)
    with rasterio.open(
        path, "w", driver="GTiff", height=SIZE, width=SIZE, count=3, dtype="uint8", crs=UTM,
        transform=place,
    ) as file:  # fmt: skip
        file.write(pixels)
    return path


@pytest.fixture
def here(chip: Path) -> Grid:
    return grid(chip)


def _of(*shapes: Polygon) -> Footprints:
    return Footprints(shapes=shapes, crs=CRS.from_user_input(UTM))


def test_a_boundary_lies_between_neighbours_alone(here: Grid) -> None:
    near = _of(_square(4, 4), _square(13, 4), _square(4, 20))  # 1 m apart, and 8 m apart
    mask = Burner(near, boundary=2.0).mask(here)
    gap = mask[8:24, 24:26]  # rows 4 m to 12 m, columns 12 m to 13 m
    assert (gap == 2).all()
    assert set(np.unique(mask[26:38])) == {0}  # 8 m are no neighbourhood
    # Half of 2 m around each of both: the strip reaches no further into a building than that.
    assert (mask[10:22, 10:22] == 1).all()
    assert (Burner(near).mask(here)[8:24, 24:26] == 0).all()


def test_touching_buildings_are_kept_apart(here: Grid) -> None:
    touching = Burner(_of(_square(4, 4), _square(12, 4)), boundary=2.0).mask(here)
    assert (touching[10:22, 22:26] == 2).all()
    left, right = touching[16, :24], touching[16, 24:]
    assert (left == 1).sum() == (right == 1).sum() == 14


def test_degrees_are_not_square(tmp_path: Path) -> None:
    """At 60 degrees north a degree of longitude is half as long; strips are as wide either way."""
    path = tmp_path / "north.tif"
    down = 0.5 / 111_195  # half a metre in degrees of latitude
    place = rasterio.Affine(2 * down, 0, 10, 0, -down, 60)
    with rasterio.open(
        path, "w", driver="GTiff", height=64, width=64, count=1, dtype="uint8", crs="EPSG:4326",
        transform=place,
    ) as file:  # fmt: skip
        file.write(np.zeros((1, 64, 64), np.uint8))

    def square(column: int, row: int) -> Polygon:
        x, y = place @ (column, row)
        return box(x, y - 16 * down, x + 32 * down, y)

    crs = CRS.from_user_input("OGC:CRS84")
    beside = Footprints(shapes=(square(4, 4), square(22, 4)), crs=crs)
    above = Footprints(shapes=(square(4, 4), square(4, 22)), crs=crs)
    across, along = (Burner(one, boundary=4.0).mask(grid(path)) for one in (beside, above))
    assert (across == 2).sum() == pytest.approx((along == 2).sum(), rel=0.1)
    assert (across == 2).sum() > 50


def test_weights_follow_their_formula(here: Grid) -> None:
    first, second = _square(4, 4), _square(14, 4)  # 2 m apart
    weights = Burner(_of(first, second, _square(60, 60))).weights(here, sigma=2.0)
    assert weights.dtype == np.float32
    assert weights.shape == (SIZE, SIZE)
    for row, column in ((16, 26), (16, 16), (16, 40), (4, 26), (30, 26)):
        point = shape({"type": "Point", "coordinates": here.transform @ (column + 0.5, row + 0.5)})
        distances = first.distance(point) + second.distance(point)
        expected = 1 + 10 * np.exp(-(distances**2) / (2 * 2.0**2))
        assert weights[row, column] == pytest.approx(expected, rel=0.005)
    assert weights[16, 26] > 6
    assert weights[50, 50] == 1
    alone = Burner(_of(first)).weights(here, sigma=2.0)
    assert (alone == 1).all()


def test_a_neighbour_outside_the_chip_counts(here: Grid) -> None:
    outside = _of(_square(4, 4), Polygon(_square(4, -5).exterior))  # its lower edge is 3 m above
    assert outside.shapes[1].bounds[1] > NORTH - 4
    weights = Burner(outside).weights(here, sigma=2.0)
    assert weights[4, 16] > 3


def _geojson(path: Path, shapes: list[Polygon], crs: str, *, declared: bool = True) -> Path:
    member = {"crs": {"type": "name", "properties": {"name": crs}}} if declared else {}
    features = [
        {"type": "Feature", "properties": {}, "geometry": transform_geom(UTM, crs, mapping(one))}
        for one in shapes
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", **member, "features": features}))
    return path


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857", "EPSG:32644", "EPSG:32645"])
@pytest.mark.parametrize("kind", ["geojson", "geoparquet"])
def test_labels_of_any_crs_give_the_same_mask(
    chip: Path, here: Grid, tmp_path: Path, crs: str, kind: str
) -> None:
    shapes = [_square(4, 4), _square(20, 11, 6)]
    expected = Burner(_of(*shapes)).mask(here)
    path = tmp_path / f"labels.{kind}"
    if kind == "geojson":
        _geojson(path, shapes, crs)
    else:
        geopandas.GeoSeries(shapes, crs=UTM).to_crs(crs).to_frame("geometry").to_parquet(path)
    job = Job(folder=tmp_path / "data", chips=chip.parent, labels=path, weights=1.5)
    assert preprocess(job, progress=Silent()) == 1
    with rasterio.open(tmp_path / "data" / "labels" / "chip.tif") as file:
        assert (file.read(1) != expected).sum() <= 4  # a pixel centre on an edge goes either way
        assert file.crs == here.crs
    with rasterio.open(tmp_path / "data" / "weights" / "chip.tif") as file:
        assert file.dtypes == ("float32",)
        assert file.transform == here.transform


def _parquet(path: Path, **changes: Any) -> Path:
    geopandas.GeoSeries([_square(4, 4)], crs=UTM).to_frame("geometry").to_parquet(path)
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    about = json.loads(table.schema.metadata[b"geo"])
    about["columns"]["geometry"] |= changes
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(about)}), path)
    return path


def test_a_crs_that_is_not_declared_is_noticed(tmp_path: Path) -> None:
    path = _geojson(tmp_path / "metres.geojson", [_square(4, 4)], UTM, declared=False)
    with pytest.raises(DataError, match="are not degrees, and no other CRS is declared"):
        footprints.read(path)
    with pytest.raises(DataError, match="are not degrees"):
        footprints.read(_parquet(tmp_path / "null.parquet", crs=None))
    with pytest.raises(DataError, match="unknown coordinate reference system"):
        footprints.read(_parquet(tmp_path / "odd.parquet", crs="EPSG:999999"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "not JSON"),
        (b"[]", "not a GeoJSON FeatureCollection"),
        (b'{"type": "FeatureCollection", "features": []}', "no polygons"),
        (b'{"type": "FeatureCollection", "features": [1]}', "feature 0 has no geometry"),
        (b'{"features": [{"geometry": {"type": "Polygon", "coordinates": 5}}]}', "feature 0"),
        (b'{"features": [], "crs": 5}', "its crs is"),
        (b'{"features": [], "crs": {"properties": {"name": 5}}}', "its crs is"),
        (b'{"features": [{"geometry": {"type": "Point", "coordinates": [0, 0]}}]}', "no polygons"),
        (b"PAR1 and nothing else", "not GeoParquet"),
    ],
)
def test_labels_that_are_none(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "labels"
    path.write_bytes(content)
    with pytest.raises(DataError, match=words) as caught:
        footprints.read(path)
    assert str(path) in str(caught.value)
    assert caught.value.remedy


def test_labels_of_elsewhere_leave_no_masks(chip: Path, tmp_path: Path) -> None:
    labels = _geojson(tmp_path / "far.geojson", [_square(40_000, 0)], "EPSG:4326")
    job = Job(folder=tmp_path / "data", chips=chip.parent, labels=labels)
    with pytest.raises(DataError, match="no footprint lies on any chip"):
        preprocess(job, progress=Silent())
    assert not list((tmp_path / "data").glob("labels/*"))
    assert not (tmp_path / "data" / "dataset.json").exists()


def test_what_is_known_of_the_sources_is_kept(chip: Path, tmp_path: Path) -> None:
    labels = _geojson(tmp_path / "houses.geojson", [_square(4, 4)], "EPSG:4326")
    data = tmp_path / "data"
    arguments = ["--chips-dir", chip.parent, "--labels", labels, "--train-dir", data]
    told = ["--imagery-licence", "CC-BY-4.0", "--imagery-attribution", "Flyers", "--date"]
    told += ["2024-03-01/2024-03-02"]
    done = CliRunner().invoke(command, [*map(str, arguments), *told])
    assert done.exit_code == 0, done.output
    found = json.loads((data / "dataset.json").read_text())
    assert found["interval"] == {"start": "2024-03-01T00:00:00Z", "end": "2024-03-02T23:59:59Z"}
    imagery, footprints_ = found["sources"]
    assert (imagery["role"], imagery["licence"]) == ("imagery", "CC-BY-4.0")
    assert imagery["attribution"] == "Flyers"
    assert (footprints_["role"], footprints_["title"]) == ("labels", "houses.geojson")
    (data / "dataset.json").write_text('{"title": "Mine"}')
    assert CliRunner().invoke(command, [*map(str, arguments)]).exit_code == 0
    assert (data / "dataset.json").read_text() == '{"title": "Mine"}'
