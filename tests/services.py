"""Real services on free ports of this machine: PostgreSQL, a store that speaks S3, MLflow."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

S3_KEYS = {
    "AWS_ACCESS_KEY_ID": "tests",
    "AWS_SECRET_ACCESS_KEY": "tests-only",
    "AWS_DEFAULT_REGION": "us-east-1",
    # Neither a person's settings nor a cloud machine's own identity has a say.
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}
PATIENCE = 180.0
"""Seconds until a service must answer: the machine may be busy with other tests."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def _running(
    command: list[str], *, log: Path, stop: int = signal.SIGTERM, **options: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """A process and all that it starts, ended together."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=out, start_new_session=True, **options
        )
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, stop)
            process.wait()


def _until(answers: Any, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while not answers():
        told = log.read_text(errors="replace")[-3000:]
        assert process.poll() is None, told
        assert time.monotonic() < end, f"no answer within {PATIENCE} s\n{told}"
        time.sleep(0.1)


def _http(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def _postgres_binaries() -> Path:
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: float(path.parts[-3]),
    )
    on_path = shutil.which("initdb")
    if not found and on_path:
        found = [Path(on_path)]
    if not found:
        message = "needs PostgreSQL (Debian: apt-get install postgresql)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return found[-1].parent


@contextmanager
def postgres() -> Iterator[str]:
    """A cluster of its own that nothing but this process can reach: its address for SQLAlchemy."""
    binaries = _postgres_binaries()
    # A path to a socket has little room, and pytest's folders are closed to other users.
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    user: dict[str, Any] = {}
    if os.getuid() == 0:  # PostgreSQL refuses to run as root
        names = {entry.pw_name for entry in pwd.getpwall()}
        name = "postgres" if "postgres" in names else "nobody"
        entry = pwd.getpwnam(name)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
        user = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    data, log = folder / "data", folder / "log"
    options = {"cwd": folder, "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}, **user}
    try:
        make = [binaries / "initdb", "-D", data, "-U", "tests", "-A", "trust", "-E", "UTF8"]
        subprocess.run(
            [*map(str, make), "--no-sync"], check=True, stdout=subprocess.DEVNULL, **options
        )
        serve = [binaries / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses="]
        serve += ["-c", "fsync=off"]
        ready = [str(binaries / "pg_isready"), "-q", "-h", str(folder)]
        # SIGINT ends it without waiting for its clients.
        with _running(list(map(str, serve)), log=log, stop=signal.SIGINT, **options) as process:
            _until(lambda: subprocess.run(ready, check=False).returncode == 0, process, log)
            yield f"postgresql+psycopg2://tests@/postgres?host={folder}"
    finally:
        shutil.rmtree(folder)


@contextmanager
def s3(folder: Path, *, bucket: str) -> Iterator[dict[str, str]]:
    """A store that speaks S3, with one bucket: the variables by which MLflow finds it."""
    import boto3

    port, log = free_port(), folder / "s3.log"
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with _running(command, log=log, cwd=folder, env={**os.environ, **S3_KEYS}) as process:
        _until(lambda: _http(url), process, log)
        client = boto3.client(
            "s3",
            endpoint_url=url,
            region_name=S3_KEYS["AWS_DEFAULT_REGION"],
            aws_access_key_id=S3_KEYS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=S3_KEYS["AWS_SECRET_ACCESS_KEY"],
        )
        client.create_bucket(Bucket=bucket)
        yield {**S3_KEYS, "MLFLOW_S3_ENDPOINT_URL": url}


@contextmanager
def mlflow_server(
    folder: Path, *, backend: str, artifacts: str, variables: Mapping[str, str]
) -> Iterator[str]:
    """An MLflow server: its URL.

    Args:
        folder: For its log.
        backend: Address of its database.
        artifacts: Where it keeps artifacts that clients send to it.
        variables: Of the environment, beside this process's.
    """
    port, log = free_port(), folder / "mlflow.log"
    command = [sys.executable, "-m", "mlflow", "server", "--host=127.0.0.1", f"--port={port}"]
    command += [f"--backend-store-uri={backend}", f"--artifacts-destination={artifacts}"]
    command += ["--workers=1"]
    environment = {**os.environ, **variables, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    environment.pop("MLFLOW_TRACKING_URI", None)
    url = f"http://127.0.0.1:{port}"
    with _running(command, log=log, cwd=folder, env=environment) as process:
        _until(lambda: _http(f"{url}/health"), process, log)
        yield url
