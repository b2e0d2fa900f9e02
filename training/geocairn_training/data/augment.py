"""Random changes to a chip and its mask, drawn from a generator of their own.

Every draw comes from the generator that is passed in, never from a global one: the same seed
gives the same sample, whichever process loads it and whenever.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Generator, Tensor
from torch.nn import functional

__all__ = ["Augmentation", "augment"]


@dataclass(frozen=True, kw_only=True)  # jsonargparse cannot read slots
class Augmentation:
    """What may be done to a training sample.

    Attributes:
        crop: Height and width of a random part, in pixels; 0 for the whole chip.
        flips: Whether to flip and turn by quarters: from above, no direction is special.
        rotation: The most degrees to turn by, either way.
        zoom: The most to enlarge or shrink by, as a share: 0.2 is from 1/1.2 to 1.2.
        brightness: The most to brighten or darken by, as a share of the chip's values.
        contrast: The most to stretch or flatten by, as a share.
        color: The most that each band is brightened or darkened apart, as a share.
    """

    crop: int = 0
    flips: bool = True
    rotation: float = 0.0
    zoom: float = 0.0
    brightness: float = 0.1
    contrast: float = 0.1
    color: float = 0.05


def augment(
    image: Tensor, mask: Tensor, *, how: Augmentation, ignore: int, generator: Generator
) -> tuple[Tensor, Tensor]:
    """Change one sample.

    Args:
        image: float32 (bands, h, w), raw values.
        mask: int64 (extras, h, w); the class indices, and whatever else lies on the same pixels.
        how: What may be done.
        ignore: Written to the mask where the turned or shrunk chip has no pixels.
        generator: Where every random number comes from.

    Returns:
        Image and mask, of the size of the crop where there is one.
    """

    def draw(reach: float) -> float:
        return (2 * float(torch.rand((), generator=generator)) - 1) * reach

    size = (how.crop, how.crop) if how.crop else tuple(image.shape[-2:])
    angle, zoom = draw(math.radians(how.rotation)), math.exp(draw(math.log1p(how.zoom)))
    if how.rotation or how.zoom:
        image, mask = _sample(image, mask, size, angle, zoom, ignore, generator)
    elif how.crop:
        image, mask = _crop(image, mask, size, generator)
    if how.flips:
        turns, flip = torch.randint(4, (), generator=generator), draw(1) > 0
        image, mask = (torch.rot90(part, int(turns), (-2, -1)) for part in (image, mask))
        if flip:
            image, mask = image.flip(-1), mask.flip(-1)
    image = image * (1 + draw(how.brightness))
    middle = image.mean(dim=(-2, -1), keepdim=True)
    image = middle + (image - middle) * (1 + draw(how.contrast))
    shifts = torch.rand((image.shape[0], 1, 1), generator=generator) * 2 - 1
    return image * (1 + shifts * how.color), mask.contiguous()


def _crop(
    image: Tensor, mask: Tensor, size: tuple[int, ...], generator: Generator
) -> tuple[Tensor, Tensor]:
    top, left = (
        int(torch.randint(whole - part + 1, (), generator=generator))
        for whole, part in zip(image.shape[-2:], size, strict=True)
    )
    where = (..., slice(top, top + size[0]), slice(left, left + size[1]))
    return image[where], mask[where]


def _sample(
    image: Tensor,
    mask: Tensor,
    size: tuple[int, ...],
    angle: float,
    zoom: float,
    ignore: int,
    generator: Generator,
) -> tuple[Tensor, Tensor]:
    """Turned, scaled and cropped in one interpolation (bilinear; nearest for the mask)."""
    height, width = image.shape[-2:]
    # Affine grids go from -1 to 1 over the output; the centre moves as far as the chip reaches.
    reach = [
        max(0.0, 1 - part / whole / zoom) for part, whole in zip(size, (height, width), strict=True)
    ]
    shift = (torch.rand(2, generator=generator) * 2 - 1) * torch.tensor(reach)
    rows, columns = size[0] / height / zoom, size[1] / width / zoom
    cosine, sine = math.cos(angle), math.sin(angle)
    ratio = height / width
    theta = torch.tensor(
        [
            [cosine * columns, -sine * rows * ratio, float(shift[1])],
            [sine * columns / ratio, cosine * rows, float(shift[0])],
        ]
    )
    grid = functional.affine_grid(theta[None], [1, 1, size[0], size[1]], align_corners=False)
    image = functional.grid_sample(
        image[None], grid, mode="bilinear", padding_mode="reflection", align_corners=False
    )[0]
    # Shifted by the ignored value, so that the zeros outside become it.
    moved = (mask - ignore)[None].float()
    mask = functional.grid_sample(moved, grid, mode="nearest", align_corners=False)[0].long()
    return image, mask + ignore
