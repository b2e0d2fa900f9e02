"""From scenes to what a network takes: bands chosen, computed, scaled, padded and put in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geocairn.errors import InputError
from geocairn.run.bands import Match, choose
from geocairn.run.expressions import Expression
from geocairn.run.resizing import resize
from geocairn.run.scaling import Scaling, cast, compile_scaling
from geocairn.run.scenes import Place, Scene, SceneBand, Stack
from geocairn.run.scenes.base import Window
from geocairn.run.spec import InputSpec

__all__ = ["InputReader", "matches_for", "open_input", "split_times"]


@dataclass(frozen=True, slots=True)
class _Channel:
    """One channel of one time: where its bands are read, and how it is computed from them."""

    places: tuple[int, ...]
    expression: Expression | None


@dataclass(frozen=True)
class InputReader:
    """Reads one input.

    Attributes:
        spec: What the item says of it.
        stacks: One for each time; all on one grid.
        channels: Of each time.
        scaling: Of the channels of one time.
        nodata: Raw value without data, beside what the scene says; None for none.
    """

    spec: InputSpec
    stacks: tuple[Stack, ...]
    channels: tuple[tuple[_Channel, ...], ...]
    scaling: Scaling
    nodata: float | None

    @property
    def place(self) -> Place:
        """The grid of all stacks."""
        return self.stacks[0].place

    def read(
        self, window: Window, *, size: tuple[int, int], tile: tuple[int, int], how: str = ""
    ) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """Read one window as the network takes it, without the batch.

        Args:
            window: Inside of the raster.
            size: Height and width that the network takes.
            tile: Height and width of the window before it is resized; a window that is smaller,
                at the edge of a small raster, is filled up.
            how: How it is resized; empty for what the item says.

        Returns:
            The array, its dimensions in the input's order without ``batch``; and which pixels of
            the window hold data in every band, bool (height, width).
        """
        parts, valids = [], []
        for stack, channels in zip(self.stacks, self.channels, strict=True):
            pixels, valid = stack.read(window)
            if self.nodata is not None:
                valid &= ~(pixels == self.nodata).all(axis=0)
            if not valid.any():  # nobody will look at it
                return np.empty(0, self.spec.dtype), valid
            parts.append(self.scaling(_computed(pixels, stack, channels), valid=valid))
            valids.append(valid)
        image = np.stack(parts) if len(parts) > 1 else parts[0][None]
        image = _filled(image, tile, zeros=self.spec.resize == "pad")
        if tile != size:
            image = resize(image, size, how=how or self.spec.resize)
        return cast(self._ordered(image), self.spec.dtype), np.logical_and.reduce(valids)

    def _ordered(self, image: NDArray[np.float32]) -> NDArray[np.float32]:
        """From (time, bands, height, width) to the input's own order."""
        names = ["time", "bands", "height", "width"]
        if self.spec.order.count("time") == 0 and len(image) > 1:
            # Several times that the network takes as so many more channels.
            image = image.reshape(1, -1, *image.shape[2:])
        for missing in [name for name in names if name not in self.spec.order]:
            place = names.index(missing)
            image = image.squeeze(place)
            names.remove(missing)
        wanted = [names.index(name) for name in self.spec.order if name in names]
        if wanted == list(range(len(wanted))):
            return image
        return np.ascontiguousarray(image.transpose(wanted))

    def close(self) -> None:
        """Release what is open."""
        for stack in self.stacks:
            stack.close()


def _computed(pixels: NDArray[Any], stack: Stack, channels: Sequence[_Channel]) -> NDArray[Any]:
    plain = [channel.places[0] for channel in channels if channel.expression is None]
    if len(plain) == len(channels):
        return pixels if plain == list(range(len(stack.bands))) else pixels[plain]
    found = np.empty((len(channels), *pixels.shape[1:]), np.float32)
    for index, channel in enumerate(channels):
        if channel.expression is None:
            found[index] = pixels[channel.places[0]]
        else:
            names = zip(channel.expression.names, channel.places, strict=True)
            found[index] = channel.expression({name: pixels[place] for name, place in names})
    return found


def _filled(
    image: NDArray[np.float32], tile: tuple[int, int], *, zeros: bool
) -> NDArray[np.float32]:
    """Fill up to a size at the lower and right edge: mirrored, or with zeros."""
    below, beside = (want - have for want, have in zip(tile, image.shape[-2:], strict=True))
    if not below and not beside:
        return image
    width = ((0, 0), (0, 0), (0, below), (0, beside))
    if zeros:
        return np.pad(image, width)
    mirror = min(image.shape[-2:]) > 1
    return np.pad(image, width, mode="reflect" if mirror else "edge")


def split_times(spec: InputSpec, scenes: Sequence[Scene], *, where: str) -> list[Sequence[int]]:
    """Which bands of an input each scene gives.

    A network may take times as a dimension, or as channels that repeat the bands.

    Args:
        spec: The input.
        scenes: One for each time.
        where: The model, for messages.

    Returns:
        For each scene the places of its bands in ``spec.bands``.

    Raises:
        InputError: If there are more or fewer scenes than times.
    """
    every = range(len(spec.bands))
    times = spec.size("time")
    if times is not None:
        if times not in (-1, len(scenes)):
            raise InputError(
                f"takes {times} times for {spec.name!r}, and is given {len(scenes)}",
                where=where,
                remedy=f"Give a list of {times} scenes, in the order of time.",
            )
        return [every] * len(scenes)
    if len(scenes) == 1:
        return [every]
    count, rest = divmod(len(spec.bands), len(scenes))
    names = [band.name for band in spec.bands]
    if rest or names != names[:count] * len(scenes):
        raise InputError(
            f"takes one scene for {spec.name!r}, and is given {len(scenes)}",
            where=where,
            remedy="Give one scene.",
        )
    return [every[place * count : (place + 1) * count] for place in range(len(scenes))]


def matches_for(
    spec: InputSpec,
    scene: Scene,
    places: Sequence[int],
    given: Mapping[str, int | str] | None,
) -> dict[str, Match]:
    """What was found for every band that an input needs of a scene, by name."""
    needs = {band.name: band for place in places for band in spec.bands[place].needs}
    found = choose(list(needs.values()), scene.bands, given=given)
    return {match.band.name: match for match in found}


def open_input(
    spec: InputSpec,
    scenes: Sequence[Scene],
    *,
    given: Mapping[str, int | str] | None,
    place: Place | None,
    nodata: float | None,
    where: str,
) -> InputReader:
    """Open what an input needs.

    Args:
        spec: The input.
        scenes: One for each time.
        given: What the user says of bands; see `geocairn.run.bands.choose`.
        place: Grid that all is laid onto; None for that of the first scene.
        nodata: Raw value without data.
        where: The model, for messages.

    Raises:
        InputError: If a band is missing, or something cannot be read.
    """
    shares = split_times(spec, scenes, where=where)
    path = "$.properties.mlm:input[*].value_scaling"
    count = len(shares[0])
    with ExitStack() as undo:
        stacks, channels = [], []
        for scene, places in zip(scenes, shares, strict=True):
            matches = matches_for(spec, scene, places, given)
            _all_found(matches, scene, spec, given)
            bands = [one.found for one in matches.values() if one.found is not None]
            unique: list[SceneBand] = list(dict.fromkeys(bands))
            stack = scene.stack(unique, place=place)
            undo.callback(stack.close)
            place = stack.place
            at = {name: unique.index(one.found) for name, one in matches.items() if one.found}
            stacks.append(stack)
            channels.append(
                tuple(
                    _Channel(
                        tuple(at[band.name] for band in spec.bands[number].needs),
                        spec.bands[number].expression,
                    )
                    for number in places
                )
            )
        names = [spec.bands[number].name for number in shares[0]]
        # Scalings of channels that repeat the bands repeat, too.
        scaling = spec.scaling[:count] if len(spec.scaling) == len(spec.bands) else spec.scaling
        if spec.size("time") is None and spec.scaling[:count] * len(shares) != spec.scaling:
            _one_for_all(spec, len(shares), where)
        reader = InputReader(
            spec,
            tuple(stacks),
            tuple(channels),
            compile_scaling(scaling, names=names, where=where, path=path),
            nodata,
        )
        undo.pop_all()
        return reader


def _one_for_all(spec: InputSpec, times: int, where: str) -> None:
    if times > 1 and len(spec.scaling) > 1:
        raise InputError(
            "scales the same bands differently at different times",
            where=where,
            remedy="Give one scene that holds all the bands, named one after the other.",
        )


def _all_found(
    matches: Mapping[str, Match],
    scene: Scene,
    spec: InputSpec,
    given: Mapping[str, int | str] | None,
) -> None:
    missing = [match for match in matches.values() if match.found is None]
    if not missing:
        return
    names = ", ".join(match.band.name for match in missing)
    wanted = ",".join(f"{name}=?" for name in matches)
    count = len(scene.bands)
    told = f"has {count} band{'s' * (count != 1)}, and none for {names} of {spec.name!r}"
    few = count < len(matches)
    hint = "" if given or few else f" Say which is which with --bands {wanted} (bands={{...}})."
    raise InputError(
        f"{told}: {missing[0].reason}",
        where=scene.name,
        remedy=f"Give an image with these bands.{hint}",
    )
