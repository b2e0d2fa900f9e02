"""Everything that a finished run gives to others: files, package for ArcGIS, catalog entry."""

from __future__ import annotations

import inspect
import shutil
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from torch import nn

from geocairn import _io
from geocairn.export.archive import write_zip
from geocairn.sources import LARGEST
from geocairn_training.describe import Publication, write_entry, write_item
from geocairn_training.describe.publication import FILE
from geocairn_training.errors import RunError
from geocairn_training.export.dlpk import write_dlpk
from geocairn_training.export.onnx import write_onnx
from geocairn_training.export.torch_files import (
    write_safetensors,
    write_state_dict,
    write_torchscript,
)
from geocairn_training.facts import RunFacts
from geocairn_training.inference import Options, load, run
from geocairn_training.recipe import Recipe

__all__ = ["FORMATS", "Exported", "export_run"]

FORMATS = ("torchscript", "safetensors", "state-dict", "checkpoint", "dlpk")
"""What is written beside ONNX, which always is."""


_THUMBNAIL = 400  # pixels of the longer side


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written.

    Attributes:
        item: File of the STAC item.
        files: Files in the folder of the run.
    """

    item: Path
    files: tuple[Path, ...]


def export_run(
    folder: Path,
    *,
    publication: Publication | None = None,
    formats: Collection[str] = FORMATS,
    sample: Path | None = None,
) -> Exported:
    """Export what a run made.

    Args:
        folder: Of the run, with ``facts.json`` and ``checkpoint.ckpt``.
        publication: What people say of the model; None for ``publication.toml`` in the folder or,
            where there is none, nothing but a name made from the run's.
        formats: Of `FORMATS`.
        sample: A chip that is shipped with the probabilities that the model gives for it, and a
            picture of both.

    Raises:
        RunError: If the folder is not that of a finished run.
        OutputError: If something cannot be written; what was there before is as it was.
    """
    from geocairn_training.models.task import load as load_task

    folder = folder.resolve()
    facts = RunFacts.read(folder)
    if publication is None:
        path = folder / FILE
        publication = Publication.read(path) if path.is_file() else Publication()
    publication = publication.named(facts.name)
    network = _plain(load_task(folder / "checkpoint.ckpt").network)
    staging = Path(tempfile.mkdtemp(prefix=".export-", dir=folder))
    try:
        made = [*_networks(network, staging, facts, publication, formats), _code(network, staging)]
        if sample is not None:
            made += _sample(staging, sample)
        beside = [one for one in (folder / "config.yaml", folder / "facts.json") if one.is_file()]
        if "checkpoint" in formats:
            beside.append(folder / "checkpoint.ckpt")
        if "dlpk" in formats:
            made.append(_package(staging, facts, publication))
        published = [one for one in (*made, *beside) if _is_published(one, publication)]
        item = write_item(facts, publication, files=published)
        final = [path.replace(folder / path.name) for path in made]
    except OSError as error:
        raise _io.output_error(error, folder) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    files = [*final, *beside]
    shown = {path.name for path in published}
    written = write_entry(
        folder,
        item,
        facts=facts,
        publication=publication,
        files=[path for path in files if path.name in shown],
    )
    return Exported(written, tuple(files))


def _package(staging: Path, facts: RunFacts, publication: Publication) -> Path:
    """Write the package for ArcGIS, from an item of the network alone."""
    network, package = staging / "model.onnx", staging / "model.dlpk"
    item = write_item(facts, publication, files=[network])
    write_dlpk(package, item=item, where=publication.id, onnx=network)
    return package


def _is_published(path: Path, publication: Publication) -> bool:
    """Whether the item names a file.

    Those that a hub does not serve itself lie where `Publication.base_href` says; where it says
    nothing they stay in the run's folder, but for the network, without which there is no item.
    """
    fits = path.stat().st_size <= LARGEST or path.name == "model.onnx"
    return fits or bool(publication.base_href)


def _plain(network: nn.Module) -> nn.Module:
    """On the CPU, in the usual order of memory, without gradients."""
    import torch

    network = network.cpu().eval().to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    return network.requires_grad_(requires_grad=False)


def _networks(
    network: nn.Module,
    staging: Path,
    facts: RunFacts,
    publication: Publication,
    formats: Collection[str],
) -> list[Path]:
    if unknown := set(formats) - set(FORMATS):
        raise RunError(
            f"there is no format {', '.join(sorted(unknown))}",
            remedy=f"Choose among {', '.join(FORMATS)}; ONNX is always written.",
        )
    recipe = Recipe.of_run(facts, name=publication.model, version=publication.version)
    written = [staging / "model.onnx"]
    write_onnx(network, written[0], recipe=recipe, metadata=_told(facts, publication))
    if "torchscript" in formats:
        written.append(staging / "model.pt")
        write_torchscript(network, written[-1], recipe=recipe)
    if "safetensors" in formats:
        written.append(staging / "weights.safetensors")
        write_safetensors(network, written[-1], recipe=recipe)
    if "state-dict" in formats:
        written.append(staging / "weights.pth")
        write_state_dict(network, written[-1])
    return written


def _code(network: nn.Module, staging: Path) -> Path:
    """The module of the network, without which weights alone are of no use."""
    path, source = staging / "network.zip", Path(inspect.getfile(type(network)))
    write_zip(path, {source.name: source.read_bytes()})
    return path


def _told(facts: RunFacts, publication: Publication) -> dict[str, str]:
    """What an ONNX file tells people about itself."""
    told: dict[str, Any] = {
        "title": publication.title or facts.title,
        "id": publication.id,
        "license": publication.license,
        "producer": publication.producer,
        "created": facts.created,
        "attribution": "; ".join(one.attribution for one in facts.data if one.attribution),
    }
    return {f"geocairn.{key}": value for key, value in told.items() if value}


def _sample(staging: Path, sample: Path) -> list[Path]:
    """Copy a chip, and run the very ONNX file on it."""
    chip = staging / "sample-input.tif"
    try:
        shutil.copyfile(sample, chip)
    except OSError as error:
        raise RunError(
            f"cannot be read: {error.strerror}", where=str(sample), remedy="Give a GeoTIFF chip."
        ) from error
    results = staging / "results"
    predictor = load(staging / "model.onnx")
    for _ in run([chip], predictor, output=results, options=Options(polygons=False)):
        pass
    output = (results / "sample-input_probability.tif").replace(staging / "sample-output.tif")
    return [chip, output, _small(results / "sample-input_overlay.png", staging / "thumbnail.jpg")]


def _small(picture: Path, target: Path) -> Path:
    """A picture that a page of many models can show."""
    with Image.open(picture) as image:
        image.thumbnail((_THUMBNAIL, _THUMBNAIL))
        image.save(target, "JPEG", quality=85, optimize=True)
    return target
