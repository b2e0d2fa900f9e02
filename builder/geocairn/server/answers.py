"""Responses, and what becomes of errors."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from geocairn import _io
from geocairn.errors import GeocairnError, QueryError
from geocairn.server.links import GEOJSON, JSON, SCHEMA

__all__ = ["add_handlers", "error", "geojson", "json", "missing", "schema"]

_LOG = logging.getLogger(__name__)


def json(content: Any) -> Response:
    """JSON."""
    return _response(content, JSON)


def geojson(content: Any) -> Response:
    """GeoJSON."""
    return _response(content, GEOJSON)


def schema(content: Any) -> Response:
    """A JSON Schema."""
    return _response(content, SCHEMA)


def error(status: int, code: str, description: str) -> Response:
    """An error as the STAC API has it."""
    return _response({"code": code, "description": description}, JSON, status)


def missing(what: str) -> HTTPException:
    """What to raise where there is no such thing."""
    return HTTPException(HTTPStatus.NOT_FOUND, f"There is no {what}.")


def _response(content: Any, kind: str, status: int = 200) -> Response:
    return Response(_io.dumps(content), status_code=status, media_type=kind)


def add_handlers(app: FastAPI) -> None:
    """Answer errors in one form, with what to do about them."""
    app.add_exception_handler(RequestValidationError, _refused)
    app.add_exception_handler(HTTPException, _told)
    app.add_exception_handler(QueryError, _not_understood)
    app.add_exception_handler(GeocairnError, _failed)
    app.add_exception_handler(Exception, _broken)


def _refused(_: Request, problem: Exception) -> Response:
    assert isinstance(problem, RequestValidationError)
    parts = []
    for found in problem.errors():
        place = ".".join(str(part) for part in found["loc"][1:])
        parts.append(f"{place}: {found['msg']}" if place else str(found["msg"]))
    return error(HTTPStatus.BAD_REQUEST, "BadRequest", "; ".join(parts))


def _told(_: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)
    code = HTTPStatus(problem.status_code).phrase.title().replace(" ", "")
    answer = error(problem.status_code, code, str(problem.detail))
    answer.headers.update(problem.headers or {})
    return answer


def _not_understood(_: Request, problem: Exception) -> Response:
    return error(HTTPStatus.BAD_REQUEST, "BadRequest", _said(problem))


def _failed(_: Request, problem: Exception) -> Response:
    # The log has all of it; others need not know the places of files on this machine.
    _LOG.error("%s", problem)
    return error(HTTPStatus.SERVICE_UNAVAILABLE, "HubUnavailable", "The hub cannot be read.")


def _broken(_: Request, __: Exception) -> Response:
    text = "Something went wrong here; the log of the server has it."
    return error(HTTPStatus.INTERNAL_SERVER_ERROR, "InternalServerError", text)


def _said(problem: Exception) -> str:
    assert isinstance(problem, GeocairnError)
    return " ".join(part.rstrip(".") + "." for part in (problem.message, problem.remedy) if part)
