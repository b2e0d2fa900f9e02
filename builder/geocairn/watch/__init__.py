"""Whether what models refer to is still there, and still the same."""

from geocairn.watch.look import Watched, watch
from geocairn.watch.status import Status, load_status, save_status

__all__ = ["Status", "Watched", "load_status", "save_status", "watch"]
