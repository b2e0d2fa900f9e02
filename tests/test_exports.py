"""What `import geocairn` gives, and that it takes nothing along."""

from __future__ import annotations

import subprocess
import sys

import pytest

import geocairn
from geocairn import errors


def test_all_is_what_there_is() -> None:
    for name in geocairn.__all__:
        assert getattr(geocairn, name) is not None
    assert set(errors.__all__) < set(geocairn.__all__)
    assert set(geocairn.__all__) <= set(dir(geocairn))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        geocairn.nothing  # noqa: B018


def test_all_is_typed() -> None:
    """Type checkers see every export, although none is imported at run time."""
    source = geocairn.__file__
    done = subprocess.run(
        [sys.executable, "-c", _TYPED, source], capture_output=True, text=True, check=True
    )
    assert sorted(done.stdout.split()) == sorted(geocairn.__all__)


_TYPED = """
import ast, sys
tree = ast.parse(open(sys.argv[1]).read())
guard = next(n for n in tree.body if isinstance(n, ast.If))
names = {alias.name for n in guard.body if isinstance(n, ast.ImportFrom) for alias in n.names}
names |= {n.name for n in tree.body if isinstance(n, ast.FunctionDef) and n.name[0] != "_"}
print(*names)
"""


def test_import_takes_nothing_along() -> None:
    code = (
        "import sys; before = set(sys.modules); import geocairn; print(*set(sys.modules) - before)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    ours = {name for name in done.stdout.split() if name.startswith("geocairn")}
    assert ours == {"geocairn"}
    heavy = {"duckdb", "numpy", "pyarrow", "shapely", "pystac", "click"}
    assert heavy.isdisjoint(done.stdout.split())
