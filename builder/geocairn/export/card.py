"""A model card for Hugging Face: Markdown, with facts in YAML before it.

https://huggingface.co/docs/hub/model-cards
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from geocairn.model import Asset, Model

__all__ = ["write_card"]

# https://huggingface.co/docs/hub/models-tasks
_TASKS = {
    "classification": "image-classification",
    "scene-classification": "image-classification",
    "detection": "object-detection",
    "object-detection": "object-detection",
    "segmentation": "image-segmentation",
    "semantic-segmentation": "image-segmentation",
    "instance-segmentation": "image-segmentation",
    "panoptic-segmentation": "image-segmentation",
}
_LIBRARIES = {
    "PyTorch": "pytorch",
    "Keras": "keras",
    "scikit-learn": "sklearn",
    "ONNX": "onnx",
    "Hugging Face": "transformers",
}
_HEADINGS = ("#", "---")


def write_card(item: Mapping[str, Any], *, text: str = "", address: str = "") -> str:
    """Write a card.

    Args:
        item: The model's item.
        text: The model's own card, which is kept below the facts; empty for one made of the item.
        address: Where the model is, for the lines that say how to run it; empty to leave them out.
    """
    model = Model(item)
    facts = yaml.safe_dump(_facts(model), sort_keys=False, allow_unicode=True, width=100)
    if text.strip():
        body = text.strip()
        if not body.startswith("# "):
            body = f"# {model.title}\n\n{body}"
    else:
        body = _body(model)
    parts = [f"---\n{facts}---\n", body]
    if address:
        parts.append(_use(address))
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _facts(model: Model) -> dict[str, Any]:
    task: str | None = next((_TASKS[one] for one in model.tasks if one in _TASKS), None)
    licence = (model.license or "").lower()
    found = {
        "license": licence or None,
        "library_name": _LIBRARIES.get(model.framework or ""),
        "pipeline_tag": task,
        "tags": list(dict.fromkeys([*model.keywords, *model.tasks, "stac", "mlm"])),
        "base_model": model.pretrained_source,
        "model-index": _metrics(model, task),
    }
    return {key: value for key, value in found.items() if value}


def _metrics(model: Model, task: str | None) -> list[dict[str, Any]]:
    """Figures that the item states, by split."""
    told = model.properties.get("geocairn:metrics")
    results: list[dict[str, Any]] = []
    for split, figures in (told if isinstance(told, Mapping) else {}).items():
        metrics = [
            {"type": name, "name": name, "value": value}
            for name, value in (figures if isinstance(figures, Mapping) else {}).items()
            if isinstance(value, (int, float)) and not isinstance(value, bool)
        ]
        if metrics:
            results.append(
                {
                    "task": {"type": task or "other"},
                    "dataset": {"type": "custom", "name": str(split), "split": str(split)},
                    "metrics": metrics,
                }
            )
    # What a model is judged by comes first.
    results.sort(key=lambda one: one["dataset"]["name"] != "test")
    return [{"name": model.title, "results": results}] if results else []


def _body(model: Model) -> str:
    rows = [
        ("Tasks", ", ".join(model.tasks)),
        ("Architecture", model.architecture or ""),
        ("Parameters", f"{model.parameters:,}" if model.parameters else ""),
        ("Ground sampling distance", f"{model.gsd:g} m" if model.gsd else ""),
        ("Version", model.version or ""),
        ("Classes", ", ".join(one.name or str(one.value) for one in model.classes)),
    ]
    inputs = [
        f"- `{_plain(one.name or '')}`: {', '.join(one.bands) or 'no bands'}; "
        f"{' x '.join(map(str, one.shape))} ({', '.join(one.dim_order)}), {one.data_type}"
        for one in model.inputs
    ]
    lines = [
        f"# {_plain(model.title or '')}",
        "",
        _paragraph(model.description or ""),
        "",
        "| | |",
        "| --- | --- |",
        *(f"| {name} | {_plain(value)} |" for name, value in rows if value),
        "",
        "## Inputs",
        "",
        *inputs,
        "",
        "## Files",
        "",
        *_files(model.model_assets),
    ]
    return "\n".join(lines).replace("\n\n\n", "\n\n")


def _files(assets: Sequence[Asset]) -> list[str]:
    return [
        f"- {_plain(one.title or one.key)}: {one.artifact_type or one.type or 'file'}"
        + (f", checksum `{one.checksum}`" if one.checksum else "")
        for one in assets
    ]


def _use(address: str) -> str:
    return "\n".join(
        [
            "## Run it",
            "",
            "```python",
            "import geocairn",
            "",
            f"model = geocairn.load({address!r})",
            'model.predict("scene.tif", "result.tif")',
            "```",
        ]
    )


def _plain(text: str) -> str:
    """One line of a table or a heading."""
    return " ".join(text.split()).replace("|", "\\|")


def _paragraph(text: str) -> str:
    """A text whose lines are no headings and no rules."""
    lines = [line.strip() for line in text.splitlines()]
    return "\n".join(f"\\{line}" if line.startswith(_HEADINGS) else line for line in lines)
