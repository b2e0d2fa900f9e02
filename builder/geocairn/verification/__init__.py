"""Whether a model gives what its description says: its sample, reproduced in the sandbox.

An item may ship a sample input and the output that its makers got for it. Here the model is run on
that input, by ONNX Runtime and in `geocairn.sandbox`, and what comes out is compared. What was
found is *evidence*: of exactly the files whose hashes it names, and of nothing else.
"""

from geocairn.verification.evidence import Evidence, Reproduction, read_evidence
from geocairn.verification.verify import Verdict, is_current, verify_folder, verify_item

__all__ = [
    "Evidence",
    "Reproduction",
    "Verdict",
    "is_current",
    "read_evidence",
    "verify_folder",
    "verify_item",
]
