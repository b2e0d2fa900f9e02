"""Mean, standard deviation, range and class balance of chips, in one pass over them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from geocairn_training.errors import DataError
from geocairn_training.facts import Statistics

__all__ = ["measure"]


def measure(
    samples: Iterable[tuple[npt.NDArray[np.generic], npt.NDArray[np.generic]]],
    *,
    bands: int,
    classes: Sequence[str],
    ignore: int,
) -> Statistics:
    """Measure chips and masks.

    Means and variances of chips are merged as in Chan, Golub and LeVeque (1979), "Updating
    formulae and a pairwise algorithm for computing sample variances", so that large values do not
    drown small differences.

    Args:
        samples: Image (bands, h, w) in raw values and mask (h, w) with class indices, where pixels
            without data have the ignored value.
        bands: Number of bands.
        classes: Name of each class.
        ignore: Value of pixels that are not labelled.

    Raises:
        DataError: If no pixel is left, or a band has one value everywhere.
    """
    count = 0
    mean, squares = np.zeros(bands), np.zeros(bands)
    low, high = np.full(bands, np.inf), np.full(bands, -np.inf)
    balance = np.zeros(len(classes), np.int64)
    for image, mask in samples:
        known = mask != ignore
        values = image[:, known].astype(np.float64)
        if values.shape[1] == 0:
            continue
        here, amount = values.mean(axis=1), values.shape[1]
        shift = here - mean
        squares += ((values - here[:, None]) ** 2).sum(axis=1)
        squares += shift**2 * (count * amount / (count + amount))
        mean += shift * (amount / (count + amount))
        count += amount
        low, high = np.minimum(low, values.min(axis=1)), np.maximum(high, values.max(axis=1))
        balance += np.bincount(mask[known].astype(np.int64), minlength=len(classes))
    if not count:
        raise DataError(
            "no pixel of the training chips is labelled",
            remedy="Check that masks have class values and that chips are not all nodata.",
        )
    std = np.sqrt(squares / count)
    if (std == 0).any():
        band = int(np.flatnonzero(std == 0)[0]) + 1
        raise DataError(
            f"band {band} has the same value in every pixel of the training chips",
            remedy="Leave that band out, or look for a fault in the imagery.",
        )
    return Statistics(
        mean=tuple(map(float, mean)),
        std=tuple(map(float, std)),
        minimum=tuple(map(float, low)),
        maximum=tuple(map(float, high)),
        class_balance=dict(zip(classes, (balance / balance.sum()).tolist(), strict=True)),
        pixels=count,
    )
