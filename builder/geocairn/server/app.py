"""The application: stac-fastapi's routes over a hub."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass

import anyio.to_thread
from brotli_asgi import BrotliMiddleware
from fastapi import FastAPI
from pydantic_settings import SettingsConfigDict
from stac_fastapi.api.app import StacApi
from stac_fastapi.api.middleware import ProxyHeaderMiddleware
from stac_fastapi.types.config import ApiSettings
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from geocairn.search.hub import LocalHub
from geocairn.server import answers
from geocairn.server.core import HubClient, links_of
from geocairn.server.documents import API_DOCUMENT, API_PAGE
from geocairn.server.exchange import Exchange
from geocairn.server.extensions import CONFORMANCE, extensions
from geocairn.server.links import FILES
from geocairn.server.openapi import describe, page
from geocairn.server.requests import ItemsGet, SearchGet, SearchPost
from geocairn.server.served import Served
from geocairn.version import __version__

__all__ = ["Options", "create_app"]

# In a folder, threads would only wait for one another; behind a URL they wait for the network.
_THREADS = {False: 4, True: 16}
_SECONDS = {False: 2.0, True: 60.0}
"""How often a hub is looked at for news."""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


@dataclass(frozen=True, slots=True)
class Options:
    """What to serve, and how.

    Attributes:
        hub: A folder, or an http(s) URL.
        address: Address of the landing page as clients see it; None takes it from each request.
        behind_proxy: Whether ``Forwarded`` and ``X-Forwarded-*`` are believed.
    """

    hub: str
    address: str | None = None
    behind_proxy: bool = False


class _Settings(ApiSettings):
    # None of a file .env that happens to lie where the server was started.
    model_config = SettingsConfigDict(env_file=None)


def create_app(options: Options | str | os.PathLike[str]) -> FastAPI:
    """Make the application, for any ASGI server.

    Args:
        options: What to serve; a hub's folder or URL will do.

    Raises:
        HubError: When there is no whole hub.
    """
    if not isinstance(options, Options):
        options = Options(os.fspath(options))
    served = Served(options.hub)
    root = served.state.root
    title, description = root.get("title") or root["id"], root.get("description") or root["id"]
    settings = _Settings(
        stac_fastapi_title=title,
        stac_fastapi_description=description,
        stac_fastapi_landing_id=root["id"],
        stac_fastapi_version=__version__,
        openapi_url=f"/{API_DOCUMENT}",
        docs_url="",
    )
    bare = FastAPI(
        openapi_url=settings.openapi_url,
        docs_url=None,
        redoc_url=None,
        title=title,
        version=__version__,
        description=description,
        lifespan=_lifespan(served),
    )
    client = HubClient(served=served, base_conformance_classes=[str(name) for name in CONFORMANCE])
    app: FastAPI = StacApi(
        settings=settings,
        client=client,
        app=bare,
        extensions=extensions(served),
        search_get_request_model=SearchGet,
        search_post_request_model=SearchPost,
        items_get_request_model=ItemsGet,
        middlewares=_middlewares(served, options),
    ).app
    app.state.address = options.address and options.address.rstrip("/") + "/"
    answers.add_handlers(app)
    _describe(app, served)
    hub = served.state.hub
    if isinstance(hub, LocalHub):
        app.mount(f"/{FILES}", StaticFiles(directory=hub.folder), name="files")
    return app


def _middlewares(served: Served, options: Options) -> list[Middleware]:
    """From the innermost to the outermost."""
    found = [
        Middleware(Exchange, served=served),
        Middleware(BrotliMiddleware, minimum_size=1000),
        Middleware(
            CORSMiddleware,
            allow_origins=["*"],
            allow_methods=["GET", "HEAD", "OPTIONS", "POST"],
            allow_headers=["Content-Type", "If-None-Match", "Range"],
            expose_headers=["Accept-Ranges", "Content-Range", "ETag"],
            max_age=86400,
        ),
    ]
    # Anyone can send these headers, so they are believed only where a proxy sets them.
    return [*found, Middleware(ProxyHeaderMiddleware)] if options.behind_proxy else found


def _describe(app: FastAPI, served: Served) -> None:
    document = describe(app)
    app.openapi = lambda: document  # type: ignore[method-assign]

    @app.get(f"/{API_PAGE}", include_in_schema=False)
    def api_page(request: Request) -> HTMLResponse:
        base = links_of(request, served.state).base
        return HTMLResponse(page(app, base), headers={"Content-Security-Policy": _POLICY})


Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def _lifespan(served: Served) -> Lifespan:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        remote = served.state.hub.remote
        anyio.to_thread.current_default_thread_limiter().total_tokens = _THREADS[remote]
        watching = asyncio.create_task(_watch(served, _SECONDS[remote]))
        try:
            yield
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching
            served.close()

    return lifespan


async def _watch(served: Served, seconds: float) -> None:
    while True:
        await asyncio.sleep(seconds)
        await anyio.to_thread.run_sync(served.refresh)
