"""Names that are, or look like, those of others."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator

from geocairn.findings import Finding
from geocairn.submission.fence import CATALOG
from geocairn.submission.repository import Repository
from geocairn.submission.rules import found

__all__ = ["colliding_files", "name_findings", "skeleton"]

# What looks alike among the ASCII characters that names may have, after folding case. Unicode's
# list of confusables (UTS #39) is not needed: names with other characters are refused before.
_ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "5": "s", "_": "-", ".": "-"})
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_MARKS = re.compile(r"-+")


def skeleton(name: str) -> str:
    """What a name looks like; two names with the same skeleton are taken for each other.

    The idea is that of the skeletons of Unicode Technical Standard 39, section 4
    (https://www.unicode.org/reports/tr39/#Confusable_Detection), for plain ASCII names.
    """
    # Pairs first: in "cl1nic", the pair is one that is written, not one that came about.
    folded = name.lower()
    for pair, one in _PAIRS:
        folded = folded.replace(pair, one)
    return _MARKS.sub("-", folded.translate(_ALIKE)).strip("-")


def name_findings(
    repository: Repository,
    base: str,
    *,
    collection: str,
    model: str,
    versions: Collection[str],
    own: Callable[[str], bool],
) -> Iterator[Finding]:
    """Compare the names that a pull request brings with all that the base has.

    Only the listings of the collections' folders are read, one small object each, and not the
    models; and where no name is new, not even these.

    Args:
        repository: Where the base is.
        base: Its commit.
        collection: Name of the collection.
        model: Name of the model; empty where there is none.
        versions: Names of the versions that are added.
        own: Whether the author owns a folder; then a name may look like that of another model.
    """
    place = f"{CATALOG}/{collection}"
    folder = f"{place}/{model}"
    described = repository.kind(base, place) == "tree"
    known = described and (not model or repository.kind(base, folder) == "tree")
    if known and not versions:
        return
    names = repository.names(base, CATALOG)
    listed = repository.listings(base, [f"{CATALOG}/{name}" for name in names])
    models = {path: found for path, found in listed.items() if found}
    if not described:
        others = [path.removeprefix(f"{CATALOG}/") for path in models]
        yield from _compared(collection, others, CATALOG, own)
    if not model:
        return
    if not known:
        for path, found in models.items():
            yield from _compared(model, found, path, own)
    there = repository.names(base, folder)
    for version in versions:
        yield from _compared(version, [name for name in there if name != version], folder, None)
        yield from _same_id(
            repository, base, f"{model}-{version}", models, but=f"{folder}/{version}"
        )


def _compared(
    name: str, others: Iterable[str], folder: str, own: Callable[[str], bool] | None
) -> Iterator[Finding]:
    """Findings about a name that is new in a folder, or beside it."""
    like, folded = skeleton(name), name.lower()
    for other in others:
        place = f"{folder}/{other}"
        if other.lower() == folded:
            how = "is taken" if other == name else f"differs from {other!r} by case only"
            yield found("SUB020", f"{how}: {place}", value=name)
        elif skeleton(other) == like and not (own and own(place)):
            yield found("SUB021", f"looks like {other!r}: {place}", value=name)


def _same_id(
    repository: Repository,
    base: str,
    identifier: str,
    models: dict[str, list[str]],
    *,
    but: str,
) -> Iterator[Finding]:
    """An id that another model and version give, such as ``a`` ``b-1`` and ``a-b`` ``1``."""
    splits = [m.start() for m in re.finditer("-", identifier)]
    for at in splits:
        model, version = identifier[:at].lower(), identifier[at + 1 :].lower()
        for path, names in models.items():
            for other in (name for name in names if name.lower() == model):
                folder = f"{path}/{other}"
                for name in repository.names(base, folder):
                    place = f"{folder}/{name}"
                    if name.lower() == version and place != but:
                        yield found("SUB020", f"is the id of {place}, too", value=identifier)


def colliding_files(paths: Iterable[str]) -> Iterator[Finding]:
    """Paths of which two are one on computers that do not tell case apart."""
    known: dict[str, str] = {}
    told: set[str] = set()
    for path in sorted(paths):
        parts = path.split("/")
        for end in range(1, len(parts) + 1):
            part = "/".join(parts[:end])
            first = known.setdefault(part.lower(), part)
            if first != part and part not in told:
                told.add(part)
                yield found("SUB020", f"differs from {first} by case only", origin=part)
