"""Markdown that others wrote, as HTML that is safe to show.

HTML within it goes through an allow-list (nh3). Images become links: pages load nothing from
elsewhere, and what a card calls an image beside it may not have been published.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

__all__ = ["SCHEMES", "markdown", "relocated", "safe_href"]

SCHEMES = frozenset(("http", "https", "mailto"))
_TAGS = frozenset(
    (
        "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "details",
        "div", "dl", "dt", "em", "h2", "h3", "h4", "h5", "h6", "hr", "i", "ins", "kbd", "li",
        "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strong", "sub", "summary",
        "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "var",
    )
)  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
_CLASSES = {"td": {"end", "center"}, "th": {"end", "center"}}
# Text without any of these is a paragraph as it stands, and that is most descriptions.
_MARKED = re.compile(r"[*_`\[\]<>#|~\\&!\n]|^\s*([-+]|\d+[.)])\s|^\s{4}")
_ALIGNMENT = {"text-align:right": "end", "text-align:center": "center"}
_RELATION = "nofollow noopener"
_NO_HEADING = re.compile(r"<th((?: class=\"\w+\")?)>\s*</th>")
_HEADING = re.compile(r"<th(?=[ >])(?![^>]* scope=)")
# In text, a sign that begins an element is escaped.
_RELATIVE = re.compile(r'(<a (?:title="[^"]*" )?href=")((?![A-Za-z][A-Za-z0-9+.-]*:|[/#?\\])[^"]+)')
_CONTROL = re.compile(r"[\x00-\x20\x7f]")


def markdown(text: str, *, without: str = "", top: int = 3) -> str:
    """Markdown as safe HTML.

    Args:
        text: CommonMark, with tables and strikethrough.
        without: Text of a first paragraph to leave out, for it is on the page already.
        top: Level of its highest headings on the page; a first heading of level 1 is left out,
            for the page has a title.
    """
    if not _MARKED.search(text):
        return f"<p>{escape(text)}</p>" if text.strip() else ""
    parser = _parser()
    tokens = _beginning(parser.parse(text), without=without.strip())
    _settle(tokens, top=top)
    html: str = parser.renderer.render(tokens, parser.options, {})
    return _clean(html)


def relocated(html: str, folder: str) -> str:
    """Safe HTML with its relative links as they are from elsewhere.

    Args:
        html: From `markdown`.
        folder: Relative address of the folder that the links start from, ending with a slash.
    """
    return _RELATIVE.sub(lambda found: f"{found[1]}{folder}{found[2]}", html) if folder else html


def safe_href(href: str) -> str | None:
    """A link's target if its scheme is allowed or it is relative, else None."""
    try:
        scheme = urlsplit(_CONTROL.sub("", href)).scheme
    except ValueError:
        return None
    if scheme.lower() in SCHEMES or (not scheme and not href.startswith(("//", "\\"))):
        return href
    return None


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


def _clean(html: str) -> str:
    html = nh3.clean(
        html,
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        allowed_classes=_CLASSES,
        url_schemes=set(SCHEMES),
        link_rel=_RELATION,
    )
    # A link whose address was taken is none, and then can have no relation.
    html = html.replace(f'<a rel="{_RELATION}">', "<a>")
    # Tables of Markdown have headings even where there is nothing to head. Code scrolls where it is
    # too wide, and so must be within reach of the keyboard.
    html = _HEADING.sub('<th scope="col"', _NO_HEADING.sub(r"<td\1></td>", html))
    return html.replace("<pre>", '<pre tabindex="0">')


def _beginning(tokens: list[Token], *, without: str) -> list[Token]:
    if tokens and tokens[0].type == "heading_open" and tokens[0].tag == "h1":
        tokens = tokens[3:]
    first = tokens[1].content.strip() if len(tokens) > 2 else ""
    if without and tokens[0].type == "paragraph_open" and first == without:
        tokens = tokens[3:]
    return tokens


def _settle(tokens: Sequence[Token], *, top: int) -> None:
    """Fit headings below the page's, alignment into classes, and images into links."""
    levels = [int(token.tag[1]) for token in tokens if token.type == "heading_open"]
    shift = top - min(levels, default=top)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{max(2, min(6, int(token.tag[1]) + shift))}"
        elif token.type in ("th_open", "td_open") and (style := token.attrs.pop("style", None)):
            if name := _ALIGNMENT.get(str(style)):
                token.attrs["class"] = name
        elif token.children:
            token.children = [part for child in token.children for part in _without_image(child)]


def _without_image(token: Token) -> list[Token]:
    if token.type != "image":
        return [token]
    opened = Token("link_open", "a", 1, attrs={"href": str(token.attrs["src"])})
    text = Token("text", "", 0, content=token.content or str(token.attrs["src"]))
    return [opened, text, Token("link_close", "a", -1)]
