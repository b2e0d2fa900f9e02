"""The dataclasses that an item is written from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from geocairn.sensors import Band

__all__ = [
    "UNKNOWN",
    "Asset",
    "Box",
    "ClassObject",
    "Link",
    "ModelInput",
    "ModelMetadata",
    "ModelOutput",
    "Provider",
    "Unknown",
]


class Unknown(Enum):
    """The type of `UNKNOWN`."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN
"""Says that a value is not known, where None would say something else."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInput:
    """One input.

    Attributes:
        name: Name of the input.
        shape: Size of each dimension; -1 where it is free.
        dim_order: Name of each dimension; ``bands`` for that of the bands.
        bands: Names of the bands, in the order of the channels.
        data_type: Type of the values given to the model.
        value_scaling: MLM's value scaling objects, one for all channels or one for each.
        resize_type: One of MLM's.
        description: CommonMark.
    """

    name: str
    shape: tuple[int, ...]
    dim_order: tuple[str, ...]
    bands: tuple[str, ...] = ()
    data_type: str = "float32"
    value_scaling: tuple[Mapping[str, Any], ...] | Unknown | None = UNKNOWN
    resize_type: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassObject:
    """One class; both versions of the classification extension want some text for it."""

    value: int
    name: str
    description: str
    color_hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelOutput:
    """One output; shape, dimensions and type as in `ModelInput`.

    Attributes:
        post_processing_function: What is still to be done to it, such as an activation that the
            model does not apply itself: MLM's object of ``format`` and ``expression``.
    """

    name: str
    shape: tuple[int, ...]
    dim_order: tuple[str, ...]
    tasks: tuple[str, ...] = ()
    data_type: str = "float32"
    classes: tuple[ClassObject, ...] = ()
    description: str = ""
    post_processing_function: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file.

    Attributes:
        key: Name of the asset in the item.
        artifact_type: MLM's, such as ``torch.save``; needs the role ``mlm:model``.
        entrypoint: ``package.module:function`` that loads or runs the model; needs role ``code``.
        size: In bytes.
        checksum: Multihash in lower-case hexadecimal digits.
        fields: More fields, as they stand in the item.
    """

    key: str
    href: str
    roles: tuple[str, ...]
    title: str = ""
    description: str = ""
    type: str = ""
    artifact_type: str = ""
    entrypoint: str = ""
    size: int | None = None
    checksum: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Who made, processed or hosts the model."""

    name: str
    roles: tuple[str, ...]
    url: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link that no build derives, such as ``cite-as`` or ``license``."""

    rel: str
    href: str
    type: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelMetadata:
    """Everything known of one version of a model.

    Attributes:
        id: ``<model>-<version>``: lower-case letters, digits, dots, dashes and underscores.
        name: ``mlm:name``.
        architecture: ``mlm:architecture``.
        tasks: ``mlm:tasks``; empty where none of MLM's tasks applies.
        collection: Id of the collection. A build adds the link that STAC wants beside it.
        bbox: ``(west, south, east, north)`` in degrees (WGS 84); None where it is unknown, and
            then the item's geometry is null.
        start: Start of the period the model is for, RFC 3339, UTC; None where it is unknown.
        end: End of that period; None where it is open or unknown.
        bands: The bands that inputs name.
        pretrained_source: None says trained from scratch; see `UNKNOWN`.
        hyperparameters: ``mlm:hyperparameters``.
        properties: More properties, as they stand in the item.
    """

    id: str
    name: str
    architecture: str
    inputs: tuple[ModelInput, ...]
    outputs: tuple[ModelOutput, ...]
    assets: tuple[Asset, ...]
    tasks: tuple[str, ...] = ()
    collection: str = ""
    title: str = ""
    description: str = ""
    keywords: tuple[str, ...] = ()
    version: str = ""
    license: str = ""
    providers: tuple[Provider, ...] = ()
    links: tuple[Link, ...] = ()
    bbox: Box | None = None
    start: str | None = None
    end: str | None = None
    platform: str = ""
    constellation: str = ""
    instruments: tuple[str, ...] = ()
    gsd: float | None = None
    bands: tuple[Band, ...] = ()
    framework: str = ""
    framework_version: str = ""
    pretrained: bool | None = None
    pretrained_source: str | Unknown | None = UNKNOWN
    total_parameters: int | None = None
    memory_size: int | None = None
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)
    properties: Mapping[str, Any] = field(default_factory=dict)
