"""The pages of some models, as a task that any process can do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from geocairn import _io, layout
from geocairn.compile.pages.models import Shown, render_model, shown
from geocairn.compile.pages.render import Renderer, prefix, renderers
from geocairn.compile.pages.site import Site
from geocairn.config import HubConfig
from geocairn.publish import Stage

__all__ = ["Entry", "Look", "PagesTask", "render_pages"]


@dataclass(frozen=True)
class Look:
    """What all pages of a build have in common."""

    site: Site
    config: HubConfig
    languages: tuple[str, ...]
    assets: tuple[tuple[str, str], ...]
    paged: bool

    def renderers(self) -> list[Renderer]:
        """A renderer for each language, made once in each process."""
        return _renderers(self)

    def __hash__(self) -> int:
        return hash((self.site.digest, self.config, self.languages, self.assets, self.paged))


@lru_cache(maxsize=1)
def _renderers(look: Look) -> list[Renderer]:
    return renderers(
        look.site,
        languages=look.languages,
        config=look.config,
        assets=dict(look.assets),
        paged=look.paged,
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """A model whose page is to be rendered.

    Attributes:
        collection: Its collection.
        item: Its id.
        title: Its collection's title.
        card: Whether it has a model card.
        checked: Whether every check was run, and none found anything but advice.
        previous: Id of the version before it.
    """

    collection: str
    item: str
    title: str
    card: bool
    checked: bool
    previous: str | None


@dataclass(frozen=True, slots=True)
class PagesTask:
    """Some models to render.

    Attributes:
        target: The hub, whose stage has the items or which has them already.
        look: What pages have in common.
        entries: The models.
    """

    target: Path
    look: Look
    entries: tuple[Entry, ...]


def render_pages(task: PagesTask) -> int:
    """Stage the pages of some models in every language; gives how many models."""
    stage, writers = Stage(task.target), task.look.renderers()
    for entry in task.entries:
        place = entry.collection, entry.item
        item = _io.loads(stage.read(layout.item_json(*place)))
        card = stage.read(layout.card(*place)).decode() if entry.card else None
        before = entry.previous and layout.item_json(entry.collection, entry.previous)
        previous = _io.loads(stage.read(before)) if before else None
        what = shown(item, card=card, previous=previous, hub=task.look.config.url)
        for writer in writers:
            path = prefix(writer.language) + what.page.path
            stage.write(path, _page(writer, what, entry))
    return len(task.entries)


def _page(writer: Renderer, what: Shown, entry: Entry) -> bytes:
    return render_model(writer, what, collection=entry.title, checked=entry.checked)
