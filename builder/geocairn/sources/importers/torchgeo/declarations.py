"""The weights that a torchgeo package declares, read from its syntax trees."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from geocairn.errors import InputError
from geocairn.sources.importers.torchgeo.builders import Builder, builders
from geocairn.sources.importers.torchgeo.constants import Reader, dotted
from geocairn.sources.importers.torchgeo.package import Package
from geocairn.sources.importers.torchgeo.values import Call, UnreadableError

__all__ = ["Declaration", "Declarations", "read"]

_BASE = "WeightsEnum"
_RECORD = "Weights"
_FIELDS = ("url", "transforms", "meta")
_PAPER = re.compile(r"https?://(?:\w+\.)?(?:arxiv|doi)\.org/[^\s>)`\"']+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """One weight, as declared.

    Attributes:
        enum: Name of the class, such as ``ResNet18_Weights``.
        member: Its name there; where it has several, the last, since torchgeo writes deprecated
            names first.
        aliases: Its other names.
        path: The file that declares it, from the package's root.
        lines: First and last line there, from 1.
        title: First sentence of the class's documentation, without ``weights``.
        citations: Papers that the class's documentation links to.
        url: Where the file of weights lies; None where that cannot be read.
        transforms: What torchgeo does with images first; None where that cannot be read.
        meta: Its facts, those that can be read.
        unreadable: Field to why it could not be read.
        builder: The function that makes the model; None where there is none.
    """

    enum: str
    member: str
    aliases: tuple[str, ...]
    path: str
    lines: tuple[int, int]
    title: str
    citations: tuple[str, ...]
    url: str | None
    transforms: Call | None
    meta: Mapping[str, Any]
    unreadable: Mapping[str, str]
    builder: Builder | None

    @property
    def name(self) -> str:
        """The name that ``torchgeo.models.get_weight`` knows it by."""
        return f"{self.enum}.{self.member}"

    @property
    def maker(self) -> str:
        """Name of the function that makes the model; empty where there is none."""
        return self.builder.name if self.builder else ""

    def text(self, key: str) -> str | None:
        """A fact that is a text."""
        value = self.meta.get(key)
        return value if isinstance(value, str) and value.strip() else None

    def count(self, key: str) -> int | None:
        """A fact that is a positive whole number."""
        value = self.meta.get(key)
        return value if type(value) is int and value > 0 else None

    def texts(self, key: str) -> tuple[str, ...]:
        """A fact that is a list of texts; empty where it is something else."""
        value = self.meta.get(key)
        if isinstance(value, (list, tuple)) and all(isinstance(part, str) for part in value):
            return tuple(value)
        return ()


@dataclass(slots=True)
class Declarations:
    """What a package declares.

    Attributes:
        version: The package's version, where it says so.
        weights: In the order of files and lines.
        builders: Names of every function that makes a model.
        skipped: Name of a weight to why it could not be read at all.
    """

    version: str | None = None
    weights: list[Declaration] = field(default_factory=list)
    builders: frozenset[str] = frozenset()
    skipped: dict[str, str] = field(default_factory=dict)


class _Module:
    """One module, its statements taken in order, as names are given new values on the way."""

    def __init__(self, modules: Mapping[str, _Module], name: str, tree: ast.Module) -> None:
        self.name = name
        self.tree = tree
        self._modules = modules
        self._values: dict[str, Any] = {}
        self._imports: dict[str, tuple[str, str]] = {}
        self._reader = Reader(self.lookup)
        self._state = "new"
        self.enums: dict[str, ast.ClassDef] = {}
        self.members: list[tuple[ast.ClassDef, ast.Assign, Any]] = []

    def run(self) -> None:
        """Take every statement once."""
        if self._state != "new":
            return
        self._state = "running"
        for statement in self.tree.body:
            if isinstance(statement, ast.ImportFrom) and statement.level == 1:
                for alias in statement.names:
                    source = f"models.{statement.module}" if statement.module else "models"
                    self._imports[alias.asname or alias.name] = (source, alias.name)
            elif isinstance(statement, ast.Assign):
                self._assign(statement.targets, statement.value)
            elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
                self._assign([statement.target], statement.value)
            elif isinstance(statement, ast.ClassDef) and self._is_enum(statement):
                self._take_members(statement)
        self._state = "done"

    def lookup(self, name: str) -> Any:
        """The value that a name has at this point."""
        if name in self._values:
            value = self._values[name]
            if isinstance(value, UnreadableError):
                raise value
            return value
        module, original = self._imports.get(name, ("", ""))
        other = self._modules.get(module)
        if other is None or other is self or other._state == "running":  # noqa: SLF001
            raise UnreadableError(f"nothing here says what {name} is")
        other.run()
        return other.lookup(original)

    def _assign(self, targets: list[ast.expr], expression: ast.expr) -> None:
        try:
            value = self._reader.read(expression)
        except UnreadableError as error:
            value = error
        for target in targets:
            if isinstance(target, ast.Name):
                self._values[target.id] = value

    def _is_enum(self, statement: ast.ClassDef) -> bool:
        names = [(dotted(base) or "").rpartition(".")[2] for base in statement.bases]
        if _BASE in names or any(name in self.enums for name in names):
            return True
        for name in names:
            module, original = self._imports.get(name, ("", ""))
            other = self._modules.get(module)
            if other is not None and other is not self:
                other.run()
                if original in other.enums:
                    return True
        return False

    def _take_members(self, statement: ast.ClassDef) -> None:
        self.enums[statement.name] = statement
        for line in statement.body:
            if not isinstance(line, ast.Assign) or not isinstance(line.value, ast.Call):
                continue
            if (dotted(line.value.func) or "").rpartition(".")[2] != _RECORD:
                continue
            try:
                value = self._reader.read(line.value)
            except UnreadableError as error:
                value = error
            self.members.append((statement, line, value))


def read(package: Package) -> Declarations:
    """Read every weight that a package declares.

    Raises:
        InputError: A module is not Python, or the package declares no weights.
    """
    modules: dict[str, _Module] = {}
    for name, source in package.modules():
        modules[name] = _Module(modules, name, _parse(source, f"{package.origin}/{name}"))
    found = Declarations(version=_version(package))
    makers: dict[str, Builder] = {}
    for module in modules.values():
        try:
            module.run()
        except RecursionError:
            raise InputError(
                "its modules import each other too deeply",
                where=package.origin,
                remedy="Give an unchanged torchgeo package.",
            ) from None
        made = builders(module.tree)
        makers |= {builder.weights: builder for builder in made if builder.weights}
        found.builders |= {builder.name for builder in made if builder.weights}
    for module in modules.values():
        for declared in _declarations(module, makers, found.skipped):
            found.weights.append(declared)
    if not found.weights:
        raise InputError(
            "declares no weights: torchgeo/models holds no class made from WeightsEnum",
            where=package.origin,
            remedy="Give a torchgeo package of version 0.4 or later with --package.",
        )
    return found


def _declarations(
    module: _Module, makers: Mapping[str, Builder], skipped: dict[str, str]
) -> Iterator[Declaration]:
    for owner, line, value in module.members:
        names = [target.id for target in line.targets if isinstance(target, ast.Name)]
        if not names:
            continue
        if not isinstance(value, Call):
            skipped[f"{owner.name}.{names[-1]}"] = f"it cannot be read: {value}"
            continue
        given = dict(zip(_FIELDS, value.args, strict=False)) | dict(value.kwargs)
        meta = given.get("meta")
        transforms = given.get("transforms")
        url = given.get("url")
        doc = ast.get_docstring(owner) or ""
        yield Declaration(
            enum=owner.name,
            member=names[-1],
            aliases=tuple(names[:-1]),
            path=module.name.replace(".", "/") + ".py",
            lines=(line.lineno, line.end_lineno or line.lineno),
            title=_title(doc, owner.name),
            citations=tuple(_PAPER.findall(doc)),
            url=url if isinstance(url, str) else None,
            transforms=transforms if isinstance(transforms, Call) else None,
            meta=meta if isinstance(meta, dict) else {},
            unreadable=dict(value.unreadable),
            builder=makers.get(owner.name),
        )


def _title(doc: str, name: str) -> str:
    first = re.split(r"\.(?:\s|$)", doc.strip().partition("\n")[0])[0].strip()
    first = re.sub(r"\s+(model\s+)?weights$", "", first)
    return first or name.removesuffix("_Weights")


def _parse(source: bytes, where: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError as error:
        place = f"line {error.lineno}" if error.lineno else "its encoding"
        message = f"is not Python ({place}): {error.msg}"
    except (ValueError, RecursionError, MemoryError) as error:
        message = f"is not Python: {error or type(error).__name__}"
    raise InputError(message, where=where, remedy="Give an unchanged torchgeo package.")


def _version(package: Package) -> str | None:
    if "__init__.py" not in package.sources.names():
        return None
    tree = _parse(package.read("__init__.py"), f"{package.origin}/__init__.py")
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
            names = [target.id for target in statement.targets if isinstance(target, ast.Name)]
            if "__version__" in names and isinstance(statement.value.value, str):
                return statement.value.value
    return None
