"""A second opinion: what the independent stac-validator says of the same documents."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

from geocairn import _io
from geocairn.checks import messages, spec
from geocairn.checks.schemas import SchemaStore, core_url
from geocairn.findings import Finding

__all__ = ["SCHEMA_CODES", "SecondOpinion"]

SCHEMA_CODES = frozenset(
    {messages.CORE.code, messages.EXTENSION.code, *(rule.code for rule in spec.RULES)}
)
"""Codes that mean: a schema rejects the document (formats aside, which others do not check)."""

_META = "http://json-schema.org/draft-07/schema"


class SecondOpinion:
    """Runs stac-validator on documents, with every schema from our store through its schema map.

    Args:
        store: Where schemas come from.
        folder: An empty folder for the schemas that stac-validator reads.
    """

    def __init__(self, store: SchemaStore, *, folder: Path) -> None:
        self._store = store
        self._folder = folder
        self._map: dict[str, str] = {}

    def verdict(self, document: dict[str, Any]) -> str | None:
        """What stac-validator finds wrong with a document; None where it is valid.

        Args:
            document: A STAC Item or Collection.

        Raises:
            SchemaUnavailableError: Where a schema is not to be had: stac-validator would go and
                fetch it, which is the store's business.
        """
        kind = "collection" if document.get("type") == "Collection" else "item"
        declared = document.get("stac_extensions")
        urls = [url for url in declared if isinstance(url, str)] if declared else []
        version = document.get("stac_version")
        if version not in ("1.0.0", "1.1.0"):
            return f"version {version!r} is none that stac-validator is asked about"
        for url in (core_url(version, kind), *urls):
            self._provide(url)
        with warnings.catch_warnings():
            # The package announces its new name on import.
            warnings.simplefilter("ignore", DeprecationWarning)
            from stac_validator.stac_validator import StacValidate

            run = StacValidate(schema_map=dict(self._map))
            # It changes what it is given, so it gets a copy.
            valid = run.validate_dict(json.loads(_io.dumps(document)))
        if valid:
            return None
        said = run.message[0] if run.message else {}
        return str(said.get("error_message") or said.get("error_type") or "invalid")

    def _provide(self, url: str) -> None:
        if url in self._map:
            return
        for needed in self._store.references(url):
            if needed not in self._map:
                self._map[needed] = self._write(needed, self._store.get(needed))
        if _META not in self._map:
            from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]

            meta = _io.dumps(dict(REGISTRY.contents(_META)))
            self._map[_META] = self._map[f"{_META}#"] = self._write(_META, meta)

    def _write(self, url: str, data: bytes) -> str:
        # Published $ids are wrong in places; references must resolve by address.
        schema = {**_io.loads(data, where=url), "$id": url}
        file = self._folder / f"{_io.digest(url.encode())}.json"
        _io.write_atomic(file, _io.dumps(schema))
        return str(file)

    def disagreement(self, document: dict[str, Any], findings: list[Finding]) -> str | None:
        """Where stac-validator and our schemas differ on a document, in a sentence; None if not.

        Args:
            document: The document, as it was checked.
            findings: All that was found in it, no code left out.

        Raises:
            SchemaUnavailableError: As `verdict` does.
        """
        ours = sorted({f.code for f in findings if f.code in SCHEMA_CODES})
        theirs = self.verdict(document)
        if theirs is not None and not ours:
            return f"stac-validator rejects it, our schemas do not: {theirs}"
        if theirs is None and ours:
            return f"stac-validator accepts it, our schemas do not: {', '.join(ours)}"
        return None
