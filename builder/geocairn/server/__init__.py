"""The STAC API over a hub's files, for clients that speak it; the files do without.

* `app`: the application;
* `core`: what each address answers, for stac-fastapi;
* `extensions`: extensions of the STAC API, and children, suggestions and facets;
* `requests`: the parameters;
* `links`: addresses of the API, and items and collections as it shows them;
* `documents`: landing page, queryables and sortables;
* `answers`: responses, and what becomes of errors;
* `openapi`: the description of the service, and its page for people;
* `exchange`: HTTP around it all: HEAD, conditional requests, limits;
* `served`: the hub, opened anew when it is published anew;
* `running`: sockets and processes.
"""

import logging

# stac-fastapi warns, as it is imported, of settings not set; the application sets them.
logging.getLogger("stac_fastapi.types.config").setLevel(logging.ERROR)

from geocairn.server.app import Options, create_app  # noqa: E402
from geocairn.server.running import run  # noqa: E402

__all__ = ["Options", "create_app", "run"]
