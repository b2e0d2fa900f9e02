"""What checks find, and how it is told."""

from geocairn.findings.finding import (
    DOCUMENTATION,
    Finding,
    Kind,
    Severity,
    json_path,
    short_json,
)
from geocairn.findings.formats import printable
from geocairn.findings.report import Report

__all__ = [
    "DOCUMENTATION",
    "Finding",
    "Kind",
    "Report",
    "Severity",
    "json_path",
    "printable",
    "short_json",
]
