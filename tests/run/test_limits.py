"""Disks without room, places that cannot be written, scenes larger than memory."""

from __future__ import annotations

import resource
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from tests.run import making
from tests.run.refusing import refused

from geocairn.errors import OutputError
from geocairn.run.runnable import RunnableModel

PIXELS = making.image()


_FULL = """
    import resource, sys
    sys.path.insert(0, sys.argv[1])
    from pathlib import Path
    from geocairn import _io
    from geocairn.errors import OutputError
    from geocairn.run.runnable import load_item
    item = _io.loads(Path(sys.argv[2]).read_bytes())
    model = load_item(item, threads=1)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[5]), resource.RLIM_INFINITY))
    try:
        model.predict(sys.argv[3], sys.argv[4], tile=64)
    except OutputError as error:
        print(error)
        sys.exit(7)
"""


@pytest.mark.parametrize("room", [2_000, 20_000, 70_000])
@pytest.mark.parametrize("ending", ["tif", "parquet", "gpkg"])
def test_a_disk_without_room(item: dict[str, Any], tmp_path: Path, room: int, ending: str) -> None:
    """A limit on the size of files is met at the same calls as a full disk."""
    from geocairn import _io

    (tmp_path / "item.json").write_bytes(_io.dumps(item))
    noise = np.random.default_rng(0).integers(1, 255, (3, 256, 256), np.uint8)
    scene = making.raster(tmp_path / "s.tif", noise, photometric="RGB")
    output = tmp_path / f"m.{ending}"
    root = Path(__file__).parents[2]
    arguments = [root, tmp_path / "item.json", scene, output, room]
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(_FULL), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 7), done.stderr
    assert done.returncode == 7 or room == 70_000
    if done.returncode == 7:
        assert len(done.stdout.strip().splitlines()) == 2, done.stdout
        assert not output.exists()
        assert not list(tmp_path.glob("m.*"))


def test_a_place_that_cannot_be_written(model: RunnableModel, scene: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(OutputError) as caught:
        model.predict(scene, tmp_path / "file" / "m.tif")
    assert caught.value.remedy


def test_two_runs_into_one_file(model: RunnableModel, scene: Path, tmp_path: Path) -> None:
    import filelock

    folder = tmp_path / ".m.tif.geocairn"
    folder.mkdir()
    with (
        filelock.FileLock(folder / "lock"),
        refused(tmp_path / "m.tif", "another run", kind=OutputError),
    ):
        model.predict(scene, tmp_path / "m.tif")


def test_larger_than_memory(model: RunnableModel, tmp_path: Path) -> None:
    """A scene that would take 0.8 GB as the network takes it, most of it without data."""
    path = tmp_path / "s.tif"
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=8_000,
        width=8_000,
        count=3,
        dtype="uint8",
        nodata=0,
        tiled=True,
        sparse_ok=True,
        crs=making.UTM,
        transform=making.NORTH_UP,
    ) as dataset:
        dataset.write(PIXELS, window=rasterio.windows.Window(5000, 2000, 128, 96))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    bands = {"red": 1, "green": 2, "blue": 3}
    result = model.predict(path, tmp_path / "m.tif", bands=bands, tile=512, check=False)
    assert sum(result.counts.values()) == PIXELS[0].size
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400_000
