"""Inference recorded as a run of MLflow, in a real store."""

import mlflow
import pytest

from geocairn_training.inference import Options, run
from geocairn_training.inference.tracking import EXPERIMENT, record

# MLflow's own use of SQLAlchemy.
pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy is deprecated")


@pytest.fixture
def store(tmp_path, monkeypatch):
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    return uri


def test_parameters_figures_and_files_are_recorded(store, make, predictor, pixels, tmp_path):
    scenes = [make(pixels, "a.tif"), make(pixels // 2, "b.tif")]
    out = tmp_path / "out"
    documents = list(run(scenes, predictor, output=out, options=Options(threshold=0.6)))
    identity = record(documents, output=out)
    client = mlflow.MlflowClient(store)
    found = client.get_run(identity)
    assert client.get_experiment(found.info.experiment_id).name == EXPERIMENT
    assert found.info.status == "FINISHED"
    assert found.data.params["threshold"] == "0.6"
    assert found.data.params["model.name"] == "bright"
    history = client.get_metric_history(identity, "share.bright")
    assert [one.value for one in history] == pytest.approx([3600 / 30_000], abs=1e-9)
    assert len(client.get_metric_history(identity, "seconds.total")) == 2
    names = {one.path for one in client.list_artifacts(identity, "a")}
    assert names == {f"a/{name}" for name in (*documents[0]["outputs"], "a.json")}


def test_the_default_is_the_store_of_training(make, predictor, pixels, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    out = tmp_path / "out"
    documents = list(run([make(pixels)], predictor, output=out, options=Options()))
    identity = record(documents, output=out)
    found = mlflow.MlflowClient(f"sqlite:///{tmp_path}/runs/mlflow.db").get_run(identity)
    assert found.info.artifact_uri.startswith(f"file://{tmp_path}/runs/mlartifacts/")
    assert not (tmp_path / "mlruns").exists()


def test_a_run_that_mlflow_has_begun_is_gone_on_with(
    store, make, predictor, pixels, tmp_path, monkeypatch
):
    client = mlflow.MlflowClient(store)
    begun = client.create_run(client.create_experiment("project")).info.run_id
    monkeypatch.setenv("MLFLOW_RUN_ID", begun)
    out = tmp_path / "out"
    documents = list(run([make(pixels)], predictor, output=out, options=Options()))
    assert record(documents, output=out) == begun
    assert client.get_run(begun).info.status == "FINISHED"
    assert client.get_experiment_by_name(EXPERIMENT) is None


def test_a_run_whose_files_cannot_be_stored_has_failed(store, make, predictor, pixels, tmp_path):
    out = tmp_path / "out"
    documents = list(run([make(pixels)], predictor, output=out, options=Options()))
    lost = next(iter(documents[0]["outputs"]))
    (out / lost).unlink()
    with pytest.raises(OSError, match=lost):
        record(documents, output=out)
    client = mlflow.MlflowClient(store)
    (found,) = client.search_runs([client.get_experiment_by_name(EXPERIMENT).experiment_id])
    assert found.info.status == "FAILED"
