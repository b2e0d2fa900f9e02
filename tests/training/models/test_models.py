"""The network, its losses and its schedule."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from geocairn_training.models.losses import SegmentationLoss
from geocairn_training.models.task import SegmentationTask, _Cosine
from geocairn_training.models.unet import UNet


@pytest.mark.parametrize("norm", ["batch", "group", "none"])
@pytest.mark.parametrize(("bands", "classes", "depth"), [(1, 1, 1), (3, 1, 3), (13, 5, 2)])
def test_logits_have_the_size_of_the_input(norm: str, bands: int, classes: int, depth: int) -> None:
    network = UNet(bands, classes, width=4, depth=depth, norm=norm)
    assert network(torch.rand(2, bands, 16, 24)).shape == (2, classes, 16, 24)


def test_every_level_is_skipped_to_the_decoder() -> None:
    """With the way through the bottom cut, each encoder level still moves the logits."""
    network = UNet(3, 1, width=4, depth=3, norm="none").eval()
    for rise in network.decoder:
        nn.init.zeros_(rise.rise.weight)
        nn.init.zeros_(rise.rise.bias)
    image = torch.rand(1, 3, 16, 16)
    before = network(image)
    # Without skips nothing but biases would be left, and the logits would not see the image.
    assert not torch.allclose(before, network(image.flip(-1)))
    assert len([m for m in network.modules() if isinstance(m, (nn.Sigmoid, nn.Softmax))]) == 0


def test_widest_limits_channels() -> None:
    network = UNet(3, 1, width=8, depth=4, widest=20)
    assert max(m.out_channels for m in network.modules() if isinstance(m, nn.Conv2d)) == 20


def test_patches_become_channels_and_channels_pixels() -> None:
    network = UNet(3, 2, width=4, depth=2, patch=4, norm="none").eval()
    assert network.multiple == 16
    images = torch.randn(2, 3, 32, 48)
    logits = network(images)
    assert logits.shape == (2, 2, 32, 48)
    # Every pixel of a patch counts, and every pixel of it gets a logit of its own.
    images[0, 1, 17, 22] += 1
    assert not torch.equal(network(images)[0], logits[0])
    patches = logits[0, 0].unfold(0, 4, 4).unfold(1, 4, 4).reshape(-1, 16)
    assert all(len(patch.unique()) == 16 for patch in patches)
    with pytest.raises(ValueError, match="patch must be 1 or more"):
        UNet(3, 1, patch=0)


def test_losses_by_hand() -> None:
    logits = torch.tensor([[[[0.0, math.log(3)]]]])
    masks = torch.tensor([[[0, 1]]])
    entropy = -(math.log(0.5) + math.log(0.75)) / 2
    dice = 1 - (2 * 0.75 + 1) / (0.5 + 0.75 + 1 + 1)
    assert float(SegmentationLoss("ce")(logits, masks)) == pytest.approx(entropy, abs=1e-6)
    assert float(SegmentationLoss("dice")(logits, masks)) == pytest.approx(dice, abs=1e-6)
    both = float(SegmentationLoss("dice+ce")(logits, masks))
    assert both == pytest.approx(entropy + dice, abs=1e-6)


@pytest.mark.parametrize("classes", [1, 3])
@pytest.mark.parametrize("kind", ["ce", "dice", "dice+ce"])
def test_ignored_pixels_count_for_nothing(kind: str, classes: int) -> None:
    logits = torch.randn(2, classes, 4, 4, requires_grad=True)
    masks = torch.randint(0, max(2, classes), (2, 4, 4))
    masks[:, 1:3] = 255
    SegmentationLoss(kind)(logits, masks).backward()
    assert logits.grad is not None
    assert logits.grad[:, :, 1:3].abs().sum() == 0
    assert logits.grad[:, :, 0].abs().sum() > 0
    empty = SegmentationLoss(kind)(logits.detach(), torch.full_like(masks, 255))
    assert float(empty) == pytest.approx(0, abs=1e-6)


def test_threshold_and_activation_agree() -> None:
    task = SegmentationTask(width=2, depth=1, threshold=0.7)
    logits = torch.linspace(-4, 4, 101)[None, None, None]
    expected = (task.probabilities(logits)[:, 0] >= 0.7).long()
    assert torch.equal(task.decide(logits), expected)
    assert 0 < int(expected.sum()) < 101


def test_cosine_rises_then_falls() -> None:
    rates = [_Cosine(steps=100, rising=10)(step) for step in range(101)]
    assert max(rates) == rates[10] == 1
    assert rates[:11] == sorted(rates[:11])
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[100] == pytest.approx(0.01)


@pytest.mark.parametrize("classes", [1, 3])
def test_weights_of_pixels_by_hand(classes: int) -> None:
    logits = torch.randn(1, classes, 1, 2)
    masks = torch.tensor([[[0, 1]]])
    parts = [
        float(SegmentationLoss("ce")(logits[..., at : at + 1], masks[..., at : at + 1]))
        for at in range(2)
    ]
    weights = torch.tensor([[[1.0, 3.0]]])
    found = float(SegmentationLoss("ce")(logits, masks, weights))
    assert found == pytest.approx((parts[0] + 3 * parts[1]) / 4, abs=1e-6)


def test_group_norm_looks_at_each_chip_alone() -> None:
    """With batch norm, in training, a chip's logits depend on its neighbours in the batch."""
    chips = torch.randn(2, 3, 16, 16)
    for norm, alike in (("group", True), ("batch", False)):
        network = UNet(3, 1, width=16, depth=2, norm=norm).train()
        together, alone = network(chips)[:1], network(chips[:1])
        assert torch.allclose(together, alone, atol=1e-5) == alike
    groups = {m.num_groups for m in UNet(3, 1, width=16, depth=2, norm="group").modules()
              if isinstance(m, nn.GroupNorm)}  # fmt: skip
    assert groups == {2, 4, 8}
