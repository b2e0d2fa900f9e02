"""A trained network over whole rasters of any size, or folders of chips.

The raster is read in overlapping windows and the results are blended, in memory that does not grow
with it. Coordinate reference system, transform and missing data are kept.
"""

from geocairn_training.inference.predictor import Predictor, load
from geocairn_training.inference.run import Options, images_in, run

__all__ = ["Options", "Predictor", "images_in", "load", "run"]
