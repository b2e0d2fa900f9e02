from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.items import models, write_lines
from tests.server import Server

from geocairn.build import BuildOptions, build
from geocairn.cli import main

ITEM = "c0/model-0000-1.2.0/model-0000-1.2.0.json"


@pytest.fixture
def hub(tmp_path: Path) -> Path:
    source = write_lines(tmp_path / "items.ndjson", models(5))
    build([str(source)], tmp_path / "hub", options=BuildOptions(jobs=1, select=("HUB001",)))
    return tmp_path / "hub"


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["doctor", *map(str, arguments)])
    written = capsys.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, written.out, written.err


def test_clean(hub: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, hub)
    assert (code, err) == (0, "")
    assert out == "5 items looked at: every file is what the others say it is.\n"


def test_clean_behind_a_url(
    hub: Path, capsys: pytest.CaptureFixture[str], serve: Callable[[Path], Server]
) -> None:
    url = serve(hub).url
    assert run(capsys, url)[0] == 0
    code, out, _ = run(capsys, url, "--sample", 2)
    assert (code, out[:16]) == (0, "2 items looked a")


def test_drift_in_every_format(hub: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (hub / ITEM).unlink()
    code, out, _ = run(capsys, hub)
    assert code == 1
    assert ITEM in out
    assert "DOC001 error $: is not there" in out
    assert "geocairn build --fresh" in out
    code, out, _ = run(capsys, hub, "--format", "json")
    assert code == 1
    assert json.loads(out)["findings"][0]["origin"] == ITEM
    assert "docs/checks/DOC001.html" in run(capsys, hub, "--format", "markdown")[1]
    assert f"::error file={ITEM},title=DOC001" in run(capsys, hub, "--format", "github")[1]


def test_no_hub(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, tmp_path)
    assert (code, out) == (2, "")
    assert "not a geocairn hub" in err
    assert "geocairn build" in err


def test_server_without_ranges(
    hub: Path, capsys: pytest.CaptureFixture[str], serve: Callable[[Path], Server]
) -> None:
    server = serve(hub)
    server.ranges = False
    code, _, err = run(capsys, server.url)
    assert code == 2
    assert "ignores Range requests" in err


def test_help_has_examples_and_needs_little() -> None:
    code = (
        "import sys\n"
        "from geocairn.cli.doctor import command\n"
        "print(command.get_help(__import__('click').Context(command, info_name='doctor')))\n"
        "print(sorted({'pyarrow', 'duckdb', 'shapely', 'numpy', 'aiohttp'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "geocairn doctor https://example.org/hub/ --sample 500" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"
