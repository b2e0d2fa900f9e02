"""What runs in the child: a job that the parent names, under lock."""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from geocairn.sandbox.lock import leave, limit, limit_memory, lock, peak_memory

__all__ = ["main"]


def main() -> None:
    """Read a request from standard input, do the job and write its answer."""
    request = json.load(sys.stdin.buffer)
    # Libraries may print whatever they like; the answer has a channel of its own.
    answer = os.dup(1)
    os.dup2(2, 1)
    limit(seconds=request["seconds"])
    module, _, name = request["job"].partition(":")
    job = getattr(importlib.import_module(module), name)
    bounded = limit_memory(request["memory"])
    layers, fault = _locked() if request["isolated"] else ([], "")
    refusal = {"failed": "isolation", "message": fault}
    told: dict[str, Any] = refusal if fault else _done(job, request["payload"])
    told["layers"] = [*layers, "limits"] if bounded else layers
    told["peak"] = peak_memory()
    _write(answer, json.dumps(told).encode())
    leave(0)


def _locked() -> tuple[list[str], str]:
    """Lock this process; gives what holds, and why nothing does where that is so."""
    try:
        layers = lock(Path.cwd())
    except OSError as error:
        return [], str(error)
    return layers, "" if layers else "it has no means for that"


def _done(job: Any, payload: Any) -> dict[str, Any]:
    try:
        return {"result": job(payload)}
    except MemoryError:
        return {"failed": "memory", "message": ""}
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent wants to know
        lines = str(error).strip().splitlines() or [""]
        return {"failed": type(error).__name__, "message": lines[0][:500]}


def _write(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]
