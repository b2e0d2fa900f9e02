"""Sentences and tables from facts: the description of a model, and its card."""

from __future__ import annotations

from collections.abc import Iterator

from geocairn_training.describe.publication import Publication
from geocairn_training.facts import RunFacts

__all__ = ["card", "description", "keywords"]


def _of_interest(facts: RunFacts) -> list[str]:
    """Names of the classes, without the one that means none of them."""
    two = facts.architecture.classes == 1 and len(facts.classes) == 2
    return [one.title or one.name for one in (facts.classes[1:] if two else facts.classes)]


def keywords(facts: RunFacts, publication: Publication) -> tuple[str, ...]:
    """For search, each once."""
    found = [*publication.keywords, *(name.lower() for name in _of_interest(facts))]
    return tuple(dict.fromkeys([*found, "segmentation"]))


def description(facts: RunFacts) -> str:
    """What the model does, on what and how well, in plain sentences."""
    bands = ", ".join(band.name for band in facts.bands)
    at = f" at {facts.gsd:.2g} m per pixel" if facts.gsd else ""
    training = facts.split.counts.get("train")
    parts = [
        f"Marks {', '.join(_of_interest(facts)).lower()} in images with the bands {bands}{at}.",
        f"A {facts.architecture.name} of {facts.architecture.parameters:,} parameters"
        + (", trained" if facts.start else ", trained from scratch")
        + (f" on {training} chips" if training else "")
        + f" of {facts.chip.height} x {facts.chip.width} pixels.",
    ]
    if (measured := _headline(facts)) is not None:
        parts.append(measured)
    if attributions := [one.attribution for one in facts.data if one.attribution]:
        parts.append("Data: " + "; ".join(attributions) + ".")
    return " ".join(parts)


def _headline(facts: RunFacts) -> str | None:
    for split in ("test", "validation"):
        found = {
            name.partition("/")[2]: value
            for name, value in facts.metrics.get(split, {}).items()
            if name.startswith("iou/")
        }
        wanted = facts.classes[-1].name
        if wanted in found:
            return (
                f"On its {split} chips, which it was not trained on, the intersection over union "
                f"of {wanted} is {found[wanted]:.3f}."
            )
    return None


def card(facts: RunFacts, publication: Publication) -> str:
    """The model card, in Markdown: how, on what and how well."""
    return "\n".join(_card(facts, publication)).rstrip() + "\n"


def _card(facts: RunFacts, publication: Publication) -> Iterator[str]:
    yield f"# {publication.title or facts.title}"
    yield ""
    yield publication.description or description(facts)
    yield ""
    yield "## How well"
    yield ""
    splits = list(facts.metrics)
    names = list(dict.fromkeys(name for found in facts.metrics.values() for name in found))
    yield f"| measure | {' | '.join(splits)} |"
    yield "| --- |" + " ---: |" * len(splits)
    for name in names:
        values = (facts.metrics[split].get(name) for split in splits)
        shown = " | ".join("" if value is None else f"{value:.4f}" for value in values)
        yield f"| {name} | {shown} |"
    yield ""
    yield "## How to use it"
    yield ""
    yield from _use(facts)
    yield ""
    yield "## How it was made"
    yield ""
    yield from _how(facts)
    yield ""
    yield "| hyperparameter | value |"
    yield "| --- | --- |"
    for name, value in facts.hyperparameters.items():
        yield f"| {name} | `{value}` |"
    if facts.data:
        yield from ("", "## On what", "")
        for one in dict.fromkeys(facts.data):
            title = f"[{one.title}]({one.href})" if one.href.startswith("https://") else one.title
            told = ", ".join(part for part in (one.licence, one.attribution) if part)
            yield f"- {title}: {told}" if told else f"- {title}"


def _use(facts: RunFacts) -> Iterator[str]:
    """What one has to do to raw pixels, and to what the network gives for them."""
    statistics = facts.statistics
    scaling = ", ".join(
        f"{band.name} ({mean:.2f}, {deviation:.2f})"
        for band, mean, deviation in zip(facts.bands, statistics.mean, statistics.std, strict=True)
    )
    yield (
        f"1. Read {facts.dtype} pixels"
        + (f" of about {facts.gsd:.2g} m" if facts.gsd else "")
        + f" and scale them band by band: subtract the mean, divide by the standard deviation: "
        f"{scaling}; the item has all digits."
    )
    yield (
        "2. Give the network float32 of shape (batch, bands, height, width); height and width are "
        f"multiples of {facts.architecture.multiple}."
    )
    if facts.activation == "sigmoid":
        yield (
            f"3. Apply the sigmoid to the logits, once. A pixel is {facts.classes[-1].name} from a "
            f"probability of {facts.threshold:g} on."
        )
    elif facts.activation == "softmax":
        yield "3. The class with the highest logit is the pixel's; a softmax makes probabilities."
    yield ""
    yield "Or let it be done, for images of any size:"
    yield ""
    yield "    geocairn-train inference scene.tif --model-path model.onnx --output-dir out"


def _how(facts: RunFacts) -> Iterator[str]:
    yield (
        "- Command: `geocairn-train train --config config.yaml`; the file is among the model's "
        f"files and holds every setting, the seed {facts.seed} too"
    )
    if facts.start:
        yield f"- Began with: {facts.start}"
    counts = ", ".join(f"{count} {name}" for name, count in facts.split.counts.items())
    block = f" of {facts.split.block:g} m" if facts.split.block else ""
    yield f"- Chips: {counts}; divided by {facts.split.method}{block}, seed {facts.split.seed}"
    shares = facts.statistics.class_balance.items()
    yield "- Classes: " + ", ".join(f"{name} {share:.1%}" for name, share in shares)
    yield (
        f"- {facts.epochs} epochs in {facts.seconds:.0f} s on {facts.accelerator}, "
        f"seed {facts.seed}; weights of epoch {facts.best_epoch}"
    )
    if facts.source.commit:
        changed = ", with changes" if facts.source.modified else ""
        yield f"- Code: commit {facts.source.commit}{changed}"
    yield "- Versions: " + ", ".join(f"{name} {found}" for name, found in facts.versions.items())
