"""One sample at a time: read, translated to class indices, and augmented."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, NotRequired, TypedDict

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.utils.data import Dataset, Sampler

from geocairn_training.data.augment import Augmentation, augment
from geocairn_training.data.pairs import Pair
from geocairn_training.data.rasters import opened
from geocairn_training.errors import DataError

__all__ = ["IGNORE", "ChipDataset", "Draw", "Draws", "Sample", "Values", "read", "read_weights"]

IGNORE = 255
# Weights are turned with their mask as whole numbers: thousandths are fine enough for a loss.
_THOUSAND = 1000


class Sample(TypedDict):
    """One sample, or a batch of them with one more dimension in front.

    Attributes:
        image: float32 (bands, h, w), raw values.
        mask: int64 (h, w), class indices, 255 where nothing is known.
        name: Of the chip.
        weights: float32 (h, w), how much each pixel counts, where the data set has such weights.
    """

    image: Tensor
    mask: Tensor
    name: str
    weights: NotRequired[Tensor]


class Draw(NamedTuple):
    """Which chip, and the seed for what is random about it."""

    chip: int
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """How values of mask files become class indices.

    Attributes:
        classes: Value of each class, in order of the indices.
        ignored: Values that mean that nothing is known.
    """

    classes: tuple[int, ...]
    ignored: tuple[int, ...] = (IGNORE,)


def read(pair: Pair, *, values: Values) -> tuple[npt.NDArray[np.generic], npt.NDArray[np.uint8]]:
    """Read a chip and its mask.

    Args:
        pair: Their files.
        values: Of the classes.

    Returns:
        Raw values (bands, h, w), and class indices (h, w), 255 where the mask says so or the chip
        has no data.

    Raises:
        DataError: If a file cannot be read to its end, a value belongs to no class, or a value is
            not a finite number.
    """
    image, valid = _open(pair.chip.path)
    raw, _ = _open(pair.mask.path)
    indices = np.full(raw.shape[1:], IGNORE, np.uint8)
    known = np.isin(raw[0], values.ignored)
    for index, value in enumerate(values.classes):
        indices[raw[0] == value] = index
        known |= raw[0] == value
    if not known.all():
        raise DataError(
            f"value {raw[0][~known][0]} belongs to no class",
            where=str(pair.mask.path),
            remedy=f"Classes have the values {', '.join(map(str, values.classes))}: correct the "
            "mask, or name its classes under data.classes of the configuration.",
        )
    if np.issubdtype(image.dtype, np.floating):
        finite = np.isfinite(image).all(axis=0)
        if not finite[valid].all():
            raise DataError(
                "values that are not finite numbers",
                where=str(pair.chip.path),
                remedy="Declare them as nodata in the file, or mend them.",
            )
        image = np.where(valid, image, 0)
    indices[~valid] = IGNORE
    return image, indices


def read_weights(path: Path) -> npt.NDArray[np.float32]:
    """Read the weights of a chip's pixels, (h, w).

    Raises:
        DataError: If the file cannot be read to its end, or a weight is negative or no number.
    """
    raw, _ = _open(path)
    weights: npt.NDArray[np.float32] = raw[0].astype(np.float32)
    if not (np.isfinite(weights).all() and (weights >= 0).all() and weights.max() < 1e6):
        raise DataError(
            "weights that are negative, not finite, or a million and more",
            where=str(path),
            remedy="Make them with `geocairn-train preprocess --weights METRES`.",
        )
    return weights


def _open(path: Path) -> tuple[npt.NDArray[np.generic], npt.NDArray[np.bool_]]:
    with opened(path) as file:
        return file.read(), file.dataset_mask() > 0


class ChipDataset(Dataset[Sample]):
    """Chips and masks.

    Args:
        pairs: Their files.
        values: How values of masks become class indices.
        augmentation: What to do to samples that are drawn with a seed; None for nothing.
        cached: Whether chips stay in memory once read.
        weighted: Whether samples have the weights of their pixels, where the pairs have any.
    """

    def __init__(
        self,
        pairs: Sequence[Pair],
        *,
        values: Values,
        augmentation: Augmentation | None = None,
        cached: bool = True,
        weighted: bool = False,
    ) -> None:
        self.pairs = tuple(pairs)
        self.values, self.augmentation, self.weighted = values, augmentation, weighted
        self._kept: dict[int, tuple[Tensor, Tensor]] | None = {} if cached else None
        self._kept_weights: dict[int, Tensor] = {}

    def __len__(self) -> int:
        return len(self.pairs)

    def raw(self, index: int) -> tuple[Tensor, Tensor]:
        """The chip as it is on disk, and its mask as uint8 indices."""
        if self._kept is not None and index in self._kept:
            return self._kept[index]
        image, mask = read(self.pairs[index], values=self.values)
        pair = torch.from_numpy(np.ascontiguousarray(image)), torch.from_numpy(mask)
        if self._kept is not None:
            self._kept[index] = pair
        return pair

    def _weights(self, index: int) -> Tensor | None:
        """Weights of a chip's pixels in thousandths, int64 (h, w)."""
        grid = self.pairs[index].weights if self.weighted else None
        if grid is None or index in self._kept_weights:
            return self._kept_weights.get(index)
        weights = torch.from_numpy(read_weights(grid.path)).mul(_THOUSAND).round().long()
        if self._kept is not None:
            self._kept_weights[index] = weights
        return weights

    def __getitem__(self, draw: Draw | int) -> Sample:
        index, seed = draw if isinstance(draw, tuple) else (draw, None)
        image, mask = self.raw(index)
        image, weights = image.float(), self._weights(index)
        masks = torch.stack([mask.long(), *(() if weights is None else (weights,))])
        if self.augmentation is not None and seed is not None:
            generator = torch.Generator().manual_seed(seed)
            image, masks = augment(
                image, masks, how=self.augmentation, ignore=IGNORE, generator=generator
            )
        sample: Sample = {"image": image, "mask": masks[0], "name": self.pairs[index].name}
        if weights is not None:
            sample["weights"] = masks[1].float() / _THOUSAND
        return sample


class Draws(Sampler[Draw]):
    """Chips in random order, with a seed for each: a function of seed and epoch alone.

    A run that was killed and resumed, and one with another number of loader processes, therefore
    see the same samples. Ranks of a distributed run share one order and take turns; where chips
    do not divide evenly, the first ones fill up.

    Args:
        size: Number of chips.
        seed: Of the run.
        repeats: How often each chip is drawn in an epoch.
        rank: Of this process.
        ranks: Number of processes.
    """

    def __init__(
        self, size: int, *, seed: int, repeats: int = 1, rank: int = 0, ranks: int = 1
    ) -> None:
        self.size, self.seed, self.repeats = size, seed, repeats
        self.rank, self.ranks = rank, ranks
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Choose the order; Lightning calls this at the start of every epoch."""
        self.epoch = epoch

    def __len__(self) -> int:
        return -(-self.size * self.repeats // self.ranks)

    def __iter__(self) -> Iterator[Draw]:
        rng = np.random.default_rng((self.seed, self.epoch))
        order = np.concatenate([rng.permutation(self.size) for _ in range(self.repeats)])
        seeds = rng.integers(2**62, size=len(order))
        whole = len(self) * self.ranks
        for place in range(self.rank, whole, self.ranks):
            at = place % len(order)
            yield Draw(int(order[at]), int(seeds[at]))
