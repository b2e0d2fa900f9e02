"""A small package in the shape of torchgeo's, and helpers around it."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

COMMIT = "0123456789abcdef0123456789abcdef01234567"

BANDS = (
    '''
"""Encoders."""

from typing import Any

import numpy as np
import timm
import torchvision.transforms.v2 as T
from torch import nn
from torchvision.models._api import Weights, WeightsEnum

from .shared import _ocean_bands, _prefix

_rgb = ['B4', 'B3', 'B2']
_low = [1, 2, 0]
_high = [101, 202, 400]
_span = (np.array(_high) - np.array(_low)).tolist()
_mean = [0.5, 0.25, 0.125]
_chain = nn.Sequential(
    T.Resize((256, 256)),
    T.CenterCrop(224),
    T.Normalize(mean=_low, std=_span, inplace=True),
    T.Normalize(mean=_mean, std=[0.5], inplace=True),
)
_mean = 'used before this line only'


class Net18_Weights(WeightsEnum):  # type: ignore[misc]
    """Net-18 weights.

    If you use this, please cite:

    * https://arxiv.org/abs/2101.00001
    """

    SENTINEL2_OLD_MOCO = SENTINEL2_RGB_MOCO = Weights(
        url='https://hf.co/lab/net18/resolve/{commit}/net18_rgb-0a1b2c3d.pth',
        transforms=_chain,
        meta={{
            'dataset': 'Meadow Dataset',
            'in_chans': 3,
            'model': 'net18',
            'publication': 'https://arxiv.org/pdf/2101.00001',
            'repo': 'https://github.com/lab/meadow',
            'ssl_method': 'moco',
            'bands': _rgb,
        }},
    )

    SENTINEL1_GRD = Weights(
        url=_prefix + 'net18_s1.pth',
        transforms=nn.Identity(),
        meta={{'in_chans': 2, 'bands': ('VV', 'VH')}},
    )

    OCEAN = Weights(
        url=_prefix + 'net18_ocean.pth',
        transforms=T.Resize(128),
        meta={{'in_chans': 11, 'bands': _ocean_bands, 'dataset': 'Ocean'}},
    )


def net18(weights: Net18_Weights | None = None, *args: Any, **kwargs: Any) -> nn.Module:
    """Net-18 model."""
    if weights:
        kwargs['in_chans'] = weights.meta['in_chans']
    return timm.create_model('net18', *args, **kwargs)
'''.replace("{commit}", COMMIT)
    .replace("{{", "{")
    .replace("}}", "}")
)

SHARED = f"""
_ocean_bands = tuple(f'B{{i:02}}' for i in range(1, 12))
_prefix = 'https://hf.co/lab/net18/resolve/{COMMIT}/'
"""

SEGMENTATION = '''
"""Segmentation."""

from torchvision.models._api import Weights, WeightsEnum

_common = {
    'in_chans': 3,
    'num_classes': 2,
    'classes': ('land', 'open-water'),
    'repo': 'https://github.com/other/water',
    'license': 'MIT',
    'publication': None,
}


class Base_Weights(WeightsEnum):
    """Nothing of its own."""


class Mask_Weights(Base_Weights):
    """Mask Net weights."""

    NAIP_RGB = Weights(
        url='https://example.org/mask.pth',
        transforms=None,
        meta=_common | {'dataset': 'Shore', 'input_shape': (3, 64, 96), 'resolution': 0.5},
    )

    CITY = Weights(
        url='https://example.org/city.pth',
        transforms=None,
        meta=_common | {'dataset': 'Cityscapes - streets'},
    )


class MaskNet:
    def __init__(self, width: int = 8, img_size: int = 32) -> None:
        self.width = width


def unet(weights: Mask_Weights | None = None, **kwargs: int) -> MaskNet:
    """Mask Net."""
    kwargs |= {'width': 16}
    return MaskNet(**kwargs)
'''

INIT = '"""A package in the shape of torchgeo."""\n\n__version__ = \'9.8.7\'\n'


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """The package's own folder."""
    return write_package(tmp_path / "source" / "torchgeo")


@pytest.fixture
def module(tmp_path: Path) -> Callable[[str], Path]:
    """Make a package whose only module has the source given."""

    def made(source: str) -> Path:
        root = tmp_path / "single" / "torchgeo"
        (root / "models").mkdir(parents=True, exist_ok=True)
        (root / "models" / "one.py").write_text(textwrap.dedent(source), encoding="utf-8")
        return root

    return made


def write_package(root: Path) -> Path:
    models = root / "models"
    models.mkdir(parents=True)
    (root / "__init__.py").write_text(INIT, encoding="utf-8")
    (models / "__init__.py").write_text("from .encoders import net18\n", encoding="utf-8")
    (models / "encoders.py").write_text(BANDS, encoding="utf-8")
    (models / "shared.py").write_text(SHARED, encoding="utf-8")
    (models / "segmentation.py").write_text(SEGMENTATION, encoding="utf-8")
    return root
