"""What models are run on: rasters, arrays, STAC Items and lists of band files, read by windows."""

from geocairn.run.scenes.base import Place, Scene, SceneBand, Stack
from geocairn.run.scenes.opening import open_scene

__all__ = ["Place", "Scene", "SceneBand", "Stack", "open_scene"]
