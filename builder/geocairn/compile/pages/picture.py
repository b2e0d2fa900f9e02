"""The picture that stands for the hub where a link to it is shown (Open Graph): cairn and land."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from geocairn import _io
from geocairn.compile.pages.land import outlines

__all__ = ["picture", "picture_name"]

# What the protocol's readers crop the least, in pixels.
_SIZE = (1200, 630)
_SMOOTH = 2
# Pixels in a hundredth of a degree, and the upper left corner: from 84 degrees north to 58 south.
_SCALE = 630 / 14200 * _SMOOTH
_WEST, _NORTH = -12500, 8400
_SEA, _LAND, _STONE = (246, 247, 243), (221, 216, 203), (11, 97, 83)
# The stones of the sign, as in templates/icon.svg: centre and radii in its 32 by 32 units.
_STONES = ((16, 26, 12, 4.5), (15, 17, 8.5, 3.8), (17, 9.4, 5.4, 3.2))
_SIGN = 11.0
Mask = npt.NDArray[np.bool_]


def picture_name(path: Path) -> str:
    """File name of the picture; another land, or another way of drawing, gives another.

    Args:
        path: The land, see `geocairn.compile.pages.land.land_file`.
    """
    key = _io.digest(path.read_bytes(), Path(__file__).read_bytes())
    return f"card-{key[:8].upper()}.png"


def picture(path: Path) -> bytes:
    """The picture, a PNG of 1200 by 630 pixels; see `picture_name`."""
    width, height = (side * _SMOOTH for side in _SIZE)
    image = np.empty((height, width, 3), np.uint8)
    image[:] = _SEA
    image[_land(path, width, height)] = _LAND
    image[_cairn(width, height)] = _STONE
    parts = image.reshape(_SIZE[1], _SMOOTH, _SIZE[0], _SMOOTH, 3)
    return _png(parts.mean(axis=(1, 3)).astype(np.uint8))


def _land(path: Path, width: int, height: int) -> Mask:
    """Where the land is, by the even-odd rule: a point is inside after an odd number of edges."""
    edges = []
    for line in outlines(path):
        points = np.array(line, float)
        x, y = (points[:, 0] - _WEST) * _SCALE, (_NORTH - points[:, 1]) * _SCALE
        edges.append(np.stack([x, y, np.roll(x, -1), np.roll(y, -1)], axis=1))
    x0, y0, x1, y1 = np.concatenate(edges).T
    first = np.clip(np.ceil(np.minimum(y0, y1) - 0.5), 0, height).astype(int)
    last = np.clip(np.ceil(np.maximum(y0, y1) - 0.5), 0, height).astype(int)
    count = last - first
    edge = np.repeat(np.arange(len(count)), count)
    rows = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count) + first[edge]
    share = (rows + 0.5 - y0[edge]) / (y1 - y0)[edge]
    columns = np.clip(np.round(x0[edge] + share * (x1 - x0)[edge]), 0, width).astype(int)
    crossings = np.zeros((height, width + 1), np.uint8)
    np.add.at(crossings, (rows, columns), 1)
    inside: Mask = (np.cumsum(crossings, axis=1, dtype=np.uint8)[:, :width] & 1).astype(bool)
    return inside


def _cairn(width: int, height: int) -> Mask:
    rows, columns = np.mgrid[0:height, 0:width]
    unit = _SIGN * _SMOOTH
    x, y = (columns - width / 2) / unit + 16, (rows - height / 2) / unit + 17.5
    found: Mask = np.zeros((height, width), bool)
    for cx, cy, rx, ry in _STONES:
        found |= ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1
    return found


def _png(image: npt.NDArray[np.uint8]) -> bytes:
    """Pixels, (height, width, 3), as a PNG (https://www.w3.org/TR/png-3/)."""
    height, width, _ = image.shape
    # Each row begins with its filter: none.
    rows = np.concatenate([np.zeros((height, 1), np.uint8), image.reshape(height, -1)], axis=1)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )
