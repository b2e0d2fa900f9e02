"""Entries out of a real MLflow store, good and hostile ones, and out of a server that lies."""

from __future__ import annotations

import hashlib
import json
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from geocairn import _io
from geocairn.cli.import_ import command
from geocairn.errors import InputError
from geocairn.sources.importers.mlflow import import_model
from geocairn.sources.local import LARGEST

# MLflow's own use of SQLAlchemy and of protobuf.
pytestmark = pytest.mark.filterwarnings("ignore")

PLACE = "towns/unet/1.0.0"
Files = dict[str, bytes]
Register = Callable[..., str]


class _Payload:
    """What a hostile pickle does when it is loaded."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (Path("/tmp/geocairn-was-unpickled"),))


def entry(**changes: Any) -> Files:
    """The files of an entry; `changes` are made to the item's asset ``weights``."""
    weights = pickle.dumps(_Payload())
    asset = {
        "href": "./weights.pth",
        "file:size": len(weights),
        "file:checksum": "1220" + hashlib.sha256(weights).hexdigest(),
    }
    elsewhere = {"href": "https://example.org/model.onnx"}
    item = {
        "type": "Feature",
        "id": "unet-1.0.0",
        "assets": {"weights": asset | changes, "model": elsewhere},
    }
    return {
        "towns/collection.json": b'{"id": "towns"}',
        "towns/unet/README.md": b"# Card\n",
        f"{PLACE}/item.json": _io.dumps(item),
        f"{PLACE}/weights.pth": weights,
    }


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store that lasts as long as the tests: its tables take seconds to make."""
    return f"sqlite:///{tmp_path_factory.mktemp('mlflow')}/mlflow.db"


@pytest.fixture
def register(
    store: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Register:
    """Registers a version whose run has the files given, and tells the model's name."""
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    client = MlflowClient(tracking_uri=store, registry_uri=store)
    name = request.node.name

    def registered(files: Files, *, linked: bool = True) -> str:
        folder = tmp_path / f"logged-{len(list(tmp_path.iterdir()))}"
        for path, data in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        try:
            experiment = client.create_experiment(name, (tmp_path / "artifacts").as_uri())
            client.create_registered_model(name)
        except MlflowException:  # a second version of the same test's model
            experiment = client.get_experiment_by_name(name).experiment_id
        run = client.create_run(experiment)
        if files:
            client.log_artifacts(run.info.run_id, str(folder), "entry")
        identity = run.info.run_id if linked else None
        client.create_model_version(name, run.info.artifact_uri, run_id=identity)
        return str(name)

    return registered


def test_an_entry_is_brought_in_and_stays_what_it_is(
    store: str, register: Register, tmp_path: Path
) -> None:
    name, catalog = register(entry()), tmp_path / "catalog"
    result = import_model(catalog, uri=store, model=name)
    assert result.folder == catalog / PLACE
    found = {
        str(p.relative_to(catalog)): p.read_bytes() for p in catalog.rglob("*.*") if p.is_file()
    }
    assert found == entry()
    assert not Path("/tmp/geocairn-was-unpickled").exists()

    (catalog / "towns/unet/README.md").write_text("# Better\n")
    (catalog / "towns/collection.json").write_text('{"id": "towns", "title": "Towns"}')
    again = import_model(catalog, uri=store, model=name, version="1")
    assert again.written == frozenset()
    assert (catalog / "towns/unet/README.md").read_text() == "# Better\n"

    changed = entry(title="New weights, says the item")
    register(changed)
    with pytest.raises(InputError, match="another item of that name and version") as caught:
        import_model(catalog, uri=store, model=name)
    assert str(catalog / PLACE / "item.json") in str(caught.value)
    assert import_model(catalog, uri=store, model=name, version="1").version.number == "1"


def test_the_highest_version_is_the_usual_one(
    store: str, register: Register, tmp_path: Path
) -> None:
    for number in range(11):  # the tenth comes after the ninth, not after the first
        name = register(entry(title=str(number)))
    result = CliRunner().invoke(
        command,
        ["mlflow", "--tracking-uri", store, "--model", name, "-o", str(tmp_path / "catalog")],
    )
    assert result.exit_code == 0, result.output
    assert result.output.startswith(f"{name} version 11: {tmp_path}/catalog/{PLACE}, 4 files of ")
    item = json.loads((tmp_path / "catalog" / PLACE / "item.json").read_bytes())
    assert item["assets"]["weights"]["title"] == "10"


def _without(path: str) -> Files:
    return {name: data for name, data in entry().items() if name != path}


def _with_item(**changes: Any) -> Files:
    files = entry()
    path = f"{PLACE}/item.json"
    return {**files, path: _io.dumps(json.loads(files[path]) | changes)}


def _moved(place: str) -> Files:
    return {name.replace(PLACE, place): data for name, data in entry().items()}


@pytest.mark.parametrize(
    ("files", "words"),
    [
        pytest.param({}, "has 0 items", id="nothing"),
        pytest.param(_without(f"{PLACE}/item.json"), "has 0 items", id="no-item"),
        pytest.param(entry() | _moved("towns/unet/2.0.0"), "has 2 items", id="two-items"),
        pytest.param(_moved("towns/1.0.0"), "not one in", id="no-model"),
        pytest.param(_moved("towns/Unet/1.0.0"), "'Unet' cannot be", id="upper-case"),
        pytest.param(_moved("towns/unet/1.0 0"), "'1.0 0' cannot be", id="space"),
        pytest.param(_moved("towns/unet/-rf"), "'-rf' cannot be", id="option"),
        pytest.param(_moved("towns/other/1.0.0"), "not the item of", id="other-id"),
        pytest.param(_with_item(type="Collection"), "not the item of", id="type"),
        pytest.param(_with_item(collection="cities"), "not the item of", id="collection"),
        pytest.param(_with_item(assets=["a"]), "not the item of", id="assets"),
        pytest.param(_with_item(assets={"a": 1}), "not the item of", id="asset"),
        pytest.param(entry() | {f"{PLACE}/item.json": b"{"}, "not JSON", id="not-json"),
        pytest.param(entry() | {f"{PLACE}/item.json": b"[]"}, "not the item of", id="list"),
        pytest.param(entry(href="../../../x"), "neither a URL nor", id="above"),
        pytest.param(entry(href="/etc/passwd"), "neither a URL nor", id="absolute"),
        pytest.param(entry(href="file:///etc/passwd"), "neither a URL nor", id="file"),
        pytest.param(entry(href="C:\\x"), "neither a URL nor", id="windows"),
        pytest.param(entry(href=".hidden"), "neither a URL nor", id="hidden"),
        pytest.param(entry(href="a/b.onnx"), "neither a URL nor", id="inner"),
        pytest.param(entry(href="item.json"), "neither a URL nor", id="item"),
        pytest.param(entry(href=None), "neither a URL nor", id="null"),
        pytest.param(entry(href="http"), "not among the artifacts", id="missing"),
        pytest.param(entry(**{"file:size": 3}), "the item says 3", id="size"),
        pytest.param(entry(**{"file:checksum": "1220" + "0" * 64}), "item says", id="checksum"),
        pytest.param(entry(**{"file:checksum": None}), "item says", id="no-checksum"),
        pytest.param(
            entry() | {f"{PLACE}/weights.pth": bytes(LARGEST + 1)}, "5,242,881 bytes", id="large"
        ),
        pytest.param(
            entry() | {f"{PLACE}/item.json": bytes((1 << 20) + 1)}, "larger than", id="large-item"
        ),
    ],
)
def test_what_is_not_an_entry_is_refused_and_nothing_is_written(
    store: str, register: Register, tmp_path: Path, files: Files, words: str
) -> None:
    name = register(files)
    with pytest.raises(InputError, match=words) as caught:
        import_model(tmp_path / "catalog", uri=store, model=name)
    assert name in str(caught.value) or "item.json" in str(caught.value)
    assert caught.value.remedy
    assert not (tmp_path / "catalog").exists()


def test_what_is_not_registered_is_said(store: str, register: Register, tmp_path: Path) -> None:
    name = register(entry(), linked=False)
    with pytest.raises(InputError, match="names no run"):
        import_model(tmp_path, uri=store, model=name)
    with pytest.raises(InputError, match="MLflow says: Model Version"):
        import_model(tmp_path, uri=store, model=name, version="7")
    for missing in ("none", "o'none", 'o"none'):
        with pytest.raises(InputError, match="no version of"):
            import_model(tmp_path, uri=store, model=missing)
    with pytest.raises(InputError, match="both kinds of quotes"):
        import_model(tmp_path, uri=store, model="\"'")


def test_a_server_that_is_away_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with pytest.raises(InputError, match="MLflow says") as caught:
        import_model(tmp_path, uri="http://me:secret@127.0.0.1:9", model="x")
    assert "http://127.0.0.1:9" in str(caught.value)
    assert "secret" not in str(caught.value)


class _Liar(BaseHTTPRequestHandler):
    """Answers as an MLflow server would, with an artifact store and a listing of its choice."""

    artifact_uri = ""
    listing: tuple[dict[str, Any], ...] = ()

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        path = urlsplit(self.path).path.rpartition("mlflow/")[2]
        run = {"run_id": "r", "artifact_uri": self.artifact_uri, "experiment_id": "0"}
        answers: dict[str, Any] = {
            "model-versions/get": {
                "model_version": {"name": "m", "version": "1", "run_id": "r", "source": "s"}
            },
            "runs/get": {"run": {"info": run | {"status": "FINISHED"}}},
        }
        # Artifacts that go through the server are listed at an address of their own.
        answer = answers.get(path, {"files": self.listing})
        body = _io.dumps(answer)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def liar() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Liar)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("place", ["file:///etc", "/etc", "http://127.0.0.1:9/x", "sqlite:///x"])
def test_a_server_cannot_have_files_of_this_machine_read(
    liar: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Liar, "artifact_uri", place)
    with pytest.raises(InputError, match="would be read on this machine"):
        import_model(tmp_path / "catalog", uri=liar, model="m", version="1")


@pytest.mark.parametrize(
    "listing",
    [
        ({"path": "../../../etc/passwd", "is_dir": False, "file_size": 1},),
        ({"path": "/etc/passwd", "is_dir": False, "file_size": 1},),
        ({"path": "deeper", "is_dir": True},),
        tuple({"path": f"{number}.bin", "file_size": 1} for number in range(1_001)),
    ],
    ids=["above", "absolute", "endless", "many"],
)
def test_a_server_cannot_list_what_it_likes(
    liar: str,
    listing: tuple[dict[str, Any], ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_Liar, "artifact_uri", "mlflow-artifacts:/0/r/artifacts")
    monkeypatch.setattr(_Liar, "listing", listing)
    with pytest.raises(InputError, match=r"the store lists|MLflow says"):
        import_model(tmp_path / "catalog", uri=liar, model="m", version="1")
    assert not (tmp_path / "catalog").exists()


def test_without_mlflow_it_says_what_to_install(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['mlflow'] = None\n"
        "from geocairn.cli import main\n"
        "main(['import', 'mlflow', '--tracking-uri', 'http://127.0.0.1:9', '--model', 'm'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 2
    assert "MLflow is not installed" in done.stderr
    assert "pip install 'geocairn[mlflow]'" in done.stderr
    assert "Traceback" not in done.stderr
