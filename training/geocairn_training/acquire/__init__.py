"""Imagery from web-map tiles and footprints from OpenStreetMap or a file, as chips and masks.

``geomltoolkits`` (PyPI, 2.1) was looked at for this. Its downloads have no cache and no resumption,
write files in place and do not look whether an image is whole, pass over ``Retry-After``, send no
user agent, ask HOT's raw-data service rather than Overpass, and it brings geopandas, SciPy, rtree
and typer along; so acquisition is written here, on aiohttp, which geocairn needs anyway.
"""
