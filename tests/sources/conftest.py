from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from geocairn.sources import Source, open_source

Open = Callable[..., Source]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Opens a source by what a user would type in the test's folder."""
    monkeypatch.chdir(tmp_path)
    count = 0

    def opening(location: str) -> Source:
        nonlocal count
        count += 1
        return open_source(location, spool=tmp_path / ".spool" / str(count))

    return opening
