"""What a search asks for: parsed and checked once, understood alike by every engine."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from geocairn import _io
from geocairn.cql import all_of, parse_filter
from geocairn.errors import QueryError
from geocairn.facets import FACET_NAMES
from geocairn.geojson import Box, boxes, parse_bbox, parse_geometry
from geocairn.queryables import queryable
from geocairn.shorthand import facet_filter, query_filter
from geocairn.temporal import Interval, parse_interval

__all__ = ["DEFAULT_LIMIT", "MAX_LIMIT", "Fields", "SearchQuery", "SortKey"]

DEFAULT_LIMIT = 100
"""Items on a page where the search does not say."""
MAX_LIMIT = 10_000
"""Most items on one page, as the STAC API allows."""
_MAX_LIST = 100_000


@dataclass(frozen=True, slots=True)
class SortKey:
    """One key of an order; missing values come last in both directions.

    Attributes:
        field: Name without ``properties.``; ``overlap`` and ``score`` are worked out.
        direction: Ascending or descending.
    """

    field: str
    direction: Literal["asc", "desc"] = "asc"


@dataclass(frozen=True, slots=True)
class Fields:
    """Members of an item to give: all of `include` (or all there are) without `exclude`."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """A checked search.

    Make one with `parse`, which takes every form that pystac-client does.

    Attributes:
        ids: Items by id, any of them.
        collections: Collections by id, any of them.
        bbox: West, south, east, north in degrees; west beyond east crosses the antimeridian.
        intersects: GeoJSON geometry in longitude and latitude.
        datetime: Closed interval of time.
        q: Words; all must match, the last as a beginning.
        filter: CQL2 JSON in normal form, the facets' shorthand included.
        sortby: Order; without any, relevance where there is `q`, then the hub's order.
        fields: Members of the items to give.
        limit: Items on a page.
        token: Where to go on; from an earlier page of the same search.
    """

    ids: tuple[str, ...] | None = None
    collections: tuple[str, ...] | None = None
    bbox: Box | None = None
    intersects: Mapping[str, Any] | None = None
    datetime: Interval | None = None
    q: str | None = None
    filter: Any = None
    sortby: tuple[SortKey, ...] = ()
    fields: Fields | None = None
    limit: int = DEFAULT_LIMIT
    token: str | None = None

    @classmethod
    def parse(
        cls,
        *,
        ids: Any = None,
        collections: Any = None,
        bbox: Any = None,
        intersects: Any = None,
        datetime: Any = None,
        q: str | Iterable[str] | None = None,
        query: Any = None,
        filter: Any = None,  # noqa: A002  # pystac-client's name
        filter_lang: str | None = None,
        sortby: Any = None,
        fields: Any = None,
        limit: int | None = None,
        token: str | None = None,
        **facets: Any,
    ) -> SearchQuery:
        """Read a search in any form that pystac-client takes.

        Args:
            ids: ``"a,b"`` or a list.
            collections: ``"a,b"``, a list, or objects with an ``id``.
            bbox: ``"w,s,e,n"`` or four or six numbers.
            intersects: GeoJSON as text or mapping, or an object with ``__geo_interface__``.
            datetime: See `geocairn.temporal.parse_interval`.
            q: Words.
            query: The STAC API's older query extension: ``{"gsd": {"lt": 1}}`` or ``["gsd<1"]``.
            filter: CQL2 text or JSON.
            filter_lang: ``cql2-text`` or ``cql2-json``; guessed where None.
            sortby: ``"-gsd,id"``, a list of such, or a list of ``{"field", "direction"}``.
            fields: ``"id,-assets"``, a list of such, or ``{"include": [], "exclude": []}``.
            limit: Items on a page, 1 to 10,000.
            token: From an earlier page of the same search.
            **facets: A facet's name with a value, a list of values (any of them), or for numbers
                a range: ``gsd="0.3..1"``, ``gsd="<1"``, ``gsd=(0.3, 1)``.

        Raises:
            QueryError: When a value cannot mean anything; it names the value and the remedy.
        """
        unknown = [name for name in facets if name not in FACET_NAMES]
        if unknown:
            raise QueryError(
                f"unknown search parameter {unknown[0]!r}",
                remedy=f"Facets are {', '.join(FACET_NAMES)}; use filter for other properties.",
            )
        if bbox is not None and intersects is not None:
            raise QueryError(
                "bbox and intersects are both given",
                remedy='Give one of them; add the other as filter="S_INTERSECTS(geometry, ...)".',
            )
        shorthand = [facet_filter(name, value) for name, value in facets.items()]
        made = cls(
            ids=_names("ids", ids),
            collections=_names("collections", collections),
            bbox=None if bbox is None else parse_bbox(bbox),
            intersects=None if intersects is None else parse_geometry(intersects),
            datetime=None if datetime is None else parse_interval(datetime),
            q=_words(q),
            filter=all_of(
                parse_filter(filter, lang=filter_lang) if filter not in (None, "") else None,
                query_filter(query) if query else None,
                *shorthand,
            ),
            sortby=_sort_keys(sortby),
            fields=_fields(fields),
            limit=_limit(limit),
            token=token or None,
        )
        made._check_order()
        made.offset()  # a token of another search is refused here already
        return made

    def _check_order(self) -> None:
        fields = {key.field for key in self.sortby}
        if "overlap" in fields and self.bbox is None and self.intersects is None:
            raise QueryError("sortby=overlap without an area", remedy="Give bbox or intersects.")
        if "score" in fields and not self.q:
            raise QueryError("sortby=score without words", remedy="Give q.")

    def areas(self) -> tuple[Box, ...]:
        """The bbox as planar boxes: one, two across the antimeridian, or none."""
        return boxes(self.bbox) if self.bbox else ()

    def to_dict(self) -> dict[str, Any]:
        """The search as a STAC API request body, without what is not asked for."""
        body: dict[str, Any] = {
            "ids": list(self.ids) if self.ids else None,
            "collections": list(self.collections) if self.collections else None,
            "bbox": list(self.bbox) if self.bbox else None,
            "intersects": self.intersects,
            "datetime": str(self.datetime) if self.datetime else None,
            "q": self.q,
            "filter": self.filter,
            "filter-lang": "cql2-json" if self.filter is not None else None,
            "sortby": [{"field": k.field, "direction": k.direction} for k in self.sortby] or None,
            "fields": self.fields
            and {"include": list(self.fields.include), "exclude": list(self.fields.exclude)},
            "limit": self.limit,
            "token": self.token,
        }
        return {name: value for name, value in body.items() if value is not None}

    def fingerprint(self) -> str:
        """Eight characters that tell this search's results from another's, pages apart."""
        plain = replace(self, limit=DEFAULT_LIMIT, token=None, fields=None)
        return _io.digest(_io.canonical(plain.to_dict()))[:8]

    def token_at(self, offset: int) -> str:
        """The token with which results go on at an offset."""
        text = f"{offset:x}.{self.fingerprint()}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def offset(self) -> int:
        """How many results come before this page.

        Raises:
            QueryError: When the token is none, or comes from another search.
        """
        if self.token is None:
            return 0
        try:
            text = base64.urlsafe_b64decode(self.token + "=" * (-len(self.token) % 4)).decode()
            offset, _, fingerprint = text.partition(".")
            number = int(offset, 16)
        except (ValueError, binascii.Error, TypeError):
            number, fingerprint = -1, ""
        if number < 0 or fingerprint != self.fingerprint():
            raise QueryError(
                f"token {self.token!r} does not belong to this search",
                remedy="Repeat the search unchanged with the token of its last page.",
            )
        return number


def _names(what: str, value: Any) -> tuple[str, ...] | None:
    if value is None:
        return None
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",")]
    elif hasattr(value, "id"):
        value = [value]
    elif not isinstance(value, Iterable) or isinstance(value, (Mapping, bytes)):
        raise QueryError(f"{what} is no list of ids: {value!r}", remedy=f"Write {what}=['a'].")
    names = [getattr(part, "id", part) for part in value]
    bad = [name for name in names if not isinstance(name, str)]
    if bad:
        raise QueryError(f"{what} holds {bad[0]!r}, not an id", remedy="Ids are strings.")
    if len(names) > _MAX_LIST:
        raise QueryError(f"{what} holds {len(names)} ids", remedy=f"Ask {_MAX_LIST} at a time.")
    # pystac-client too takes an empty list as not asking.
    return tuple(dict.fromkeys(name for name in names if name)) or None


def _words(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, Iterable) and not isinstance(value, (Mapping, bytes)):
        parts = list(value)
        if all(isinstance(part, str) for part in parts):
            return " ".join(parts) or None
    raise QueryError(f"q is not words: {value!r}", remedy='Write q="flood u-net".')


def _sort_keys(value: Any) -> tuple[SortKey, ...]:
    if value is None or value in ("", [], ()):
        return ()
    if isinstance(value, str):
        value = value.split(",")
    elif isinstance(value, Mapping):
        value = [value]
    elif not isinstance(value, Iterable):
        raise QueryError(f"sortby is no order: {value!r}", remedy='Write sortby="-gsd,id".')
    keys = [_sort_key(part) for part in value]
    return tuple({key.field: key for key in reversed(keys)}.values())[::-1]


def _sort_key(part: Any) -> SortKey:
    direction = "asc"
    name = part
    if isinstance(part, Mapping):
        name, direction = part.get("field"), part.get("direction", "asc")
    elif isinstance(part, str):
        name = part.strip()
        if name[:1] in ("-", "+"):
            direction = "desc" if name[0] == "-" else "asc"
            name = name[1:]
    if not isinstance(name, str) or not name or direction not in ("asc", "desc"):
        raise QueryError(f"sortby has no field in {part!r}", remedy='Write sortby="-gsd,id".')
    name = name.removeprefix("properties.")
    if queryable(name).type == "geometry":
        raise QueryError("cannot sort by geometry", remedy="Sort by overlap, or by a property.")
    return SortKey(name, "desc" if direction == "desc" else "asc")


def _fields(value: Any) -> Fields | None:
    if value is None or value in ("", [], ()):
        return None
    if isinstance(value, Mapping):
        sides = [value.get(side) or [] for side in ("include", "exclude")]
        parts = [*sides[0], *(f"-{part}" for part in sides[1])]
    else:
        parts = value.split(",") if isinstance(value, str) else list(value)
        if len(parts) == 1 and isinstance(parts[0], str):
            parts = parts[0].split(",")
    names = [part.strip() if isinstance(part, str) else "" for part in parts]
    if not all(name.lstrip("+-") for name in names):
        raise QueryError(f"fields has no name in {value!r}", remedy='Write fields="id,-assets".')
    return Fields(
        tuple(name.removeprefix("+") for name in names if name[0] != "-"),
        tuple(name[1:] for name in names if name[0] == "-"),
    )


def _limit(value: Any) -> int:
    if value is None:
        return DEFAULT_LIMIT
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_LIMIT:
        raise QueryError(f"limit is {value!r}", remedy=f"Use a whole number, 1 to {MAX_LIMIT}.")
    return value
