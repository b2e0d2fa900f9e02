"""What the child gives up, once everything that it needs is loaded."""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from pathlib import Path

from geocairn.sandbox import landlock, seccomp
from geocairn.sandbox.syscalls import machine

__all__ = ["leave", "limit", "limit_memory", "lock", "peak_memory"]

_NO_NEW_PRIVILEGES, _DUMPABLE, _DROP_BOUND = 38, 4, 24
_LAST_CAPABILITY = 63
# What libraries read about the machine, or load late.
_SYSTEM = ("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/sys/devices/system", "/proc/self")
_OPEN_FILES = 64


def limit(*, seconds: int) -> bool:
    """Bound processor time, files written, processes and core dumps; False where nothing can."""
    if sys.platform == "win32":
        return False
    import resource

    # Where the second of two is passed the kernel kills; at the first it says why.
    wanted = {
        "RLIMIT_CPU": (seconds, seconds + 1),
        "RLIMIT_FSIZE": (0, 0),
        "RLIMIT_CORE": (0, 0),
        "RLIMIT_NOFILE": (_OPEN_FILES, _OPEN_FILES),
    }
    for name, (soft, hard) in wanted.items():
        kind = getattr(resource, name)
        _, most = resource.getrlimit(kind)
        if most != resource.RLIM_INFINITY:
            soft, hard = min(soft, most), min(hard, most)
        resource.setrlimit(kind, (soft, hard))
    return True


def limit_memory(size: int) -> bool:
    """Bound the address space to what is in use now and so many bytes more.

    To be called when everything is loaded: libraries reserve much that they never use.
    """
    if sys.platform != "linux":
        return False
    import resource

    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + size
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    # Where the kernel heeds it (it does not for root), no thread is added either.
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    return True


def peak_memory() -> int | None:
    """Bytes that this process held at the most; None where the kernel does not tell."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return None
    lines = dict(line.partition(":")[::2] for line in status.splitlines())
    return int(lines["VmHWM"].split()[0]) * 1024 if "VmHWM" in lines else None


def lock(folder: Path) -> list[str]:
    """Give up everything but computing and reading; for good.

    Args:
        folder: The private folder, which may be read.

    Returns:
        What holds from now on: ``seccomp`` and, where the kernel has it, ``landlock``. Empty
        where the system has no such means.

    Raises:
        OSError: If it has them, but they do not take hold.
    """
    kind = machine()
    if kind is None:
        return []
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "the kernel does not let privileges be given up")
    library.prctl(_DUMPABLE, 0, 0, 0, 0)
    _drop_capabilities(library)
    readable = [folder, *map(Path, _SYSTEM)]
    readable += [Path(place) for place in {sys.prefix, sys.base_prefix, *sys.path} if place]
    held = landlock.restrict(readable)
    seccomp.install(kind)
    return ["seccomp", "landlock"] if held else ["seccomp"]


def _drop_capabilities(library: ctypes.CDLL) -> None:
    """Lose what root may do; without effect for anyone else."""
    for number in range(_LAST_CAPABILITY + 1):
        library.prctl(_DROP_BOUND, number, 0, 0, 0)
    header = struct.pack("=Ii", 0x20080522, 0)  # version 3, this process
    library.capset(header, bytes(24))


def leave(code: int) -> None:
    """End at once, without anything that libraries would still do."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
