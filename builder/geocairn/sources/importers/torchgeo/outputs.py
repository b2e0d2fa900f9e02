"""The outputs of a declared model, and what they are for."""

from __future__ import annotations

from geocairn.authoring import ClassObject, ModelOutput
from geocairn.sources.importers.torchgeo.audit import Audit
from geocairn.sources.importers.torchgeo.declarations import Declaration
from geocairn.sources.importers.torchgeo.families import FEATURES, TASKS
from geocairn.sources.importers.torchgeo.inputs import image_size, inputs

__all__ = ["is_encoder", "outputs", "tasks"]


def is_encoder(weight: Declaration) -> bool:
    """Whether a model gives features rather than answers."""
    return weight.maker not in TASKS and weight.count("num_classes") is None


def tasks(weight: Declaration) -> tuple[str, ...]:
    """MLM's tasks.

    MLM has none for an encoder. Of its tasks, similarity search is the one that feature vectors
    are good for as they are; the others need a head that is still to be trained.
    """
    if weight.maker in TASKS:
        return TASKS[weight.maker]
    return ("similarity-search",) if is_encoder(weight) else ("classification",)


def outputs(weight: Declaration, found: Audit) -> tuple[ModelOutput, ...]:
    """Every output of a model."""
    number = weight.count("num_classes")
    if number is not None:
        return (_scores(weight, found, number),)
    given = inputs(weight, found)
    if weight.maker == "aurora_swin_unet":
        return tuple(
            ModelOutput(
                name=part.name,
                description="The variables of the input of that name, as predicted.",
                tasks=tasks(weight),
                shape=part.shape,
                dim_order=part.dim_order,
            )
            for part in given
            if part.name != "static_vars"
        )
    if len(given) > 1:
        names = [f"{part.name}_GAP" for part in given]
        return tuple(_vector(weight, name) for name in (*names, "joint_GAP"))
    return (_vector(weight, "features"),)


def _vector(weight: Declaration, name: str) -> ModelOutput:
    return ModelOutput(
        name=name,
        description="Feature vector of each image.",
        tasks=tasks(weight),
        shape=(-1, _features(weight)),
        dim_order=("batch", "feature"),
    )


def _scores(weight: Declaration, found: Audit, number: int) -> ModelOutput:
    by_pixel = "semantic-segmentation" in tasks(weight)
    size = image_size(weight, found) or (-1, -1)
    names = found.classes.get(weight.name, ())
    return ModelOutput(
        name="scores",
        description=f"One score for each class{' and pixel' if by_pixel else ''}.",
        tasks=tasks(weight),
        shape=(-1, number, *(size if by_pixel else ())),
        dim_order=("batch", "class", *(("height", "width") if by_pixel else ())),
        classes=tuple(
            ClassObject(value=value, name=name, description=name.replace("-", " ").capitalize())
            for value, name in enumerate(names)
        ),
    )


def _features(weight: Declaration) -> int:
    declared = weight.count("desc_dim")
    if declared is None and weight.builder is not None:
        declared = weight.builder.count("embed_dim", "encoder_dim")
    return declared or FEATURES.get(weight.maker, -1)
