"""A run that a real MLflow server follows, on a free port of this machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from geocairn_training.data.synthetic import make
from geocairn_training.errors import RunError
from geocairn_training.fitting.options import RunOptions
from geocairn_training.fitting.run import train
from geocairn_training.tracking.follow import follow, store

pytestmark = pytest.mark.filterwarnings("ignore")  # MLflow and exporters warn of themselves


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (tmp_path / "server.log").open("wb")
    command = [sys.executable, "-m", "mlflow", "server", "--host=127.0.0.1", f"--port={port}"]
    command += [f"--backend-store-uri=sqlite:///{tmp_path}/store.db", "--workers=1"]
    command += [f"--artifacts-destination={tmp_path}/artifacts"]
    process = subprocess.Popen(
        command,
        stdout=log,
        stderr=log,
        env={**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"},
        cwd=tmp_path,
        start_new_session=True,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{url}/health", timeout=1).close()
                break
            except OSError:
                assert process.poll() is None, (tmp_path / "server.log").read_text()[-2000:]
                time.sleep(0.1)
        yield url
    finally:
        os.killpg(process.pid, 15)
        process.wait()
        log.close()


def test_a_server_gets_everything(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mlflow

    town = make(tmp_path / "town", chips=16, size=32)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server)
    folder = train(
        [
            f"--chips-dir={town / 'chips'}",
            f"--labels-dir={town / 'labels'}",
            f"--runs-dir={tmp_path / 'runs'}",
            "--epochs=2",
            "--lr=0.003",
            "--model.width=4",
            "--model.depth=2",
            "--trainer.enable_progress_bar=false",
            "--name=followed",
            "--register=town",
        ]
    )
    client = mlflow.MlflowClient(tracking_uri=server, registry_uri=server)
    version = client.get_model_version("town", "1")
    run = client.get_run(version.run_id)
    assert run.info.run_name == folder.name == "followed"
    assert run.info.status == "FINISHED"
    assert run.data.params["lr"] == "0.003"
    assert "final/test/iou/building" in run.data.metrics
    assert len(client.get_metric_history(run.info.run_id, "validation/iou")) == 2
    names = {entry.path for entry in client.list_artifacts(run.info.run_id)}
    assert {"facts.json", "model.onnx", "report.html", "plots", "statistics.json"} <= names
    assert {"system.json", "config.yaml"} <= names
    signature = mlflow.models.get_model_info(version.source).signature
    assert signature is not None
    assert signature.inputs.inputs[0].shape[1] == 3


def test_the_default_is_sqlite_beside_the_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    options = RunOptions(folder=tmp_path / "runs")
    assert store(options) == f"sqlite:///{tmp_path}/runs/mlflow.db"
    first = follow(options, tmp_path / "runs" / "one")
    again = follow(options, tmp_path / "runs" / "one")
    assert first is not None
    assert again is not None
    assert first.run_id == again.run_id  # a resumed run goes on in MLflow, too
    assert (tmp_path / "runs" / "mlflow.db").is_file()


def test_an_unreachable_store_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    options = RunOptions(folder=tmp_path, tracking_uri="http://127.0.0.1:9")
    with pytest.raises(RunError, match="does not answer") as caught:
        follow(options, tmp_path / "run")
    assert "http://127.0.0.1:9" in str(caught.value)
