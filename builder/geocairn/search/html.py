"""How a hub and what a search found look in a notebook."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from geocairn.model import Model
from geocairn.run.html import box, table

if TYPE_CHECKING:
    from geocairn.search.catalog import Catalog
    from geocairn.search.itemsearch import ItemSearch

__all__ = ["hub_html", "search_html"]

_SHOWN = 10
_MOST = 8


def hub_html(catalog: Catalog) -> str:
    """A hub: what it is, its collections, and what its models are for."""
    facets = catalog.facets()
    rows = [
        ("where", f"<code>{escape(catalog.href)}</code>"),
        ("about", escape(catalog.description)),
        ("models", f"{len(catalog):,}"),
        *((title, _values(facets.get(name))) for name, title in _FACETS),
    ]
    return box(catalog.title or "Hub", table(rows))


_FACETS = (("tasks", "tasks"), ("framework", "frameworks"), ("bands", "bands"))


def _values(facet: Any) -> str:
    values = facet.get("values", []) if isinstance(facet, dict) else []
    shown = ", ".join(f"{escape(str(name))} ({count:,})" for name, count in values[:_MOST])
    return shown + (", …" if len(values) > _MOST else "")


def search_html(search: ItemSearch) -> str:
    """What a search found: how many, and the first of them."""
    rows = []
    for number, item in enumerate(search.items_as_dicts()):
        if number == _SHOWN:
            break
        model = Model(item)
        gsd = f"{model.gsd:g} m" if model.gsd else ""
        cells = (model.id, model.title, ", ".join(model.tasks), model.architecture, gsd)
        rows.append("<tr>" + "".join(f"<td>{escape(cell or '')}</td>" for cell in cells) + "</tr>")
    heads = "".join(f"<th>{name}</th>" for name in ("id", "title", "tasks", "network", "gsd"))
    matched = search.matched()
    told = f"{matched:,} model{'s' * (matched != 1)} match{'es' * (matched == 1)}"
    if matched > len(rows):
        told += f", the first {len(rows)} shown"
    return box(told, f"<table><tr>{heads}</tr>{''.join(rows)}</table>")
