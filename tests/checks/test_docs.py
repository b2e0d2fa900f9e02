from __future__ import annotations

from pathlib import Path

from geocairn.checks import RULES
from geocairn.checks.docs import write_reference


def test_every_code_has_a_page(tmp_path: Path) -> None:
    written = write_reference(tmp_path / "checks")
    names = {path.name for path in written}
    assert names == {"index.md"} | {f"{code}.md" for code in RULES}
    index = (tmp_path / "checks" / "index.md").read_text()
    for code, rule in RULES.items():
        page = (tmp_path / "checks" / f"{code}.md").read_text()
        assert page.startswith(f"# {code}: {rule.title}\n")
        assert rule.why in page
        assert rule.remedy in page
        assert ("```json" in page or "is absent" in page) == bool(rule.failing)
        assert f"[{code}]({code}.md)" in index


def test_writing_again_gives_the_same(tmp_path: Path) -> None:
    first = {path.name: path.read_bytes() for path in write_reference(tmp_path)}
    assert {path.name: path.read_bytes() for path in write_reference(tmp_path)} == first
