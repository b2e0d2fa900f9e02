"""What the tests of ``geocairn build`` share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.items import models, write_catalog
from tests.running import Ran, call
from tests.trees import differences, tree

from geocairn import swap

Build = Callable[..., Ran]
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def geocairn(
    tmp_path: Path,
    schemas: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: Capture,
) -> Build:
    """Runs ``geocairn build`` in the test's folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GEOCAIRN_SCHEMAS", str(schemas))
    return lambda *arguments: call(capfd, "build", "--offline", "-j1", "--no-site", *arguments)


@pytest.fixture
def hub(geocairn: Build) -> Iterator[Path]:
    """A published hub, which must be untouched at the end of the test."""
    write_catalog(Path("before"), models(4))
    assert geocairn("before", "-o", "hub").code == 0
    before = tree(Path("hub"))
    yield Path("hub")
    assert differences(before, tree(Path("hub"))) == []
    assert not swap.pending(Path("hub"))
