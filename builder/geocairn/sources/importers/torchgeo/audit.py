"""Find what torchgeo's declarations get wrong, so that it is reported and not copied."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from geocairn.sources.importers.torchgeo.declarations import Declaration
from geocairn.sources.importers.torchgeo.families import KNOWN_ERRORS, SPDX, sensor_of
from geocairn.sources.importers.torchgeo.preprocessing import (
    Normalization,
    Preprocessing,
    preprocessing,
)
from geocairn.sources.importers.torchgeo.values import UnreadableError

__all__ = ["Audit", "Fault", "audit", "owner", "revision"]

_ARXIV = re.compile(r"https?://(?:\w+\.)?arxiv\.org/(?:abs|pdf)/(\d{4}\.\d{4,5})")
_REVISION = re.compile(r"/resolve/([0-9a-f]{40})/")
_INDICES = frozenset(("NDVI", "NDWI", "NBR", "NDBI"))


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that a declaration gets wrong.

    Attributes:
        weight: Name of the weight.
        field: What is wrong: ``meta.model``, ``transforms``, ...
        found: The value declared, as text.
        problem: What is wrong with it.
        remedy: What the catalog has instead.
    """

    weight: str
    field: str
    found: str
    problem: str
    remedy: str = "left out"


@dataclass(slots=True)
class Audit:
    """What was found, and the values to use in place of the wrong ones.

    Attributes:
        faults: In the order of the weights.
        publications: Weight to the paper to cite; absent where none is known.
        datasets: Weight to the data it was trained on; absent where that is not clear.
        bands: Weight to its bands; empty where they contradict the channels or the sensor.
        preprocessing: Weight to what is done to its images.
        scaling: Weight to how its values are scaled; absent where that is unknown.
        classes: Weight to the names of its classes.
    """

    faults: list[Fault] = field(default_factory=list)
    publications: dict[str, str] = field(default_factory=dict)
    datasets: dict[str, str] = field(default_factory=dict)
    bands: dict[str, tuple[str, ...]] = field(default_factory=dict)
    preprocessing: dict[str, Preprocessing] = field(default_factory=dict)
    scaling: dict[str, Normalization] = field(default_factory=dict)
    classes: dict[str, tuple[str, ...]] = field(default_factory=dict)


def audit(weights: Sequence[Declaration], makers: frozenset[str]) -> Audit:
    """Check every declaration, alone and beside the others.

    Args:
        weights: The declarations.
        makers: Names of the functions that make models.
    """
    found = Audit()
    _publications(weights, found)
    for weight in weights:
        checks: tuple[Callable[[Declaration, Audit], Iterator[Fault]], ...] = (
            _unreadable,
            _url,
            _bands,
            _scaling,
            _classes,
            _license,
        )
        found.faults += _model(weight, makers)
        for check in checks:
            found.faults += check(weight, found)
    found.faults += _datasets(weights, found)
    found.faults += _shared_urls(weights)
    order = {weight.name: place for place, weight in enumerate(weights)}
    found.faults.sort(key=lambda fault: (order[fault.weight], fault.field))
    return found


def owner(url: str | None) -> str:
    """The account that a repository's URL names: ``zhu-xlab`` of github.com/zhu-xlab/DOFA."""
    parts = urlsplit(url or "").path.strip("/").split("/")
    return parts[0] if len(parts) >= 2 else ""


def revision(url: str | None) -> str | None:
    """The commit that a Hugging Face URL is pinned to."""
    match = _REVISION.search(url or "")
    return match.group(1) if match else None


def _paper(url: str) -> str:
    match = _ARXIV.match(url)
    return f"https://arxiv.org/abs/{match.group(1)}" if match else url


def _publications(weights: Sequence[Declaration], found: Audit) -> None:
    for weight in weights:
        declared = weight.text("publication")
        if declared is None:
            continue
        paper = _paper(declared)
        documented = [_paper(link) for link in weight.citations]
        if documented and paper not in documented:
            found.faults.append(
                Fault(
                    weight.name,
                    "meta.publication",
                    declared,
                    f"the documentation of {weight.enum} cites {documented[0]}"
                    + _also_of(paper, weight, weights),
                    f"replaced by {documented[0]}",
                )
            )
            paper = documented[0]
        found.publications[weight.name] = paper
    _shared_publications(weights, found)


def _also_of(paper: str, weight: Declaration, weights: Sequence[Declaration]) -> str:
    mine = owner(weight.text("repo"))
    others = [
        other.text("repo")
        for other in weights
        if _paper(other.text("publication") or "") == paper and owner(other.text("repo")) != mine
    ]
    return f", and the paper belongs to {others[0]}" if others else ""


def _shared_publications(weights: Sequence[Declaration], found: Audit) -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for weight in weights:
        paper, name = found.publications.get(weight.name), owner(weight.text("repo"))
        if paper and name:
            owners[paper].add(name.lower())
    for weight in weights:
        paper = found.publications.get(weight.name)
        if paper and len(owners[paper]) > 1:
            del found.publications[weight.name]
            names = ", ".join(sorted(owners[paper]))
            problem = f"weights of unrelated projects ({names}) cite the same paper"
            found.faults.append(Fault(weight.name, "meta.publication", paper, problem))


def _model(weight: Declaration, makers: frozenset[str]) -> Iterator[Fault]:
    declared = weight.text("model")
    if declared is None or weight.builder is None or declared == weight.builder.name:
        return
    if declared in makers:
        problem = f"the weights are those of {weight.builder.name}, which {weight.enum} is for"
        yield Fault(weight.name, "meta.model", declared, problem, f"read as {weight.builder.name}")


def _unreadable(weight: Declaration, _found: Audit) -> Iterator[Fault]:
    for name, reason in weight.unreadable.items():
        yield Fault(weight.name, name, "", f"it cannot be read: {reason}")


def _url(weight: Declaration, _found: Audit) -> Iterator[Fault]:
    if weight.url and revision(weight.url) is None:
        problem = "it names no commit, so the file behind it can change"
        yield Fault(weight.name, "url", weight.url, problem, "copied, without a revision")


def _bands(weight: Declaration, found: Audit) -> Iterator[Fault]:
    bands, channels = weight.texts("bands"), weight.count("in_chans")
    found.bands[weight.name] = bands
    sensor = sensor_of(weight.member, bands)
    problem = ""
    if bands and channels is not None and len(bands) != channels:
        problem = f"there are {len(bands)} bands and {channels} channels"
    elif sensor is not None:
        strange = [band for band in bands if not sensor.band(band) and band not in _INDICES]
        if strange:
            problem = f"{sensor.title} has no band {', '.join(strange)}"
    if problem:
        found.bands[weight.name] = ()
        yield Fault(weight.name, "meta.bands", ", ".join(bands), problem)


def _scaling(weight: Declaration, found: Audit) -> Iterator[Fault]:
    try:
        done = preprocessing(weight.transforms)
        combined = done.combined()
    except UnreadableError as error:
        yield Fault(weight.name, "transforms", "", str(error))
        return
    found.preprocessing[weight.name] = done
    if done.unknown:
        names = ", ".join(done.unknown)
        problem = f"geocairn does not know the step {names}"
        yield Fault(weight.name, "transforms", names, problem, "the scaling is left out")
    if combined is None:
        return
    channels = weight.count("in_chans")
    if len(combined.mean) > 1 and channels is not None and len(combined.mean) != channels:
        problem = f"there are statistics for {len(combined.mean)} of {channels} channels"
        yield Fault(weight.name, "transforms", "", problem, "the scaling is left out")
        return
    for known in KNOWN_ERRORS:
        if weight.member.endswith(known.ending) and done.normalizations[0].mean == known.mean:
            steps = "; ".join(done.steps)
            yield Fault(weight.name, "transforms", steps, known.problem, "the scaling is left out")
            return
    found.scaling[weight.name] = combined


def _classes(weight: Declaration, found: Audit) -> Iterator[Fault]:
    names, number = weight.texts("classes"), weight.count("num_classes")
    if names and number is not None and len(names) != number:
        problem = f"there are {len(names)} names for {number} classes"
        yield Fault(weight.name, "meta.classes", ", ".join(names), problem)
        return
    found.classes[weight.name] = names


def _license(weight: Declaration, _found: Audit) -> Iterator[Fault]:
    declared = weight.text("license")
    if declared is not None and declared not in SPDX:
        problem = "it is no SPDX identifier"
        yield Fault(weight.name, "meta.license", declared, problem, "written as other, with a link")


def _datasets(weights: Sequence[Declaration], found: Audit) -> Iterator[Fault]:
    names = {name for weight in weights if (name := weight.text("dataset"))}
    for weight in weights:
        declared = weight.text("dataset")
        if declared is None:
            continue
        longer = sorted(name for name in names if name.startswith(f"{declared}-"))
        if len(longer) > 1:
            problem = f"there are several data sets of that name: {', '.join(longer)}"
            yield Fault(weight.name, "meta.dataset", declared, problem)
        elif declared.lower() == weight.title.lower():
            problem = "it repeats the model's name and names no data"
            yield Fault(weight.name, "meta.dataset", declared, problem)
        else:
            # "fMoW Dataset" and "fMoW" are one name.
            found.datasets[weight.name] = declared.removesuffix(" Dataset")


def _shared_urls(weights: Sequence[Declaration]) -> Iterator[Fault]:
    first: dict[str, str] = {}
    for weight in weights:
        if weight.url and first.setdefault(weight.url, weight.name) != weight.name:
            problem = f"{first[weight.url]} has the same file"
            yield Fault(weight.name, "url", weight.url, problem, "copied")
