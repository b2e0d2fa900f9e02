"""The same bytes from a Dask cluster of two processes that run elsewhere."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tests.items import model, models, write_catalog, write_lines
from tests.trees import differences, tree

from geocairn.build import BuildOptions, build
from geocairn.build import pipeline as stages
from geocairn.errors import GeocairnError, OutputError

pytest.importorskip("distributed", reason="needs the package distributed")


@dataclass
class Cluster:
    """A scheduler's address, and its two workers."""

    address: str
    workers: list[subprocess.Popen[bytes]]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    common = ["--host", "127.0.0.1", "--no-dashboard"]
    worker = ["worker", address, *common, "--nthreads", "1", "--no-nanny", "--death-timeout", "60"]
    commands = [["scheduler", "--port", str(port), *common], worker, worker]
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "dask", *command],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for command in commands
    ]
    try:
        yield Cluster(address, processes[1:])
    finally:
        for process in processes:
            process.kill()
            process.wait()


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is shared among workers, small as it is."""
    monkeypatch.setattr(stages, "_WORTH_A_POOL", 0)
    monkeypatch.setattr("geocairn.build.tables._ROWS_WORTH_A_POOL", 0)
    monkeypatch.setattr("geocairn.sources.lines._SMALLEST", 20_000)
    monkeypatch.setattr("geocairn.sources.lines._ODDS", 2)
    monkeypatch.setattr("geocairn.sources.folder._SMALLEST", 4)


@pytest.mark.usefixtures("shared")
def test_a_cluster_gives_the_same_bytes(
    tmp_path: Path,
    options: BuildOptions,
    cluster: Cluster,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The workers run in another folder: what is typed here means the same there.
    monkeypatch.chdir(tmp_path)
    write_lines(Path("some.ndjson"), models(120))
    extra = [model(f"extra-{n}", collection="c1", version="1.0") for n in range(12)]
    write_catalog(Path("catalog"), extra)
    sources = ["some.ndjson", "catalog"]
    build(sources, Path("here"), options=options)
    with monkeypatch.context() as patched:
        for function in ("prepare.Encoder", "assemble.write_fragment"):
            patched.setattr(f"geocairn.build.{function}", None)  # nobody works here
        build(sources, Path("there"), options=replace(options, dask=cluster.address))
    assert differences(tree(Path("here")), tree(Path("there"))) == []


@pytest.mark.usefixtures("shared")
def test_errors_come_back_from_a_cluster(
    tmp_path: Path, options: BuildOptions, cluster: Cluster
) -> None:
    write_lines(tmp_path / "some.ndjson", models(30))
    (tmp_path / ".hub.geocairn").mkdir()
    (tmp_path / ".hub.geocairn" / "chunks").symlink_to("/proc")
    with pytest.raises(OutputError, match="cannot write"):
        build(
            [str(tmp_path / "some.ndjson")],
            tmp_path / "hub",
            options=replace(options, dask=cluster.address),
        )


@pytest.mark.usefixtures("shared")
def test_a_cluster_that_loses_its_workers(
    tmp_path: Path, options: BuildOptions, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last test of this module: there is no cluster left."""
    write_lines(tmp_path / "some.ndjson", models(30))
    monkeypatch.setattr("geocairn.build.executor._PATIENCE", 1)
    for worker in cluster.workers:
        worker.kill()
        worker.wait()
    with pytest.raises(GeocairnError, match="has no workers") as caught:
        build(
            [str(tmp_path / "some.ndjson")],
            tmp_path / "hub",
            options=replace(options, dask=cluster.address),
        )
    assert caught.value.where == cluster.address
    assert not (tmp_path / "hub").exists()


def test_a_scheduler_that_is_not_there(
    tmp_path: Path, options: BuildOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geocairn.build.executor._PATIENCE", 1)
    with pytest.raises(GeocairnError, match="no Dask scheduler answers") as caught:
        build(["x.ndjson"], tmp_path / "hub", options=replace(options, dask="tcp://127.0.0.1:9"))
    assert caught.value.where == "tcp://127.0.0.1:9"
