"""Pull requests that submit a model: whether they may, what they change, and how to tell."""

from geocairn.submission.check import After, check_submission
from geocairn.submission.report import Submission, Verification, from_json
from geocairn.submission.rules import RULES

__all__ = ["RULES", "After", "Submission", "Verification", "check_submission", "from_json"]
