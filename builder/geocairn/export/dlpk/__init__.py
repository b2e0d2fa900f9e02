"""Packages for ArcGIS."""

from geocairn.export.dlpk.package import SCRIPT, write_dlpk

__all__ = ["SCRIPT", "write_dlpk"]
