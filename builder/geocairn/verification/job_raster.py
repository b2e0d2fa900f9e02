"""The same with images read by GDAL, which must be loaded before the sandbox closes."""

from __future__ import annotations

import rasterio

from geocairn.verification.job import reproduce

__all__ = ["rasterio", "reproduce"]
