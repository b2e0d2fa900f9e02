"""Files with pickles in them, looked at and never loaded.

To load a pickle is to run a program that whoever made it wrote. Its instructions can be listed,
though, and with them what it would import; picklescan does that, and knows which imports are those
of plain tensors. A file without any other import is still a program: what a scanner lets pass is
no promise, so these files are told of as containing code whatever is found.
"""

from __future__ import annotations

import logging
import zipfile
from dataclasses import dataclass
from pathlib import Path

from geocairn.artifacts.archives import Archive, read_archive
from geocairn.artifacts.files import size_of
from geocairn.errors import ArtifactError

__all__ = ["PickleFile", "read_pickle"]

_LARGEST_PICKLE = 256 << 20
_SHOWN = 20
# The number that torch.save wrote first before its files were archives, as a pickle has it:
# MAGIC_NUMBER in torch/serialization.py.
_LEGACY = b"\x8a\n" + (0x1950A86A20F9469CFC6C).to_bytes(10, "little")


@dataclass(frozen=True, slots=True)
class PickleFile:
    """What can be told of a file without loading it.

    Attributes:
        artifact_type: MLM's, ``torch.save`` or ``torch.jit.save``; empty where it is neither.
        imports: What it would import besides plain tensors, the dangerous first; at most 20.
        dangerous: Whether something among them runs commands, reads files or the like, or the
            file breaks the scanner, as no honest one does.
    """

    artifact_type: str
    imports: tuple[str, ...]
    dangerous: bool


def read_pickle(path: Path) -> PickleFile:
    """List what a pickle, or an archive with pickles, would import.

    Raises:
        ArtifactError: If it is an archive that is damaged or refused.
        InputError: If it cannot be read.
    """
    size = size_of(path)
    archive = read_archive(path) if zipfile.is_zipfile(path) else None
    kind = _kind(archive) if archive else _legacy(path)
    pickled = _pickled(archive) if archive else size
    if pickled > _LARGEST_PICKLE:
        raise ArtifactError(
            f"is refused: its instructions alone have {pickled:,} bytes",
            where=str(path),
            remedy="Save the weights as safetensors or ONNX.",
        )
    return _scan(path, kind)


def _kind(archive: Archive) -> str:
    if archive.has("/constants.pkl") and archive.folder("code"):
        return "torch.jit.save"
    return "torch.save" if archive.has("/data.pkl") else ""


def _legacy(path: Path) -> str:
    """The method that wrote a pickle which is no archive; anything may have written one."""
    with path.open("rb") as file:
        return "torch.save" if _LEGACY in file.read(32) else ""


def _pickled(archive: Archive) -> int:
    """Bytes of instructions; tensors lie beside them, in files of their own."""
    return sum(size for name, size in archive.members.items() if name.endswith(".pkl"))


def _scan(path: Path, kind: str) -> PickleFile:
    # Imported here: of all commands few meet a pickle.
    from picklescan import scanner

    logger = logging.getLogger("picklescan")
    disabled, logger.disabled = logger.disabled, True
    try:
        result = scanner.scan_file_path(str(path), strict=False)
    except Exception:  # noqa: BLE001 - hostile bytes may break a scanner in any way
        return PickleFile(kind, (), dangerous=True)
    finally:
        logger.disabled = disabled
    level = scanner.SafetyLevel
    found = {
        name: one.safety is level.Dangerous
        for one in result.globals
        if one.safety is not level.Innocuous and (name := f"{one.module}.{one.name}")
    }
    ordered = sorted(found, key=lambda name: (not found[name], name))
    dangerous = result.scan_err or any(found.values())
    return PickleFile(kind, tuple(ordered[:_SHOWN]), dangerous=dangerous)
