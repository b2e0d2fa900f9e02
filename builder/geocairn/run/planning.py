"""Which windows a scene is gone through by."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from geocairn.errors import InputError
from geocairn.run.scenes import Place
from geocairn.run.scenes.base import Window
from geocairn.run.windows import Grid, Interval

__all__ = ["Plan"]

_USUAL_TILE = 512
_LARGE_TILE = 1024
"""Of networks that take any size: seams are rarer, and less of every window is shared; larger ones
gain little more, and take memory."""
_MULTIPLE = 32
"""Networks that halve their input take multiples of 32, or of less, and give the same at two places
only if they are such a multiple apart."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The windows over a scene.

    Attributes:
        place: Grid of the scene.
        tile: Height and width of a window, in pixels of the scene.
        size: Height and width that the network takes; windows of another size are resized.
        overlap: Pixels that neighbours share at least.
        batch: Windows that the network is given at once.
        cell: Pixels of the scene a side, that so many pixels of the output a side stand for.
        multiple: Of what windows start at multiples, as far as their steps are multiples of it.
        grid: The windows, counted in cells.
    """

    place: Place
    tile: tuple[int, int]
    size: tuple[int, int]
    overlap: int
    batch: int
    cell: tuple[int, int] = (1, 1)
    multiple: int = 1

    @property
    def grid(self) -> Grid:
        """The windows, counted in cells."""
        unit = self.cell[0]
        height, width = (-(-size // unit) for size in (self.place.height, self.place.width))
        tile, overlap = (self.tile[0] // unit, self.tile[1] // unit), self.overlap // unit
        multiple = tuple(math.gcd(max(1, self.multiple // unit), one - overlap) for one in tile)
        return Grid.over(
            height, width, tile=tile, overlap=overlap, multiple=(multiple[0], multiple[1])
        )

    def window(self, row: Interval, column: Interval) -> Window:
        """A window in pixels of the scene, cut at its edge."""
        unit = self.cell[0]
        top, left = row.start * unit, column.start * unit
        height = min(row.stop * unit, self.place.height) - top
        width = min(column.stop * unit, self.place.width) - left
        return top, left, height, width

    @classmethod
    def make(
        cls,
        place: Place,
        *,
        fixed: tuple[int, int] | None,
        usual: tuple[int, int] | None,
        tile: int | tuple[int, int] | None,
        overlap: int | None,
        batch: int,
        shared: bool,
        local: bool = False,
    ) -> Plan:
        """Choose the windows.

        Args:
            place: Grid of the scene.
            fixed: Size that the network insists on; None where it takes any.
            usual: Size that its item gives; None where it gives none.
            tile: What the user wants; None for the sizes above.
            overlap: Likewise; None for a quarter, a little more where steps are then a multiple
                of 32.
            batch: Windows at once, of the size that the item gives.
            shared: Whether windows overlap at all where the user says nothing.
            local: Whether what the network gives for a place depends on what is near it only, so
                that windows may be larger than the item says.

        Raises:
            InputError: If the overlap is not smaller than the windows.
        """
        most = (place.height, place.width)
        chosen = (tile, tile) if isinstance(tile, int) else tile
        size = chosen or fixed or usual or (_USUAL_TILE, _USUAL_TILE)
        if min(size) < 1:
            raise InputError(f"windows of {size[0]} x {size[1]} pixels", remedy="Use 1 or more.")
        if local and not fixed and not chosen:
            # Whatever the item's size is a multiple of, several of it are, too.
            times = max(1, _LARGE_TILE // max(size))
            size, batch = (size[0] * times, size[1] * times), batch // times**2
        if not fixed and not chosen:
            # A raster smaller than a window needs no more than itself.
            size = tuple(  # type: ignore[assignment]
                min(one, -(-have // _MULTIPLE) * _MULTIPLE)
                for one, have in zip(size, most, strict=True)
            )
        # Along an axis that one window covers nothing is shared.
        several = [one for one, have in zip(size, most, strict=True) if one < have]
        least = min(several or size)
        shared_pixels = (_overlap(least) if shared else 0) if overlap is None else overlap
        if not 0 <= shared_pixels < least:
            raise InputError(
                f"windows of {size[0]} x {size[1]} pixels cannot share {shared_pixels}",
                remedy=f"Choose an overlap from 0 to {least - 1}, or larger windows.",
            )
        return cls(place, size, fixed or size, shared_pixels, max(1, batch))

    def with_cell(self, output: tuple[int, int]) -> Plan:
        """The same, for outputs that have something for every place.

        Args:
            output: Height and width of what the network gives for a window.

        Raises:
            InputError: If no whole pixels of either stand for one another.
        """
        ratios = {
            (one // math.gcd(one, two), two // math.gcd(one, two))
            for one, two in zip(self.tile, output, strict=True)
        }
        unit, pixels = ratios.pop()
        if ratios or unit > 256:
            raise InputError(
                f"gives {output[0]} x {output[1]} pixels for windows of {self.tile[0]} x "
                f"{self.tile[1]}, which do not fit",
                remedy="Choose another --tile.",
            )
        overlap = self.overlap // unit * unit
        return replace(self, overlap=overlap, cell=(unit, pixels), multiple=_MULTIPLE)


def _overlap(tile: int) -> int:
    """A quarter of a window, or a little more, so that the steps are a multiple of 32."""
    step = tile - tile // 4
    return tile - (step // _MULTIPLE * _MULTIPLE or step)
