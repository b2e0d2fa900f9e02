"""Packages for ArcGIS, which `geocairn.export` writes."""

from geocairn.export.dlpk import SCRIPT, write_dlpk

__all__ = ["SCRIPT", "write_dlpk"]
