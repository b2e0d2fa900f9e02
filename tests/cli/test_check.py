from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from geocairn.checks import REMOVED
from geocairn.checks.examples import COLLECTION, ITEM
from geocairn.checks.rule import patched
from geocairn.checks.schemas import DIRECTORY_VARIABLE, SchemaStore
from geocairn.cli import cli
from geocairn.errors import ConfigError, InputError, SchemaUnavailableError

SCHEMAS = Path(__file__).parents[3] / "shared" / "schemas"

pytestmark = pytest.mark.skipif(
    not SCHEMAS.is_dir(), reason="needs the folder of JSON Schemas at ../shared/schemas"
)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(DIRECTORY_VARIABLE, str(SCHEMAS))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def check(*arguments: str) -> Result:
    result = CliRunner().invoke(cli, ["check", "--offline", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def write(name: str, document: Any, *, indent: int | str | None = 2) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=indent, ensure_ascii=False) + "\n")
    return path


def test_a_clean_item_exits_0_with_its_score() -> None:
    write("item.json", ITEM)
    result = check("item.json", "--ignore", "STAC071")
    assert result.exit_code == 0
    assert "100/100 delta-flood-unet-1.2.0" in result.output
    assert "nothing to report in 1 document" in result.output


def test_errors_exit_1_warnings_0_unless_strict() -> None:
    write("a.json", patched(ITEM, {"/bbox": [0, 0, 1, 2]}))
    assert check("a.json").exit_code == 1
    write("a.json", patched(ITEM, {"/properties/version": REMOVED}))
    assert check("a.json").exit_code == 0
    assert check("a.json", "--strict").exit_code == 1
    assert check("a.json", "--strict", "--ignore", "STAC072").exit_code == 0


def test_what_is_found_is_told_with_place_value_and_remedy() -> None:
    write("a.json", patched(ITEM, {"/properties/mlm:framework": "pytorch"}))
    output = check("a.json").output
    assert "a.json: delta-flood-unet-1.2.0" in output
    assert "MLM070 warning $.properties['mlm:framework'] = \"pytorch\": is usually" in output
    assert "Write the usual name" in output


def test_default_is_the_folder_catalog() -> None:
    write("catalog/floods/collection.json", COLLECTION)
    write("catalog/floods/delta-flood-unet/1.2.0/item.json", ITEM)
    result = check()
    assert result.exit_code == 0
    assert "in 2 documents" in result.output


def test_nothing_there_exits_2() -> None:
    with pytest.raises(InputError, match="no such file"):
        check("absent")


def test_unknown_codes_exit_2_naming_near_ones() -> None:
    write("a.json", ITEM)
    with pytest.raises(ConfigError, match="MLM03") as caught:
        check("a.json", "--select", "mlm03")
    assert caught.value.exit_code == 2


def test_codes_may_be_separated_by_commas() -> None:
    write("a.json", patched(ITEM, {"/properties/version": REMOVED, "/properties/license": "MIT2"}))
    assert "STAC072" not in check("a.json", "--select", "STAC05,MLM").output
    assert "STAC051" in check("a.json", "--select", "STAC05,MLM").output


@pytest.mark.parametrize("packed", [False, True])
def test_lines_have_their_number_as_origin(packed: bool) -> None:
    broken = patched(ITEM, {"/id": "other", "/bbox": [0, 0, 1, 2]})
    lines = "\n".join(json.dumps(one) for one in (ITEM, broken)) + "\n{not json}\n[1]\n"
    name = "items.ndjson.gz" if packed else "items.ndjson"
    Path(name).write_bytes(gzip.compress(lines.encode()) if packed else lines.encode())
    result = check(name)
    assert result.exit_code == 1
    for text in (":2: other", "STAC034 error", ":3", "HUB006 error $: not JSON", ":4", "HUB005"):
        assert text in result.output, text


def test_the_same_id_twice() -> None:
    write("a/x.json", ITEM)
    write("a/y.json", ITEM)
    result = check("a")
    assert result.exit_code == 1
    assert "HUB001 error $.id" in result.output
    assert str(Path("a", "x.json")) in result.output


def test_collections_are_checked() -> None:
    write("floods/collection.json", patched(COLLECTION, {"/license": "Apache2", "/extent": {}}))
    output = check("floods").output
    assert "STAC051" in output
    assert "SCH001 error $.extent.spatial" in output


def test_stac_1_0_is_read_as_the_build_reads_it() -> None:
    write("a.json", {**ITEM, "stac_version": "1.0.0"})
    result = check("a.json")
    assert result.exit_code == 0
    assert "Read as the build does: Upgraded STAC 1.0.0 to 1.1.0. (1)" in result.output


@pytest.mark.parametrize("indent", [2, 4, "\t", None])
def test_fix_rewrites_files_as_they_were_laid_out(indent: int | str | None) -> None:
    broken = patched(ITEM, {"/properties/mlm:framework": "pytorch", "/properties/title": "Für U"})
    path = write("a.json", broken, indent=indent)
    result = check("a.json", "--fix")
    assert result.exit_code == 0
    assert "Fixed a.json: MLM070" in result.output
    fixed = patched(ITEM, {"/properties/title": "Für U"})
    # orjson's compact form has no spaces, which json's has.
    separators = (",", ":") if indent is None else None
    expected = json.dumps(fixed, indent=indent, ensure_ascii=False, separators=separators) + "\n"
    assert path.read_text() == expected
    assert "Fixed" not in check("a.json", "--fix").output
    assert path.read_text() == expected


def test_fix_leaves_what_needs_a_person() -> None:
    path = write("a.json", patched(ITEM, {"/properties/mlm:framework": "torch", "/id": "a/b"}))
    result = check("a.json", "--fix")
    assert result.exit_code == 1
    assert json.loads(path.read_text()) == {**ITEM, "id": "a/b"}


def test_fix_does_not_rewrite_files_of_many() -> None:
    broken = patched(ITEM, {"/properties/mlm:framework": "pytorch"})
    Path("a.ndjson").write_text(json.dumps(broken) + "\n")
    before = Path("a.ndjson").read_bytes()
    assert "1 fixes were not made" in check("a.ndjson", "--fix").output
    assert Path("a.ndjson").read_bytes() == before


def test_fix_keeps_derived_links_and_the_old_version() -> None:
    old = {**patched(ITEM, {"/properties/mlm:framework": "pytorch"}), "stac_version": "1.0.0"}
    path = write("a.json", old)
    check("a.json", "--fix")
    assert json.loads(path.read_text()) == {**ITEM, "stac_version": "1.0.0"}


def test_json() -> None:
    write("a.json", patched(ITEM, {"/bbox": [0, 0, 1, 2]}))
    document = json.loads(check("a.json", "--format", "json").output)
    assert document["counts"] == {"STAC034": 1}
    assert document["findings"][0]["origin"] == "a.json"
    assert document["scores"][0]["total"] == 85
    assert document["scores"][0]["advice"][0]["points"] == 15


def test_markdown_and_github() -> None:
    write("a.json", patched(ITEM, {"/bbox": [0, 0, 1, 2]}))
    assert "| [STAC034](" in check("a.json", "--format", "markdown").output
    result = check("a.json", "--format", "github")
    assert result.output.startswith("::error file=a.json,title=STAC034 delta-flood-unet-1.2.0::")


def test_a_schema_that_is_nowhere_is_an_error(tmp_path: Path) -> None:
    write("a.json", ITEM)
    (tmp_path / "empty").mkdir()
    result = check("a.json", "--schemas", "empty")
    assert result.exit_code == 1
    assert "SCH003 error $.stac_extensions[0]" in result.output
    assert "geocairn schemas fetch" in result.output


def test_second_opinion_agrees() -> None:
    write("a.json", ITEM)
    assert "stac-validator agrees on 1 of 1" in check("a.json", "--stac-validator").output
    write("b.json", patched(ITEM, {"/id": "b", "/properties/mlm:framework_version": "2.1"}))
    assert "agrees on 1 of 1" in check("b.json", "--stac-validator").output


def test_second_opinion_disagrees() -> None:
    # It reads draft-07 as draft 2020-12, in which keywords beside $ref count.
    url = "https://h.example/tides/schema.json"
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$ref": "#/definitions/any",
        "required": ["tides"],
        "definitions": {"any": True},
    }
    write("own/h.example/tides/schema.json", schema)
    write("a.json", patched(ITEM, {"/stac_extensions": [url]}))
    arguments = ("a.json", "--schemas", "own", "--select", "SCH", "--stac-validator")
    found = json.loads(check(*arguments, "--format", "json").output)["stac_validator"]
    assert found["asked"] == 1
    assert len(found["disagreements"]) == 1
    assert "rejects it, our schemas do not: 'tides' is a required" in found["disagreements"][0]
    assert "agrees on 0 of 1 documents" in check(*arguments).output


def test_second_opinion_is_not_asked_without_schema() -> None:
    url = "https://h.example/absent/schema.json"
    write("a.json", patched(ITEM, {"/stac_extensions/-": url}))
    output = check("a.json", "--stac-validator").output
    assert "not asked about 1: a schema is missing" in output


def test_second_opinion_on_a_collection() -> None:
    write("floods/collection.json", COLLECTION)
    assert "agrees on 1 of 1" in check("floods", "--stac-validator").output


def test_many_items_have_their_mean_told() -> None:
    lines = [json.dumps({**ITEM, "id": f"m{n}"}) for n in range(60)]
    Path("a.ndjson").write_text("\n".join(lines))
    output = check("a.ndjson").output
    assert "Mean score of 60 items: 100/100" in output
    assert output.count("/100 m") == 10


def test_hostile_text_cannot_steer_the_terminal() -> None:
    write("a.json", {**ITEM, "id": "a\x1b[2J/b"})
    output = check("a.json").output
    assert "\x1b" not in output
    assert "a\\x1b[2J/b" in output


def schemas(*arguments: str) -> Result:
    result = CliRunner().invoke(cli, ["schemas", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_schemas_list_says_where_each_comes_from() -> None:
    lines = schemas("list", "--offline").output.splitlines()
    assert lines[0] == (
        "bundled       https://schemas.stacspec.org/v1.1.0/item-spec/json-schema/item.json"
    )
    assert any(line.startswith("folder") and "mlm/v1.5.2" in line for line in lines)
    assert any(line.startswith("nowhere") and "classification/v2.0.0" in line for line in lines)
    assert lines[-1].startswith("cache: ")


def test_schemas_fetch_names_what_could_not_be_had() -> None:
    mlm = "https://stac-extensions.github.io/mlm/v1.5.2/schema.json"
    absent = "https://h.invalid/absent.json"
    result = schemas("fetch", "--offline", mlm, absent)
    assert result.exit_code == 2
    assert f"{mlm} (folder, 4 files)" in result.output
    assert f"{absent}: {absent}: no schema" in result.output
    assert "1 could not be had" in result.output


def test_a_folder_of_schemas_that_is_not_there() -> None:
    result = CliRunner().invoke(cli, ["check", "--schemas", "absent"])
    assert result.exit_code == 2
    assert "absent" in result.output
    with pytest.raises(SchemaUnavailableError, match="does not exist"):
        SchemaStore(Path("absent"))


def test_schemas_export_makes_a_folder_that_a_check_can_use(tmp_path: Path) -> None:
    mlm = "https://stac-extensions.github.io/mlm/v1.5.2/schema.json"
    folder = tmp_path / "copied"
    result = schemas("export", "--offline", str(folder), mlm)
    assert result.exit_code == 0
    assert result.output == f"{folder}: 4 schemas\n"
    store = SchemaStore(folder, cache=tmp_path / "none", offline=True)
    assert all(store.get(url) for url in store.references(mlm))


def test_schemas_export_says_which_is_not_to_be_had(tmp_path: Path) -> None:
    with pytest.raises(SchemaUnavailableError, match="no schema") as caught:
        schemas("export", "--offline", str(tmp_path / "copied"), "https://h.invalid/none.json")
    assert caught.value.where == "https://h.invalid/none.json"
    assert not (tmp_path / "copied").exists()
