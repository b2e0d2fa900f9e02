"""What is known of torchgeo's models beyond what each weight declares.

Every entry has its source. Nothing here overrides what a weight declares.
"""

from __future__ import annotations

from dataclasses import dataclass

from geocairn import sensors
from geocairn.sensors import Sensor

__all__ = [
    "FEATURES",
    "KNOWN_ERRORS",
    "NOT_EARTH_OBSERVATION",
    "SENSOR_NAMES",
    "SPDX",
    "TASKS",
    "WORDS",
    "KnownError",
    "sensor_of",
]

TASKS: dict[str, tuple[str, ...]] = {
    "aurora_swin_unet": ("regression",),
    "earthloc": ("similarity-search",),
    "unet": ("semantic-segmentation",),
}
"""MLM's tasks by builder. Aurora predicts continuous fields (arXiv:2405.13063); EarthLoc finds
where a photo was taken by searching similar images (arXiv:2403.06758); a U-Net here has a
segmentation head. The rest are encoders without a head, for which MLM has no task."""

FEATURES: dict[str, int] = {
    "resnet18": 512,
    "resnet50": 2048,
    "resnet152": 2048,
    "swin_t": 768,
    "swin_s": 768,
    "swin_b": 1024,
    "swin_v2_t": 768,
    "swin_v2_b": 1024,
    "vit_small_patch14_dinov2": 384,
    "vit_small_patch16_224": 384,
    "vit_base_patch14_dinov2": 768,
    "vit_base_patch16_224": 768,
    "vit_large_patch16_224": 1024,
    "vit_huge_patch14_224": 1280,
}
"""Length of an encoder's feature vector, where torchgeo leaves it to timm or torchvision.

ResNet: He et al., arXiv:1512.03385, table 1. Swin: eight times the first stage's 96 (T, S) or 128
(B) channels, Liu et al., arXiv:2103.14030, section 3.3, and arXiv:2111.09883. ViT: Dosovitskiy et
al., arXiv:2010.11929, table 1; its small variant: Touvron et al., arXiv:2012.12877, table 1."""

NOT_EARTH_OBSERVATION: dict[str, str] = {
    "Cityscapes": "trained on Cityscapes, photos of streets taken from a car",
}
"""Datasets (the first word of the name) whose models are left out, and why."""

SENSOR_NAMES: dict[str, tuple[Sensor, ...]] = {
    "FMOW_RGB": (sensors.RGB,),
    "LANDSAT_ETM": (sensors.LANDSAT_ETM,),
    "LANDSAT_OLI_SR": (sensors.LANDSAT_OLI,),
    "LANDSAT_OLI_TIRS": (sensors.LANDSAT_OLI_TIRS,),
    "LANDSAT_TM": (sensors.LANDSAT_TM,),
    "LANDSAT": (sensors.LANDSAT_TM, sensors.LANDSAT_ETM, sensors.LANDSAT_OLI_TIRS),
    "NAIP": (sensors.NAIP,),
    "OAM_RGB": (sensors.RGB,),
    "SENTINEL1": (sensors.SENTINEL1_SAR,),
    "SENTINEL2": (sensors.SENTINEL2_MSI,),
}
"""Sensors by the beginning of a weight's name, the longest that fits; where there are several,
the only one that has every band the weight names."""

SPDX = frozenset(
    (
        "AGPL-3.0-only",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC-BY-4.0",
        "CC-BY-NC-4.0",
        "CC-BY-NC-ND-4.0",
        "CC-BY-NC-SA-4.0",
        "CC-BY-ND-4.0",
        "CC-BY-SA-4.0",
        "CC0-1.0",
        "GPL-2.0-only",
        "GPL-3.0-only",
        "LGPL-3.0-only",
        "MIT",
        "MPL-2.0",
        "ODC-By-1.0",
        "ODbL-1.0",
        "PDDL-1.0",
        "Unlicense",
    )
)
"""SPDX identifiers that models are published under (https://spdx.org/licenses/)."""

WORDS: dict[str, str] = {
    "12HR": "12 h",
    "2CLASS": "2 classes",
    "3CLASS": "3 classes",
    "AIR": "air",
    "DECUR": "DeCUR",
    "ECO": "Eco",
    "EFNETB3": "EfficientNet-B3",
    "EFNETB5": "EfficientNet-B5",
    "EFNETB7": "EfficientNet-B7",
    "FGMAE": "FG-MAE",
    "FMOW": "fMoW",
    "GEOCLOSP": "GeoCLOSP",
    "HIGH": "high",
    "LANDSAT": "Landsat",
    "MI": "multi-image",
    "MOCO": "MoCo",
    "MS": "multispectral",
    "NC": "non-commercial",
    "OAM": "OpenAerialMap",
    "POLLUTION": "pollution",
    "PRETRAINED": "pretrained",
    "RES": "resolution",
    "RESNET34": "ResNet-34",
    "RESNET50": "ResNet-50",
    "SATLAS": "Satlas",
    "SECO": "SeCo",
    "SENTINEL1": "Sentinel-1",
    "SENTINEL2": "Sentinel-2",
    "SI": "single-image",
    "SIMCLR": "SimCLR",
    "SMALL": "small",
    "SOFTCON": "SoftCon",
    "VIT": "ViT",
    "WAVE": "wave",
}
"""Parts of weights' names as people write them."""


@dataclass(frozen=True, slots=True)
class KnownError:
    """An error of torchgeo that shows only beside the model's own source code.

    Attributes:
        ending: How the names of the weights end.
        mean: The first normalisation's means, by which the faulty transforms are recognised.
        problem: What is wrong.
    """

    ending: str
    mean: tuple[float, ...]
    problem: str


KNOWN_ERRORS = (
    KnownError(
        "_SECO",
        (3, 2, 0),
        "the model's own code (https://github.com/ServiceNow/seasonal-contrast, "
        "datasets/seco_dataset.py) scales B2 by 3..88, B3 by 2..103 and B4 by 0..129, and brings "
        "the result back to 0..1 before ImageNet's statistics; here the limits of B2 meet B4 and "
        "the other way round, and the statistics meet values of 0..255",
    ),
)


def sensor_of(member: str, bands: tuple[str, ...]) -> Sensor | None:
    """The sensor that a weight's name and bands speak of; None where they name none or many."""
    fitting = [name for name in SENSOR_NAMES if member == name or member.startswith(f"{name}_")]
    if not fitting:
        return None
    choice = SENSOR_NAMES[max(fitting, key=len)]
    if len(choice) > 1:
        choice = tuple(one for one in choice if all(one.band(band) for band in bands))
    return choice[0] if len(choice) == 1 else None
