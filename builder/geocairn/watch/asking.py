"""Whether what is at an address is still what it was."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Literal

from geocairn._io import human_size
from geocairn.errors import InputError
from geocairn.watch.targets import Target
from geocairn.web import Answer, RefusedError, Web

__all__ = ["Known", "Outcome", "ask"]

Outcome = Literal["fine", "gone", "failing", "changed", "refused"]

_GONE = frozenset((404, 410))
# What hosts say to whoever is no browser, or asks too often; it says nothing about the file.
_SHY = frozenset((401, 403, 418, 429, 451, 999))
_NO_HEAD = frozenset((400, 403, 405, 501))
_LARGEST_LICENCE = 1 << 20
# Pages are put together for each reader; only plain texts stay the same byte by byte.
_PLAIN = ("text/plain", "text/markdown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of an address.

    Attributes:
        outcome: What came of asking the last time.
        told: The same in words, where it was not fine.
        etag: The server's mark of the version that was looked at.
        modified: Its time, as the server writes it.
        sha256: Hash of what was there, where it was read in full.
        failures: How often in a row it could not be had.
    """

    outcome: Outcome = "fine"
    told: str = ""
    etag: str = ""
    modified: str = ""
    sha256: str = ""
    failures: int = 0


def ask(target: Target, known: Known, *, web: Web, largest: int) -> Known:
    """Ask for an address, as little as will do.

    A file with a checksum, of up to ``largest`` bytes, is read and hashed, unless the server says
    that it is the version that was hashed before; of a larger one the size is compared. A
    licence's text is read and compared with what it was. Of everything else only the head is
    asked for.

    Args:
        target: The address.
        known: What is known of it.
        web: Asks.
        largest: Bytes of the largest file that is hashed.
    """
    try:
        whole = target.kind == "licence" or _hashable(target, largest)
        answer = _read(target, known, web, largest) if whole else _head(target, known, web)
    except RefusedError as error:
        return replace(known, outcome="refused", told=error.message)
    except InputError as error:
        return _failed(known, "failing", error.message)
    if answer.status == 304:
        return replace(known, outcome="fine", told="", failures=0)
    if answer.status in _GONE:
        return _failed(known, "gone", f"the server answers {answer.status}")
    if answer.status in _SHY:
        told = f"the server answers {answer.status} to programs"
        return replace(known, outcome="failing", told=told)
    if not 200 <= answer.status < 300:
        return _failed(known, "failing", f"the server answers {answer.status}")
    return _compared(target, known, answer, hashed=whole)


def _hashable(target: Target, largest: int) -> bool:
    return bool(target.sha256) and (target.size is None or target.size <= largest)


def _conditions(target: Target, known: Known) -> dict[str, str]:
    """Ask only for what is new; what was found wrong is looked at again."""
    right = known.sha256 == target.sha256 if target.sha256 else bool(known.sha256 or known.etag)
    if known.outcome != "fine" or not right:
        return {}
    if known.etag:
        return {"If-None-Match": known.etag}
    return {"If-Modified-Since": known.modified} if known.modified else {}


def _read(target: Target, known: Known, web: Web, largest: int) -> Answer:
    limit = _LARGEST_LICENCE if target.kind == "licence" else largest
    return web.ask(target.url, headers=_conditions(target, known), limit=limit)


def _head(target: Target, known: Known, web: Web) -> Answer:
    headers = _conditions(target, known) if not target.sha256 else {}
    answer = web.ask(target.url, method="HEAD", headers=headers, limit=0)
    if answer.status in _NO_HEAD:
        return web.ask(target.url, headers={"Range": "bytes=0-0"}, limit=1)
    return answer


def _failed(known: Known, outcome: Outcome, told: str) -> Known:
    return replace(known, outcome=outcome, told=told[:200], failures=known.failures + 1)


def _compared(target: Target, known: Known, answer: Answer, *, hashed: bool) -> Known:
    fine = Known(
        etag=answer.headers.get("etag", "")[:200],
        modified=answer.headers.get("last-modified", "")[:60],
    )
    if not hashed:
        said = _length(answer)
        if target.size is not None and said is not None and said != target.size:
            told = f"has {human_size(said)}, not the {human_size(target.size)} of its description"
            return replace(fine, outcome="changed", told=told)
        return fine
    if target.kind == "licence":
        kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in _PLAIN or not answer.whole:
            return fine
    if not answer.whole:
        return replace(fine, outcome="changed", told="is larger than its description says")
    digest = hashlib.sha256(answer.data).hexdigest()
    before = target.sha256 or known.sha256
    if before and digest != before:
        told = "is another text than before" if target.kind == "licence" else "has another checksum"
        # What is known stays, so that it is told until somebody looks.
        return replace(known, outcome="changed", told=told, failures=0)
    return replace(fine, sha256=digest)


def _length(answer: Answer) -> int | None:
    """Bytes of the file, as the head says; an answer with a part does not."""
    said = answer.headers.get("content-length", "")
    return int(said) if answer.status == 200 and said.isdecimal() and len(said) < 16 else None
