"""The Lightning module: network, loss, optimiser, schedule and metrics."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import lightning.pytorch as pl
import torch
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor, nn
from torch.optim.lr_scheduler import LambdaLR, OneCycleLR

from geocairn_training.data.dataset import IGNORE, Sample
from geocairn_training.errors import DataError, DivergedError, RunError
from geocairn_training.models import metrics
from geocairn_training.models.losses import Loss, SegmentationLoss
from geocairn_training.models.unet import Norm, UNet

__all__ = ["Schedule", "SegmentationTask", "load"]

Schedule = Literal["cosine", "one-cycle", "constant"]
_LOOK_EVERY = 20  # steps between looks at the loss on devices that would have to wait for it


class SegmentationTask(pl.LightningModule):
    """Trains a U-Net to give each pixel a class.

    Two classes are decided by one logit and a sigmoid, more by one logit each and a softmax. The
    network itself ends with logits; `probabilities` is the one place that activates them.

    Args:
        bands: Name of each band.
        classes: Name of each class, in order of the indices.
        width: See `geocairn_training.models.unet.UNet`, as for the next five.
        depth: Number of levels below the first.
        widest: The most channels of a level.
        patch: Height and width of the patches of pixels that the first level works on.
        norm: Normalisation.
        dropout: Of the deepest levels.
        loss: ``dice+ce``, ``ce`` or ``dice``.
        class_weights: Of the cross-entropy, by class.
        smoothing: Label smoothing.
        lr: Learning rate; the highest one of the schedule.
        weight_decay: Of AdamW; norms and biases are exempt.
        schedule: ``cosine`` after a linear warm-up, ``one-cycle`` or ``constant``.
        warmup: Share of all steps in which the rate rises.
        threshold: Probability from which on a pixel is of class 1, where a sigmoid decides.
        compiled: Whether to run the network through `torch.compile`.
        channels_last: Whether the network's memory is laid out with channels last.
    """

    mean: Tensor
    std: Tensor

    def __init__(
        self,
        *,
        bands: Sequence[str] = ("red", "green", "blue"),
        classes: Sequence[str] = ("background", "building"),
        width: int = 32,
        depth: int = 4,
        widest: int = 0,
        patch: int = 1,
        norm: Norm = "batch",
        dropout: float = 0.0,
        loss: Loss = "dice+ce",
        class_weights: Sequence[float] = (),
        smoothing: float = 0.0,
        lr: float = 1e-3,
        weight_decay: float = 1e-2,  # noqa: ARG002 - kept by save_hyperparameters
        schedule: Schedule = "cosine",  # noqa: ARG002 - kept by save_hyperparameters
        warmup: float = 0.05,  # noqa: ARG002 - kept by save_hyperparameters
        threshold: float = 0.5,  # noqa: ARG002 - kept by save_hyperparameters
        compiled: bool = False,
        channels_last: bool = True,
    ) -> None:
        super().__init__()
        if not (math.isfinite(lr) and lr > 0):
            raise DataError(f"learning rate {lr}", remedy="Give --lr a number above 0.")
        self.save_hyperparameters()
        self.lr = lr
        self.classes = tuple(classes)
        outputs = 1 if len(classes) == 2 else len(classes)
        self.network = UNet(
            len(bands),
            outputs,
            width=width,
            depth=depth,
            widest=widest,
            norm=norm,
            dropout=dropout,
            patch=patch,
        )
        if channels_last:
            self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.criterion = SegmentationLoss(
            loss, ignore=IGNORE, class_weights=class_weights, smoothing=smoothing
        )
        self.register_buffer("mean", torch.zeros(len(bands)))
        self.register_buffer("std", torch.ones(len(bands)))
        self.metrics = nn.ModuleDict(
            {
                f"{name}_metrics": metrics.collection(len(classes), ignore=IGNORE)
                for name in ("train", "validation", "test")
            }
        )
        # In a tuple, so that the compiled network is not a second submodule with the same weights.
        self._runner: tuple[Any, ...] = (torch.compile(self.network) if compiled else self.network,)
        self._total: dict[str, tuple[Tensor, int]] = {}

    @property
    def activation(self) -> Literal["sigmoid", "softmax"]:
        """What turns this network's logits into probabilities."""
        return "sigmoid" if self.network.classes == 1 else "softmax"

    def scale(self, images: Tensor) -> Tensor:
        """Raw values (n, bands, h, w) to the network's input: z-scores by band, float32."""
        return (images - self.mean[:, None, None]) / self.std[:, None, None]

    def forward(self, images: Tensor) -> Tensor:
        """Raw values (n, bands, h, w) to logits (n, classes or 1, h, w)."""
        scaled = self.scale(images)
        if self.hparams["channels_last"]:
            scaled = scaled.contiguous(memory_format=torch.channels_last)
        logits: Tensor = self._runner[0](scaled)
        return logits

    def probabilities(self, logits: Tensor) -> Tensor:
        """Logits to probabilities (n, classes or 1, h, w), float32."""
        logits = logits.float()
        return logits.sigmoid() if self.activation == "sigmoid" else logits.softmax(dim=1)

    def decide(self, logits: Tensor) -> Tensor:
        """Logits to class indices (n, h, w)."""
        if self.activation == "softmax":
            return logits.argmax(dim=1)
        # The logistic function rises, so its threshold has one logit.
        threshold = float(self.hparams["threshold"])
        return (logits[:, 0] >= math.log(threshold / (1 - threshold))).long()

    def setup(self, stage: str) -> None:
        """Take over the statistics of the training split, and check the sizes of samples."""
        if stage != "fit":
            return
        module: Any = self.trainer.datamodule  # type: ignore[attr-defined]
        self.mean.copy_(torch.tensor(module.statistics.mean))
        self.std.copy_(torch.tensor(module.statistics.std))
        multiple = self.network.multiple
        for height, width in module.sizes():
            if height % multiple or width % multiple:
                raise DataError(
                    f"samples of {height} x {width} pixels, but a network of depth "
                    f"{self.network.depth} needs multiples of {multiple}",
                    remedy="Choose data.augmentation.crop, model.depth or model.patch accordingly.",
                )

    def training_step(self, batch: Sample, index: int) -> Tensor:
        """One step: the loss of a batch.

        Raises:
            DivergedError: If the loss is not a finite number.
        """
        loss = self._step(batch, "train")
        if self.device.type == "cpu" or index % _LOOK_EVERY == 0:
            self._look(loss)
        return loss

    def validation_step(self, batch: Sample, index: int) -> None:  # noqa: ARG002 - Lightning's
        """Measure a batch."""
        self._step(batch, "validation")

    def test_step(self, batch: Sample, index: int) -> None:  # noqa: ARG002 - Lightning's
        """Measure a batch."""
        self._step(batch, "test")

    def _step(self, batch: Sample, split: str) -> Tensor:
        logits = self(batch["image"])
        loss: Tensor = self.criterion(logits, batch["mask"], batch.get("weights"))
        count = len(batch["image"])
        total, seen = self._total.get(split, (torch.zeros((), device=loss.device), 0))
        self._total[split] = total + loss.detach() * count, seen + count
        measured: Any = self.metrics[f"{split}_metrics"]
        measured.update(self.decide(logits.detach()), batch["mask"])
        return loss

    def _look(self, loss: Tensor) -> None:
        finite = bool(torch.isfinite(loss))
        if self.trainer.world_size > 1:
            # All processes stop together: one that stopped alone would leave the others waiting.
            finite = self.trainer.strategy.reduce_boolean_decision(finite, all=True)
        if not finite:
            value = float(loss.detach())
            raise DivergedError(
                f"the loss is {value} in epoch {self.current_epoch}, step {self.global_step}",
                remedy=f"Lower the learning rate (--lr, now {self.lr:g}), clip gradients "
                "(--trainer.gradient_clip_val 1), or look for broken values in the chips. The last "
                "checkpoint is from before.",
            )

    def on_train_epoch_end(self) -> None:
        """Report the epoch's training measures."""
        self._report("train")

    def on_validation_epoch_end(self) -> None:
        """Report the validation measures."""
        self._report("validation")

    def on_test_epoch_end(self) -> None:
        """Report the test measures."""
        self._report("test")

    def _report(self, split: str) -> None:
        measured: Any = self.metrics[f"{split}_metrics"]
        if split not in self._total:
            return
        total, count = self._total.pop(split)
        if split == "train":
            self._look(total)
        found = metrics.named(measured.compute(), self.classes)
        measured.reset()
        self.log(f"{split}/loss", total / count, sync_dist=True, batch_size=count)
        self.log_dict({f"{split}/{name}": value for name, value in found.items()}, batch_size=count)

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """AdamW (Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101) and a schedule."""
        plain = [entry for entry in self.network.parameters() if entry.ndim > 1]
        exempt = [entry for entry in self.network.parameters() if entry.ndim <= 1]
        decay = float(self.hparams["weight_decay"])
        optimizer = torch.optim.AdamW(
            [{"params": plain, "weight_decay": decay}, {"params": exempt, "weight_decay": 0.0}],
            lr=self.lr,
        )
        schedule: Schedule = self.hparams["schedule"]
        if schedule == "constant":
            return optimizer
        steps = max(1, int(self.trainer.estimated_stepping_batches))
        share = float(self.hparams["warmup"])
        if schedule == "one-cycle":
            rise = min(max(share, 1 / steps), 0.9)
            scheduler: Any = OneCycleLR(optimizer, self.lr, total_steps=steps + 1, pct_start=rise)
        else:
            scheduler = LambdaLR(optimizer, _Cosine(steps=steps, rising=int(share * steps)))
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": scheduler, "interval": "step"},
        }


class _Cosine:
    """Linear rise, then half a cosine down to a hundredth (https://arxiv.org/abs/1608.03983)."""

    def __init__(self, *, steps: int, rising: int) -> None:
        self.steps, self.rising = steps, rising

    def __call__(self, step: int) -> float:
        if step < self.rising:
            return (step + 1) / (self.rising + 1)
        done = min(1.0, (step - self.rising) / max(1, self.steps - self.rising))
        return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * done))


def load(checkpoint: Path) -> SegmentationTask:
    """Load a trained task from its checkpoint, on the CPU and ready to predict.

    Only tensors and plain values are unpickled.

    Raises:
        RunError: If the file is missing, damaged or not a checkpoint of this task.
    """
    try:
        state = torch.load(checkpoint, map_location="cpu", weights_only=True)
        arguments = {
            name: value for name, value in state["hyper_parameters"].items() if name[0] != "_"
        }
        task = SegmentationTask(**{**arguments, "compiled": False})
        task.load_state_dict(state["state_dict"])
        task.hparams["compiled"] = arguments.get(
            "compiled", False
        )  # how it was trained, not how it runs now
    except Exception as error:  # noqa: BLE001 - unpickling raises whatever damaged bytes suggest
        raise RunError(
            f"not a checkpoint of this model: {str(error).splitlines()[0] or type(error).__name__}",
            where=str(checkpoint),
            remedy="Name checkpoint.ckpt of a run folder that `geocairn-train train` has written.",
        ) from None
    return task.eval()
