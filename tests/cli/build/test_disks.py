"""``geocairn build`` on disks that are read-only, full, or the hub itself."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.items import models, write_catalog, write_lines
from tests.running import Ran
from tests.trees import differences, tree

Build = Callable[..., Ran]
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts a small disk, or changes it; for the superuser only."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = False

    def mount(options: str) -> Path:
        nonlocal mounted
        kind = ["-o", f"remount,{options}"] if mounted else ["-t", "tmpfs", "-o", options, "tmpfs"]
        done = subprocess.run(["mount", *kind, str(place)], capture_output=True, check=False)
        if done.returncode:
            pytest.skip(f"cannot mount a disk here: {done.stderr.decode().strip()}")
        mounted = True
        return place

    if os.name != "posix" or os.geteuid() != 0:
        pytest.skip("only the superuser may mount a disk")
    yield mount
    if mounted:
        subprocess.run(["umount", str(place)], check=True)


def test_a_read_only_disk(geocairn: Build, disk: Callable[[str], Path]) -> None:
    hub = disk("size=4m") / "hub"
    write_catalog(Path("catalog"), models(3))
    assert geocairn("catalog", "-o", hub).code == 0
    before = tree(hub)
    disk("ro")
    write_catalog(Path("catalog"), models(5))
    result = geocairn("catalog", "-o", hub)
    assert result.code == 2
    assert "cannot write: Read-only file system" in result.err
    assert "choose another output with -o" in result.err
    assert tree(hub) == before
    disk("rw")
    assert geocairn("catalog", "-o", hub).code == 0


def test_a_full_disk_at_every_stage(geocairn: Build, disk: Callable[[str], Path]) -> None:
    place = disk("size=8m")
    hub, filler = place / "hub", place / "filler"
    few = write_lines(Path("few.ndjson"), models(4))
    many = write_lines(Path("many.ndjson"), models(60))
    assert geocairn(few, "-o", hub).code == 0
    before = tree(hub)
    failed = set()
    for free in range(40, 1000, 90):
        filler.unlink(missing_ok=True)
        status = os.statvfs(place)
        filler.write_bytes(bytes(status.f_bavail * status.f_frsize - free * 1024))
        result = geocairn(many, "-o", hub)
        if result.code == 0:
            break
        assert result.code == 2
        assert "No space left on device" in result.err
        assert "Free some space on that disk" in result.err
        assert differences(before, tree(hub)) == []
        failed.update(re.findall(r"\.hub\.geocairn/(\w+)", result.err))
    assert result.code == 0
    assert failed >= {"staging", "chunks"}
    assert geocairn(many, "-o", "elsewhere").code == 0
    assert differences(tree(hub), tree(Path("elsewhere"))) == []


def test_the_hub_is_a_disk_of_its_own(geocairn: Build, disk: Callable[[str], Path]) -> None:
    """As a volume that is mounted into a container is."""
    hub = disk("size=8m")
    for items in (models(4), models(7)[2:]):
        location = write_lines(Path("some.ndjson"), items)
        assert geocairn(location, "-o", hub).code == 0
        assert geocairn(location, "-o", "elsewhere").code == 0
        assert differences(tree(hub), tree(Path("elsewhere"))) == []
