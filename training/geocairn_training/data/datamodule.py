"""The Lightning data module: pairs, split, statistics and loaders."""

from __future__ import annotations

from pathlib import Path

import lightning.pytorch as pl
import torch
from torch.utils.data import DataLoader

from geocairn_training.data import pairs as pairing
from geocairn_training.data import split as splitting
from geocairn_training.data import statistics
from geocairn_training.data.augment import Augmentation
from geocairn_training.data.dataset import IGNORE, ChipDataset, Draws, Sample, Values
from geocairn_training.data.pairs import Pair
from geocairn_training.errors import DataError
from geocairn_training.facts import BandFact, ClassFact, Split, Statistics

__all__ = ["BUILDINGS", "RGB", "ChipDataModule"]

RGB = (
    BandFact(name="red", common_name="red"),
    BandFact(name="green", common_name="green"),
    BandFact(name="blue", common_name="blue"),
)
BUILDINGS = (
    ClassFact(name="background", value=0, title="Background", color="000000"),
    ClassFact(name="building", value=1, title="Building", color="E6550D"),
)


class ChipDataModule(pl.LightningDataModule):
    """Chips of one folder and masks of another, divided by blocks of ground.

    Args:
        chips: Folder of GeoTIFF chips.
        labels: Folder of masks with the chips' names.
        weights: Folder of weights of the training chips' pixels; None for equal ones.
        batch_size: Samples per step and process.
        bands: The chips' bands, in order; None for red, green and blue.
        classes: The masks' classes; None for background (0) and building (1).
        fractions: Share of the chips for validation and for test.
        block: Edge of a block in metres; None for twice the edge of a chip.
        split_seed: Of the draw of blocks.
        seed: Of order and augmentation.
        repeats: How often each training chip is drawn in an epoch.
        augmentation: What to do to training samples; None for nothing.
        workers: Processes that load samples; 0 loads in the training process.
        cached: Whether each process keeps the chips it has read in memory.
    """

    def __init__(
        self,
        chips: Path,
        labels: Path,
        *,
        weights: Path | None = None,
        batch_size: int = 4,
        bands: list[BandFact] | None = None,
        classes: list[ClassFact] | None = None,
        fractions: tuple[float, float] = (0.2, 0.2),
        block: float | None = None,
        split_seed: int = 0,
        seed: int = 0,
        repeats: int = 1,
        augmentation: Augmentation | None = None,
        workers: int = 0,
        cached: bool = True,
    ) -> None:
        super().__init__()
        if batch_size < 1 or repeats < 1 or workers < 0:
            raise DataError(
                f"batch size {batch_size}, repeats {repeats}, workers {workers}",
                remedy="Batch size and repeats are 1 or more, workers 0 or more.",
            )
        self.bands, self.classes = tuple(bands or RGB), tuple(classes or BUILDINGS)
        if len({entry.value for entry in self.classes}) < max(2, len(self.classes)):
            raise DataError(
                "classes need two values or more, each another",
                remedy="Correct data.classes of the configuration.",
            )
        self.chips, self.labels, self.batch_size = Path(chips), Path(labels), batch_size
        self.weights = None if weights is None else Path(weights)
        self.fractions, self.block, self.split_seed = tuple(fractions), block, split_seed
        self.seed, self.repeats, self.augmentation = seed, repeats, augmentation
        self.workers, self.cached = workers, cached
        self.pairs: dict[str, tuple[Pair, ...]] = {}
        self.split: Split | None = None
        self.statistics: Statistics | None = None
        self._sets: dict[str, ChipDataset] = {}

    @property
    def values(self) -> Values:
        """How values of masks become class indices."""
        return Values(classes=tuple(entry.value for entry in self.classes))

    def setup(self, stage: str) -> None:  # noqa: ARG002 - every stage needs the split
        """Pair, divide and measure; done once.

        Raises:
            DataError: See `pairs.find`, `split.blocks`, `dataset.read` and `statistics.measure`.
        """
        if self._sets:
            return
        found = pairing.find(self.chips, self.labels, bands=len(self.bands), weights=self.weights)
        self._check_crop(found[0])
        self.pairs, edge = splitting.blocks(
            found, fractions=self.fractions, block=self.block, seed=self.split_seed
        )
        self.split = Split(
            method="spatial-blocks",
            block=edge,
            seed=self.split_seed,
            chips={name: tuple(p.name for p in part) for name, part in self.pairs.items()},
        )
        sets = {
            name: ChipDataset(
                part,
                values=self.values,
                augmentation=self.augmentation if name == "train" else None,
                cached=self.cached,
                # What is measured is measured with equal weights.
                weighted=name == "train",
            )
            for name, part in self.pairs.items()
        }
        training = sets["train"]
        self.statistics = statistics.measure(
            ((a.numpy(), b.numpy()) for a, b in map(training.raw, range(len(training)))),
            bands=len(self.bands),
            classes=[entry.name for entry in self.classes],
            ignore=IGNORE,
        )
        for name in splitting.SPLITS[1:]:
            for index in range(len(sets[name])):
                sets[name].raw(index)  # what is broken shows now, not after the first epoch
        self._sets = sets

    def _check_crop(self, pair: Pair) -> None:
        crop = self.augmentation.crop if self.augmentation else 0
        if crop > min(pair.chip.height, pair.chip.width) or crop < 0:
            raise DataError(
                f"a crop of {crop} pixels from chips of {pair.chip.height} x {pair.chip.width}",
                remedy="Choose data.augmentation.crop no larger than the chips, or 0.",
            )

    def sizes(self) -> set[tuple[int, int]]:
        """Heights and widths of the samples that the network will see."""
        chip = next(part for part in self.pairs.values() if part)[0].chip
        crop = self.augmentation.crop if self.augmentation else 0
        return {(chip.height, chip.width), (crop or chip.height, crop or chip.width)}

    def dataset(self, name: str) -> ChipDataset:
        """The samples of one split: ``train``, ``validation`` or ``test``."""
        return self._sets[name]

    def train_dataloader(self) -> DataLoader[Sample]:
        """Training samples, each epoch in another order."""
        trainer = self.trainer
        draws = Draws(
            len(self.dataset("train")),
            seed=self.seed,
            repeats=self.repeats,
            rank=trainer.global_rank if trainer else 0,
            ranks=trainer.world_size if trainer else 1,
        )
        return self._loader("train", draws)

    def val_dataloader(self) -> DataLoader[Sample] | list[DataLoader[Sample]]:
        """Validation samples in order; no loader where the split is empty."""
        return self._loader("validation") if self.pairs["validation"] else []

    def test_dataloader(self) -> DataLoader[Sample] | list[DataLoader[Sample]]:
        """Test samples in order; no loader where the split is empty."""
        return self._loader("test") if self.pairs["test"] else []

    def loader(self, name: str) -> DataLoader[Sample]:
        """Samples of one split in order, without augmentation."""
        return self._loader(name)

    def _loader(self, name: str, draws: Draws | None = None) -> DataLoader[Sample]:
        return DataLoader(
            self.dataset(name),
            batch_size=self.batch_size,
            sampler=draws,
            num_workers=self.workers,
            # A loader without one draws from torch's own numbers, which a resumed run continues.
            generator=torch.Generator().manual_seed(self.seed),
            persistent_workers=self.workers > 0,
            pin_memory=bool(self.trainer and self.trainer.strategy.root_device.type == "cuda"),
        )
