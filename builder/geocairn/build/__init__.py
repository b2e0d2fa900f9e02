"""Build a hub: from sources, through checks, to published files."""

from geocairn.build.pipeline import BuildOptions, BuildResult, build
from geocairn.progress import Progress

__all__ = ["BuildOptions", "BuildResult", "Progress", "build"]
