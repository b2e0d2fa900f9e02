"""A typed, read-only view of a STAC item that describes a model (MLM extension).

Nothing here fails on a malformed item: a value that is absent or of another type reads as None
or as an empty tuple. To find out what is wrong with an item, check it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from geocairn.sensors import Band

__all__ = ["Asset", "Band", "Class", "Input", "Model", "Output", "Provider"]

T = TypeVar("T")
Scaling = Mapping[str, Any]


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _integer(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _number(value: Any) -> float | None:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, (list, tuple)) else ()


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(part for part in _list(value) if isinstance(part, str))


def _objects(value: Any) -> tuple[Mapping[str, Any], ...]:
    return tuple(part for part in _list(value) if isinstance(part, Mapping))


def _integers(value: Any) -> tuple[int, ...]:
    return tuple(part for part in _list(value) if _integer(part) is not None)


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a model.

    Attributes:
        bands: Names of its bands, in the order of the channels.
        variables: Names of its variables, where it has no bands.
        shape: Size of each dimension; -1 where it is free.
        dim_order: Name of each dimension.
        scaling: One object for all channels or one for each; empty where none is known.
        scaled: False where the item says outright that no scaling applies (``null``).
    """

    name: str | None
    description: str | None
    bands: tuple[str, ...]
    variables: tuple[str, ...]
    shape: tuple[int, ...]
    dim_order: tuple[str, ...]
    data_type: str | None
    scaling: tuple[Scaling, ...]
    scaled: bool | None
    resize_type: str | None


@dataclass(frozen=True, slots=True)
class Class:
    """One class that a model tells apart; the colour is six hexadecimal digits."""

    value: int | None
    name: str | None
    description: str | None
    color: str | None


@dataclass(frozen=True, slots=True)
class Output:
    """One output of a model; shape and dimensions as in `Input`."""

    name: str | None
    description: str | None
    tasks: tuple[str, ...]
    shape: tuple[int, ...]
    dim_order: tuple[str, ...]
    data_type: str | None
    classes: tuple[Class, ...]


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of the item; ``raw`` is the asset's object as it stands."""

    key: str
    href: str | None
    title: str | None
    type: str | None
    roles: tuple[str, ...]
    artifact_type: str | None
    size: int | None
    checksum: str | None
    raw: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Provider:
    """Someone who made, processed or hosts the model."""

    name: str | None
    roles: tuple[str, ...]
    url: str | None


def _names(value: Any) -> tuple[str, ...]:
    found = (part.get("name") if isinstance(part, Mapping) else part for part in _list(value))
    return tuple(name for name in found if isinstance(name, str))


def _band(raw: Mapping[str, Any]) -> Band | None:
    name = _text(raw.get("name"))
    if name is None:
        return None
    # STAC 1.0 wrote these without the extension's prefix, inside eo:bands.
    return Band(
        name=name,
        common_name=_text(raw.get("eo:common_name", raw.get("common_name"))),
        center_wavelength=_number(raw.get("eo:center_wavelength", raw.get("center_wavelength"))),
        full_width_half_max=_number(
            raw.get("eo:full_width_half_max", raw.get("full_width_half_max"))
        ),
        gsd=_number(raw.get("gsd", raw.get("spatial_resolution"))),
        description=_text(raw.get("description")) or "",
    )


def _input(raw: Mapping[str, Any]) -> Input:
    structure = _object(raw.get("input"))
    return Input(
        name=_text(raw.get("name")),
        description=_text(raw.get("description")),
        bands=_names(raw.get("bands")),
        variables=_names(raw.get("variables")),
        shape=_integers(structure.get("shape")),
        dim_order=_texts(structure.get("dim_order")),
        data_type=_text(structure.get("data_type")),
        scaling=_objects(raw.get("value_scaling")),
        scaled=_scaled(raw),
        resize_type=_text(raw.get("resize_type")),
    )


def _scaled(raw: Mapping[str, Any]) -> bool | None:
    if "value_scaling" in raw and raw["value_scaling"] is None:
        return False
    return True if _objects(raw.get("value_scaling")) else None


def _output(raw: Mapping[str, Any]) -> Output:
    structure = _object(raw.get("result"))
    return Output(
        name=_text(raw.get("name")),
        description=_text(raw.get("description")),
        tasks=_texts(raw.get("tasks")),
        shape=_integers(structure.get("shape")),
        dim_order=_texts(structure.get("dim_order")),
        data_type=_text(structure.get("data_type")),
        classes=tuple(
            Class(
                value=_integer(part.get("value")),
                name=_text(part.get("name")),
                description=_text(part.get("description")),
                color=_text(part.get("color_hint")),
            )
            for part in _objects(raw.get("classification:classes"))
        ),
    )


def _inputs(value: Any) -> tuple[Input, ...]:
    return tuple(_input(raw) for raw in _objects(value))


def _outputs(value: Any) -> tuple[Output, ...]:
    return tuple(_output(raw) for raw in _objects(value))


def _providers(value: Any) -> tuple[Provider, ...]:
    return tuple(
        Provider(_text(raw.get("name")), _texts(raw.get("roles")), _text(raw.get("url")))
        for raw in _objects(value)
    )


def _asset(key: str, raw: Mapping[str, Any]) -> Asset:
    return Asset(
        key=key,
        href=_text(raw.get("href")),
        title=_text(raw.get("title")),
        type=_text(raw.get("type")),
        roles=_texts(raw.get("roles")),
        artifact_type=_text(raw.get("mlm:artifact_type")),
        size=_integer(raw.get("file:size")),
        checksum=_text(raw.get("file:checksum")),
        raw=raw,
    )


class _Property(Generic[T]):
    """An attribute of `Model` that reads one of the item's properties."""

    def __init__(self, key: str, read: Callable[[Any], T]) -> None:
        self.key = key
        self.read = read

    def __get__(self, model: Model, owner: type[Model]) -> T:
        return self.read(model.properties.get(self.key))


class Model:
    """A model, read from its item.

    Args:
        item: A STAC Item as parsed JSON; it is not copied and not changed.
    """

    __slots__ = ("item", "properties")

    def __init__(self, item: Mapping[str, Any]) -> None:
        self.item = item
        self.properties = _object(item.get("properties"))

    name = _Property("mlm:name", _text)
    description = _Property("description", _text)
    version = _Property("version", _text)
    license = _Property("license", _text)
    keywords = _Property("keywords", _texts)
    tasks = _Property("mlm:tasks", _texts)
    architecture = _Property("mlm:architecture", _text)
    framework = _Property("mlm:framework", _text)
    framework_version = _Property("mlm:framework_version", _text)
    pretrained = _Property("mlm:pretrained", _flag)
    pretrained_source = _Property("mlm:pretrained_source", _text)
    hyperparameters = _Property("mlm:hyperparameters", _object)
    parameters = _Property("mlm:total_parameters", _integer)
    memory = _Property("mlm:memory_size", _integer)
    gsd = _Property("gsd", _number)
    inputs = _Property("mlm:input", _inputs)
    outputs = _Property("mlm:output", _outputs)
    providers = _Property("providers", _providers)

    @property
    def id(self) -> str | None:
        """The item's id."""
        return _text(self.item.get("id"))

    @property
    def collection(self) -> str | None:
        """The id of its collection."""
        return _text(self.item.get("collection"))

    @property
    def title(self) -> str | None:
        """The title, else the model's name, else the id."""
        return _text(self.properties.get("title")) or self.name or self.id

    @property
    def deprecated(self) -> bool:
        """Whether a newer version replaces this one."""
        return self.properties.get("deprecated") is True

    @property
    def from_scratch(self) -> bool | None:
        """True where the source is null outright, False where one is named, None unknown."""
        if "mlm:pretrained_source" not in self.properties:
            return None
        return self.properties["mlm:pretrained_source"] is None

    @property
    def classes(self) -> tuple[Class, ...]:
        """The classes of every output, in order."""
        return tuple(part for output in self.outputs for part in output.classes)

    @property
    def interval(self) -> tuple[str | None, str | None]:
        """Start and end as the item writes them; ``datetime`` twice where it has one."""
        moment = _text(self.properties.get("datetime"))
        if moment is not None:
            return moment, moment
        get = self.properties.get
        return _text(get("start_datetime")), _text(get("end_datetime"))

    @property
    def assets(self) -> tuple[Asset, ...]:
        """Every asset, in order."""
        found = _object(self.item.get("assets"))
        return tuple(_asset(key, raw) for key, raw in found.items() if isinstance(raw, Mapping))

    @property
    def model_assets(self) -> tuple[Asset, ...]:
        """The assets of role ``mlm:model``."""
        return tuple(asset for asset in self.assets if "mlm:model" in asset.roles)

    @property
    def bands(self) -> tuple[Band, ...]:
        """The bands that inputs refer to, from the properties, else from the model's assets."""
        places = (self.properties, *(asset.raw for asset in self.model_assets))
        for key in ("bands", "eo:bands", "raster:bands"):
            for place in places:
                found = tuple(band for raw in _objects(place.get(key)) if (band := _band(raw)))
                if found:
                    return found
        return ()

    def links(self, rel: str) -> tuple[str, ...]:
        """The hrefs of links of that relation, such as ``cite-as``."""
        found = (link for link in _objects(self.item.get("links")) if link.get("rel") == rel)
        return tuple(href for link in found if (href := _text(link.get("href"))) is not None)
