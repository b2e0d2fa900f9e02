"""Rules on dates and times."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from geocairn.checks.context import Context
from geocairn.checks.rule import REMOVED, Rule

__all__ = ["RULES", "check"]

OPEN_END = "9999-12-31T23:59:59Z"
# A time beyond any plan of a mission, yet not the agreed open end.
_FAR = "2050"
_NEVER = ("1970-01-01T00:00:00", "0001-01-01T00:00:00", "0000-01-01T00:00:00")
_TEMPLATES = (*_NEVER, "1900-01-01T00:00:00", "2000-01-01T00:00:00", "9999-12-31T23:59:59")

PLACEHOLDER = Rule(
    code="STAC040",
    title="Placeholder time",
    severity="warning",
    why="""The beginning of computer time (1970), of the calendar or of a century is what templates
contain, and so are `datetime`, `created` and `updated` all at the same first second of a year. A
search by time then finds the model where it does not belong, or never.""",
    remedy="Give the period that the training data cover as start_datetime and end_datetime.",
    failing={
        "/properties/datetime": "1970-01-01T00:00:00Z",
        "/properties/start_datetime": REMOVED,
        "/properties/end_datetime": REMOVED,
    },
)
REVERSED = Rule(
    code="STAC041",
    title="End before start",
    severity="error",
    why="""An interval that ends before it starts holds no time at all, and no search by time finds
the item.""",
    remedy="Exchange the two, or correct them.",
    failing={
        "/properties/start_datetime": "2023-10-31T00:00:00Z",
        "/properties/end_datetime": "2018-06-01T00:00:00Z",
    },
)
FAR_END = Rule(
    code="STAC043",
    title="Open end written as a far date",
    severity="advice",
    why=f"""An end far in the future mostly means that none is foreseen. That is written
`{OPEN_END}`, which searches treat as open; any other date ends the interval then.""",
    remedy=f"Write {OPEN_END} where no end is foreseen.",
    failing={"/properties/end_datetime": "2100-12-31T23:59:59Z"},
    passing={"/properties/end_datetime": OPEN_END},
)
UPDATED_FIRST = Rule(
    code="STAC044",
    title="Updated before created",
    severity="warning",
    why="""`created` is when the item's description came into being, `updated` when it last changed.
The order of versions and feeds relies on them.""",
    remedy="Correct created or updated.",
    failing={"/properties/updated": "2023-12-01T00:00:00Z"},
)
OUTSIDE = Rule(
    code="STAC045",
    title="Time outside of its own interval",
    severity="warning",
    why="""Where an item has a `datetime` besides an interval, the time is one within it, such as
its middle.""",
    remedy="Write datetime null, or a time within the interval.",
    failing={"/properties/datetime": "2012-01-05T10:00:00Z"},
    passing={"/properties/datetime": "2020-01-05T10:00:00Z"},
)
RULES = (PLACEHOLDER, REVERSED, FAR_END, UPDATED_FIRST, OUTSIDE)


def check(context: Context) -> None:
    """Look at the item's times."""
    properties = context.properties
    start, end = properties.get("start_datetime"), properties.get("end_datetime")
    moment = properties.get("datetime")
    created, updated = properties.get("created"), properties.get("updated")
    _placeholders(context, moment, start, created, updated)
    if isinstance(end, str) and _FAR <= end[:4] < "9999":
        path = ("properties", "end_datetime")
        context.found(FAR_END, path, "is a far date", value=end)
    if _after(start, end):
        message = f"the interval starts at {start} and ends at {end}"
        context.found(REVERSED, ("properties", "start_datetime"), message, value=start)
    elif isinstance(moment, str) and (_after(start, moment) or _after(moment, end)):
        message = f"is not between {start} and {end}"
        context.found(OUTSIDE, ("properties", "datetime"), message, value=moment)
    if _after(created, updated):
        message = f"is before {created}, the creation"
        context.found(UPDATED_FIRST, ("properties", "updated"), message, value=updated)


def _placeholders(context: Context, moment: Any, start: Any, created: Any, updated: Any) -> None:
    if isinstance(moment, str):
        if moment[:19] in _TEMPLATES:
            context.found(PLACEHOLDER, ("properties", "datetime"), "is a template's", value=moment)
        elif moment == created == updated and moment[4:19] == "-01-01T00:00:00":
            message = "is the first second of a year, and so are created and updated"
            context.found(PLACEHOLDER, ("properties", "datetime"), message, value=moment)
    if isinstance(start, str) and start[:19] in _NEVER:
        path = ("properties", "start_datetime")
        context.found(PLACEHOLDER, path, "is a template's", value=start)


def _after(first: Any, second: Any) -> bool:
    """Whether one time is later than another; False where either is no time."""
    if not isinstance(first, str) or not isinstance(second, str):
        return False
    # Times in UTC written alike compare as text, which is most of them.
    if len(first) == len(second) == 20 and first[-1] == second[-1] == "Z":
        return first > second and first[10] == second[10] == "T"
    one, other = _parse(first), _parse(second)
    return one is not None and other is not None and one > other


def _parse(text: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if time.tzinfo is not None else None
