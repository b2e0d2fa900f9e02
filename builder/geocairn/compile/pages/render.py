"""Pages as HTML: one renderer for each language."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import quote, urlsplit

import jinja2
import orjson

from geocairn import _io, layout
from geocairn.compile.pages.site import ENGLISH, Site
from geocairn.compile.pages.texts import load_texts
from geocairn.compile.pages.view.usage import HUB
from geocairn.config import HubConfig

__all__ = ["Page", "Renderer", "prefix", "renderers"]

_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:{tiles}; "
    "connect-src 'self'{connect}; worker-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'"
)
_DESCRIPTION = 200
_SPACE = re.compile(r"\s+")
_ORIGIN = re.compile(r"https?://[^/]+").match


@dataclass(frozen=True, slots=True)
class Page:
    """A page's place and what its head says.

    Attributes:
        path: Path below its language's folder, such as ``torchgeo/index.html``.
        title: Its title, without the hub's.
        description: One or two sentences, as plain text; shortened where they are longer.
        kind: Word for the style sheet.
        section: Entry of the main menu that it belongs to.
        stac: Path of the STAC document that it shows, from the hub's root.
        stac_type: Its media type.
        jsonld: What it shows in terms of schema.org.
        robots: What search engines are to do, where it is not the usual.
        image: Path of a picture, from the hub's root.
        connect: Origins besides the hub's own that its scripts may fetch from.
    """

    path: str
    title: str
    description: str = ""
    kind: str = "text"
    section: str = ""
    stac: str | None = None
    stac_type: str = "application/json"
    jsonld: Mapping[str, Any] | None = None
    robots: str | None = None
    image: str | None = None
    connect: Sequence[str] = ()


def prefix(language: str) -> str:
    """Folder of a language's pages from the hub's root; English has none."""
    return "" if language == ENGLISH else f"{language}/"


class Renderer:
    """Renders pages in one language.

    Args:
        site: Templates, texts and assets.
        language: The language.
        languages: Every language that there are pages in.
        config: The hub's settings.
        assets: File names of assets besides the site's own, such as the catalogue for scripts.
        paged: Whether each model has a page of its own.

    Attributes:
        texts: The language's texts, numbers and dates.
        config: The hub's settings.
    """

    def __init__(
        self,
        site: Site,
        language: str,
        *,
        languages: Sequence[str],
        config: HubConfig,
        assets: Mapping[str, str],
        paged: bool,
    ) -> None:
        self.language = language
        self.texts = load_texts(site, language)
        self._languages = languages
        self._names = {name: _own_name(name) for name in languages}
        self._locales = {name: _locale(name) for name in languages}
        self.config = config
        self._assets = {**site.manifest, **assets}
        self.paged = paged
        self._environment = _environment(site)
        formats = self.texts.formats
        self._environment.globals.update(
            t=self.texts.t,
            tn=self.texts.tn,
            word=self.texts.word,
            num=formats.num,
            short=formats.short,
            size=formats.size,
            date=formats.date,
            lang=language,
            site=self._site(config) | {"docs": site.docs is not None},
        )
        self._templates: dict[str, jinja2.Template] = {}

    def _site(self, config: HubConfig) -> dict[str, Any]:
        return {
            "title": config.title,
            "short": config.title.partition(":")[0],
            "description": config.description,
            "legal": bool(config.site.legal),
            "privacy": bool(config.site.privacy),
            "tiles": config.site.tiles,
            "attribution": config.site.attribution,
            "hub": config.url or HUB,
            "paged": self.paged,
        }

    def render(self, template: str, page: Page, **context: Any) -> bytes:
        """The HTML of a page."""
        path = prefix(self.language) + page.path
        root = self._root(path)
        strings = self._assets.get(f"strings-{self.language}.json")
        if template not in self._templates:
            self._templates[template] = self._environment.get_template(template)
        html = self._templates[template].render(
            root=root,
            home=root + prefix(self.language),
            asset=partial(self._asset, f"{root}assets/"),
            strings=f"{root}assets/{strings}" if strings else None,
            page=self._head(page, root),
            **context,
        )
        return html.encode("utf-8", "replace")

    def fragment(self, template: str, **context: Any) -> str:
        """The HTML of a template that needs nothing of a page."""
        return self._environment.get_template(template).render(**context)

    def _root(self, path: str) -> str:
        # Hosts show this one under any address, so that relative links would lead nowhere. A hub
        # that does not know its address is taken to have a domain of its own.
        if path.endswith("404.html"):
            return urlsplit(self.config.url).path if self.config.url else "/"
        return "../" * path.count("/")

    def _asset(self, folder: str, name: str) -> str:
        return folder + self._assets[name]

    def beside(self, name: str, page: Page) -> str:
        """Address of an asset from a page."""
        root = self._root(prefix(self.language) + page.path)
        return self._asset(f"{root}assets/", name)

    def _head(self, page: Page, root: str) -> dict[str, Any]:
        url, path = self.config.url, layout.relative_href(page.path)
        folder = path.removesuffix("index.html")
        languages = [
            {"lang": name, "name": self._names[name], "href": f"{root}{prefix(name)}{path}"}
            for name in self._languages
        ]
        places = [
            {"lang": name, "href": f"{url or root}{prefix(name)}{folder if url else path}"}
            for name in self._languages
        ]
        whole = page.title if page.kind == "home" else f"{page.title} · {self.config.title}"
        return {
            "path": page.path,
            "kind": page.kind,
            "policy": self._policy(page),
            "section": page.section,
            "title": _SPACE.sub(" ", whole).strip(),
            "description": _shortened(page.description or self.config.description),
            "languages": languages,
            "locale": self._locales[self.language],
            "locales": [place for name, place in self._locales.items() if name != self.language],
            "alternates": places if len(places) > 1 and not page.robots else [],
            "canonical": f"{url}{prefix(self.language)}{folder}" if url else None,
            "image": f"{url}{self._picture(page)}" if url else None,
            "stac": page.stac and root + layout.relative_href(page.stac),
            "stac_type": page.stac_type,
            "robots": page.robots,
            "jsonld": page.jsonld and script_json(page.jsonld),
        }

    def _policy(self, page: Page) -> str:
        origin = _ORIGIN(self.config.site.tiles or "")
        connect = "".join(f" {one}" for one in page.connect)
        return _POLICY.format(tiles=f" {origin[0]}" if origin else "", connect=connect)

    def _picture(self, page: Page) -> str:
        card = self._assets.get("card.png", "")
        return layout.relative_href(page.image) if page.image else f"assets/{card}"

    def model_href(self, root: str, collection: str, item: str) -> str:
        """Where a model is shown, from a page whose language's folder is at ``root``."""
        if self.paged:
            return f"{root}{layout.relative_href(f'{collection}/{item}')}/index.html"
        return f"{root}models/model.html?id={quote(f'{collection}/{item}', safe='/-_.~')}"

    def search_href(self, root: str, **facets: str) -> str:
        """The search page with facets chosen; ``root`` is as for `model_href`."""
        chosen = "&".join(f"{name}={quote(value, safe='-_.~')}" for name, value in facets.items())
        return f"{root}models/index.html" + (f"?{chosen}" if chosen else "")


def renderers(
    site: Site,
    *,
    languages: Sequence[str],
    config: HubConfig,
    assets: Mapping[str, str],
    paged: bool,
) -> list[Renderer]:
    """A renderer for each language."""
    return [
        Renderer(site, name, languages=languages, config=config, assets=assets, paged=paged)
        for name in languages
    ]


def script_json(value: Any) -> str:
    """JSON that may stand inside a script element, whatever texts it has."""
    text = _io.dumps(value).decode("utf-8", "replace")
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _shortened(text: str) -> str:
    plain = _SPACE.sub(" ", text).strip()
    return plain if len(plain) <= _DESCRIPTION else f"{plain[: _DESCRIPTION - 1].rstrip()}…"


def _own_name(language: str) -> str:
    from babel import Locale

    name = Locale.parse(language).get_display_name(language) or language
    return name[:1].upper() + name[1:]


def _locale(language: str) -> str:
    """A language with its likeliest country, as the Open Graph protocol has it."""
    from babel.core import get_global

    likely = get_global("likely_subtags").get(language, language).split("_")
    return f"{likely[0]}_{likely[-1]}" if len(likely) > 1 else language


class _Compiled(jinja2.BytecodeCache):
    """Templates as compiled for the first language, for the others."""

    def __init__(self) -> None:
        self._codes: dict[str, bytes] = {}

    def load_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        """See `jinja2.BytecodeCache`."""
        if code := self._codes.get(bucket.key):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        """See `jinja2.BytecodeCache`."""
        self._codes[bucket.key] = bucket.bytecode_to_string()


_compiled = _Compiled()


def _environment(site: Site) -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(site.templates),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        auto_reload=False,
        bytecode_cache=_compiled,
    )


def strings_file(language: str, strings: Mapping[str, Any]) -> tuple[str, bytes]:
    """File name and bytes of a language's texts for scripts."""
    data = orjson.dumps(strings, option=orjson.OPT_SORT_KEYS)
    return f"strings-{language}-{_io.digest(data)[:8].upper()}.json", data
