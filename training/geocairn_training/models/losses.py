"""Losses over logits; pixels with the ignored value count for nothing.

Dice: Milletari et al. (2016), https://arxiv.org/abs/1606.04797, with squares left out as is usual
for soft masks: ``1 - 2 |p t| / (|p| + |t|)``, here over a whole batch, so that chips without a
class do not dominate.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["Loss", "SegmentationLoss"]

Loss = Literal["dice+ce", "ce", "dice"]


class SegmentationLoss(nn.Module):
    """Cross-entropy (binary for one output channel), soft Dice, or the sum of both.

    Args:
        kind: ``dice+ce``, ``ce`` or ``dice``.
        ignore: Value of pixels that are not labelled.
        class_weights: Weight of each class in the cross-entropy, by class; empty for equal ones.
        smoothing: Label smoothing of the cross-entropy, from 0 to below 1.
    """

    def __init__(
        self,
        kind: Loss = "dice+ce",
        *,
        ignore: int = 255,
        class_weights: Sequence[float] = (),
        smoothing: float = 0.0,
    ) -> None:
        super().__init__()
        if kind not in ("dice+ce", "ce", "dice"):
            raise ValueError(f"loss must be dice+ce, ce or dice, not {kind!r}")
        if not 0 <= smoothing < 1:
            raise ValueError(f"smoothing must be from 0 to below 1, not {smoothing}")
        self.kind, self.ignore, self.smoothing = kind, ignore, smoothing
        weights = torch.tensor(class_weights, dtype=torch.float32) if class_weights else None
        self.register_buffer("weights", weights, persistent=False)

    def forward(self, logits: Tensor, masks: Tensor, pixel_weights: Tensor | None = None) -> Tensor:
        """Compute the loss in float32, whatever the precision of the logits.

        Args:
            logits: (n, c, h, w); c is 1 for a decision between classes 0 and 1.
            masks: int64 (n, h, w), class values from 0, or the ignored value.
            pixel_weights: float32 (n, h, w), multiplied with the cross-entropy of each pixel.

        Returns:
            A scalar; 0 where no pixel is labelled.
        """
        logits = logits.float()
        known = masks != self.ignore
        parts = []
        if self.kind != "dice":
            parts.append(self._entropy(logits, masks, known, pixel_weights))
        if self.kind != "ce":
            parts.append(_dice(logits, masks, known))
        return torch.stack(parts).sum()

    def _entropy(
        self, logits: Tensor, masks: Tensor, known: Tensor, pixel_weights: Tensor | None
    ) -> Tensor:
        weights = self.get_buffer("weights") if self.weights is not None else None
        if logits.shape[1] == 1:
            targets = (masks == 1).float()
            smooth = targets * (1 - self.smoothing) + 0.5 * self.smoothing
            losses = functional.binary_cross_entropy_with_logits(
                logits[:, 0], smooth, reduction="none"
            )
            scale = known.float()
            if weights is not None:
                scale = scale * torch.where(masks == 1, weights[1], weights[0])
        else:
            safe = torch.where(known, masks, 0)
            losses = functional.cross_entropy(
                logits, safe, reduction="none", label_smoothing=self.smoothing
            )
            scale = known.float()
            if weights is not None:
                scale = scale * weights[safe]
        if pixel_weights is not None:
            scale = scale * pixel_weights
        return (losses * scale).sum() / scale.sum().clamp_min(1e-6)


def _dice(logits: Tensor, masks: Tensor, known: Tensor) -> Tensor:
    """Mean soft Dice loss over the classes; over class 1 alone where a sigmoid decides."""
    valid = known.unsqueeze(1).float()
    if logits.shape[1] == 1:
        probabilities = logits.sigmoid()
        targets = (masks == 1).unsqueeze(1).float()
    else:
        probabilities = logits.softmax(dim=1)
        safe = torch.where(known, masks, 0)
        targets = functional.one_hot(safe, logits.shape[1]).movedim(-1, 1).float()
    probabilities, targets = probabilities * valid, targets * valid
    overlap = (probabilities * targets).sum(dim=(0, 2, 3))
    total = probabilities.sum(dim=(0, 2, 3)) + targets.sum(dim=(0, 2, 3))
    # One pixel keeps a class that is neither there nor predicted at a loss of zero.
    return (1 - (2 * overlap + 1) / (total + 1)).mean()
