"""The whole way, word for word as the documentation tells it: from nothing to a page of a hub."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from geocairn_training.data.synthetic import make
from geocairn_training.describe import Publication
from geocairn_training.facts import RunFacts
from geocairn_training.fitting.configuration import parse

ROOT = Path(__file__).parents[2]
# MLflow's own use of SQLAlchemy.
pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy is deprecated")
SET_UP = ("--old-file=.venv/.set-up", "--old-file=site/node_modules/.set-up")


def _environment(**more: str) -> dict[str, str]:
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    return {**os.environ, "PATH": path, "OMP_NUM_THREADS": "1", **more}


def _run(command: str, *, folder: Path, **variables: str) -> str:
    done = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env=_environment(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout[-5000:]
    assert "Traceback" not in done.stdout
    return done.stdout


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder like a clone that is set up."""
    folder = tmp_path / "clone"
    folder.mkdir()
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "training" / "configs", folder / "training" / "configs")
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


def test_make_train_and_build(clone: Path, schemas: Path) -> None:
    _run(f"make {' '.join(SET_UP)} train TRAIN='--epochs 2 --model.width 4'", folder=clone)
    facts = RunFacts.read(clone / "runs" / "latest")
    assert facts.epochs == 2
    assert facts.split.counts["train"] > facts.split.counts["test"] > 0
    offline = f"--schemas {schemas} --offline"
    told = _run(f"geocairn check {offline} runs/latest", folder=clone)
    assert "100/100 synthetic-town-unet-0.1.0" in told
    assert "nothing to report" in told
    shutil.copytree(ROOT / "catalog", clone / "catalog")
    _run(f"geocairn build catalog runs/latest -o hub --no-site {offline}", folder=clone)
    folder = clone / "hub" / "examples" / "synthetic-town-unet-0.1.0"
    item = json.loads((folder / "synthetic-town-unet-0.1.0.json").read_text())
    assert (folder / item["assets"]["onnx"]["href"]).is_file()
    assert (clone / "hub" / "torchgeo" / "collection.json").is_file()
    told = _run("geocairn search hub -q 'synthetic town' --format ndjson", folder=clone)
    assert json.loads(told)["id"] == "synthetic-town-unet-0.1.0"


def test_the_project_of_mlflow(tmp_path: Path) -> None:
    # A project runs in its own folder, and the repository's stays as it is.
    project = tmp_path / "training"
    project.mkdir()
    for name in ("MLproject", "python_env.yaml"):
        shutil.copy(ROOT / "training" / name, project)
    make(project / "data", chips=16, size=32)
    store = f"sqlite:///{tmp_path}/mlflow.db"
    told = _run(
        "mlflow run training --env-manager local -e train -P epochs=1 -P lr=2e-3",
        folder=tmp_path,
        MLFLOW_TRACKING_URI=store,
    )
    assert "succeeded" in told
    facts = RunFacts.read(project / "runs" / "latest")
    assert facts.epochs == 1
    assert facts.hyperparameters["lr"] == 0.002
    chip = min((project / "data" / "chips").iterdir())
    for wanted in ("true", "false"):
        given = f"-P image_path={chip} -P output_dir={wanted} -P mlflow_tracking={wanted}"
        _run(
            f"mlflow run training --env-manager local -e inference {given}",
            folder=tmp_path,
            MLFLOW_TRACKING_URI=store,
        )
        assert (project / wanted / f"{chip.stem}_mask.tif").is_file()
    from mlflow import MlflowClient

    client = MlflowClient(store)
    runs = client.search_runs([entry.experiment_id for entry in client.search_experiments()])
    names = [entry.data.tags["mlflow.project.entryPoint"] for entry in runs]
    assert sorted(names) == ["inference", "inference", "train"]
    tracked = [bool(entry.data.metrics) for entry in runs if entry.data.params.get("image_path")]
    assert sorted(tracked) == [False, True]
    (run,) = (entry for entry in runs if entry.data.params.get("epochs"))
    # The run that MLflow began is the one that training goes on with.
    assert run.info.status == "FINISHED"
    assert run.data.params["epochs"] == "1"
    assert "final/test/iou" in run.data.metrics


# LightningCLI's own use of jsonargparse.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("language", ["yaml", "toml"])
def test_what_the_documentation_shows_is_read(language: str, tmp_path: Path) -> None:
    text = (ROOT / "docs" / "train.md").read_text(encoding="utf-8")
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    assert blocks
    path = tmp_path / f"shown.{language}"
    for block in blocks:
        path.write_text(block, encoding="utf-8")
        if language == "toml":
            assert Publication.read(path).named("any").id == "town-unet-1.0.0"
        else:
            parse(["--config", str(path), "--data.chips=chips", "--data.labels=labels"])
