"""The page of a model."""

from __future__ import annotations

import posixpath
import re
from typing import Any
from urllib.parse import unquote

from geocairn import layout
from geocairn.compile.pages.linked import dataset
from geocairn.compile.pages.markdown import markdown, relocated
from geocairn.compile.pages.render import Page, Renderer
from geocairn.compile.pages.view import model_view
from geocairn.compile.pages.view.values import record, text

__all__ = ["Shown", "model_path", "render_model", "shown"]

_beside = re.compile(r"(?![A-Za-z][A-Za-z0-9+.-]*:|[/#?\\])").match
_is_page = re.compile(r"\.\./(?:.*/)?index\.html").fullmatch


class Shown:
    """What the page of a model shows, in any language.

    Attributes:
        view: See `geocairn.compile.pages.view`.
        description: Its description as HTML.
        card: Its card as HTML.
        page: Head of its page.
    """

    __slots__ = ("card", "description", "page", "view")

    def __init__(self, view: dict[str, Any], description: str, card: str, page: Page) -> None:
        self.view = view
        self.description = description
        self.card = card
        self.page = page


def model_path(collection: str, item: str) -> str:
    """Path of a model's page below the folder of a language."""
    return f"{layout.item_folder(collection, item)}/index.html"


def shown(
    item: dict[str, Any],
    *,
    card: str | None = None,
    previous: dict[str, Any] | None = None,
    hub: str | None = None,
) -> Shown:
    """Prepare what a model's page shows, once for all languages.

    Args:
        item: The item, as published.
        card: Text of its model card.
        previous: The version before it.
        hub: The hub's address, if it is known.
    """
    view = model_view(item, previous=previous, hub=hub)
    description = text(record(item.get("properties")).get("description")) or ""
    name, collection = view["id"], view["collection"]
    thumbnail = view["thumbnail"]
    page = Page(
        path=model_path(collection, name),
        title=view["title"],
        description=description or view["title"],
        kind="model",
        section="models",
        stac=layout.item_json(collection, name),
        stac_type="application/geo+json",
        jsonld=dataset(view, description),
        image=_image(layout.item_folder(collection, name), thumbnail) if thumbnail else None,
    )
    return Shown(
        view,
        markdown(description),
        markdown(card, without=description) if card else "",
        page,
    )


def _image(folder: str, href: str) -> str:
    """Path of a picture from the hub's root, given its address from an item."""
    return posixpath.normpath(f"{folder}/{unquote(href)}")


def render_model(
    renderer: Renderer, what: Shown, *, collection: str, checked: bool = False
) -> bytes:
    """A model's page in one language.

    Args:
        renderer: Of that language.
        what: What it shows.
        collection: Title of its collection.
        checked: Whether every check was run, and none found anything but advice.
    """
    # Asset files lie beside the English page; those of other languages are one folder further.
    beside = "" if renderer.language == "en" else f"../../../{layout.relative_href(what.page.path)}"
    folder = beside.removesuffix("index.html")
    view = _moved(what.view, folder) if folder else what.view
    return renderer.render(
        "model.html",
        what.page,
        m=view,
        description=relocated(what.description, folder),
        card=relocated(what.card, folder),
        checked=checked,
        collection={"title": collection, "href": "../index.html"},
        search="../../models/index.html",
        land=renderer.beside("land.svg", what.page),
        try_up_to=renderer.config.site.try_up_to,
        json=f"{folder}{layout.relative_href(view['id'])}.json",
    )


def _moved(view: dict[str, Any], folder: str) -> dict[str, Any]:
    """The same with addresses of files beside the item as they are from another folder."""

    def place(href: str | None) -> str | None:
        return folder + href if href and _beside(href) else href

    def placed(name: str) -> list[dict[str, Any]] | None:
        return view[name] and [{**one, "href": place(one["href"])} for one in view[name]]

    lineage = view["lineage"] and [
        # Pages of models are in every language.
        one if _is_page(one["href"] or "") else {**one, "href": place(one["href"])}
        for one in view["lineage"]
    ]
    licence = view["license"] and {**view["license"], "href": place(view["license"]["href"])}
    return {
        **view,
        **{name: placed(name) for name in ("assets", "links", "providers")},
        "lineage": lineage,
        "license": licence,
        "thumbnail": place(view["thumbnail"]),
    }
