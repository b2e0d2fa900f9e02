"""All ways to break a hub."""

from __future__ import annotations

from tests.doctor import breaks_files, breaks_items
from tests.doctor.breaking import DRIFTS, Drift

__all__ = ["DRIFTS", "Drift", "breaks_files", "breaks_items"]
