"""The stage that renders pages: those of models in parallel, and only those that changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geocairn import _io, layout
from geocairn.build.cache import State
from geocairn.build.collections import Collections
from geocairn.build.docs import stage_docs
from geocairn.build.executor import Runner
from geocairn.build.gather import Gathered
from geocairn.build.page_tasks import Entry, Look, PagesTask, render_pages
from geocairn.compile.pages import feeds, hub
from geocairn.compile.pages.land import land_file
from geocairn.compile.pages.models import model_path
from geocairn.compile.pages.overview import Contents, overview
from geocairn.compile.pages.picture import picture, picture_name
from geocairn.compile.pages.render import Page, Renderer, prefix, strings_file
from geocairn.compile.pages.site import ENGLISH, Site
from geocairn.compile.pages.texts import browser_strings
from geocairn.compile.summaries import facet_counts
from geocairn.config import HubConfig
from geocairn.drafting.form import form
from geocairn.errors import ConfigError
from geocairn.findings import Report
from geocairn.progress import Progress
from geocairn.publish import Stage

__all__ = ["Pages", "chosen_languages"]

_MODELS_A_TASK = 100
_WORTH_A_POOL = 400
_FEED = 50


class Pages:
    """Renders the pages of one build.

    Args:
        gathered: The hub's items.
        collections: Its collections.
        site: What pages are made from.
        stage: Where files go.
        config: The hub's settings.
        warned: Ids of the items that checks warn of; None if not all checks were run.
    """

    def __init__(
        self,
        gathered: Gathered,
        *,
        collections: Collections,
        site: Site,
        stage: Stage,
        config: HubConfig,
        warned: Collection[str] | None,
    ) -> None:
        self._warned = warned
        self._gathered = gathered
        self._stage = stage
        self._config = config
        self._names = collections.names()
        self._titles = {
            name: str(collections.document(name).get("title") or name) for name in self._names
        }
        self._languages = chosen_languages(site, config, taken=self._names)
        self._assets = dict(self._own_assets(site))
        paged = gathered.table.num_rows <= config.site.pages
        self._look = Look(site, config, self._languages, tuple(sorted(self._assets.items())), paged)
        self._key = _io.digest(
            site.digest.encode(), repr((config, self._languages, sorted(self._assets))).encode()
        )

    def write(
        self,
        *,
        report: Report,
        before: State,
        after: State,
        runner: Runner,
        progress: Progress,
    ) -> None:
        """Stage the pages that are new or changed, and note all of them in the new state.

        Args:
            report: What the checks found.
            before: The state of the hub as published.
            after: The state of the new one; its ``pages`` and ``extras`` are completed.
            runner: Runs the tasks.
            progress: Told how far it is.
        """
        models = self._model_keys() if self._look.paged else {}
        self._render_models(models, before=before, runner=runner, progress=progress)
        pages = {path: key for path, (key, _) in models.items()}
        pages |= self._overview(report, before=before, after=after)
        # All of them: scripts load others that templates do not name.
        for path in sorted(self._look.site.assets.iterdir()):
            if path.suffix == ".wasm" and not self._config.site.try_up_to:
                continue
            self._stage.write(f"assets/{path.name}", path.read_bytes())
            after.extras.append(f"assets/{path.name}")
        written = [f"assets/{name}" for name in self._assets.values()]
        written += self._for_machines(pages)
        if docs := self._look.site.docs:
            written += stage_docs(docs, self._stage)
        after.pages = pages
        after.extras = sorted(
            {
                *after.extras,
                *written,
                *(prefix(n) + path for path in pages for n in self._languages),
            }
        )

    def _own_assets(self, site: Site) -> Iterator[tuple[str, str]]:
        """Stage assets that this writes itself; gives names and file names."""
        land = land_file(site.assets / site.manifest["land.json"])
        icon = (site.templates / "icon.svg").read_bytes()
        asked = _io.dumps(form())
        files = {
            "land.svg": land,
            "icon.svg": (f"icon-{_io.digest(icon)[:8].upper()}.svg", icon),
            "form.json": (f"form-{_io.digest(asked)[:8].upper()}.json", asked),
        }
        for language in self._languages:
            if language != ENGLISH:
                strings = browser_strings(site.catalogue(language), templates=True)
                files[f"strings-{language}.json"] = strings_file(language, strings)
        for name, (file, data) in files.items():
            self._stage.write(f"assets/{file}", data)
            yield name, file
        if self._config.url:  # Without it, nobody could be told where the picture is.
            outline = site.assets / site.manifest["land.json"]
            file = picture_name(outline)
            if not (self._stage.target / "assets" / file).is_file():
                self._stage.write(f"assets/{file}", picture(outline))
            yield "card.png", file

    def _model_keys(self) -> dict[str, tuple[str, Entry]]:
        """For each model's page, a hash of what it shows, and how to render it."""
        table, links = self._gathered.table, self._gathered.links
        columns = (table[name].to_pylist() for name in ("collection", "id", "digest", "files"))
        digests = dict(zip(table["id"].to_pylist(), table["digest"].to_pylist(), strict=True))
        found = {}
        for row, (collection, item, digest, files) in enumerate(zip(*columns, strict=True)):
            linked = dict(links.get(row, ()))
            previous = linked.get("predecessor-version")
            title = self._titles[collection]
            checked = self._warned is not None and item not in self._warned
            beside = repr((linked, files, title, checked)).encode()
            key = _io.digest(self._key.encode(), digest, beside, digests.get(previous, b""))
            card = f"{item}.md" in (files or ())
            entry = Entry(collection, item, title, card, checked, previous)
            found[model_path(collection, item)] = key, entry
        return found

    def _render_models(
        self,
        models: Mapping[str, tuple[str, Entry]],
        *,
        before: State,
        runner: Runner,
        progress: Progress,
    ) -> None:
        changed = [
            entry
            for path, (key, entry) in models.items()
            if before.pages.get(path) != key
            # A card is no part of the item, so its hash says nothing about it.
            or (entry.card and self._stage.holds(layout.card(entry.collection, entry.item)))
        ]
        progress.step("Rendering pages", total=len(changed))
        tasks = (
            PagesTask(self._stage.target, self._look, tuple(changed[at : at + _MODELS_A_TASK]))
            for at in range(0, len(changed), _MODELS_A_TASK)
        )
        for count in runner.run(render_pages, tasks, parallel=len(changed) > _WORTH_A_POOL):
            progress.advance(count)

    def _overview(self, report: Report, *, before: State, after: State) -> dict[str, str]:
        """Stage the pages about many models, unless nothing of what they show has changed."""
        spotless = self._spotless()
        told = repr((sorted(report.counts.items()), report.documents, self._look.paged, spotless))
        parts = (self._key, told, *(f"{name} {key}" for name, key in sorted(after.keys.items())))
        key = _io.digest(*(part.encode() for part in parts))
        known = {path: key for path, other in before.pages.items() if other == key}
        if known:
            return known
        contents = Contents(
            table=self._gathered.table,
            collections=dict(self._collections()),
            counts=_io.loads(self._stage.read(layout.FACETS)),
            report=report,
        )
        texts = {"legal": self._config.site.legal, "privacy": self._config.site.privacy}
        written: dict[str, str] = {}
        for writer in self._look.renderers():
            pages = overview(writer, contents, description=self._config.description, texts=texts)
            for page, html in (*pages, *_search_pages(writer, contents, spotless=spotless)):
                self._stage.write(prefix(writer.language) + page.path, html)
                written[page.path] = key
        return written

    def _spotless(self) -> bool:
        """Whether all checks were run, and warn of no item."""
        if not self._warned:
            return self._warned is not None
        warned = pa.array(sorted(self._warned), pa.string())
        return not pc.any(pc.is_in(self._gathered.table["id"], warned)).as_py()

    def _collections(self) -> Iterator[tuple[str, tuple[dict[str, Any], pa.Table, dict[str, Any]]]]:
        table = self._gathered.table
        codes = table["collection"].to_numpy(zero_copy_only=False)
        for name in self._names:
            rows = table.take(pa.array(np.flatnonzero(codes == name)))
            document = _io.loads(self._stage.read(layout.collection_json(name)))
            yield name, (document, rows, facet_counts(rows))

    def _for_machines(self, pages: Iterable[str]) -> Iterator[str]:
        """Stage the feed, the sitemaps and robots.txt; gives their names."""
        first = self._look.renderers()[0]
        entries = [
            {**card, "href": first.model_href("", card["collection"], card["id"])}
            for card in hub.newest(self._gathered.table, _FEED)
        ]
        listed = sorted(layout.relative_href(path) for path in pages if path != "404.html")
        files = [
            ("feed.xml", feeds.atom(entries, config=self._config)),
            ("robots.txt", feeds.robots(self._config)),
            *feeds.sitemaps(listed, languages=self._languages, config=self._config),
        ]
        for name, data in files:
            self._stage.write(name, data)
            yield name


def chosen_languages(site: Site, config: HubConfig, *, taken: Sequence[str]) -> tuple[str, ...]:
    """The languages of a hub's pages, English first.

    Raises:
        ConfigError: If one has no catalogue, or a collection stands where its pages would.
    """
    wanted = config.site.languages or site.languages
    for name in wanted:
        if name not in site.languages:
            raise ConfigError(
                f"site.languages has {name!r}, for which there is no catalogue",
                remedy=f"There are: {', '.join(site.languages)}.",
            )
        if name in taken:
            raise ConfigError(
                f"a collection is called {name!r}, as is the folder of the pages in that language",
                remedy="Name the languages in site.languages, without this one.",
            )
    return (ENGLISH, *(name for name in wanted if name != ENGLISH))


def _search_pages(
    writer: Renderer, what: Contents, *, spotless: bool
) -> Iterator[tuple[Page, bytes]]:
    """The pages that scripts fill: the search and, for hubs without pages of models, a model."""
    t = writer.texts.t
    search = Page("models/index.html", t("Models"), kind="search", section="models")
    collections = [
        {
            "title": str(document.get("title") or name),
            "href": f"../{layout.relative_href(name)}/index.html",
            "count": rows.num_rows,
        }
        for name, (document, rows, _) in what.collections.items()
    ]
    yield search, writer.render("search.html", search, view={"collections": collections})
    if not writer.paged:
        model = Page(
            "models/model.html", t("Model"), kind="model", section="models", robots="noindex"
        )
        yield (
            model,
            writer.render(
                "model-client.html",
                model,
                land=writer.beside("land.svg", model),
                checked=spotless,
                try_up_to=writer.config.site.try_up_to,
            ),
        )
