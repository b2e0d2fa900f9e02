"""Whether a built hub's files agree with one another, in a folder or behind a URL."""

from geocairn.doctor.codes import RULES
from geocairn.doctor.examine import examine

__all__ = ["RULES", "examine"]
