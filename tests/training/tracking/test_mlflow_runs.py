"""A run that a real MLflow server follows, with PostgreSQL and a store that speaks S3 behind it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.services import mlflow_server, postgres, s3
from tests.training.runs import PUBLICATION, make_run

from geocairn.cli import main
from geocairn_training.data.synthetic import make
from geocairn_training.errors import RunError
from geocairn_training.export import export_run
from geocairn_training.facts import RunFacts
from geocairn_training.fitting.options import RunOptions
from geocairn_training.fitting.run import train
from geocairn_training.tracking.follow import follow, record
from geocairn_training.tracking.store import address

pytestmark = pytest.mark.filterwarnings("ignore")  # MLflow and exporters warn of themselves


@dataclass(frozen=True)
class Services:
    """What runs, and the variables by which clients find it."""

    url: str
    database: str
    variables: dict[str, str]


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    folder = tmp_path_factory.mktemp("services")
    with (
        postgres() as database,
        s3(folder, bucket="models") as variables,
        mlflow_server(
            folder, backend=database, artifacts="s3://models/handed-on", variables=variables
        ) as url,
    ):
        yield Services(url, database, variables)


@pytest.fixture
def tracked(services: Services, monkeypatch: pytest.MonkeyPatch) -> Services:
    """The usual variables of whoever uses the server."""
    for name, value in {**services.variables, "MLFLOW_TRACKING_URI": services.url}.items():
        monkeypatch.setenv(name, value)
    return services


def _import(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["import", "mlflow", *map(str, arguments)])
    return int(str(ended.value.code))


def test_a_server_gets_everything_and_gives_the_entry_back(
    tracked: Services, tmp_path: Path, schemas: Path
) -> None:
    import mlflow

    client = mlflow.MlflowClient(tracking_uri=tracked.url, registry_uri=tracked.url)
    # Here clients write to S3 themselves; what has no place of its own goes through the server.
    client.create_experiment("direct", artifact_location="s3://models/direct")
    town = make(tmp_path / "town", chips=16, size=32)
    publication = tmp_path / "publication.toml"
    publication.write_text('model = "town-unet"\nversion = "1.0.0"\ncollection = "towns"\n')
    folder = train(
        [
            f"--chips-dir={town / 'chips'}",
            f"--labels-dir={town / 'labels'}",
            f"--runs-dir={tmp_path / 'runs'}",
            f"--publication={publication}",
            "--epochs=2",
            "--lr=0.003",
            "--model.width=4",
            "--model.depth=2",
            "--trainer.enable_progress_bar=false",
            "--name=followed",
            "--register=town",
            "--run.experiment=direct",
        ]
    )
    version = client.get_model_version("town", "1")
    run = client.get_run(version.run_id)
    assert run.info.artifact_uri.startswith("s3://models/direct/")
    assert run.info.run_name == folder.name == "followed"
    assert run.info.status == "FINISHED"
    assert run.data.params["lr"] == "0.003"
    assert "final/test/iou/building" in run.data.metrics
    assert len(client.get_metric_history(run.info.run_id, "validation/iou")) == 2
    names = {entry.path for entry in client.list_artifacts(run.info.run_id)}
    assert {"facts.json", "model.onnx", "report.html", "plots", "statistics.json"} <= names
    assert {"system.json", "config.yaml", "entry"} <= names
    signature = mlflow.models.get_model_info(version.source).signature
    assert signature is not None
    assert signature.inputs.inputs[0].shape[1] == 3

    catalog = tmp_path / "catalog"
    assert _import("--model", "town", "--version", 1, "-o", catalog) == 0
    entry = catalog / "towns" / "town-unet" / "1.0.0"
    source = folder / "entry" / "towns" / "town-unet" / "1.0.0"
    assert _bytes(entry) == _bytes(source)
    assert (entry.parent / "README.md").read_bytes() == (source.parent / "README.md").read_bytes()
    hub = tmp_path / "hub"
    with pytest.raises(SystemExit) as ended:
        main(["build", str(catalog), "-o", str(hub), "--schemas", str(schemas), "--offline"])
    assert ended.value.code == 0
    built = json.loads((hub / "towns/town-unet-1.0.0/town-unet-1.0.0.json").read_text())
    assert built["properties"]["mlm:hyperparameters"]["lr"] == 0.003


def test_artifacts_go_through_the_server_where_clients_have_no_keys(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mlflow

    monkeypatch.setenv("MLFLOW_TRACKING_URI", services.url)
    folder = make_run(tmp_path / "runs" / "towns")
    export_run(folder, publication=PUBLICATION)
    options = RunOptions(folder=tmp_path / "runs", experiment="through", register="through")
    logger = follow(options, folder)
    assert logger is not None
    record(logger, folder, facts=RunFacts.read(folder), register="through")
    client = mlflow.MlflowClient(tracking_uri=services.url)
    place = client.get_run(logger.run_id).info.artifact_uri
    assert place.startswith("mlflow-artifacts:")
    assert _import("--model", "through", "-o", tmp_path / "catalog") == 0
    assert (tmp_path / "catalog/buildings/towns-unet/1.2.0/model.onnx").is_file()
    assert services.database.startswith("postgresql")


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_default_is_sqlite_beside_the_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    options = RunOptions(folder=tmp_path / "runs")
    assert address(runs=options.folder) == f"sqlite:///{tmp_path}/runs/mlflow.db"
    first = follow(options, tmp_path / "runs" / "one")
    again = follow(options, tmp_path / "runs" / "one")
    assert first is not None
    assert again is not None
    assert first.run_id == again.run_id  # a resumed run goes on in MLflow, too
    assert (tmp_path / "runs" / "mlflow.db").is_file()


def test_what_was_chosen_in_the_end_stands_beside_what_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mlflow

    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    folder = make_run(tmp_path / "runs" / "towns")
    export_run(folder, formats=())
    options = RunOptions(folder=tmp_path / "runs")
    logger = follow(options, folder)
    assert logger is not None
    logger.log_hyperparams({"lr": 0.1, "loss": "dice+ce"})
    record(logger, folder, facts=RunFacts.read(folder), register="")
    client = mlflow.MlflowClient(address(runs=options.folder))
    found = client.get_run(str(logger.run_id)).data.params
    assert (found["lr"], found["used_lr"]) == ("0.1", "0.002")
    assert found["loss"] == "dice+ce"
    assert "used_loss" not in found


def test_another_experiment_and_run_of_this_process_stay_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mlflow

    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_ID"):
        monkeypatch.setenv(name, "")  # So that they are gone again after the test.
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)  # A store makes its folder where it is opened.
    theirs, ours = (f"sqlite:///{tmp_path}/{name}.db" for name in ("theirs", "ours"))
    monkeypatch.setattr(mlflow.tracking.fluent, "_active_experiment_id", None)
    mlflow.set_tracking_uri(theirs)
    try:
        mlflow.create_experiment("other", artifact_location=(tmp_path / "other").as_uri())
        mlflow.set_experiment("other")
        before = dict(os.environ)
        folder = make_run(tmp_path / "runs" / "towns")
        export_run(folder, formats=())
        options = RunOptions(folder=tmp_path / "runs", tracking_uri=ours)
        with mlflow.start_run() as run:
            logger = follow(options, folder)
            assert logger is not None
            record(logger, folder, facts=RunFacts.read(folder), register="own")
            mlflow.log_param("whose", "theirs")
        assert mlflow.get_tracking_uri() == theirs
        assert dict(os.environ) == before
    finally:
        mlflow.set_tracking_uri(None)
    client = mlflow.MlflowClient(ours)
    followed = client.get_run(str(logger.run_id))
    assert followed.info.status == "FINISHED"
    (output,) = followed.outputs.model_outputs
    logged = client.get_logged_model(output.model_id)
    assert logged.experiment_id == followed.info.experiment_id
    assert logged.params == followed.data.params
    assert client.get_model_version("own", "1").run_id == logger.run_id
    given = mlflow.MlflowClient(theirs)
    (entry,) = given.search_runs([run.info.experiment_id])
    assert entry.data.params == {"whose": "theirs"}
    assert {one.name for one in given.search_experiments()} == {"Default", "other"}


def test_an_unreachable_store_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    options = RunOptions(folder=tmp_path, tracking_uri="http://127.0.0.1:9")
    with pytest.raises(RunError, match="does not answer") as caught:
        follow(options, tmp_path / "run")
    assert "http://127.0.0.1:9" in str(caught.value)
