"""Many findings of many documents, counted and within bounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from geocairn.findings import formats
from geocairn.findings.finding import Finding, Severity, rank

__all__ = ["Report"]

_PLURALS: dict[Severity, tuple[str, str]] = {
    "error": ("error", "errors"),
    "warning": ("warning", "warnings"),
    "advice": ("piece of advice", "pieces of advice"),
}


class Report:
    """Gathers findings; `geocairn.findings.formats` tells them.

    Memory is bounded: of each code only the first ``limit`` findings are kept in full, the rest
    are counted.

    Args:
        limit: How many findings of one code are kept.

    Attributes:
        documents: How many documents were checked.
        counts: How many findings each code has, kept or not.
        kept: The findings kept, in the order they came.
        severities: How many findings each severity has, kept or not.
    """

    def __init__(self, *, limit: int = 1000) -> None:
        self.limit = limit
        self.documents = 0
        self.counts: Counter[str] = Counter()
        self.kept: list[Finding] = []
        self.severities: Counter[Severity] = Counter()

    def add(self, finding: Finding) -> None:
        """Take one finding in."""
        self.counts[finding.code] += 1
        self.severities[finding.severity] += 1
        if self.counts[finding.code] <= self.limit:
            self.kept.append(finding)

    def extend(self, findings: Iterable[Finding], *, documents: int = 0) -> None:
        """Take several findings in, and the number of documents that they come from."""
        self.documents += documents
        for finding in findings:
            self.add(finding)

    def merge(self, other: Report) -> None:
        """Take in what another report gathered, such as one from a worker process."""
        room = {code: self.limit - min(self.limit, n) for code, n in self.counts.items()}
        for finding in other.kept:
            left = room.setdefault(finding.code, self.limit)
            if left > 0:
                self.kept.append(finding)
                room[finding.code] = left - 1
        self.documents += other.documents
        self.counts.update(other.counts)
        self.severities.update(other.severities)

    @property
    def errors(self) -> int:
        """How many errors were found."""
        return self.severities["error"]

    @property
    def warnings(self) -> int:
        """How many warnings were found."""
        return self.severities["warning"]

    @property
    def advice(self) -> int:
        """How many pieces of advice were found."""
        return self.severities["advice"]

    def failed(self, *, strict: bool = False) -> bool:
        """Whether the findings stop a build: any error, and when strict any warning."""
        return bool(self.errors or (strict and self.warnings))

    def by_document(self) -> Iterator[tuple[str, str, list[Finding]]]:
        """The kept findings grouped by document, gravest first within each.

        Yields:
            Origin, item id and findings of one document, in the order documents came.
        """
        groups: dict[tuple[str, str], list[Finding]] = {}
        for finding in self.kept:
            groups.setdefault((finding.origin, finding.item), []).append(finding)
        for (origin, item), findings in groups.items():
            yield origin, item, sorted(findings, key=rank)

    def summary(self) -> str:
        """One line: what was found in how many documents."""
        parts = [
            f"{n:,} {names[n != 1]}"
            for severity, names in _PLURALS.items()
            if (n := self.severities[severity])
        ]
        found = ", ".join(parts) if parts else "nothing to report"
        plural = "document" if self.documents == 1 else "documents"
        return f"{found} in {self.documents:,} {plural}"

    def cut(self) -> list[tuple[str, int]]:
        """Codes of which findings were not kept, each with how many."""
        return [(code, n - self.limit) for code, n in sorted(self.counts.items()) if n > self.limit]

    def to_text(self, *, color: bool = False) -> str:
        """For a terminal: one block per document, and a summary line."""
        return formats.text(self, color=color)

    def to_outline(self, *, color: bool = False, limit: int = 20) -> str:
        """For the end of a long job: errors in full, everything else a line a code.

        Args:
            color: Whether to paint.
            limit: How many documents with errors are shown.
        """
        return formats.outline(self, color=color, limit=limit)

    def to_json(self) -> str:
        """For programs: counts, findings as objects with `Finding`'s fields, and what was cut."""
        return formats.json(self)

    def to_markdown(self, *, limit: int = 60_000) -> str:
        """For a pull request's comment: a table per document, at most ``limit`` characters."""
        return formats.markdown(self, limit=limit)

    def to_github(self) -> str:
        """For GitHub Actions: one workflow command per finding, and a summary line."""
        return formats.github(self)
