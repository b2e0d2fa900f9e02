"""The documentation, done word by word: every command and snippet runs and prints what it says.

A block of code with a title is written to the file of that name. In a console block, lines that
call geocairn or build the hub are run, and so is every block of Python and SQL; what they print is
compared with the lines below, where ``...`` stands for anything. ``sh`` blocks are not run.
"""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from geocairn.build import BuildOptions, build
from geocairn.checks import SchemaStore
from geocairn.config import load_config

ROOT = Path(__file__).parents[1]
PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    "docs/index.md",
    "docs/getting-started.md",
    "docs/describe.md",
    "docs/doctor.md",
    "docs/download.md",
    "docs/files.md",
    "docs/parquet.md",
    "docs/site.md",
    "docs/api.md",
    "docs/exit-codes.md",
)
FENCE = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```\n', re.DOTALL | re.MULTILINE)
RUN = ("geocairn ", "ls ", "make build")
# What was set up for the tests is set up for the clone, too, and documentation is built elsewhere.
MAKE_BUILD = " --old-file ".join(
    (
        "rm -r _build && make",
        ".venv/.set-up",
        "site/node_modules/.set-up",
        "_build/docs/index.html build",
    )
)
SQL = """
import duckdb, sys
for statement in duckdb.extract_statements(sys.argv[1]):
    found = duckdb.sql(statement.query)
    if found is not None:
        found.show(max_width=200)
"""


@dataclass(frozen=True)
class Step:
    """Something to run, and what it says it prints; None where it does not say."""

    line: int
    command: list[str] | str
    expected: str | None


@dataclass(frozen=True)
class Block:
    line: int
    language: str
    title: str | None
    body: str
    adjacent: bool
    """Whether it stands directly below the block before it."""


def blocks(text: str) -> Iterator[Block]:
    end = 0
    for match in FENCE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        adjacent = not text[end : match.start()].strip()
        yield Block(line, match[1], match[2], match[3], adjacent)
        end = match.end()


def steps(text: str) -> Iterator[Step]:
    """What a page tells its readers to run."""
    found = list(blocks(text))
    for block, after in zip(found, [*found[1:], None], strict=True):
        output = after.body if after and after.adjacent and after.language == "text" else None
        if block.language == "console":
            yield from console(block)
        elif block.language == "python":
            yield Step(block.line, [sys.executable, "-c", block.body], output)
        elif block.language == "sql":
            yield Step(block.line, [sys.executable, "-c", SQL, block.body], output)


def console(block: Block) -> Iterator[Step]:
    for part in re.split(r"^\$ ", block.body, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        if command.startswith(RUN):
            yield Step(block.line, command.replace("make build", MAKE_BUILD), output)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, schemas: Path) -> Path:
    """A folder like a clone in which ``make build`` was typed."""
    folder = tmp_path_factory.mktemp("clone")
    shutil.copytree(ROOT / "catalog", folder / "catalog")
    own = shutil.ignore_patterns("node_modules")
    shutil.copytree(ROOT / "site", folder / "site", ignore=own)
    (folder / "site/node_modules").symlink_to(ROOT / "site/node_modules")
    for name in ("Makefile", "constraints.txt", "geocairn.toml", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    (folder / ".venv").symlink_to(sys.prefix)
    options = BuildOptions(
        config=load_config(folder / "geocairn.toml"),
        store=SchemaStore(schemas, offline=True),
        jobs=1,
    )
    build([str(folder / "catalog")], folder / "_build/hub", options=options)
    return folder


@pytest.fixture
def clone(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "clone", symlinks=True))


@pytest.fixture
def environment(extensions: Path, schemas: Path) -> dict[str, str]:
    return os.environ | {
        "HOME": str(extensions.parents[1]),
        "GEOCAIRN_SCHEMAS": str(schemas),
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
    }


def run(step: Step, *, folder: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(
        step.command,
        shell=isinstance(step.command, str),
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    told = f"line {step.line}: {step.command}\n{done.stdout}"
    assert "Traceback" not in done.stdout, told
    fails = step.expected is not None and "Error:" in step.expected
    assert (done.returncode != 0) == fails, told
    if step.expected is not None:
        checker = doctest.OutputChecker()
        flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
        # A line of dots may stand for no line at all.
        expected = re.sub(r"^\.\.\.\n", "...", step.expected, flags=re.MULTILINE)
        assert checker.check_output(expected, done.stdout, flags), told


@pytest.mark.parametrize("page", PAGES)
def test_page_does_what_it_says(page: str, clone: Path, environment: dict[str, str]) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for block in blocks(text):
        if block.title is not None:
            place = clone / block.title
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(block.body, encoding="utf-8")
    found = list(steps(text))
    assert found, f"{page} has nothing to run"
    for step in found:
        run(step, folder=clone, environment=environment)


def test_r_snippets_run(clone: Path, environment: dict[str, str]) -> None:
    if shutil.which("Rscript") is None:
        pytest.skip("needs R (Rscript)")
    text = (ROOT / "docs/parquet.md").read_text(encoding="utf-8")
    scripts = [block for block in blocks(text) if block.language == "r"]
    assert scripts
    for script in scripts:
        needed = re.findall(r"^library\((\w+)\)", script.body, re.MULTILINE)
        test = f"stopifnot({', '.join(f'requireNamespace({name!r})' for name in needed)})"
        if subprocess.run(["Rscript", "-e", test], capture_output=True, check=False).returncode:
            pytest.skip(f"needs the R packages {', '.join(needed)}")
        run(
            Step(script.line, ["Rscript", "-e", script.body], None),
            folder=clone,
            environment=environment,
        )
