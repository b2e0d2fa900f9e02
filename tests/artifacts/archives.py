"""Archives, pickles and headers that mean harm; made when they are needed, and never loaded."""

from __future__ import annotations

import io
import json
import pickle
import stat
import zipfile
from collections.abc import Callable
from typing import Any

MARK = "geocairn-test-was-here"


class Command:
    """Runs a command where it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        import os

        return os.system, (f"touch {MARK}",)


def packed(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def _bomb() -> bytes:
    return packed({"model.emd": b"{}", "weights.bin": bytes(64 << 20)})


def _quine_like() -> bytes:
    """One file that the directory names a thousand times: few bytes, a lot unpacked."""
    data = bytearray(packed({"a": bytes(4 << 20)}))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        begin = archive.start_dir
        entry = bytes(data[begin : begin + 46 + 1])
    entries = b""
    for number in range(1000):
        name = f"{number:04d}".encode()
        head = bytearray(entry[:46])
        head[28:30] = len(name).to_bytes(2, "little")
        entries += bytes(head) + name
    end = b"PK\5\6" + bytes(4) + (1000).to_bytes(2, "little") * 2
    end += len(entries).to_bytes(4, "little") + begin.to_bytes(4, "little") + bytes(2)
    return bytes(data[:begin]) + entries + end


def _link() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("weights")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    return out.getvalue()


def _twice() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("model.emd", "{}")
        archive.writestr("MODEL.EMD", "[]")
    return out.getvalue()


ARCHIVES: dict[str, tuple[Callable[[], bytes], str]] = {
    "zip bomb": (_bomb, "unfolds from"),
    "zip bomb of overlapping files": (_quine_like, "shares bytes"),
    "path out of the folder": (lambda: packed({"../../evil.py": b"x"}), "outside of its folder"),
    "absolute path": (lambda: packed({"/etc/cron.d/evil": b"x"}), "outside of its folder"),
    "path of another system": (lambda: packed({"..\\evil.py": b"x"}), "outside of its folder"),
    "symbolic link": (_link, "symbolic link"),
    "names that differ by case": (_twice, "is in it twice"),
    "more files than anyone needs": (
        lambda: packed({f"{number}": b"" for number in range(50_001)}),
        "more than 50,000",
    ),
    "cut off": (lambda: packed({"a": b"x" * 1000})[:-10], "no whole zip archive"),
}
"""Archives that are refused: how each is made, and words of the reason."""


def safetensors(header: Any, body: bytes = b"") -> bytes:
    data = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(data).to_bytes(8, "little") + data + body


def _entry(shape: list[int], begin: int, end: int, dtype: str = "F32") -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


HEADERS: dict[str, tuple[Callable[[], bytes], str]] = {
    "header longer than the file": (
        lambda: (1 << 60).to_bytes(8, "little") + b"{}",
        "ends behind the file",
    ),
    "header of 17 MiB": (lambda: safetensors(b" " * (17 << 20)), "more than 16.0 MiB"),
    "overlapping tensors": (
        lambda: safetensors({"a": _entry([2], 0, 8), "b": _entry([2], 4, 12)}, bytes(12)),
        "overlaps",
    ),
    "gap between tensors": (
        lambda: safetensors({"a": _entry([1], 0, 4), "b": _entry([1], 8, 12)}, bytes(12)),
        "leaves a gap",
    ),
    "bytes behind the last tensor": (
        lambda: safetensors({"a": _entry([1], 0, 4)}, bytes(9)),
        "the file 9",
    ),
    "shape of 2^40 elements": (
        lambda: safetensors({"a": _entry([1 << 20, 1 << 20], 0, 4)}, bytes(4)),
        "does not fit its shape",
    ),
    "negative size": (lambda: safetensors({"a": _entry([-1], 0, 4)}, bytes(4)), "no shape"),
    "unknown type": (lambda: safetensors({"a": _entry([1], 0, 4, "PICKLE")}, bytes(4)), "unknown"),
    "name given twice": (
        lambda: safetensors(
            b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},'
            b'"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
            bytes(4),
        ),
        "given twice",
    ),
    "header nested 100,000 deep": (lambda: safetensors(b"[" * 100_000), "its header is"),
    "empty": (lambda: b"", "is empty"),
}
"""Safetensors files that are refused: how each is made, and words of the reason."""


def torch_zip(thing: Any, *, extra: dict[str, bytes] | None = None) -> bytes:
    """What torch.save writes, with this pickled."""
    members = {"archive/data.pkl": pickle.dumps(thing, protocol=2), "archive/version": b"3\n"}
    return packed(members | (extra or {}))


PICKLES: dict[str, Callable[[], bytes]] = {
    "command in a bare pickle": lambda: pickle.dumps(Command()),
    "command in an archive of PyTorch": lambda: torch_zip({"w": Command()}),
    "command behind an honest pickle": lambda: pickle.dumps({"w": 1}) + pickle.dumps(Command()),
    "command by way of getattr": lambda: (
        b"cbuiltins\ngetattr\n(cos\nsystem\nS'__call__'\ntR(S'id'\ntR."
    ),
}
"""Files that would run a command when loaded."""
