"""Show a hub in a browser while it is worked on.

* `files`: which file answers an address, and how: media type, ``ETag``, ranges, gzip;
* `server`: the web server, and the page's own line to it;
* `watch`: what changed on disk;
* `session`: build, serve, watch, build again.
"""

from geocairn.preview.session import Preview, preview

__all__ = ["Preview", "preview"]
