"""Numbers of system calls, and which of them a computation may use.

From the kernel's own tables, ``arch/x86/entry/syscalls/syscall_64.tbl`` and
``include/uapi/asm-generic/unistd.h``; numbers never change.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["ALLOWED", "OPENING", "OWN", "REFUSED", "Machine", "machine"]


@dataclass(frozen=True, slots=True)
class Machine:
    """A kind of processor.

    Attributes:
        audit: The kernel's name for it (``linux/audit.h``).
        column: Which of the two numbers in the tables below is its.
        seccomp: Number of ``seccomp``.
    """

    audit: int
    column: int
    seccomp: int


_MACHINES = {
    "x86_64": Machine(0xC000003E, 0, 317),
    "aarch64": Machine(0xC00000B7, 1, 277),
}

NONE = -1
Numbers = Mapping[str, tuple[int, int]]

ALLOWED: Numbers = {
    "access": (21, NONE),
    "arch_prctl": (158, NONE),
    "brk": (12, 214),
    "clock_getres": (229, 114),
    "clock_gettime": (228, 113),
    "clock_nanosleep": (230, 115),
    "close": (3, 57),
    "dup": (32, 23),
    "exit": (60, 93),
    "exit_group": (231, 94),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "fcntl": (72, 25),
    "fstat": (5, 80),
    "futex": (202, 98),
    "get_mempolicy": (239, 236),
    "getcpu": (309, 168),
    "getcwd": (79, 17),
    "getdents64": (217, 61),
    "getegid": (108, 177),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getpid": (39, 172),
    "getppid": (110, 173),
    "getrandom": (318, 278),
    "getrlimit": (97, 163),
    "getrusage": (98, 165),
    "gettid": (186, 178),
    "gettimeofday": (96, 169),
    "getuid": (102, 174),
    "lseek": (8, 62),
    "lstat": (6, NONE),
    "madvise": (28, 233),
    "membarrier": (324, 283),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "mremap": (25, 216),
    "munmap": (11, 215),
    "nanosleep": (35, 101),
    "newfstatat": (262, 79),
    "poll": (7, NONE),
    "ppoll": (271, 73),
    "pread64": (17, 67),
    "read": (0, 63),
    "readlink": (89, NONE),
    "readlinkat": (267, 78),
    "readv": (19, 65),
    "restart_syscall": (219, 128),
    "rseq": (334, 293),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sched_getaffinity": (204, 123),
    "sched_yield": (24, 124),
    "set_robust_list": (273, 99),
    "sigaltstack": (131, 132),
    "stat": (4, NONE),
    "statx": (332, 291),
    "sysinfo": (99, 179),
    "time": (201, NONE),
    "uname": (63, 160),
    "write": (1, 64),
    "writev": (20, 66),
}
"""What may be called with any arguments; it writes only where something is open for writing."""

OPENING: Mapping[str, tuple[tuple[int, int], int]] = {
    "open": ((2, NONE), 1),
    "openat": ((257, 56), 2),
}
"""What opens files, with the number of the argument that says how; reading is let pass."""

OWN: Mapping[str, tuple[tuple[int, int], int]] = {
    "prlimit64": ((302, 261), 0),
    "tgkill": ((234, 131), 0),
}
"""What may be done to oneself: the argument names a process, of which 0 is one's own."""

REFUSED: Numbers = {
    "bind": (49, 200),
    "clone": (56, 220),
    "connect": (42, 203),
    "execve": (59, 221),
    "execveat": (322, 281),
    "fork": (57, NONE),
    "mkdir": (83, NONE),
    "mkdirat": (258, 34),
    "ptrace": (101, 117),
    "rename": (82, NONE),
    "renameat": (264, 38),
    "renameat2": (316, 276),
    "rmdir": (84, NONE),
    "socket": (41, 198),
    "socketpair": (53, 199),
    "truncate": (76, 45),
    "unlink": (87, NONE),
    "unlinkat": (263, 35),
    "vfork": (58, NONE),
}
"""What is refused with *not permitted*, for programs understand that best.

All others, those of kernels to come among them, are refused with *no such call*: then the C library
tries an older one, whose arguments can be looked at.
"""


def machine() -> Machine | None:
    """The kind of processor that this is; None where its numbers are not known here."""
    return _MACHINES.get(platform.machine()) if platform.system() == "Linux" else None
