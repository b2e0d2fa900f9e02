"""Packages for ArcGIS."""

from geocairn_training.export.dlpk.package import SCRIPT, write_dlpk

__all__ = ["SCRIPT", "write_dlpk"]
