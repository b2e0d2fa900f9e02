"""What a model's file tells of the model; nothing is loaded, run or unpickled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeGuard

from geocairn.artifacts.archives import read_archive
from geocairn.artifacts.card import Card, read_card
from geocairn.artifacts.files import checksum, size_of
from geocairn.artifacts.onnx import OnnxModel, TensorInfo, read_onnx
from geocairn.artifacts.pickles import PickleFile, read_pickle
from geocairn.artifacts.safetensors import read_safetensors
from geocairn.checks.rules.attribution import spdx
from geocairn.drafting.fields import Answers
from geocairn.errors import ArtifactError

__all__ = ["Facts", "inspect", "with_card"]

_PICKLES = (".ckpt", ".pth", ".pt", ".bin", ".pkl")
_CARDS = (".md", ".markdown")
# https://huggingface.co/docs/hub/models-tasks; those that mean more than one task here are not.
_TASKS = {
    "image-classification": "classification",
    "object-detection": "object-detection",
    "image-segmentation": "segmentation",
}
_LIBRARIES = {
    "pytorch": "PyTorch",
    "timm": "PyTorch",
    "torchgeo": "PyTorch",
    "transformers": "Hugging Face",
    "keras": "Keras",
    "tf-keras": "Keras",
    "sklearn": "scikit-learn",
    "onnx": "ONNX",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a file tells.

    Attributes:
        path: The file.
        size: Its bytes.
        checksum: SHA2-256, as a multihash.
        kind: ``onnx``, ``safetensors``, ``pickle``, ``package`` or ``card``.
        artifact_type: MLM's; empty where it is not known.
        media_type: Of the file.
        answers: What it tells in terms of `fields.json`.
        inputs: Of the graph.
        outputs: Of the graph.
        activation: The activation at the end of the graph; empty where there is none.
        card: The card, where the file is one.
        metrics: Figures that a card states, by name.
        remarks: What its user should know.
    """

    path: Path
    size: int
    checksum: str
    kind: str
    artifact_type: str = ""
    media_type: str = "application/octet-stream"
    answers: Answers = field(default_factory=dict)
    inputs: tuple[TensorInfo, ...] = ()
    outputs: tuple[TensorInfo, ...] = ()
    activation: str = ""
    card: Card | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def inspect(path: Path) -> Facts:
    """Look into a file.

    Args:
        path: ``.onnx``, ``.safetensors``, ``.ckpt``, ``.pth``, ``.pt``, ``.bin``, ``.pkl``,
            ``.dlpk``, or a model card (``.md``).

    Raises:
        ArtifactError: If it is damaged, hostile or of another kind.
        InputError: If it cannot be read.
    """
    readers = {".onnx": _onnx, ".safetensors": _safetensors, ".dlpk": _package}
    readers |= dict.fromkeys(_PICKLES, _pickle) | dict.fromkeys(_CARDS, _card)
    reader = readers.get(path.suffix.lower())
    size = size_of(path)
    if reader is None:
        raise ArtifactError(
            f"is of a kind that cannot be drafted from: {path.suffix or 'no ending'}",
            where=str(path),
            remedy=f"Give one of {', '.join(readers)}.",
        )
    known: dict[str, Any] = {"path": path, "size": size, "checksum": checksum(path)}
    return Facts(**known, **reader(path))


def with_card(facts: Facts, card: Facts) -> Facts:
    """What a file tells, and what a card says of it where the file tells nothing.

    Raises:
        ArtifactError: If the second one is no card.
    """
    if card.card is None:
        raise ArtifactError(
            "is no model card", where=str(card.path), remedy="Give a Markdown file."
        )
    answers = {**card.answers, **facts.answers}
    return replace(facts, answers=answers, card=card.card, metrics=card.metrics)


def _onnx(path: Path) -> dict[str, Any]:
    model = read_onnx(path)
    answers: Answers = {"parameters": model.parameters} if model.parameters else {}
    producer = model.producer.lower()
    if "pytorch" in producer or "torch" in producer.split():
        answers["framework"] = "PyTorch"
    elif "tf2onnx" in producer:
        answers["framework"] = "TensorFlow"
    elif "skl2onnx" in producer:
        answers["framework"] = "scikit-learn"
    # A producer's version is that of the exporter, which for PyTorch is the framework itself.
    version = re.search(r"(\d+\.\d+\.\d+)", model.producer)
    if version and answers.get("framework") == "PyTorch":
        answers["framework_version"] = version[1]
    return {
        "kind": "onnx",
        "artifact_type": "onnx",
        "media_type": "application/octet-stream; framework=onnx",
        "answers": answers,
        "inputs": model.inputs,
        "outputs": model.outputs,
        "activation": _activation(model),
    }


def _activation(model: OnnxModel) -> str:
    return model.activations.get(model.outputs[0].name, "") if model.outputs else ""


def _safetensors(path: Path) -> dict[str, Any]:
    read = read_safetensors(path)
    made = read.metadata.get("format", "")
    usual = {"pt": "torch", "tf": "tensorflow", "flax": "flax", "paddle": "paddle"}.get(made, "")
    frameworks = {"pt": "PyTorch", "tf": "TensorFlow", "flax": "Flax", "paddle": "Paddle"}
    answers: Answers = {"parameters": read.parameters} if read.parameters else {}
    if made in frameworks:
        answers["framework"] = frameworks[made]
    return {
        "kind": "safetensors",
        "artifact_type": f"safetensors.{usual}.save_file" if usual else "",
        "answers": answers,
    }


def _pickle(path: Path) -> dict[str, Any]:
    read = read_pickle(path)
    return {
        "kind": "pickle",
        "artifact_type": read.artifact_type,
        "media_type": "application/octet-stream; framework=pytorch"
        if read.artifact_type
        else "application/octet-stream",
        "answers": {"framework": "PyTorch"} if read.artifact_type.startswith("torch.") else {},
        "remarks": tuple(_dangers(read)),
    }


def _dangers(read: PickleFile) -> list[str]:
    told = ["The file contains code that runs when it is loaded; ONNX or safetensors do not."]
    if read.dangerous:
        told.append("A scanner finds it dangerous. Do not load it.")
    if read.imports:
        told.append(f"It would import {', '.join(read.imports)}.")
    return told


def _package(path: Path) -> dict[str, Any]:
    archive = read_archive(path)
    if not archive.has(".emd"):
        raise ArtifactError(
            "is no deep learning package: it holds no .emd file",
            where=str(path),
            remedy="Give a package that ArcGIS or geocairn-train wrote.",
        )
    return {"kind": "package", "media_type": "application/zip"}


def _card(path: Path) -> dict[str, Any]:
    card = read_card(path)
    facts = card.facts
    heading = re.search(r"^#\s+(.+?)\s*$", card.text, re.MULTILINE)
    found: Answers = {
        "title": heading[1][:200] if heading else None,
        "license": _licence(facts.get("license")),
        "keywords": _texts(facts.get("tags")),
        "tasks": _tasks(facts.get("pipeline_tag")),
        "framework": _LIBRARIES.get(str(facts.get("library_name")).lower()),
        "pretrained_source": _first(facts.get("base_model")),
    }
    return {
        "kind": "card",
        "media_type": "text/markdown",
        "answers": {key: value for key, value in found.items() if value},
        "card": card,
        "metrics": _metrics(facts.get("model-index")),
    }


def _licence(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    return "other" if value.lower() == "other" else spdx(value)


def _texts(value: Any) -> tuple[str, ...]:
    given = value if isinstance(value, list) else []
    return tuple(one[:80] for one in given if isinstance(one, str))[:50]


def _tasks(value: Any) -> tuple[str, ...]:
    task = _TASKS.get(value) if isinstance(value, str) else None
    return (task,) if task else ()


def _first(value: Any) -> str | None:
    one = value[0] if isinstance(value, list) and value else value
    return one[:200] if isinstance(one, str) else None


def _metrics(index: Any) -> dict[str, float]:
    """Figures of a card's ``model-index``, of its first model."""
    entry = index[0] if isinstance(index, list) and index else None
    results = entry.get("results") if isinstance(entry, dict) else None
    found: dict[str, float] = {}
    for result in results if isinstance(results, list) else ():
        metrics = result.get("metrics") if isinstance(result, dict) else None
        for metric in metrics if isinstance(metrics, list) else ():
            if isinstance(metric, dict):
                name, value = metric.get("name") or metric.get("type"), metric.get("value")
                if isinstance(name, str) and _figure(value):
                    found.setdefault(name[:80], value)
    return found


def _figure(value: Any) -> TypeGuard[float]:
    numeric = isinstance(value, (int, float)) and not isinstance(value, bool)
    return numeric and abs(value) < 1e300
