"""ONNX files, read without running, loading or building anything.

What is hostile or not understood is refused here, before a runtime sees the file: operators that
are not ONNX's own, weights in other files, tensors beyond all bounds, unknown operator sets,
graphs that go in circles, and files that are no whole protocol buffers.
"""

from geocairn.artifacts.onnx.model import DTYPES, OnnxModel, TensorInfo
from geocairn.artifacts.onnx.reader import NEWEST_OPSETS, read_onnx

__all__ = ["DTYPES", "NEWEST_OPSETS", "OnnxModel", "TensorInfo", "read_onnx"]
