"""What a recipe says, in the form in which geocairn runs models."""

from __future__ import annotations

from geocairn.model import Class
from geocairn.run.spec import BandSpec, InputSpec, ModelSpec, OutputSpec
from geocairn.sensors import Band
from geocairn_training.recipe import Recipe

__all__ = ["INPUT", "OUTPUT", "spec_of"]

INPUT, OUTPUT = "image", "logits"
"""Names of what a network takes and gives."""


def spec_of(recipe: Recipe) -> ModelSpec:
    """All that an item would say of running the network.

    Args:
        recipe: Of the network.
    """
    classes = tuple(
        Class(one.value, one.name, one.title or None, one.color or None) for one in recipe.classes
    )
    return ModelSpec(
        id="-".join(part for part in (recipe.name, recipe.version) if part),
        inputs=(
            InputSpec(
                name=INPUT,
                bands=tuple(BandSpec(name, (Band(name=name),)) for name in recipe.bands),
                shape=(-1, len(recipe.bands), *recipe.tile),
                order=("batch", "bands", "height", "width"),
                dtype="float32",
                scaling=tuple(
                    {"type": "z-score", "mean": mean, "stddev": deviation}
                    for mean, deviation in zip(recipe.mean, recipe.std, strict=True)
                ),
                resize="",
            ),
        ),
        outputs=(
            OutputSpec(
                name=OUTPUT,
                kind="segmentation",
                shape=(-1, recipe.channels, *recipe.tile),
                order=("batch", "class", "height", "width"),
                dtype="float32",
                classes=classes,
                post=None if recipe.activation == "none" else {"expression": recipe.activation},
                boxes="",
            ),
        ),
        threshold=recipe.threshold,
        batch=1,
        nodata=recipe.nodata,
    )
