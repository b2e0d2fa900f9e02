"""Jobs that mean harm, and one that does not. Each tries in earnest and tells what it reached."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def add(numbers: list[float]) -> float:
    return sum(numbers)


def read(name: str) -> str:
    return Path(name).read_text(encoding="utf-8")


def environment(_: Any) -> dict[str, str]:
    return dict(os.environ)


def folder(_: Any) -> list[str]:
    return sorted(path.name for path in Path.cwd().iterdir())


def loop(_: Any) -> None:
    while True:
        pass


def sleep(_: Any) -> None:
    while True:
        time.sleep(1)


def allocate(_: Any) -> None:
    kept = []
    while True:
        kept.append(bytearray(64 << 20))


def talk(_: Any) -> str:
    return "x" * (64 << 20)


def chatter(_: Any) -> str:
    for _number in range(2000):
        sys.stdout.write("y" * 1000)
    sys.stdout.flush()
    return "done"


def crash(_: Any) -> None:
    ctypes.string_at(0)


def leave(_: Any) -> None:
    os._exit(7)


def fail(_: Any) -> None:
    raise ValueError("\x1b[31mred\nsecond line")


def answer(text: str) -> None:
    """Answers in the parent's own form, in place of the child."""
    for handle in range(3, 20):
        try:
            os.write(handle, text.encode())
        except OSError:
            continue
    os._exit(0)


def _refused(action: Callable[[], Any]) -> str:
    """What came of trying something: the error's name, or that it was done."""
    try:
        action()
    except BaseException as error:  # noqa: BLE001
        return f"{type(error).__name__}: {error}"
    return "DONE"


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _raw(number: int, *arguments: int) -> None:
    """A system call past the C library."""
    library = ctypes.CDLL(None, use_errno=True)
    if library.syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments)) < 0:
        raise OSError(ctypes.get_errno(), "")


def _bomb() -> None:
    while True:
        _fork()


def attempts(targets: dict[str, Any]) -> dict[str, str]:
    """Everything that a computation has no business to do."""
    address = ("127.0.0.1", targets["port"])
    own, outside = Path.cwd() / "file", Path(targets["outside"])
    tries: dict[str, Callable[[], Any]] = {
        "tcp socket": lambda: socket.create_connection(address, timeout=2),
        "udp socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(
            b"x", address
        ),
        "unix socket": lambda: socket.socket(socket.AF_UNIX),
        "raw socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1),
        "netlink socket": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
        "name lookup": lambda: socket.getaddrinfo("example.org", 80),
        "io_uring": lambda: _raw(425, 8, 0),
        "fork": _fork,
        "fork bomb": _bomb,
        "program": lambda: subprocess.run(["/bin/true"], check=True),
        "exec": lambda: os.execv("/bin/true", ["true"]),
        "thread": lambda: threading.Thread(target=add, args=([1],)).start(),
        "write in its folder": lambda: own.write_text("x"),
        "write elsewhere": lambda: outside.write_text("x"),
        "append": lambda: outside.open("a"),
        "read and write": lambda: outside.open("r+"),
        "truncate": lambda: os.truncate(outside, 0),
        "delete": outside.unlink,
        "rename": lambda: outside.rename(own),
        "link": lambda: own.symlink_to(outside),
        "folder": lambda: (Path.cwd() / "new").mkdir(),
        "mode": lambda: outside.chmod(0o777),
        "owner": lambda: os.chown(outside, 0, 0),
        "times": lambda: os.utime(outside, (0, 0)),
        "device": lambda: os.mknod(own, 0o600),
        "memory file": lambda: os.memfd_create("x"),
        "kill its parent": lambda: os.kill(os.getppid(), signal.SIGCONT),
        "kill others": lambda: os.kill(-1, 0),
        "debug": lambda: _raw(101, 16, os.getppid(), 0, 0),
        "mount": lambda: _raw(165, 0, 0, 0, 0, 0),
        "namespace": lambda: _raw(272, 0x10000000),
        "keys": lambda: _raw(250, 0, -3),
        "new filter": lambda: _raw(317, 1, 0, 0),
        "become another": lambda: os.setuid(65534),
        "more memory": _more_memory,
        "priority": lambda: os.nice(-5),
    }
    return {name: _refused(action) for name, action in tries.items()}


def _more_memory() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def foreign_call(_: Any) -> None:
    """Calls the kernel by x32's numbers, which a filter that forgets them lets pass."""
    _raw(0x40000000 + 41, socket.AF_INET, socket.SOCK_STREAM, 0)
