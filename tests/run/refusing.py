"""What every test of a refusal wants."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from geocairn.errors import GeocairnError, InputError


@contextmanager
def refused(
    output: Path, said: str, *, kind: type[GeocairnError] = InputError
) -> Iterator[pytest.ExceptionInfo[GeocairnError]]:
    """One error of ours with a remedy; nothing under the name of the output."""
    with pytest.raises(kind) as caught:
        yield caught
    assert said in str(caught.value)
    assert caught.value.remedy
    assert not output.exists()
    assert not output.with_name(f"{output.name}.stac.json").exists()
