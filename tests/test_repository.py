"""The repository itself: what its files promise one another."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import pytest
import yaml
from docs.hooks import TABLES, generated, on_page_markdown
from packaging.requirements import Requirement
from packaging.version import Version

from geocairn import checks, submission
from geocairn.cli import COMMANDS, cli
from geocairn.cli.reference import pages
from geocairn.doctor import codes as doctor
from geocairn.findings import Finding, Report

ROOT = Path(__file__).parents[1]
GUIDES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
HEAVY = {
    "aiohttp",
    "cql2",
    "duckdb",
    "fsspec",
    "jsonschema_rs",
    "numpy",
    "pandas",
    "pyarrow",
    "pystac",
    "rich",
    "shapely",
    "stac_geoparquet",
    "stac_validator",
}


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def mkdocs() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    return found


def commands(name: str) -> Iterator[tuple[str, click.Command]]:
    """A command, or its own commands where it has some, by their words."""
    context = click.Context(cli)
    command = cli.get_command(context, name)
    assert command is not None, name
    if isinstance(command, click.Group):
        inner = (command.get_command(context, part) for part in command.list_commands(context))
        yield from ((f"{name} {part.name}", part) for part in inner if part is not None)
    else:
        yield name, command


def test_mkdocs_leaves_the_folder_site_alone(mkdocs: dict[str, Any]) -> None:
    assert mkdocs["site_dir"] == "_build/docs"
    assert mkdocs["docs_dir"] == "docs"


def test_documentation_asks_no_other_host(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    loads = re.compile(r"""<(?:script|img|iframe|source)\b[^>]*?\ssrc=["']?([^"'\s>]+)""")
    styles = re.compile(r"""<link\b[^>]*\brel=["']?(?:stylesheet|preconnect|icon)[^>]*>""")
    seen = 0
    for page in tmp_path.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "default-src 'self'" in text
        found = [*loads.findall(text), *re.findall(r"href=\S+", " ".join(styles.findall(text)))]
        assert not [place for place in found if "//" in place], page
        seen += len(found)
    assert seen


def test_mkdocs_stays_below_2(project: dict[str, Any]) -> None:
    extra = project["project"]["optional-dependencies"]["docs"]
    (mkdocs,) = (need for need in map(Requirement, extra) if need.name == "mkdocs")
    assert not mkdocs.specifier.contains("2.0.0")
    assert mkdocs.specifier.contains("1.6.1")


def test_every_dependency_is_pinned_as_allowed(project: dict[str, Any]) -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if not line.startswith("#"))
    pins = {_plain(name): version for name, version in pins.items()}
    assert pins["torch"] == "2.13.0"
    extras = project["project"]["optional-dependencies"].values()
    needs = [*project["project"]["dependencies"], *(need for extra in extras for need in extra)]
    for need in map(Requirement, needs):
        if need.name != project["project"]["name"]:
            assert need.specifier.contains(pins[_plain(need.name)]), need


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_changelog_is_one(project: dict[str, Any]) -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert text.startswith("# Changelog\n")
    headings = re.findall(r"^##+ .*$", text, re.MULTILINE)
    assert headings[0] == "## [Unreleased]"
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    versions = []
    for heading in headings[1:]:
        if heading.startswith("### "):
            assert heading[4:] in kinds, heading
        else:
            release = re.fullmatch(r"## \[(\d+\.\d+\.\d+)\] - \d{4}-\d{2}-\d{2}", heading)
            assert release is not None, heading
            versions.append(Version(release[1]))
    assert all(newer > older for newer, older in pairwise(versions))
    assert all(version <= Version(project["project"]["version"]) for version in versions)


@pytest.mark.parametrize("name", COMMANDS)
def test_command_has_help_and_examples_that_it_takes(name: str) -> None:
    for words, command in commands(name):
        text = command.help or ""
        assert text.split(".")[0].strip(), f"{words} has no help"
        _, marker, examples = text.partition("\b\n")
        assert marker, f"{words} shows no examples, or in a raw string, where \\b is no backspace"
        assert examples.lstrip().startswith("Examples:"), words
        shown = [line.strip() for line in examples.splitlines() if f"geocairn {words}" in line]
        assert shown, f"the examples of {words} do not show it"
        options = [part for part in command.params if isinstance(part, click.Option)]
        known = {"-h", "--help", *(name for part in options for name in part.opts)}
        for line in shown:
            used = re.findall(r"(?<= )(--[a-z][a-z-]+|-[a-z])(?=[ =]|$)", line)
            assert set(used) <= known, line


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_has_help(name: str) -> None:
    for words, command in commands(name):
        context = click.Context(command, info_name=words)
        for part in command.params:
            record = part.get_help_record(context)
            assert not isinstance(part, click.Option) or (record and record[1]), part.opts


def test_every_command_has_its_page(mkdocs: dict[str, Any]) -> None:
    written = pages()
    assert set(written) == {"index.md", *(f"{name}.md" for name in COMMANDS)}
    listed = set(_paths(mkdocs["nav"]))
    for name in written:
        assert f"cli/{name}" in listed
    for name in COMMANDS:
        for words, _ in commands(name):
            assert f"# geocairn {words}\n" in written[f"{name}.md"]


def test_every_code_has_its_page() -> None:
    written = generated()
    tables = (checks.RULES, doctor.RULES, submission.RULES)
    codes = {code for table in tables for code in table}
    assert len(codes) == sum(map(len, tables))
    for code in codes:
        assert written[f"checks/{code}.md"].startswith(f"# {code}: ")


@pytest.mark.parametrize("name", TABLES)
def test_table_that_a_page_asks_for_is_filled_in(name: str) -> None:
    marked = [path for path in GUIDES if f"<!-- table: {name} -->" in path.read_text("utf-8")]
    assert marked
    for path in marked:
        filled = on_page_markdown(path.read_text("utf-8"))
        assert "<!-- table:" not in filled
        assert "| --- |" in filled


def _paths(nav: Any) -> Iterator[str]:
    for entry in nav if isinstance(nav, list) else nav.values():
        if isinstance(entry, str):
            yield entry
        else:
            yield from _paths(entry)


@pytest.mark.parametrize("words", ["", *COMMANDS])
def test_help_imports_nothing_heavy(words: str) -> None:
    code = (
        "import sys\n"
        "from geocairn.cli import main\n"
        "try:\n"
        f"    main({[*words.split(), '--help']!r})\n"
        "finally:\n"
        "    print(*sorted(name for name in sys.modules if '.' not in name), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Usage: geocairn" in done.stdout
    assert not HEAVY & set(done.stderr.split())


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_guide_names_only_what_there_is(guide: Path) -> None:
    text = guide.read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert set(re.findall(r"(?:^\$ |`)make ([a-z-]+)", text, re.MULTILINE)) <= targets
    called = re.findall(r"(?:^\$ |`)geocairn ([a-z]+)", text, re.MULTILINE)
    assert set(called) <= set(COMMANDS)
    if guide.parent == ROOT:
        for target in re.findall(r"\]\(([^)#]+)", text):
            assert urlsplit(target).scheme or (ROOT / target).exists(), target


def test_make_runs_every_check() -> None:
    make = shutil.which("make")
    if make is None:
        pytest.skip("needs make")
    done = subprocess.run(
        [make, "--dry-run", "--always-make", "test"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for tool in ("ruff check", "ruff format --check", "mypy", "lint-imports", "mkdocs", "pytest"):
        assert f"/{tool}" in done.stdout
    for tool in ("bin/tsc", "build.mjs", "node --test"):
        assert tool in done.stdout
    last = done.stdout.strip().splitlines()[-1]
    assert "/pytest" in last, "pytest's closing line must come last"


def test_ci_runs_the_same() -> None:
    script = ROOT / ".ci/run"
    assert os.access(script, os.X_OK)
    text = script.read_text(encoding="utf-8")
    assert text.startswith("#!/usr/bin/env bash\n")
    assert "apt-get install" in text
    assert "chromium" in text
    assert text.rstrip().endswith("\nmake test")


def _tracked() -> list[Path]:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("needs git and a clone")
    done = subprocess.run(
        [git, "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_speaks_of_a_machine() -> None:
    """Paths of whoever wrote a file, and addresses of package registries, are no one else's."""
    places = {str(ROOT), str(Path.home()), sys.prefix}
    patterns = [re.escape(f"{place}/") for place in places if len(Path(place).parts) > 1]
    words = re.compile("|".join([*patterns, "index[-]url", "file:/{3}(?!tmp|data|home|etc)"]))
    for path in _tracked():
        found = words.search(path.read_bytes().decode("utf-8", "replace"))
        assert found is None, f"{path.relative_to(ROOT)}: {found and found[0]}"


def test_no_code_of_others() -> None:
    others = re.compile(r"(^|/)(vendor|third_party|node_modules)/|\.min\.(js|css)$")
    names = [path.relative_to(ROOT).as_posix() for path in _tracked()]
    assert not [name for name in names if others.search(name)]


def test_site_and_catalog_hold_no_python() -> None:
    code = [path for path in _tracked() if path.suffix == ".py"]
    assert code
    for folder in ("catalog", "site"):
        assert not [path for path in code if path.is_relative_to(ROOT / folder)]


def test_wheel_holds_the_package_and_its_data(tmp_path: Path) -> None:
    pytest.importorskip("hatchling")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    code = ROOT / "builder/geocairn"
    wanted = [*code.rglob("*.py"), *code.rglob("*.js*"), code / "py.typed"]
    wanted += [path for path in (code / "starter/template").rglob("*") if path.is_file()]
    for path in wanted:
        assert path.relative_to(ROOT / "builder").as_posix() in names
    for folder in ("catalog", "site/templates", "site/locale", "_build/site", "_build/docs"):
        files = [path for path in (ROOT / folder).rglob("*") if path.is_file()]
        assert files, f"{folder}: `make site docs` builds what the wheel needs"
        place = f"geocairn/_data/{folder.removeprefix('_build/')}"
        for path in files:
            assert f"{place}/{path.relative_to(ROOT / folder).as_posix()}" in names
    assert not [name for name in names if name.startswith(("tests", "docs", "benchmarks"))]


def test_editable_install_has_no_copies() -> None:
    pytest.importorskip("hatchling")
    from hatch_build import DataHook

    hook = DataHook(str(ROOT), {}, None, None, "", "wheel")
    for version, added in (("standard", True), ("editable", False)):
        data: dict[str, Any] = {"force_include": {}}
        hook.initialize(version, data)
        assert ("catalog" in data["force_include"]) == added
        assert bool(data["force_include"]) == added


def test_wheel_without_a_built_site_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("hatchling")
    from hatch_build import DataHook

    for folder in ("catalog", "site/templates", "site/locale"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "file").touch()
    hook = DataHook(str(tmp_path), {}, None, None, "", "wheel")
    with pytest.raises(RuntimeError, match="_build/site is missing; `make wheel`"):
        hook.initialize("standard", {"force_include": {}})


def test_addresses_of_codes_are_those_of_their_pages(mkdocs: dict[str, Any]) -> None:
    """Reports link to the documentation as it is built and published."""
    assert mkdocs["use_directory_urls"] is False
    report = Report()
    report.add(Finding(code="HUB001", severity="error", kind="rule", message="x"))
    assert f"]({mkdocs['site_url']}checks/HUB001.html)" in report.to_markdown()
    assert "checks/HUB001.md" in generated()
