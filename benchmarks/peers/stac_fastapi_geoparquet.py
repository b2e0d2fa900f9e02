"""stac-fastapi-geoparquet over a hub's files, in an environment of its own.

It needs older releases of what geocairn's own server stands on, so the two cannot share one.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["serve"]

HERE = Path(__file__).parent
REQUIREMENTS = HERE / "stac-fastapi-geoparquet.txt"
_SECONDS_TO_START = 60


@contextmanager
def serve(hub: Path, *, work: Path, extensions: Path) -> Iterator[str]:
    """Serve a hub's tables; gives the address, with a slash at its end.

    Args:
        hub: The hub's folder.
        work: Where the environment is made, once, and the list of collections.
        extensions: DuckDB's extensions, as DuckDB lays them out.

    Raises:
        OSError: If the server does not start.
        subprocess.CalledProcessError: If its packages cannot be installed.
    """
    python = _environment(work / "peers" / "stac-fastapi-geoparquet")
    listed = work / "peers" / "collections.json"
    listed.write_text(json.dumps(_collections(hub)))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = HERE / "serve_stac_fastapi.py"
    # Its packages warn of each other.
    server = subprocess.Popen(
        [python, "-W", "ignore", script, str(listed), str(extensions), str(port)]
    )
    try:
        url = f"http://127.0.0.1:{port}/"
        _wait(url, server)
        yield url
    finally:
        server.terminate()
        server.wait()


def _environment(folder: Path) -> Path:
    """The Python of the environment, made if it is not there as it should be."""
    python = folder / "bin" / "python"
    wanted, made = REQUIREMENTS.read_text(), folder / "made-from.txt"
    if not made.exists() or made.read_text() != wanted:
        print("setting up stac-fastapi-geoparquet", flush=True)
        venv.create(folder, with_pip=True, clear=True)
        install = [python, "-m", "pip", "install", "--quiet", "--no-deps", "-r", REQUIREMENTS]
        subprocess.run(install, check=True, stderr=subprocess.DEVNULL)
        made.write_text(wanted)
    return python


def _collections(hub: Path) -> list[object]:
    """The hub's collections, their asset by its place on this machine."""
    listed = []
    for path in sorted(hub.glob("*/collection.json")):
        collection = json.loads(path.read_bytes())
        collection["links"] = []
        for asset in collection["assets"].values():
            asset["href"] = str(path.with_name("items.parquet").resolve())
        listed.append(collection)
    return listed


def _wait(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(_SECONDS_TO_START * 10):
        if server.poll() is not None:
            raise OSError(f"{Path(sys.executable).name} ended with {server.returncode}")
        try:
            urllib.request.urlopen(url, timeout=10).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise OSError(f"nothing answers at {url}")
