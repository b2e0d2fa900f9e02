"""A trained network in the formats that others read."""

from geocairn_training.export.onnx import write_onnx
from geocairn_training.export.run import FORMATS, Exported, export_run
from geocairn_training.export.torch_files import (
    write_safetensors,
    write_state_dict,
    write_torchscript,
)

__all__ = [
    "FORMATS",
    "Exported",
    "export_run",
    "write_onnx",
    "write_safetensors",
    "write_state_dict",
    "write_torchscript",
]
