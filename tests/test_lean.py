from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
from geocairn.lean import without_pandas
import pyarrow as pa

{before}
with without_pandas():
    assert pa.array([1, None]).to_pylist() == [1, None]
assert "geocairn.lean" not in [type(finder).__module__ for finder in sys.meta_path]
print("pandas" in sys.modules)
import pandas
with without_pandas():
    import pandas.testing
"""


def run(before: str) -> str:
    program = PROGRAM.format(before=before)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert not done.stderr
    return done.stdout.strip()


def test_pandas_is_left_out() -> None:
    assert run("pass") == "False"


def test_pandas_stays_where_it_is_used_already() -> None:
    assert run("import pandas") == "True"
