"""The kinds of pages that a hub has, and what its files say without a browser."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

LANGUAGES = ("en", "de")
# One of each kind, from the folder of a language.
KINDS = {
    "home": "index.html",
    "search": "models/index.html",
    "collection": "torchgeo/index.html",
    "model": "torchgeo/unet-sentinel2-2class-ftw-1.0.0/index.html",
    "publishers": "publishers/index.html",
    "publisher": "publishers/hugging-face/index.html",
    "report": "report/index.html",
    "match": "match/index.html",
    "submit": "submit/index.html",
    "legal": "legal/index.html",
    "privacy": "privacy/index.html",
    "missing": "404.html",
}
# Empty without scripts, which fetch what they show.
SCRIPTED = ("search", "match", "submit")
DOCS = ("index.html", "search.html", "api.html", "cli/build.html", "checks/index.html")
ADDRESSES = ("href", "src", "action")


def path_of(kind: str, language: str = "en") -> str:
    """Path of a page of the catalog's hub, from the hub's root."""
    # There is one page for what is not there, in English.
    folder = "" if language == "en" or kind == "missing" else f"{language}/"
    return folder + KINDS[kind]


@dataclass
class Written(HTMLParser):
    """A page as its file has it.

    Attributes:
        links: Every address in it.
        ids: Every id.
        metas: Content of each ``meta`` by name, property or http-equiv.
        scripts: Attributes and text of each script.
        inline: Attributes that a strict Content-Security-Policy refuses.
        related: Attributes of each ``link``.
    """

    links: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    metas: dict[str, str] = field(default_factory=dict)
    scripts: list[tuple[dict[str, str], str]] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    related: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._script: dict[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.links += [given[name] for name in ADDRESSES if name in given]
        self.inline += [f"{tag} {name}" for name in given if name == "style" or name[:2] == "on"]
        if "id" in given:
            self.ids.add(given["id"])
        if tag == "meta":
            name = given.get("name") or given.get("property") or given.get("http-equiv") or ""
            self.metas[name] = given.get("content", "")
        elif tag == "link":
            self.related.append(given)
        elif tag == "style":
            self.inline.append("style element")
        elif tag == "script":
            self._script = given
            self.scripts.append((given, ""))

    def handle_data(self, data: str) -> None:
        if self._script is not None:
            self.scripts[-1] = self._script, self.scripts[-1][1] + data

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._script = None


def read(path: Path) -> Written:
    """Read a page."""
    page = Written()
    page.feed(path.read_text(encoding="utf-8"))
    page.close()
    return page


@lru_cache(maxsize=1)  # Test after test looks at the same thousands.
def written(hub: Path) -> dict[str, Written]:
    """Every page of a hub by its path."""
    return {path.relative_to(hub).as_posix(): read(path) for path in sorted(hub.rglob("*.html"))}


def broken(hub: Path) -> list[str]:
    """Links of a hub's pages to files of it that are not there, or to parts that pages lack."""
    pages = written(hub)
    found = []
    for name, page in pages.items():
        for link in page.links:
            place = urlsplit(urljoin(f"hub:///{name}", link))
            # The page for what is not there has absolute addresses, for it answers anywhere.
            if place.scheme != "hub" or link.startswith("/"):
                continue
            path = unquote(place.path).lstrip("/")
            if place.path.endswith("/"):
                path += "index.html"
            target = pages.get(path)
            lacks = target and place.fragment and unquote(place.fragment) not in target.ids
            if not (hub / path).is_file() or lacks:
                found.append(f"{name}: {link}")
    return found


def html_faults(folder: Path, *, left_out: str = "") -> list[str]:
    """What the HTML of a folder's pages does against the standard, one line each.

    Args:
        folder: All pages in it are looked at,
        left_out: but for those in this folder of it.
    """
    done = subprocess.run(
        ["node", "site/checks/html.mjs", str(folder), left_out],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    faults = done.stdout.splitlines()
    count = re.fullmatch(r"[1-9]\d* pages, (\d+) faults\n", done.stderr)
    assert count, done.stderr
    assert int(count[1]) == len(faults)
    return faults
