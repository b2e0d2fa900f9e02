"""Builds that are killed or interrupted, as real processes, at real moments."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from tests.items import models, write_lines
from tests.trees import Tree, differences, tree

from geocairn import swap

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and groups are POSIX's")

COUNT = 400
INTERRUPTED = "Interrupted; every file is as it was, or new and whole."
# The command as it is, but that it takes this little for enough to share among processes.
DRIVER = """
from geocairn.build import pipeline
from geocairn.cli import main
from geocairn.sources import lines

if __name__ == "__main__":
    pipeline._WORTH_A_POOL, lines._SMALLEST, lines._ODDS = 0, 60_000, 2
    main()
"""


OPTIONS = ("-j2", "--offline", "--no-site")


class Builds:
    """Two inputs, and the hubs that whole builds make of them.

    Attributes:
        seconds: How long a whole build takes.
    """

    def __init__(self, folder: Path, schemas: Path) -> None:
        self.folder, self.schemas = folder, schemas
        self.started: list[subprocess.Popen[str]] = []
        items = models(COUNT)
        write_lines(folder / "one.ndjson", items)
        for item in items[200:]:
            item["properties"]["title"] += " again"
        write_lines(folder / "other.ndjson", items[100:])
        self.hubs: dict[str, Tree] = {"none": {}}
        for name in ("one", "other"):
            begun = time.monotonic()
            assert self.end(self.start(name, name)) == (0, "")
            self.seconds = time.monotonic() - begun
            self.hubs[name] = tree(folder / name)

    def start(self, source: str, hub: str = "hub") -> subprocess.Popen[str]:
        """Start a build as the leader of a process group."""
        driver = self.folder / "driver.py"
        driver.write_text(DRIVER)
        process = subprocess.Popen(
            [sys.executable, driver, "build", f"{source}.ndjson", "-o", hub, *OPTIONS],
            cwd=self.folder,
            env=os.environ | {"GEOCAIRN_SCHEMAS": str(self.schemas)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.started.append(process)
        return process

    @staticmethod
    def end(process: subprocess.Popen[str]) -> tuple[int, str]:
        """Wait for a build; gives its exit code and what it said of errors."""
        if process.stderr is None or process.stderr.closed:
            return process.returncode, ""
        with process:
            _, said = process.communicate(timeout=120)
        # What it says of collections that nobody describes is of no interest here.
        lines = said.splitlines()
        warned = ("HUB002", "    first in", "2 warnings in")
        return process.returncode, "\n".join(line for line in lines if not line.startswith(warned))

    @property
    def hub(self) -> Path:
        return self.folder / "hub"

    def reset(self, name: str) -> None:
        """Put a published hub in place, with its state."""
        for folder in (self.hub, swap.state_folder(self.hub)):
            subprocess.run(["rm", "-rf", folder], check=True)
        if name != "none":
            subprocess.run(["cp", "-al", self.folder / name, self.hub], check=True)
            state = swap.state_folder(self.folder / name)
            subprocess.run(["cp", "-al", state, swap.state_folder(self.hub)], check=True)

    def holds(self) -> str:
        """Which of the whole hubs is there, once what was begun is finished."""
        found = tree(self.hub) if self.hub.exists() else {}
        if swap.pending(self.hub):
            swap.recover(self.hub)
            return self._whole(tree(self.hub)) + ", once finished"
        return self._whole(found)

    def _whole(self, found: Tree) -> str:
        for name, expected in self.hubs.items():
            if found == expected:
                return name
        pytest.fail(f"a mix: {[differences(one, found)[:9] for one in self.hubs.values()]}")


@pytest.fixture
def builds(two_builds: Builds) -> Iterator[Builds]:
    yield two_builds
    for process in two_builds.started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        two_builds.end(process)
    two_builds.started.clear()


@pytest.fixture(scope="module")
def two_builds(tmp_path_factory: pytest.TempPathFactory, schemas: Path) -> Iterator[Builds]:
    memory = Path("/dev/shm")
    if os.access(memory, os.W_OK):
        folder = memory / f"geocairn-kill-{os.getpid()}"
        folder.mkdir()
    else:
        folder = tmp_path_factory.mktemp("kill")
    try:
        yield Builds(folder, schemas)
    finally:
        subprocess.run(["rm", "-rf", folder], check=True)


def members(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """Every process of a group that is at work."""
    found = []
    for pid in psutil.pids():
        try:
            one = psutil.Process(pid)
            if os.getpgid(pid) == process.pid and one.status() != psutil.STATUS_ZOMBIE:
                found.append(one)
        except (psutil.Error, ProcessLookupError):
            continue
    return found


def gone(process: subprocess.Popen[str]) -> bool:
    end = time.monotonic() + 10
    while members(process):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def until(happened: Callable[[], bool], process: subprocess.Popen[str]) -> bool:
    """Wait for something; says whether it came before the process ended."""
    while not happened():
        if process.poll() is not None:
            return False
        time.sleep(0.0005)
    return True


@pytest.mark.parametrize("before", ["none", "one"])
def test_killed_at_random_moments(builds: Builds, before: str) -> None:
    rng = random.Random(before)
    for share in (0.2, 0.5, 0.8, 0.95):
        builds.reset(before)
        process = builds.start("other")
        time.sleep(builds.seconds * (share + rng.uniform(-0.05, 0.05)))
        os.killpg(process.pid, signal.SIGKILL)
        builds.end(process)
        assert builds.holds() in (before, "other", "other, once finished")


def test_killed_while_it_swaps(builds: Builds) -> None:
    ends: list[str] = []
    # Later and later into the swap, and then as early as can be until one was not done.
    for wait in (0.002, 0.006, *[0.0] * 8):
        if len(ends) > 2 and "other, once finished" in ends:
            break
        builds.reset("one")
        process = builds.start("other")
        assert until(lambda: swap.pending(builds.hub), process)
        time.sleep(wait)
        os.killpg(process.pid, signal.SIGKILL)
        builds.end(process)
        ends.append(builds.holds())
    assert set(ends) == {"other", "other, once finished"} or set(ends) == {"other, once finished"}


def test_the_next_build_goes_on(builds: Builds) -> None:
    builds.reset("one")
    process = builds.start("other")
    assert until(lambda: swap.pending(builds.hub), process)
    os.killpg(process.pid, signal.SIGKILL)
    builds.end(process)
    assert builds.end(builds.start("one")) == (0, "")
    assert differences(builds.hubs["one"], tree(builds.hub)) == []
    assert not swap.staging_folder(builds.hub).exists()


def test_workers_end_with_their_starter(builds: Builds) -> None:
    """Left behind, they would go on to write where the next build does."""
    builds.reset("one")
    process = builds.start("other")
    assert until(lambda: len(members(process)) >= 4, process)
    os.kill(process.pid, signal.SIGKILL)
    builds.end(process)
    assert gone(process)
    assert builds.holds() == "one"


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.9])
def test_interrupted(builds: Builds, share: float) -> None:
    builds.reset("one")
    process = builds.start("other")
    assert until(swap.staging_folder(builds.hub).is_dir, process)
    time.sleep(builds.seconds * 0.6 * share)
    # As a terminal does: to the whole group.
    os.killpg(process.pid, signal.SIGINT)
    code, said = builds.end(process)
    if code == 0:  # it was done before
        assert builds.holds() == "other"
        return
    assert code == 130, said
    assert said.strip() == INTERRUPTED
    assert builds.holds() in ("one", "other")
    assert gone(process)
    assert not swap.staging_folder(builds.hub).exists()


def test_interrupted_while_workers_start(builds: Builds) -> None:
    builds.reset("none")
    process = builds.start("one")
    assert until(lambda: len(members(process)) >= 2, process)
    os.killpg(process.pid, signal.SIGINT)
    code, said = builds.end(process)
    assert code == 130, said
    assert said.strip() == INTERRUPTED
    assert gone(process)
    assert not builds.hub.exists()


def test_a_worker_that_is_killed_fails_the_build(builds: Builds) -> None:
    """As the system does when memory runs out."""
    builds.reset("one")
    process = builds.start("other")
    assert until(lambda: len(members(process)) >= 5, process)
    worker = max(members(process), key=lambda one: one.pid)
    worker.kill()
    code, said = builds.end(process)
    assert code == 2
    assert said.splitlines() == [
        "Error: a process ended before its work was done, as when memory runs out",
        "  Build again with fewer --jobs.",
    ]
    assert builds.holds() == "one"


def test_two_builds_at_once(builds: Builds) -> None:
    builds.reset("one")
    first = builds.start("other")
    assert until(swap.staging_folder(builds.hub).is_dir, first)
    second = builds.start("one")
    code, said = builds.end(second)
    assert code == 2
    assert "hub: another build is writing there" in said
    assert builds.end(first) == (0, "")
    assert builds.holds() == "other"
