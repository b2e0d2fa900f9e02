"""Compile checked items into the files of a hub: STAC JSON, GeoParquet and the search index."""
