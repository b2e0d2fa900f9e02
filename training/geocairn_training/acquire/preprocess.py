"""From a box, or chips that are there already, to a folder of chips and masks to train on."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
from affine import Affine
from PIL import Image, UnidentifiedImageError

from geocairn.progress import Progress
from geocairn_training.acquire import footprints, masks, overpass
from geocairn_training.acquire.fetch import Fetcher, Patience
from geocairn_training.acquire.footprints import Footprints
from geocairn_training.acquire.tiles import Tile, address, covering
from geocairn_training.data import pairs, rasters
from geocairn_training.data.description import NAME, Description
from geocairn_training.data.pairs import Grid
from geocairn_training.errors import AcquireError, DataError
from geocairn_training.facts import Box

__all__ = ["Job", "preprocess"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What to make.

    Attributes:
        folder: Gets ``chips/``, ``labels/``, ``weights/`` where asked for, and ``dataset.json``.
        box: ``(west, south, east, north)`` in degrees; None where `chips` is given.
        zoom: Of the tiles.
        template: Address of the tiles.
        chips: Folder of georeferenced chips to use in place of tiles.
        labels: File of footprints; None asks Overpass.
        overpass_url: Of an Overpass interpreter.
        prefix: First part of the chips' names.
        boundary: Width in metres of the class between buildings that nearly touch; 0 for none.
        weights: Distance in metres over which weights between neighbours fall off, see
            `geocairn_training.acquire.weights`; 0 for no weights.
        cache: Folder of downloads; None for ``.cache`` inside `folder`.
        description: Of the data set, written where the folder has none.
    """

    folder: Path
    box: Box | None = None
    zoom: int = 19
    template: str = ""
    chips: Path | None = None
    labels: Path | None = None
    overpass_url: str = overpass.URL
    prefix: str = "OAM"
    boundary: float = 0.0
    weights: float = 0.0
    cache: Path | None = None
    patience: Patience = field(default_factory=Patience)
    description: Description = field(default_factory=Description)


def preprocess(job: Job, *, progress: Progress) -> int:
    """Make chips and masks; a run that was stopped goes on where it was.

    Args:
        job: What to make.
        progress: Is told how far it is.

    Returns:
        How many pairs there are.

    Raises:
        AcquireError: If a server does not give what is asked for.
        DataError: If chips or labels are not as they must be.
        OutputError: If the folder cannot be written.
    """
    given = footprints.read(job.labels) if job.labels else None
    grids, shapes = (
        (_converted(job, progress), given)
        if job.chips
        else asyncio.run(_fetched(job, given, progress))
    )
    if shapes is None:
        shapes = asyncio.run(_asked(job, grids))
    burner = masks.Burner(shapes, boundary=job.boundary)
    if not any(burner.covers(grid) for grid in grids):
        raise DataError(
            "no footprint lies on any chip",
            where=str(job.labels or job.overpass_url),
            remedy="Check that labels and chips are of the same place, and the labels' CRS.",
        )
    progress.step("burning masks", total=len(grids), unit="masks")
    for grid in grids:
        layers: dict[str, npt.NDArray[np.generic]] = {"labels": burner.mask(grid)}
        if job.weights:
            layers["weights"] = burner.weights(grid, sigma=job.weights)
        for name, layer in layers.items():
            target = job.folder / name / grid.path.name
            rasters.write(target, layer[np.newaxis], crs=grid.crs, transform=grid.transform)
        progress.advance(1)
    found = pairs.find(
        job.folder / "chips",
        job.folder / "labels",
        bands=grids[0].bands,
        weights=job.folder / "weights" if job.weights else None,
    )
    # What people have written there themselves stays.
    if not (job.folder / NAME).exists():
        job.description.write(job.folder)
    return len(found)


def _converted(job: Job, progress: Progress) -> list[Grid]:
    """Write chips of a folder as GeoTIFF, whatever format they have and wherever their CRS is."""
    assert job.chips is not None
    listed = sorted(p for p in job.chips.glob("*") if p.suffix.lower() in (".tif", ".tiff"))
    if not listed:
        raise DataError(
            "no GeoTIFF chips here", where=str(job.chips), remedy="Name the folder of the chips."
        )
    progress.step("reading chips", total=len(listed), unit="chips")
    grids = []
    for path in listed:
        grid = pairs.grid(path)
        with rasters.opened(path) as file:
            values = file.read()
        target = job.folder / "chips" / f"{path.stem}.tif"
        rasters.write(target, values, crs=grid.crs, transform=grid.transform, nodata=grid.nodata)
        grids.append(pairs.grid(target))
        progress.advance(1)
    return grids


async def _asked(job: Job, grids: Sequence[Grid]) -> Footprints:
    boxes = np.array([grid.box for grid in grids])
    west, south = map(float, boxes[:, :2].min(axis=0))
    east, north = map(float, boxes[:, 2:].max(axis=0))
    async with Fetcher.open(cache=_cache(job), patience=job.patience) as fetcher:
        return await overpass.buildings(fetcher, (west, south, east, north), url=job.overpass_url)


def _cache(job: Job) -> Path:
    return job.cache or job.folder / ".cache"


async def _fetched(
    job: Job, given: Footprints | None, progress: Progress
) -> tuple[list[Grid], Footprints | None]:
    """Tiles and footprints at the same time; the first failure ends all."""
    if job.box is None:
        raise AcquireError("no bbox", remedy="Give --bbox with --tms, or --chips-dir.")
    tiles = covering(job.box, zoom=job.zoom)
    address(job.template, tiles[0])  # a wrong template fails before anything is asked for
    corners = np.array([tile.box for tile in tiles])
    west, south = map(float, corners[:, :2].min(axis=0))
    east, north = map(float, corners[:, 2:].max(axis=0))
    progress.step("fetching tiles", total=len(tiles), unit="tiles")
    async with Fetcher.open(cache=_cache(job), patience=job.patience) as fetcher:
        try:
            async with asyncio.TaskGroup() as group:
                asked = None
                if given is None:
                    asked = group.create_task(
                        overpass.buildings(
                            fetcher, (west, south, east, north), url=job.overpass_url
                        )
                    )
                works = [group.create_task(_tile(job, fetcher, tile, progress)) for tile in tiles]
        except* AcquireError as failures:
            raise failures.exceptions[0] from None
    grids = [grid for grid in (work.result() for work in works) if grid is not None]
    if not grids:
        raise AcquireError(
            f"the server has none of the {len(tiles)} tiles",
            where=address(job.template, tiles[0]),
            remedy="Check --tms, --zoom and --bbox against the imagery.",
        )
    return grids, given if asked is None else asked.result()


async def _tile(job: Job, fetcher: Fetcher, tile: Tile, progress: Progress) -> Grid | None:
    """One chip; None where the imagery has no such tile."""
    url = address(job.template, tile)
    target = job.folder / "chips" / f"{job.prefix}-{tile.x}-{tile.y}-{tile.z}.tif"
    data = await fetcher.get(url, check=_fault)
    progress.advance(1)
    if data is None:
        return None
    if not target.is_file():
        values = await asyncio.to_thread(_decoded, data)
        transform = _place(tile, values.shape[1], values.shape[2])
        rasters.write(target, values, crs="EPSG:4326", transform=transform)
    return pairs.grid(target)


def _place(tile: Tile, height: int, width: int) -> Affine:
    west, south, east, north = tile.box
    return Affine((east - west) / width, 0, west, 0, (south - north) / height, north)


def _decoded(data: bytes) -> npt.NDArray[np.uint8]:
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB")).transpose(2, 0, 1)


def _fault(data: bytes) -> str:
    """What is wrong with an image; it is decoded to its last row."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        return f"not a whole image ({error})"
    return ""
