"""HTTP around the application: HEAD, conditional requests (RFC 9110, 13.1) and sizes of bodies."""

from __future__ import annotations

import hashlib
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geocairn.server import answers
from geocairn.server.links import FILES
from geocairn.server.served import Served

__all__ = ["LONGEST_BODY", "Exchange"]

LONGEST_BODY = 4 << 20
"""Bytes of a request's body; an outline of a hundred thousand points fits."""
_APART = (f"/{FILES}/", "/_mgmt/")


class Exchange:
    """Answers what needs no search: a body that is too long, a page that the client still has.

    A hub that is not published anew gives the same answer to the same address, so an ``ETag`` is
    known before anything is searched.

    Args:
        app: What answers all else.
        served: The hub.
    """

    def __init__(self, app: ASGIApp, served: Served) -> None:
        self._app = app
        self._served = served

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if scope["method"] in ("GET", "HEAD"):
            await self._get({**scope, "method": "GET"}, headers, receive, send)
            return
        body = await _body(headers, receive)
        if body is None:
            text = f"The body is longer than {LONGEST_BODY:,} bytes. Simplify the geometry."
            status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            await answers.error(status, "BodyTooLarge", text)(scope, receive, send)
            return
        await self._app(scope, _given(body, receive), send)

    async def _get(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        if scope["path"].startswith(_APART):
            await self._app(scope, receive, send)
            return
        tag = self._tag(scope, headers)
        own = {"ETag": tag, "Cache-Control": "no-cache"}
        if _has(headers.get("if-none-match", ""), tag):
            await Response(status_code=HTTPStatus.NOT_MODIFIED, headers=own)(scope, receive, send)
            return

        async def send_tagged(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == HTTPStatus.OK:
                MutableHeaders(scope=message).update(own)
            await send(message)

        await self._app(scope, receive, send_tagged)

    def _tag(self, scope: Scope, headers: Headers) -> str:
        # Links in the answer have the scheme and the host of the request.
        asked = (
            self._served.state.version,
            scope["scheme"],
            headers.get("host", ""),
            scope.get("root_path", ""),
            scope["path"],
            scope["query_string"].decode("latin-1"),
        )
        # Weak: a packed body is another one.
        return f'W/"{hashlib.sha256("|".join(asked).encode()).hexdigest()[:24]}"'


def _has(tags: str, tag: str) -> bool:
    return tag in (one.strip() for one in tags.split(","))


async def _body(headers: Headers, receive: Receive) -> bytes | None:
    """The whole body; None where it is too long."""
    if int(headers.get("content-length") or 0) > LONGEST_BODY:
        return None
    parts: list[bytes] = []
    length = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            break  # the client is gone: the application is told so by what it receives next
        part = message.get("body", b"")
        length += len(part)
        if length > LONGEST_BODY:
            return None
        parts.append(part)
        if not message.get("more_body"):
            break
    return b"".join(parts)


def _given(body: bytes, receive: Receive) -> Receive:
    """Gives a body that was read already, once."""
    waiting = [body]

    async def again() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return again
