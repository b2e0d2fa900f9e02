"""What checks find, and how it is told."""

from geocairn.findings.finding import (
    DOCUMENTATION,
    Finding,
    Kind,
    Severity,
    json_path,
    short_json,
)
from geocairn.findings.formats import markdown_text, printable
from geocairn.findings.report import Report

__all__ = [
    "DOCUMENTATION",
    "Finding",
    "Kind",
    "Report",
    "Severity",
    "json_path",
    "markdown_text",
    "printable",
    "short_json",
]
