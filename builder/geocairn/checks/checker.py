"""Puts schemas, specification and rules together: one document in, its findings out."""

from __future__ import annotations

import copy
import difflib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from geocairn import _io
from geocairn.checks import messages, spec
from geocairn.checks.context import ABSENT, Context
from geocairn.checks.rule import Rule
from geocairn.checks.rules import CHECKS, RULES
from geocairn.checks.rules.attribution import identity, licence
from geocairn.checks.schemas import SchemaStore, core_url
from geocairn.checks.validators import Fault, Validators
from geocairn.errors import ConfigError, SchemaUnavailableError
from geocairn.findings import Finding

__all__ = ["Checker", "all_checked", "selected_codes"]

_COLLECTION_LINK = {"rel": "collection", "href": "../collection.json", "type": "application/json"}


def selected_codes(select: Sequence[str] = (), ignore: Sequence[str] = ()) -> frozenset[str]:
    """The codes that a selection leaves, chosen by their beginnings as in ruff.

    Args:
        select: Codes or beginnings of codes (``MLM``, ``MLM03``) to keep; all where empty.
        ignore: Codes or beginnings to leave out. Of a selection and an exclusion that both fit,
            the longer, more specific one counts; of equals, the exclusion.

    Raises:
        ConfigError: Where one fits no code, with those that are nearest.
    """
    for prefix in (*select, *ignore):
        if not prefix or not any(code.startswith(prefix) for code in RULES):
            near = [code for code in RULES if code.startswith(prefix.upper())][:3]
            near = near or difflib.get_close_matches(prefix.upper(), RULES, n=3, cutoff=0.5)
            hint = f"Did you mean {', '.join(near)}? " if near else ""
            raise ConfigError(
                f"{prefix!r} begins no code of a check",
                remedy=f"{hint}Codes begin with SCH, MLM, STAC or HUB; see the checks reference.",
            )
    kept = set()
    for code in RULES:
        chosen = max((len(p) for p in select if code.startswith(p)), default=0 if select else 1)
        dropped = max((len(p) for p in ignore if code.startswith(p)), default=0)
        if chosen > dropped:
            kept.add(code)
    return frozenset(kept)


def all_checked(select: Sequence[str] = (), ignore: Sequence[str] = ()) -> bool:
    """Whether a selection leaves every check that finds more than advice."""
    kept = selected_codes(select, ignore)
    return all(code in kept for code, rule in RULES.items() if rule.severity != "advice")


class Checker:
    """Checks items and collections; built once for a process, cheap for each document.

    Args:
        store: Where schemas come from.
        select: Codes, or beginnings of codes, to check; all where empty.
        ignore: Codes, or beginnings of codes, to leave out.

    Attributes:
        digest: Identifies rules, schemas and selection: the same digest and the same document
            give the same findings (except those of SCH003, which depend on the network).

    Raises:
        ConfigError: Where a selection fits no code.
    """

    def __init__(
        self, *, store: SchemaStore, select: Sequence[str] = (), ignore: Sequence[str] = ()
    ) -> None:
        self._validators = Validators(store)
        codes = selected_codes(select, ignore)
        self._ignored = frozenset(RULES) - codes
        self._checks = _needed_checks(codes)
        self._schemas = any(code.startswith("SCH") for code in codes) or any(
            rule.code in codes for rule in spec.RULES
        )
        self.digest = _io.digest(
            _sources(), store.fingerprint().encode(), *(code.encode() for code in sorted(codes))
        )

    def item(
        self, item: dict[str, Any], *, origin: str = "", folder: Path | None = None
    ) -> list[Finding]:
        """Check one item, as `geocairn.normalise` leaves it.

        Args:
            item: The item; any JSON object whatsoever.
            origin: Where it comes from, for messages.
            folder: The item's own folder, where it is read from one; rules on relative paths and
                folder names are silent without it.

        Returns:
            Findings: of schemas, of specification and of rules, in this order.
        """
        return self.items([item], origins=[origin], folders=[folder])[0]

    def items(
        self,
        items: Sequence[dict[str, Any]],
        *,
        origins: Sequence[str],
        folders: Sequence[Path | None],
    ) -> list[list[Finding]]:
        """Check some items, each as `item` does, in less time than one by one.

        Each rule goes over all of them before the next one does: its code stays in the
        processor's caches, which is worth a third of the time.
        """
        contexts = [
            Context(item, origin=origin, folder=folder, ignored=self._ignored)
            for item, origin, folder in zip(items, origins, folders, strict=True)
        ]
        if self._schemas:
            for context in contexts:
                self._validate(context, self.published(context.item), "item")
        for check in self._checks:
            for context in contexts:
                check(context)
        return [context.findings for context in contexts]

    @staticmethod
    def published(item: dict[str, Any]) -> dict[str, Any]:
        """An item with the link to its collection that the builder writes.

        The core schema wants the link and the member ``collection``, or neither. The same object
        where nothing is to be added.
        """
        links = item.get("links")
        if "collection" not in item or not isinstance(links, list):
            return item
        for link in links:
            if isinstance(link, dict) and link.get("rel") == "collection":
                return item
        return {**item, "links": [*links, _COLLECTION_LINK]}

    def wants(self, code: str) -> bool:
        """Whether a code is among those selected."""
        return code not in self._ignored

    def collection(self, collection: dict[str, Any], *, origin: str = "") -> list[Finding]:
        """Check one collection; see `item`."""
        context = Context(collection, origin=origin, ignored=self._ignored)
        if self._schemas:
            self._validate(context, collection, "collection")
        licence(context, collection, ())
        identity(context)
        return context.findings

    def _validate(self, context: Context, document: dict[str, Any], kind: str) -> None:
        version = document.get("stac_version")
        known = version if version in ("1.0.0", "1.1.0") else "1.1.0"
        self._against(context, document, core_url(known, kind), ("stac_version",), messages.CORE)
        if kind == "item" and document.get("type") != "Feature":
            return  # Extensions would only say the same, each in its own way.
        for index, url in enumerate(_extensions(document)):
            path = ("stac_extensions", index)
            self._against(context, document, url, path, messages.EXTENSION)

    def _against(
        self,
        context: Context,
        document: dict[str, Any],
        url: str,
        path: tuple[str | int, ...],
        rule: Rule,
    ) -> None:
        try:
            faults = self._validators.faults(url, document)
        except SchemaUnavailableError as error:
            message, remedy = messages.unavailable(error)
            context.found(messages.UNAVAILABLE, path, message, value=url, remedy=remedy)
            return
        if faults:
            _tell(context, document, faults, rule)

    def fix(
        self, item: dict[str, Any], findings: Iterable[Finding]
    ) -> tuple[dict[str, Any], list[str]]:
        """Put right what can be put right without a person.

        Args:
            item: The document that the findings are about.
            findings: What was found in it.

        Returns:
            A changed copy, and the codes whose fixes changed it.
        """
        fixed = copy.deepcopy(item)
        applied = []
        for code in sorted({finding.code for finding in findings} - self._ignored):
            fix = RULES[code].fix
            if fix is None:
                continue
            before = copy.deepcopy(fixed)
            fix(fixed)
            if fixed != before:
                applied.append(code)
        return fixed, applied


def _extensions(document: dict[str, Any]) -> list[str]:
    declared = document.get("stac_extensions")
    return (
        [url if isinstance(url, str) else "" for url in declared]
        if isinstance(declared, list)
        else []
    )


def _tell(context: Context, document: dict[str, Any], faults: list[Fault], rule: Rule) -> None:
    told: set[tuple[str, tuple[str | int, ...]]] = set()
    explained = [(fault, spec.explain(fault, document)) for fault in faults]
    lowered = any(one is not None and one[0] is spec.DIMENSION for _, one in explained)
    for fault, explanation in explained:
        if explanation is not None:
            found, path, message = explanation
            if (found.code, path) not in told:
                told.add((found.code, path))
                context.found(found, path, message, value=_at(document, path))
            continue
        if lowered and fault.keyword == "contains" and fault.path[-1:] == ("dim_order",):
            continue  # The name is there, in upper case, and told of already.
        path, message, remedy = messages.words(fault, document)
        code = messages.FORMAT if fault.keyword == "format" else rule
        if (code.code, path) not in told:
            told.add((code.code, path))
            context.found(code, path, message, value=_at(document, path), remedy=remedy)


def _at(document: Any, path: tuple[str | int, ...]) -> Any:
    """What stands at a place; `ABSENT` where nothing does, and never what it is missing from."""
    for step in path:
        try:
            document = document[step]
        except (KeyError, IndexError, TypeError):
            return ABSENT
    return document


def _needed_checks(codes: frozenset[str]) -> list[Callable[[Context], None]]:
    needed = []
    for check in CHECKS:
        module_rules = check.__globals__["RULES"]
        if any(rule.code in codes for rule in module_rules):
            needed.append(check)
    return needed


def _sources() -> bytes:
    """Digest of the rules' own code: other rules may find other things."""
    import jsonschema_rs

    folder = Path(__file__).parent
    files = sorted(folder.rglob("*.py"))
    version = getattr(jsonschema_rs, "__version__", "")
    parts = [file.read_bytes() for file in files]
    return _io.digest(version.encode(), *parts).encode()
