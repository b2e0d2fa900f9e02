from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from tests.conformance.hub import build_hub
from tests.items import model

import geocairn
from geocairn import itemtable
from geocairn.build import BuildOptions, build
from geocairn.cli import cli, main

NEPAL = ("80,26,89,31",)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_hub(tmp_path_factory.mktemp("cli") / "hub")


def run(*args: object, **more: Any) -> Result:
    return CliRunner().invoke(
        cli, ["search", *map(str, args)], catch_exceptions=False, standalone_mode=False, **more
    )


def ids(*args: object, **more: Any) -> list[str]:
    done = run(*args, "--format", "ndjson", "--all", **more)
    assert done.exit_code == 0, done.output
    return [json.loads(line)["id"] for line in done.stdout.splitlines()]


def test_agrees_with_python(folder: Path) -> None:
    with geocairn.open(folder) as hub:
        assert ids(folder) == hub.search().ids()
        assert (
            ids(folder, "-q", "flood", "--sortby", "-title")
            == hub.search(q="flood", sortby="-title").ids()
        )
        assert (
            ids(folder, "--datetime", "2019", "--collections", "forest")
            == hub.search(datetime="2019", collections="forest").ids()
        )
        assert (
            ids(folder, "--gsd", "<1", "--framework", "pytorch")
            == hub.search(gsd="<1", framework="pytorch").ids()
        )
        assert ids(folder, "--deprecated", "true") == ["other-1.0.0"]
        assert ids(folder, "--ids", "world-1.0.0,world-2.0.0") == ["world-1.0.0", "world-2.0.0"]
        assert ids(folder, "--filter", "gsd < 0.3") == hub.search(filter="gsd < 0.3").ids()
        assert ids(folder, "--filter", '{"op":"<","args":[{"property":"gsd"},0.3]}') == [
            "gsd-tiny-1.0.0"
        ]


@pytest.mark.parametrize(
    "box",
    [
        ["--bbox", "-60,-10,-59,-9"],
        ["--bbox", "-60", "-10", "-59", "-9"],
        ["--bbox=-60,-10,-59,-9"],
        ["--bbox", "-60", "-10", "0", "-59", "-9", "8.5"],
        ["--bbox", "-6e1", "-1e1", "-59.0", "-9"],
    ],
)
def test_forms_of_a_box(folder: Path, box: list[str]) -> None:
    with geocairn.open(folder) as hub:
        wanted = hub.search(bbox=[-60, -10, -59, -9]).ids()
    assert ids(folder, *box) == wanted
    assert ids(*box, folder) == wanted
    assert ids(*box, "--limit", "5", folder) == wanted


def test_hub_named_like_a_number(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder.parent / "2024").symlink_to(folder)
    monkeypatch.chdir(folder.parent)
    assert len(ids("--bbox", "80", "26", "89", "31", "2024")) == 9


def test_default_hub(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "_build").mkdir()
    (tmp_path / "_build/hub").symlink_to(folder)
    monkeypatch.chdir(tmp_path)
    assert ids("--ids", "world-1.0.0") == ["world-1.0.0"]


def test_area_as_text_file_and_input(folder: Path, tmp_path: Path) -> None:
    area = json.dumps({"type": "Point", "coordinates": [85.3, 27.7]})
    file = tmp_path / "area.geojson"
    file.write_text(json.dumps({"type": "Feature", "geometry": json.loads(area)}))
    wanted = ids(folder, "--intersects", area)
    assert "tiny-1.0.0" in wanted
    assert ids(folder, "--intersects", file) == wanted
    assert ids(folder, "--intersects", "-", input=area) == wanted


def test_table(folder: Path) -> None:
    done = run(folder, "--bbox", *NEPAL, "--sortby", "-overlap", "--limit", 3)
    lines = done.stdout.splitlines()
    assert lines[0].split()[:3] == ["overlap", "%", "id"]
    assert [line.split()[1] for line in lines[1:4]] == [
        "continent-1.0.0",
        "world-1.0.0",
        "world-2.0.0",
    ]
    assert lines[4].startswith("9 items match, 3 shown. Go on with --token ")
    token = lines[4].split()[-1]
    rest = run(folder, "--bbox", *NEPAL, "--sortby", "-overlap", "--token", token).stdout
    assert "9 items match, 6 shown." in rest
    assert "world" not in rest


def test_table_of_chosen_fields(folder: Path) -> None:
    done = run(folder, "--ids", "full-1.0.0", "--fields", "id,mlm:total_parameters,bands")
    head, row = done.stdout.splitlines()[:2]
    assert head.split() == ["id", "mlm:total_parameters", "bands"]
    assert row.split()[:2] == ["full-1.0.0", "31000000"]


def test_nothing_matches(folder: Path) -> None:
    assert run(folder, "-q", "xyzzy").stdout == "Nothing matches.\n"
    assert ids(folder, "-q", "xyzzy") == []


def test_terminal_is_safe_from_items(tmp_path: Path) -> None:
    item = model("evil", title="a\x1b[2J\x07b\u202e\nc", version="1.0.0")
    item["id"] = "evil-1.0.0"
    source = tmp_path / "evil.ndjson"
    source.write_text(json.dumps(item))
    build([str(source)], tmp_path / "hub", options=BuildOptions(jobs=1, select=("HUB001",)))
    shown = run(tmp_path / "hub").stdout
    assert "evil-1.0.0" in shown
    assert not set("\x1b\x07\u202e") & set(shown)
    assert len(shown.splitlines()) == 3


def test_json(folder: Path) -> None:
    page = json.loads(run(folder, "-q", "flood", "--format", "json", "--limit", 3).stdout)
    assert page["type"] == "FeatureCollection"
    assert (page["numberMatched"], page["numberReturned"]) == (8, 3)
    rest = run(folder, "-q", "flood", "--format", "json", "--token", page["next"]).stdout
    assert json.loads(rest)["numberReturned"] == 5
    assert "next" not in json.loads(rest)


def test_csv(folder: Path) -> None:
    done = run(folder, "--ids", "full-1.0.0", "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(done.stdout))
    assert row["id"] == "full-1.0.0"
    assert row["tasks"] == "semantic-segmentation;classification"
    assert (row["west"], row["north"]) == ("140", "-34")
    assert row["gsd"] == "10.0"
    assert Path(row["href"]).is_file()
    done = run(folder, "--ids", "full-1.0.0", "--format", "csv", "--fields", "id,license,x:none")
    assert done.stdout == "id,license,x:none\nfull-1.0.0,MIT,\n"
    done = run(folder, "--bbox", *NEPAL, "--sortby", "-overlap", "--format", "csv", "--limit", 1)
    assert next(csv.DictReader(io.StringIO(done.stdout)))["overlap_percentage"] == "100.0"


def test_csv_cells_are_no_formulas(tmp_path: Path) -> None:
    item = model("evil", title="=HYPERLINK(1)", version="1.0.0")
    item["id"] = "evil-1.0.0"
    source = tmp_path / "evil.ndjson"
    source.write_text(json.dumps(item))
    build([str(source)], tmp_path / "hub", options=BuildOptions(jobs=1, select=("HUB001",)))
    done = run(tmp_path / "hub", "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(done.stdout))
    assert row["title"] == "'=HYPERLINK(1)"


def test_geoparquet_holds_the_very_items(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "found.parquet"
    assert run(folder, "--all", "--format", "geoparquet", "-o", target).stdout == ""
    with geocairn.open(folder) as hub:
        wanted = list(hub.search().items_as_dicts())
    found = itemtable.items(pq.read_table(target))
    for item in (*found, *wanted):
        item["links"].sort(key=lambda link: link["rel"])
    assert found == wanted
    metadata = json.loads(pq.read_schema(target).metadata[b"geo"])
    assert metadata["version"] == "1.1.0"
    counted = duckdb.sql(f"SELECT count(*) FROM '{target}'").fetchone()
    assert counted == (len(wanted),)


def test_empty_geoparquet(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "none.parquet"
    run(folder, "-q", "xyzzy", "--format", "geoparquet", "-o", target)
    assert pq.read_table(target).num_rows == 0


def test_facets(folder: Path) -> None:
    shown = run(folder, "--facets", "--collections", "urban").stdout
    assert shown.startswith("24 items match.")
    assert "Framework (--framework):" in shown
    assert "Ground resolution (m) (--gsd): 0.3 to 30" in shown
    counts = json.loads(run(folder, "--facets", "--format", "json").stdout)
    with geocairn.open(folder) as hub:
        assert counts == hub.facets()


def test_output_file(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "deep" / "found.ndjson"
    run(folder, "-q", "flood", "--format", "ndjson", "-o", target)
    assert len(target.read_text().splitlines()) == 8


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--bbox", "1,2,3"], "bbox has 3 numbers"),
        (["--bbox", "5", "2"], "bbox has 2 numbers"),
        (["--datetime", "soon"], "not a time"),
        (["--filter", "gsd <"], "not CQL2"),
        (["--sortby", "-overlap"], "Give bbox or intersects"),
        (["--intersects", "nowhere.geojson"], "nowhere.geojson: cannot read"),
        (["--intersects", "{}"], "unknown geometry type"),
        (["--gsd", "fine"], "gsd is no number"),
        (["--token", "abc"], "does not belong"),
        (["--limit", "0"], "0 is not in the range"),
        (["--format", "xml"], "'xml' is not one of"),
        (["--facets", "--format", "csv"], "no csv form"),
        (["--format", "geoparquet", "--fields", "id"], "leave --fields out"),
    ],
)
def test_one_clear_message(
    folder: Path, args: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["search", str(folder), *args])
    assert caught.value.code == 2
    shown = capsys.readouterr()
    assert words in shown.err
    assert "Traceback" not in shown.err
    assert shown.out == ""


def test_no_hub(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["search", str(tmp_path)])
    assert caught.value.code == 2
    assert "not a geocairn hub" in capsys.readouterr().err


def test_pandas_is_there_again_afterwards(folder: Path) -> None:
    run(folder, "-q", "flood")
    import pandas

    assert pandas.DataFrame is not None
    assert duckdb.sql("SELECT 1 AS x").df().shape == (1, 1)


@pytest.mark.parametrize("form", ["table", "json", "ndjson", "geoparquet", "csv"])
def test_every_format_from_a_fresh_process(form: str, folder: Path, tmp_path: Path) -> None:
    # A test's own process has long imported what the command loads, or keeps from loading.
    target = tmp_path / "found"
    command = [sys.executable, "-m", "geocairn", "search", folder, "--format", form, "-o", target]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert target.stat().st_size > 0
