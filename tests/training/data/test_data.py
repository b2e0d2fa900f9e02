"""Pairs, split, statistics and draws."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import rasterio

from geocairn_training.data import pairs, split, statistics
from geocairn_training.data.augment import Augmentation
from geocairn_training.data.datamodule import ChipDataModule
from geocairn_training.data.dataset import ChipDataset, Draw, Draws, Values, read, read_weights
from geocairn_training.data.synthetic import make
from geocairn_training.errors import DataError


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("town"), chips=16, size=64)


@pytest.fixture
def copy(town: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(town, tmp_path / "copy"))


def _found(folder: Path) -> tuple[pairs.Pair, ...]:
    return pairs.find(folder / "chips", folder / "labels", bands=3)


def _rewritten(path: Path, **changes: object) -> None:
    with rasterio.open(path) as file:
        values, profile = file.read(), {**file.profile, **changes}
    values = np.resize(values, (profile["count"], profile["height"], profile["width"]))
    with rasterio.open(path, "w", **profile) as file:
        file.write(values)


def test_pairs_go_by_name(town: Path) -> None:
    found = _found(town)
    assert len(found) == 16
    assert all(pair.chip.path.name == pair.mask.path.name for pair in found)


@pytest.mark.parametrize(
    ("crs", "left", "top", "step"),
    [
        ("EPSG:32645", 353_000, 3_060_000, (0.5, 0.5)),  # turned by 0.7 degrees against north
        ("EPSG:3857", 9_514_000, 3_206_000, (0.5, 0.5)),
        ("EPSG:4326", 85.5, 27.66, (5.07e-6, 4.51e-6)),
    ],
)
def test_size_on_the_ground(
    tmp_path: Path, crs: str, left: float, top: float, step: tuple[float, float]
) -> None:
    profile = {"driver": "GTiff", "height": 200, "width": 100, "count": 1, "dtype": "uint8"}
    place = rasterio.Affine(step[0], 0, left, 0, -step[1], top)
    with rasterio.open(tmp_path / "a.tif", "w", **profile, crs=crs, transform=place):
        pass
    wide, high = pairs.grid(tmp_path / "a.tif").ground
    # At 27.66 degrees north: Mercator's scale is 1 / cos, that of UTM 0.99988 there.
    shrunk = {"EPSG:3857": np.cos(np.radians(27.66))}.get(crs, 1.0)
    assert wide == pytest.approx(50 * shrunk, rel=0.005)
    assert high == pytest.approx(100 * shrunk, rel=0.005)


@pytest.mark.parametrize(
    ("where", "change", "words"),
    [
        ("labels", {"transform": rasterio.Affine(2, 0, 5, 0, -2, 5)}, "does not lie where"),
        ("labels", {"crs": "EPSG:32645"}, "is in EPSG:32645"),
        ("labels", {"width": 32}, "64 x 32 pixels"),
        ("labels", {"count": 2}, "one band"),
        ("chips", {"count": 1}, "1 bands where 3"),
        ("chips", {"crs": None}, "no coordinate reference system"),
    ],
)
def test_what_does_not_fit_is_said(
    copy: Path, where: str, change: dict[str, object], words: str
) -> None:
    path = sorted((copy / where).iterdir())[3]
    _rewritten(path, **change)
    with pytest.raises(DataError, match=words) as caught:
        _found(copy)
    assert path.name in str(caught.value)


def test_missing_and_empty(copy: Path) -> None:
    path = sorted((copy / "labels").iterdir())[2]
    path.unlink()
    with pytest.raises(DataError, match=f"no mask is named {path.stem}"):
        _found(copy)
    shutil.rmtree(copy / "labels")
    with pytest.raises(DataError, match="no such folder"):
        _found(copy)
    (copy / "labels").mkdir()
    with pytest.raises(DataError, match="no GeoTIFF masks"):
        _found(copy)


def test_a_damaged_chip_is_named(copy: Path) -> None:
    pair = _found(copy)[0]
    data = pair.chip.path.read_bytes()
    pair.chip.path.write_bytes(data[: len(data) // 2])
    with pytest.raises(DataError, match=pair.name):
        read(_found(copy)[0], values=Values(classes=(0, 1)))


def test_values_of_no_class_are_refused(town: Path) -> None:
    pair = next(pair for pair in _found(town) if rasterio.open(pair.mask.path).read().any())
    with pytest.raises(DataError, match="value 1 belongs to no class"):
        read(pair, values=Values(classes=(0, 7)))


def test_blocks_are_held_out_whole(town: Path) -> None:
    found = _found(town)
    parts, edge = split.blocks(found, fractions=(0.25, 0.25), block=None, seed=3)
    assert {name: len(part) for name, part in parts.items()} == {
        "train": 8,
        "validation": 4,
        "test": 4,
    }
    assert sorted(pair.name for part in parts.values() for pair in part) == [p.name for p in found]
    blocks = {}
    for name, part in parts.items():
        for pair in part:
            _, x, y, _ = pair.name.split("-")
            blocks.setdefault((int(x) // 2, int(y) // 2), set()).add(name)
    assert len(blocks) == 4
    assert all(len(names) == 1 for names in blocks.values())
    assert edge == pytest.approx(2 * 76.4, rel=0.01)
    again, _ = split.blocks(found, fractions=(0.25, 0.25), block=None, seed=3)
    assert again == parts


def test_too_few_blocks(town: Path) -> None:
    with pytest.raises(DataError, match="too few"):
        split.blocks(_found(town), fractions=(0.2, 0.2), block=10_000, seed=0)


def test_statistics_are_of_the_training_split_alone(copy: Path) -> None:
    def module() -> ChipDataModule:
        data = ChipDataModule(copy / "chips", copy / "labels", fractions=(0.25, 0.25))
        data.setup("fit")
        return data

    first = module()
    for name in ("validation", "test"):
        for pair in first.pairs[name]:
            with rasterio.open(pair.chip.path, "r+") as file:
                file.write(np.full((3, 64, 64), 255, np.uint8))
    assert module().statistics == first.statistics
    values = np.concatenate(
        [rasterio.open(p.chip.path).read().reshape(3, -1) for p in first.pairs["train"]], axis=1
    ).astype(np.float64)
    assert first.statistics is not None
    np.testing.assert_allclose(first.statistics.mean, values.mean(axis=1), rtol=1e-12)
    np.testing.assert_allclose(first.statistics.std, values.std(axis=1), rtol=1e-10)


def test_statistics_leave_out_what_is_ignored() -> None:
    image = np.array([[[1.0, 3.0, 1e9]]])
    mask = np.array([[0, 1, 255]], np.uint8)
    found = statistics.measure([(image, mask)], bands=1, classes=["a", "b"], ignore=255)
    assert (found.mean, found.std, found.maximum) == ((2.0,), (1.0,), (3.0,))
    assert found.class_balance == {"a": 0.5, "b": 0.5}


def test_draws_depend_on_seed_and_epoch_alone() -> None:
    def drawn(epoch: int, **options: int) -> list[Draw]:
        draws = Draws(7, seed=5, **options)
        draws.set_epoch(epoch)
        return list(draws)

    assert drawn(2) == drawn(2) != drawn(3)
    assert sorted(draw.chip for draw in drawn(0, repeats=2)) == sorted([*range(7)] * 2)
    ranks = [drawn(4, rank=rank, ranks=2) for rank in range(2)]
    assert len(ranks[0]) == len(ranks[1]) == 4
    assert {draw.chip for part in ranks for draw in part} == set(range(7))


def test_augmentation_moves_image_and_mask_alike(town: Path) -> None:
    how = Augmentation(crop=32, rotation=30, zoom=0.3, brightness=0, contrast=0, color=0)
    found = _found(town)
    data = ChipDataset(found, values=Values(classes=(0, 1)), augmentation=how)
    # A chip that is its own mask stays so, but for what interpolation does at edges.
    image, mask = data.raw(0)
    data._kept = {0: (mask[None].repeat(3, 1, 1).to(image.dtype) * 200, mask)}
    for seed in range(8):
        sample = data[Draw(0, seed)]
        known = sample["mask"] != 255
        agree = ((sample["image"][0] > 100) == (sample["mask"] == 1))[known]
        assert sample["image"].shape == (3, 32, 32)
        assert agree.float().mean() > 0.97
        assert data[Draw(0, seed)]["image"].equal(sample["image"])


@pytest.fixture
def weighted(copy: Path) -> Path:
    """Weights that can be told from the mask: 5 on buildings, 1 elsewhere."""
    (copy / "weights").mkdir()
    for path in (copy / "labels").iterdir():
        with rasterio.open(path) as file:
            mask, profile = file.read(), {**file.profile, "dtype": "float32"}
        with rasterio.open(copy / "weights" / path.name, "w", **profile) as file:
            file.write(mask.astype(np.float32) * 4 + 1)
    return copy


def _weighted_module(folder: Path) -> ChipDataModule:
    how = Augmentation(crop=32, rotation=30, zoom=0.3)
    parts = (folder / name for name in ("chips", "labels", "weights"))
    chips, labels, weights = parts
    data = ChipDataModule(chips, labels, weights=weights, augmentation=how)
    data.setup("fit")
    return data


def test_weights_are_turned_with_their_mask(weighted: Path) -> None:
    data = _weighted_module(weighted)
    heavy = 0
    for seed in range(8):
        sample = data.dataset("train")[Draw(seed % 4, seed)]
        known = sample["mask"] != 255
        assert sample["weights"].shape == (32, 32)
        expected = sample["mask"].float() * 4 + 1
        assert sample["weights"][known].equal(expected[known])
        heavy += int((sample["weights"] == 5).sum())
    assert heavy
    # What is measured is measured with equal weights.
    assert "weights" not in data.dataset("validation")[0]


def test_weights_that_do_not_fit_are_said(weighted: Path) -> None:
    path = min((weighted / "weights").iterdir())
    values = rasterio.open(path).read()
    for wrong in (-1.0, np.nan, np.inf):
        values[0, 0, 0] = wrong
        with rasterio.open(path, "r+") as file:
            file.write(values)
        with pytest.raises(DataError, match="negative, not finite") as caught:
            read_weights(path)
        assert path.name in str(caught.value)
    _rewritten(path, crs="EPSG:32645")
    with pytest.raises(DataError, match="is in EPSG:32645"):
        _weighted_module(weighted)
    path.unlink()
    with pytest.raises(DataError, match=f"no file of weights is named {path.stem}"):
        _weighted_module(weighted)
