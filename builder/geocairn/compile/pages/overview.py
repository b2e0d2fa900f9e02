"""The pages about many models: home, collections, publishers, the check report, texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from geocairn import layout
from geocairn.compile.pages import hub, linked
from geocairn.compile.pages.markdown import markdown, safe_href
from geocairn.compile.pages.render import Page, Renderer
from geocairn.config import Texts
from geocairn.findings import Report

__all__ = ["Contents", "overview"]

_HOME_CARDS = 6
_LISTED = 200
_MOST_PUBLISHERS = 2000
_CHARTS = ("tasks", "architecture", "platforms", "bands", "formats", "framework", "license")
_FINDINGS = 200
Written = Iterator[tuple[Page, bytes]]


@dataclass(frozen=True)
class Contents:
    """What a hub holds, as the pages about many models need it.

    Attributes:
        table: Index rows of all models.
        collections: For each collection its document as published, its rows and its facet counts.
        counts: Facet counts over all models.
        report: What the checks found.
    """

    table: pa.Table
    collections: Mapping[str, tuple[dict[str, Any], pa.Table, dict[str, Any]]]
    counts: dict[str, Any]
    report: Report
    publishers: list[dict[str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "publishers", hub.publishers(self.counts))


def overview(
    renderer: Renderer, what: Contents, *, description: str, texts: Mapping[str, Texts]
) -> Written:
    """Every page about many models, in one language.

    Args:
        renderer: Of the language.
        what: What the hub holds.
        description: The hub's, in Markdown.
        texts: Legal notice and privacy, by name.
    """
    yield _home(renderer, what, description=description)
    for name in what.collections:
        yield _collection(renderer, what, name)
    yield from _publishers(renderer, what)
    yield _report(renderer, what)
    yield from _scripted(renderer)
    for name, title in (("legal", "Legal notice"), ("privacy", "Privacy")):
        written = dict(texts[name])
        text = written.get(renderer.language, written.get("", written.get("en")))
        if text:
            page = Page(f"{name}/index.html", renderer.texts.t(title), text)
            yield (
                page,
                renderer.render("text.html", page, heading=page.title, text=markdown(text, top=2)),
            )
    page = Page("404.html", renderer.texts.t("Page not found"), robots="noindex")
    yield page, renderer.render("404.html", page)


def _scripted(renderer: Renderer) -> Written:
    """Those that scripts fill."""
    t, site = renderer.texts.t, renderer.config.site
    told = t("Which models can run on a scene of yours, best first, with reasons.")
    page = Page("match/index.html", t("Match a scene"), told, section="match", connect=site.connect)
    yield page, renderer.render("match.html", page, connect=" ".join(site.connect))
    told = t("Describe a model in the browser, and take the entry to the hub as a pull request.")
    page = Page("submit/index.html", t("Submit a model"), told, kind="submit", section="submit")
    repository = (site.repository or "").rstrip("/")
    yield page, renderer.render("submit.html", page, repository=repository)


def _with_links(renderer: Renderer, cards: list[dict[str, Any]], root: str) -> list[dict[str, Any]]:
    return [
        {**card, "href": renderer.model_href(root, card["collection"], card["id"])}
        for card in cards
    ]


def _bars(
    renderer: Renderer,
    counts: Mapping[str, Any],
    facet: str,
    *,
    root: str,
    most: int = 8,
    given: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    return [
        {
            "label": renderer.texts.word(facet, str(entry["value"])),
            "href": renderer.search_href(root, **(given or {}), **{facet: str(entry["value"])}),
            "count": entry["count"],
            "share": entry["share"],
        }
        for entry in hub.bars(counts, facet, most=most)
    ]


def _charts(
    renderer: Renderer, counts: Mapping[str, Any], *, root: str, given: Mapping[str, str]
) -> list[dict[str, Any]]:
    drawn = (
        {"facet": name, "bars": _bars(renderer, counts, name, root=root, given=given)}
        for name in _CHARTS
    )
    return [chart for chart in drawn if chart["bars"]]


def _home(renderer: Renderer, what: Contents, *, description: str) -> tuple[Page, bytes]:
    page = Page(
        "index.html",
        "",
        description,
        kind="home",
        stac=layout.CATALOG,
        jsonld=linked.catalog(renderer.config),
    )
    collections = [
        {
            "title": document.get("title") or name,
            "href": f"{layout.relative_href(name)}/index.html",
            "count": rows.num_rows,
        }
        for name, (document, rows, _) in what.collections.items()
    ]
    largest = max((entry["count"] for entry in collections), default=1) or 1
    for entry in collections:
        entry |= {"label": entry["title"], "share": round(100 * entry["count"] / largest, 1)}
    newest = hub.newest(what.table, _HOME_CARDS)
    html = renderer.render(
        "home.html",
        page,
        description=markdown(description),
        figures={
            "models": what.table.num_rows,
            "collections": len(what.collections),
            "publishers": what.counts.get("providers", {}).get("distinct", 0),
            "architectures": what.counts.get("architecture", {}).get("distinct", 0),
        },
        newest=_with_links(renderer, newest, ""),
        others=[] if newest else _with_links(renderer, hub.varied(what.table, _HOME_CARDS), ""),
        tasks=_bars(renderer, what.counts, "tasks", root="", most=12),
        sensors=_bars(renderer, what.counts, "platforms", root="", most=12),
        collections=sorted(collections, key=lambda entry: -entry["count"])[:24],
        density=hub.density(what.table),
        land=renderer.beside("land.svg", page),
    )
    return page, html


def _collection(renderer: Renderer, what: Contents, name: str) -> tuple[Page, bytes]:
    document, table, counts = what.collections[name]
    title = document.get("title") or name
    description = str(document.get("description") or "")
    page = Page(
        f"{name}/index.html",
        title,
        description,
        kind="collection",
        section="models",
        stac=layout.collection_json(name),
        jsonld=linked.collection(
            document, config=renderer.config, path=f"{layout.relative_href(name)}/"
        ),
    )
    rows = table.select(["title", "id"]).append_column(
        "row", pa.array(range(table.num_rows), pa.int64())
    )
    order = rows.sort_by([("title", "ascending"), ("id", "ascending")])["row"].to_pylist()[:_LISTED]
    providers = document.get("providers")
    makers = [
        {"name": maker["name"], "href": safe_href(str(maker.get("url") or ""))}
        for maker in (providers if isinstance(providers, list) else [])
        if isinstance(maker, dict) and isinstance(maker.get("name"), str)
    ]
    html = renderer.render(
        "collection.html",
        page,
        title=title,
        description=markdown(description),
        makers=makers,
        license=document.get("license"),
        count=table.num_rows,
        listed=_with_links(renderer, hub.cards(table, order), "../"),
        more=max(0, table.num_rows - _LISTED),
        charts=_charts(renderer, counts, root="../", given={"collections": name}),
        density=hub.density(table),
        land=renderer.beside("land.svg", page),
        search=renderer.search_href("../", collections=name),
        folder=f"{'../' if renderer.language == 'en' else '../../'}{layout.relative_href(name)}/",
    )
    return page, html


def _publishers(renderer: Renderer, what: Contents) -> Written:
    known = what.publishers
    page = Page(
        "publishers/index.html",
        renderer.texts.t("Publishers"),
        kind="publishers",
        section="publishers",
    )
    yield page, renderer.render("publishers.html", page, publishers=known, most=_MOST_PUBLISHERS)
    named = known[:_MOST_PUBLISHERS]
    rows = hub.of_publisher(what.table, (one["name"] for one in named))
    for one in named:
        yield _publisher(renderer, what, one, rows[one["name"]])


def _publisher(
    renderer: Renderer, what: Contents, one: dict[str, Any], rows: list[int]
) -> tuple[Page, bytes]:
    from geocairn.compile.summaries import facet_counts

    page = Page(
        f"publishers/{one['slug']}/index.html",
        one["name"],
        renderer.texts.tn("{n} model", "{n} models", one["count"]),
        kind="publisher",
        section="publishers",
    )
    table = what.table.take(pa.array(rows, pa.int64()))
    order = table.select(["id"]).append_column("row", pa.array(range(len(rows)), pa.int64()))
    listed = order.sort_by("id")["row"].to_pylist()[:_LISTED]
    html = renderer.render(
        "publisher.html",
        page,
        name=one["name"],
        count=one["count"],
        listed=_with_links(renderer, hub.cards(table, listed), "../../"),
        more=max(0, len(rows) - _LISTED),
        charts=_charts(
            renderer, facet_counts(table), root="../../", given={"providers": one["name"]}
        ),
        search=renderer.search_href("../../", providers=one["name"]),
    )
    return page, html


def _report(renderer: Renderer, what: Contents) -> tuple[Page, bytes]:
    report = what.report
    page = Page("report/index.html", renderer.texts.t("Check report"), kind="report")
    severity = {finding.code: finding.severity for finding in report.kept}
    kinds = {finding.code: finding.message for finding in reversed(report.kept)}
    codes = [
        {"code": code, "count": count, "severity": severity.get(code), "example": kinds.get(code)}
        for code, count in report.counts.most_common()
    ]
    order = {"error": 0, "warning": 1, "advice": 2}
    codes.sort(key=lambda entry: (order.get(str(entry["severity"]), 3), -int(entry["count"] or 0)))
    gravest = sorted(report.kept, key=lambda finding: order[finding.severity])[:_FINDINGS]
    places = _places(what.table, {finding.item for finding in gravest})
    findings = [
        {
            **asdict(finding),
            "href": renderer.model_href("../", places[finding.item], finding.item)
            if finding.item in places
            else None,
        }
        for finding in gravest
    ]
    html = renderer.render(
        "report.html",
        page,
        documents=report.documents,
        severities=[(name, report.severities[name]) for name in ("error", "warning", "advice")],
        codes=codes,
        findings=findings,
        more=max(0, sum(report.counts.values()) - _FINDINGS),
    )
    return page, html


def _places(table: pa.Table, items: set[str]) -> dict[str, str]:
    """The collection of each item that is in the hub."""
    chosen = table.select(["id", "collection"])
    chosen = chosen.filter(pc.is_in(chosen["id"], pa.array(sorted(items), pa.string())))
    return dict(zip(*(chosen[name].to_pylist() for name in ("id", "collection")), strict=True))
