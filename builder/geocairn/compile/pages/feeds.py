"""What machines read: the Atom feed, the sitemap and robots.txt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from geocairn.compile.pages.render import prefix
from geocairn.config import HubConfig

__all__ = ["atom", "robots", "sitemaps"]

_MOST = 50_000
_NEVER = "1970-01-01"
_SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_ILLEGAL = {n: None for n in range(32) if chr(n) not in "\t\n\r"} | {0xFFFE: None, 0xFFFF: None}


def atom(entries: Sequence[dict[str, Any]], *, config: HubConfig) -> bytes:
    """The newest models as an Atom feed (RFC 4287).

    Args:
        entries: Cards with ``href`` (from the hub's root), newest first.
        config: The hub's settings; without an address, links are relative and ids are URNs.
    """
    url, urn = config.url or "", f"urn:geocairn:{quote(config.id)}"
    updated = entries[0]["date"] if entries else _NEVER
    lines = [
        f'{_HEAD}<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<title>{_text(config.title)}</title>",
        f"<id>{_text(url or urn)}</id>",
        f"<updated>{updated}T00:00:00Z</updated>",
        f'<link rel="alternate" type="text/html" href="{_text(url)}index.html"/>',
        f'<link rel="self" type="application/atom+xml" href="{_text(url)}feed.xml"/>',
        f"<author><name>{_text(config.title)}</name></author>",
    ]
    for entry in entries:
        href = url + entry["href"]
        name = f"{urn}:{quote(entry['collection'])}:{quote(entry['id'])}"
        lines += [
            "<entry>",
            f"<title>{_text(entry['title'])}</title>",
            f"<id>{_text(href if url else name)}</id>",
            f"<updated>{entry['date']}T00:00:00Z</updated>",
            f'<link href="{_text(href)}"/>',
            f"<summary>{_text(', '.join(entry['tasks'] or []) or entry['title'])}</summary>",
            "</entry>",
        ]
    return "\n".join([*lines, "</feed>", ""]).encode("utf-8", "replace")


def sitemaps(
    paths: Iterable[str], *, languages: Sequence[str], config: HubConfig
) -> Iterator[tuple[str, bytes]]:
    """Sitemaps of all pages, by file name; none without an address.

    Args:
        paths: Paths of pages below the folder of a language, as URL references.
        languages: The languages that each is in.
        config: The hub's settings.
    """
    if not config.url:
        return
    places = (
        prefix(name) + path.removesuffix("index.html") for path in paths for name in languages
    )
    files: list[bytes] = []
    while some := list(islice(places, _MOST)):
        number = len(files) + 1
        listed = "".join(f"<url><loc>{_text(config.url + place)}</loc></url>\n" for place in some)
        files.append(f"{_HEAD}<urlset {_SITEMAP}>\n{listed}</urlset>\n".encode())
        if len(files) > 1:
            yield f"sitemap-{number}.xml", files[-1]
    if len(files) == 1:
        yield "sitemap.xml", files[0]
    elif files:
        yield "sitemap-1.xml", files[0]
        names = (f"{config.url}sitemap-{number}.xml" for number in range(1, len(files) + 1))
        listed = "".join(f"<sitemap><loc>{_text(name)}</loc></sitemap>\n" for name in names)
        yield "sitemap.xml", f"{_HEAD}<sitemapindex {_SITEMAP}>\n{listed}</sitemapindex>\n".encode()


def robots(config: HubConfig) -> bytes:
    """Everything may be read by everyone; where the sitemap is."""
    where = f"\nSitemap: {config.url}sitemap.xml\n" if config.url else ""
    return f"User-agent: *\nAllow: /\n{where}".encode()


def _text(value: str) -> str:
    return escape(value.translate(_ILLEGAL), {'"': "&quot;"})
