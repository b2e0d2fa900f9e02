"""A site to render pages from, without Node: the checkout's templates, assets of a few bytes."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from geocairn.compile.pages.site import Site

ROOT = Path(__file__).parents[1]
LAND = [[-6000, 0, 6000, 0, 6000, 5000, -6000, 5000, -6000, 0]]
_ASSET = re.compile(r"asset\('([^']+)'\)")
_OWN = ("icon.svg", "land.svg")


def make_site(folder: Path) -> Site:
    """A site in a folder; every asset that a template names is there."""
    # Copies, for nobody is to change them while a test runs.
    templates, locale = folder / "templates", folder / "locale"
    shutil.copytree(ROOT / "site/templates", templates)
    shutil.copytree(ROOT / "site/locale", locale)
    named = {n for path in templates.glob("*.html") for n in _ASSET.findall(path.read_text())}
    manifest = {
        name: f"made-{name}" for name in sorted(named.union(["land.json"])) if name not in _OWN
    }
    (folder / "assets").mkdir(parents=True)
    for name in manifest.values():
        (folder / "assets" / name).write_text(json.dumps(LAND) if "land" in name else "/* */")
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return Site(templates, locale, folder)


@dataclass
class Element:
    """An element of a page: its name, attributes, and all text in it."""

    name: str
    attributes: dict[str, str]
    text: str = ""


@dataclass
class Html(HTMLParser):
    """A page, parsed; unbalanced elements are an error."""

    elements: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names), f"<{tag}> has an attribute twice: {names}"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open[-1].name == tag, f"</{tag}> where <{self._open[-1].name}> is open"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def close(self) -> None:
        super().close()
        assert not self._open, f"left open: {[element.name for element in self._open]}"

    def all(self, name: str) -> Iterator[Element]:
        """Every element of a name."""
        return (element for element in self.elements if element.name == name)

    def one(self, name: str) -> Element:
        """The only element of a name."""
        (found,) = self.all(name)
        return found


_VOID = frozenset(("br", "hr", "img", "input", "link", "meta", "source", "wbr", "col"))


def parse(html: bytes) -> Html:
    """Parse a page."""
    page = Html()
    page.feed(html.decode())
    page.close()
    return page
