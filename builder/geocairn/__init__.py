"""geocairn: a static, searchable hub for Earth-observation models.

::

    import geocairn

    hub = geocairn.open("https://example.org/hub/")  # or a folder
    found = hub.search(bbox=[85, 27, 86, 28], q="building", filter="gsd < 1")
    found.matched(), [item.id for item in found.items()]

    model = hub.load("banepa-unet")
    model.predict("scene.tif", "mask.tif").polygons("buildings.parquet")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import os

    from geocairn.errors import (
        ArtifactError,
        ConfigError,
        FindingsError,
        GeocairnError,
        HubError,
        InputError,
        MalformedJSONError,
        MissingFileError,
        OutputError,
        QueryError,
        SchemaUnavailableError,
    )
    from geocairn.query import SearchQuery
    from geocairn.run.runnable import RunnableModel
    from geocairn.search.catalog import Catalog
    from geocairn.search.itemsearch import ItemSearch
    from geocairn.version import __version__

__all__ = [
    "ArtifactError",
    "Catalog",
    "ConfigError",
    "FindingsError",
    "GeocairnError",
    "HubError",
    "InputError",
    "ItemSearch",
    "MalformedJSONError",
    "MissingFileError",
    "OutputError",
    "QueryError",
    "RunnableModel",
    "SchemaUnavailableError",
    "SearchQuery",
    "__version__",
    "load",
    "open",
]

# Nothing is imported before it is asked for: `import geocairn` takes a few milliseconds.
_HOMES = {
    "Catalog": "geocairn.search.catalog",
    "ItemSearch": "geocairn.search.itemsearch",
    "RunnableModel": "geocairn.run.runnable",
    "SearchQuery": "geocairn.query",
    "__version__": "geocairn.version",
}


def open(href: str | os.PathLike[str]) -> Catalog:  # noqa: A001  # geocairn.open, as in rasterio
    """Open a built hub for searching.

    Args:
        href: A folder, or an http(s) URL; also the path or URL of its ``catalog.json``.

    Raises:
        HubError: When there is no whole hub.
    """
    from geocairn.search.catalog import Catalog

    return Catalog.open(href)


def load(address: str | os.PathLike[str], **options: Any) -> RunnableModel:
    """Load a model that runs.

    Args:
        address: ``HUB#ID``, such as ``https://example.org/hub/#banepa-unet``: the id of an item,
            or the name of a model, whose latest version is taken; or the path or URL of an item.
        **options: See `geocairn.run.runnable.load_item`.

    Raises:
        InputError: If there is no such model, or it has no file that can be run.
        HubError: If there is no hub, and the model was not loaded before.
    """
    from geocairn.search.loading import load as load_model

    return load_model(address, **options)


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES.get(name, "geocairn.errors")), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
