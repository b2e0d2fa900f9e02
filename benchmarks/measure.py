"""Run a command and watch it: wall time, and the memory of all its processes together."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

__all__ = ["Measured", "generated", "run"]


@dataclass(frozen=True, slots=True)
class Measured:
    """What a command took.

    Attributes:
        seconds: Wall time.
        peak: Most memory at once of the command and its children, in bytes: resident pages,
            shared ones divided among those who share them (PSS).
        processor: Processor seconds of all of them: what a busy machine does not change much.
    """

    seconds: float
    peak: int
    processor: float


def run(command: Sequence[str], *, interval: float = 2.0) -> Measured:
    """Run a command to its end and watch its memory; it must succeed."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    peak = 0
    spent: dict[int, float] = {}
    while process.poll() is None:
        peak = max(peak, _look(process.pid, spent))
        try:
            process.wait(interval)
        except subprocess.TimeoutExpired:
            continue
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Measured(time.perf_counter() - begun, peak, sum(spent.values()))


def _look(pid: int, spent: dict[int, float]) -> int:
    """Memory of a process and its children now; notes the processor time of each so far."""
    try:
        family = [root := psutil.Process(pid), *root.children(recursive=True)]
    except psutil.Error:
        return 0
    total = 0
    for member in family:
        try:
            total += member.memory_full_info().pss
            times = member.cpu_times()
            spent[member.pid] = times.user + times.system
        except (psutil.Error, AttributeError):
            continue
    return total


def generated(count: int, folder: Path) -> Path:
    """A file of generated items, made once."""
    import sys

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"items-{count}.ndjson"
    if not path.exists():
        print(f"generating {count:,} items", flush=True)
        script = Path(__file__).with_name("generate.py")
        subprocess.run([sys.executable, str(script), str(count), str(path)], check=True)
    return path
