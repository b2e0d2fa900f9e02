"""What models are run on: rasters, arrays, STAC Items and lists of band files, read by windows."""

from geocairn.run.extras import need

# Said before anything imports it, so that its absence is one line with a remedy.
need("rasterio", purpose="read images")

from geocairn.run.scenes.base import Place, Scene, SceneBand, Stack  # noqa: E402
from geocairn.run.scenes.opening import open_scene  # noqa: E402

__all__ = ["Place", "Scene", "SceneBand", "Stack", "open_scene"]
