"""The parent's side: starts the child, waits for it, and believes little of what it says."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from geocairn.errors import GeocairnError, InputError
from geocairn.sandbox.syscalls import machine

__all__ = ["Limits", "Outcome", "can_isolate", "run"]

_LONGEST_ANSWER = 4 << 20
_LONGEST_WORDS = 64 << 10
_BLOCK = 1 << 16
_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv.pop()); "
    "from geocairn.sandbox.child import main; main()"
)
# One thread: a result must not depend on how many there are, and the child may start none.
_ENVIRONMENT = {
    "LC_ALL": "C.UTF-8",
    "PATH": "",
    "GDAL_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a child may use.

    Attributes:
        memory: Bytes of address space, besides what its libraries take.
        processor: Seconds of processor time, loading included.
        wall: Seconds until it is ended, whatever it does.
    """

    memory: int = 4 << 30
    processor: int = 300
    wall: float = 600.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job.

    Attributes:
        result: What it gave; None where it failed.
        failure: Why it failed, in words; empty where it did not.
        layers: What isolated it: ``seccomp``, ``landlock``, ``limits``.
        seconds: How long the child lived.
        processor: Seconds of processor time, by the kernel's count.
        peak_memory: Bytes that it held in memory at the most, by the kernel's count.
    """

    result: Any
    failure: str
    layers: tuple[str, ...]
    seconds: float
    processor: float
    peak_memory: int


def can_isolate() -> bool:
    """Whether this system has the means to isolate a child."""
    return machine() is not None


def run(
    job: str,
    payload: Any,
    *,
    files: Mapping[str, Path],
    limits: Limits | None = None,
    isolated: bool = True,
) -> Outcome:
    """Do a job in a child process that can do nothing else.

    Args:
        job: ``module:function``; the function takes the payload and gives its result, both of
            what JSON can say. Its module is imported before the child is locked, so what the job
            needs belongs at its top.
        payload: See above.
        files: Copied into the child's private folder, where it runs, by name.
        limits: What it may use.
        isolated: False runs it with limits of resources alone, where even these exist.

    Raises:
        GeocairnError: If isolation is asked for and this system has no means for it, or it is
            Windows.
        InputError: If a file cannot be copied.
    """
    limits = limits or Limits()
    if sys.platform == "win32" or (isolated and not can_isolate()):
        raise _not_isolated(sys.platform)
    request = {
        "job": job,
        "payload": payload,
        "seconds": limits.processor,
        "memory": limits.memory,
        "isolated": isolated,
    }
    with tempfile.TemporaryDirectory(prefix="geocairn-sandbox-") as folder:
        for name, path in files.items():
            try:
                shutil.copyfile(path, Path(folder, name))
            except OSError as error:
                raise InputError(
                    f"cannot be read: {error.strerror or error}",
                    where=str(path),
                    remedy="Check the path of the file.",
                ) from error
        return _Child(Path(folder), limits).ask(json.dumps(request).encode())


def _not_isolated(reason: str) -> GeocairnError:
    trusting = "; or, if you trust the model as you trust a program, add --no-isolation"
    return GeocairnError(
        f"a model cannot be isolated on this system ({reason})",
        remedy="Do it on Linux (x86-64 or ARM 64), such as in a container"
        f"{'' if sys.platform == 'win32' else trusting}.",
    )


class _Child:
    """One child process."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self._limits = limits
        self._begun = time.monotonic()
        self._late = self._wordy = False
        # Not the working folder, which an empty name means: it holds no code of ours to import.
        places = json.dumps([str(Path(place).absolute()) for place in sys.path if place])
        environment = {**_ENVIRONMENT, "HOME": str(folder), "TMPDIR": str(folder)}
        self._process = subprocess.Popen(  # noqa: S603 - the interpreter, with our own words
            [sys.executable, "-I", "-B", "-c", _START, places],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env=environment,
            start_new_session=True,
        )

    def ask(self, request: bytes) -> Outcome:
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            with process.stdin as channel, contextlib.suppress(BrokenPipeError):
                channel.write(request)
            answer, words = self._listen(process.stdout, process.stderr)
            return self._outcome(answer, words)
        finally:
            self._kill()
            process.stdout.close()
            process.stderr.close()
            if process.returncode is None:
                process.wait()

    def _kill(self) -> None:
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if hasattr(os, "killpg"):
                    os.killpg(self._process.pid, signal.SIGKILL)
                else:
                    self._process.kill()

    def _listen(self, out: IO[bytes], err: IO[bytes]) -> tuple[bytes, bytes]:
        """Read both channels to their ends, within bounds of time and length."""
        read = {out: bytearray(), err: bytearray()}
        with selectors.DefaultSelector() as waiting:
            for channel in read:
                waiting.register(channel, selectors.EVENT_READ)
            while waiting.get_map():
                left = self._begun + self._limits.wall - time.monotonic()
                if left <= 0:
                    self._late = True
                    self._kill()
                    break
                for key, _ in waiting.select(min(left, 1.0)):
                    block = os.read(key.fd, _BLOCK)
                    if not block:
                        waiting.unregister(key.fileobj)
                    self._keep(read, key.fileobj, block, out=out)
        return bytes(read[out]), bytes(read[err])

    def _keep(self, read: Mapping[Any, bytearray], channel: Any, block: bytes, *, out: Any) -> None:
        kept = read[channel]
        if channel is out and len(kept) + len(block) > _LONGEST_ANSWER:
            self._wordy = True
            self._kill()
        elif len(kept) < _LONGEST_WORDS or channel is out:
            kept += block

    def _outcome(self, answer: bytes, words: bytes) -> Outcome:
        code, usage = self._wait()
        told: Any = None
        if code == 0 and not self._late and not self._wordy:
            with contextlib.suppress(ValueError, RecursionError):
                told = json.loads(answer)
        failure, result = self._judge(code, told, words)
        layers = told.get("layers") if isinstance(told, dict) else None
        # The kernel's count begins with what the parent held when the child was made.
        peak = told.get("peak") if isinstance(told, dict) else None
        peak = min(peak, usage[1]) if isinstance(peak, int) and peak > 0 else usage[1]
        return Outcome(
            result,
            failure,
            tuple(str(one) for one in layers) if isinstance(layers, list) else (),
            time.monotonic() - self._begun,
            usage[0],
            peak,
        )

    def _wait(self) -> tuple[int, tuple[float, int]]:
        """Wait for the end; gives the exit code, processor seconds and peak memory."""
        if not hasattr(os, "wait4"):
            return self._process.wait(), (0.0, 0)
        _, status, usage = os.wait4(self._process.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        unit = 1 if sys.platform == "darwin" else 1024
        return self._process.returncode, (usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit)

    def _judge(self, code: int, told: Any, words: bytes) -> tuple[str, Any]:
        if self._late:
            return f"took longer than {self._limits.wall:g} s", None
        if self._wordy:
            return "gave more output than any job does", None
        if code < 0:
            return self._by_signal(-code), None
        if not isinstance(told, dict):
            last = words.decode("utf-8", "replace").strip().splitlines()[-1:] or ["no answer"]
            return f"ended with code {code}: {last[0][:500]}", None
        if "failed" not in told:
            return "", told.get("result")
        if told["failed"] == "isolation":
            raise _not_isolated(str(told.get("message", ""))[:200])
        if told["failed"] == "memory":
            return self._memory(), None
        return f"{told['failed']}: {told.get('message', '')}"[:600], None

    def _by_signal(self, number: int) -> str:
        if number == getattr(signal, "SIGXCPU", None):
            return f"used more than {self._limits.processor} s of processor time"
        if number == signal.SIGABRT:
            return f"gave up, as a program does that {self._memory()}"
        name = signal.Signals(number).name if number in set(signal.Signals) else str(number)
        return f"was ended by the signal {name}"

    def _memory(self) -> str:
        return f"needs more memory than the {self._limits.memory / (1 << 30):g} GiB that it may use"
