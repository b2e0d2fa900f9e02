"""What the documentation takes from the code: commands, checks, facets, columns, changes."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from geocairn.checks.docs import write_reference
from geocairn.checks.rule import Rule
from geocairn.cli.reference import pages, single
from geocairn.doctor.codes import RULES as DRIFTS
from geocairn.facets import FACETS
from geocairn.itemtable import file_schema
from geocairn.submission import RULES as FENCES
from geocairn_training.cli import cli as training

ROOT = Path(__file__).parents[1]
SITE = ROOT / "site"
STYLES = ("tokens", "base", "layout", "components", "docs")
PARTS = ("copy", "scroll", "theme")
SCRIPTS = ("theme.js", "i18n.js", "docs/docs.js", "docs/rank.js", *(f"pages/{p}.js" for p in PARTS))

_DOCTOR = "[`geocairn doctor`](../doctor.md)"
_SUBMISSION = "[`geocairn submission check`](../submit.md)"


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the pages that no file holds, and the hub's own style."""
    for name, text in (generated() | style()).items():
        files.append(File.generated(config, name, content=text))
    return files


def on_post_build(*, config: MkDocsConfig) -> None:
    """Remove what names the day on which it was made: the same sources give the same files."""
    for path in Path(config.site_dir).glob("sitemap.xml*"):
        path.unlink()


def style() -> dict[str, str]:
    """Style sheet, scripts and icon, by their path."""
    parts = [SITE / f"assets/css/parts/{name}.css" for name in STYLES]
    found = {"assets/docs.css": "\n".join(part.read_text(encoding="utf-8") for part in parts)}
    for name in SCRIPTS:
        found[f"assets/{name}"] = (SITE / "assets/js" / name).read_text(encoding="utf-8")
    found["assets/icon.svg"] = (SITE / "templates/icon.svg").read_text(encoding="utf-8")
    return found


def generated() -> dict[str, str]:
    """Every page that no file holds, by its path."""
    found = {f"cli/{name}": text for name, text in pages().items()}
    found["cli/geocairn-train.md"] = single(training, name="geocairn-train")
    found["changelog.md"] = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    with TemporaryDirectory() as folder:
        for path in write_reference(Path(folder)):
            found[f"checks/{path.name}"] = path.read_text(encoding="utf-8")
    for rules, by in ((DRIFTS, _DOCTOR), (FENCES, _SUBMISSION)):
        for code, rule in rules.items():
            found[f"checks/{code}.md"] = (
                f"# {code}: {rule.title}\n\nFound by {by}.\n\n"
                f"## Why it matters\n\n{rule.why}\n\n## What to do\n\n{rule.remedy}\n"
            )
    return found


def on_page_content(html: str, **_: Any) -> str:
    """Give tables the hub's look."""
    return html.replace("<table>", '<table class="table">')


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Fill in the tables that a page asks for with ``<!-- table: name -->``."""
    for name, table in TABLES.items():
        mark = f"<!-- table: {name} -->"
        if mark in markdown:
            markdown = markdown.replace(mark, table())
    return markdown


def _facets() -> str:
    rows = [f"| `{f.name}` | {f.type} | {f.title} | {f.source} |" for f in FACETS]
    return "\n".join(["| facet | type | meaning | read from |", "| --- | --- | --- | --- |", *rows])


def _columns() -> str:
    rows = [f"| `{field.name}` | `{_type(str(field.type))}` |" for field in file_schema(["model"])]
    return "\n".join(["| column | type |", "| --- | --- |", *rows])


def _type(text: str) -> str:
    """Arrow's name of a type, without what only repeats itself."""
    return text.replace("item: ", "").replace("element: ", "")


def _codes(rules: Mapping[str, Rule]) -> str:
    rows = [f"| [{code}](checks/{code}.md) | {rule.title} |" for code, rule in rules.items()]
    return "\n".join(["| code | what |", "| --- | --- |", *rows])


def _attacks() -> str:
    rows = []
    for path in sorted((ROOT / "tests/hostile").glob("*.toml")):
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            code = case["then"]
            linked = f"refused: [{code}](checks/{code}.md)" if code.isupper() else code
            rows.append(f"| {len(rows) + 1} | {_cell(case['what'])} | {_cell(linked)} |")
    return "\n".join(["| | what somebody tries | what comes of it |", "| --- | --- | --- |", *rows])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


TABLES: dict[str, Callable[[], str]] = {
    "attacks": _attacks,
    "columns": _columns,
    "drifts": lambda: _codes(DRIFTS),
    "facets": _facets,
    "submissions": lambda: _codes(FENCES),
}
