"""What the documentation takes from the code: commands, checks, facets, columns, changes."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from geocairn.checks.docs import write_reference
from geocairn.cli.reference import pages
from geocairn.facets import FACETS
from geocairn.itemtable import file_schema

ROOT = Path(__file__).parents[1]


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the pages that no file holds."""
    found = {f"cli/{name}": text for name, text in pages().items()}
    found["changelog.md"] = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    with TemporaryDirectory() as folder:
        write_reference(Path(folder))
        for path in sorted(Path(folder).rglob("*.md")):
            name = path.relative_to(folder).as_posix()
            found[f"checks/{name}"] = path.read_text(encoding="utf-8")
    for name, text in found.items():
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Fill in the tables that a page asks for with ``<!-- table: name -->``."""
    for name, table in (("facets", _facets), ("columns", _columns)):
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
