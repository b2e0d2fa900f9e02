"""A U-Net: an encoder, a decoder, and skip connections between their levels.

After Ronneberger, Fischer and Brox (2015), https://arxiv.org/abs/1505.04597, with padded
convolutions (the output is as large as the input), normalisation, and a limit to the doubling of
channels, so that a deep network can stay small. Where pixels are finer than what is looked for, the
first level may take them in patches: they become channels, and channels become pixels again at the
end (Shi et al. 2016, https://arxiv.org/abs/1609.05158).
"""

from __future__ import annotations

from collections.abc import Callable
from math import gcd
from typing import Literal

import torch
from torch import Tensor, nn

__all__ = ["Norm", "UNet"]

Norm = Literal["batch", "group", "none"]
_GROUP = 8


def _normalisation(norm: Norm) -> Callable[[int], nn.Module]:
    makers: dict[str, Callable[[int], nn.Module]] = {
        "batch": nn.BatchNorm2d,
        # As many groups of about eight channels as divide them.
        "group": lambda channels: nn.GroupNorm(gcd(channels, max(1, channels // _GROUP)), channels),
        "none": lambda _: nn.Identity(),
    }
    if norm not in makers:
        raise ValueError(f"norm must be one of {', '.join(makers)}, not {norm!r}")
    return makers[norm]


class _Double(nn.Sequential):
    """Two 3 x 3 convolutions, each normalised and rectified."""

    def __init__(self, inputs: int, outputs: int, *, norm: Norm, dropout: float) -> None:
        make = _normalisation(norm)
        layers: list[nn.Module] = []
        for channels in (inputs, outputs):
            # A bias before batch or group normalisation would be taken out again.
            layers += [
                nn.Conv2d(channels, outputs, 3, padding=1, bias=norm == "none"),
                make(outputs),
                nn.ReLU(inplace=True),
            ]
        if dropout:
            layers.append(nn.Dropout2d(dropout))
        super().__init__(*layers)


class _Up(nn.Module):
    """Doubles height and width, joins the encoder's features of that level, and mixes them."""

    def __init__(self, inputs: int, skip: int, outputs: int, *, norm: Norm, dropout: float) -> None:
        super().__init__()
        self.rise = nn.ConvTranspose2d(inputs, outputs, 2, stride=2)
        self.mix = _Double(outputs + skip, outputs, norm=norm, dropout=dropout)

    def forward(self, below: Tensor, skip: Tensor) -> Tensor:
        mixed: Tensor = self.mix(torch.cat([skip, self.rise(below)], dim=1))
        return mixed


class UNet(nn.Module):
    """Logits for every pixel; there is no activation in the network.

    Args:
        bands: Bands of the input.
        classes: Channels of the output: one per class, or 1 for a sigmoid between two classes.
        width: Channels of the first level; each further level has twice as many.
        depth: Number of levels below the first. Height and width of the input must be multiples
            of ``patch * 2**depth``.
        widest: The most channels that a level may have; 0 for no limit.
        norm: ``batch``, ``group`` (better for batches of a few chips) or ``none``.
        dropout: Probability that a channel is dropped, in the two deepest levels, while training.
        patch: Height and width of the patches of pixels that the first level works on; 1 for
            single pixels.

    Raises:
        ValueError: For sizes that make no network.
    """

    def __init__(
        self,
        bands: int,
        classes: int,
        *,
        width: int = 32,
        depth: int = 4,
        widest: int = 0,
        norm: Norm = "batch",
        dropout: float = 0.0,
        patch: int = 1,
    ) -> None:
        super().__init__()
        sizes_given = {"bands": bands, "classes": classes, "width": width, "patch": patch}
        for name, value in sizes_given.items():
            if value < 1:
                raise ValueError(f"{name} must be 1 or more, not {value}")
        if not 1 <= depth <= 8:
            raise ValueError(f"depth must be from 1 to 8, not {depth}")
        if not 0 <= dropout < 1:
            raise ValueError(f"dropout must be from 0 to below 1, not {dropout}")
        self.bands, self.classes, self.depth = bands, classes, depth
        self.width, self.widest, self.norm, self.patch = width, widest, norm, patch
        sizes = [min(width << level, widest or width << level) for level in range(depth + 1)]
        drops = [dropout if level >= depth - 1 else 0.0 for level in range(depth + 1)]
        self.encoder = nn.ModuleList(
            _Double(inputs, outputs, norm=norm, dropout=drop)
            for inputs, outputs, drop in zip([bands * patch**2, *sizes], sizes, drops, strict=False)
        )
        self.pool = nn.MaxPool2d(2)
        self.decoder = nn.ModuleList(
            _Up(sizes[level + 1], sizes[level], sizes[level], norm=norm, dropout=0.0)
            for level in reversed(range(depth))
        )
        self.head = nn.Conv2d(sizes[0], classes * patch**2, 1)
        self.gather = nn.PixelUnshuffle(patch) if patch > 1 else nn.Identity()
        self.spread = nn.PixelShuffle(patch) if patch > 1 else nn.Identity()
        self._initialise()

    def _initialise(self) -> None:
        # He et al. (2015), https://arxiv.org/abs/1502.01852, for rectified layers.
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d) and layer is not self.head:
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)

    @property
    def multiple(self) -> int:
        """Height and width of the input must be multiples of this."""
        return self.patch << self.depth

    def forward(self, images: Tensor) -> Tensor:
        """Compute logits.

        Args:
            images: float32 (n, bands, h, w), already scaled; h and w multiples of `multiple`.

        Returns:
            Logits, (n, classes, h, w).
        """
        features = self.gather(images)
        skips: list[Tensor] = []
        for level, block in enumerate(self.encoder):
            features = block(features if level == 0 else self.pool(features))
            skips.append(features)
        skips.pop()
        for rise in self.decoder:
            features = rise(features, skips.pop())
        logits: Tensor = self.spread(self.head(features))
        return logits
