"""Build a hub: from sources, through checks, to published files."""

from geocairn.build.options import BuildOptions, BuildResult
from geocairn.build.pipeline import build
from geocairn.progress import Progress

__all__ = ["BuildOptions", "BuildResult", "Progress", "build"]
