"""Serve stac-fastapi-geoparquet; run by `stac_fastapi_geoparquet.py` in an environment of its own.

python serve_stac_fastapi.py COLLECTIONS_JSON EXTENSIONS PORT
"""

import sys

import rustac
import uvicorn
from stac_fastapi.geoparquet.api import create
from stac_fastapi.geoparquet.settings import Settings


def main(collections: str, extensions: str, port: str) -> None:
    """Serve until killed."""
    settings = Settings(
        stac_fastapi_landing_id="bench",
        stac_fastapi_title="bench",
        stac_fastapi_description="bench",
        stac_fastapi_collections_href=collections,
        stac_fastapi_collections_reload_seconds=10**6,
    )
    client = rustac.DuckdbClient(extension_directory=extensions, install_extensions=False)
    app = create(settings=settings, duckdb_client=client).app
    uvicorn.run(app, port=int(port), log_level="warning", access_log=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
