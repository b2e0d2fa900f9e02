"""The functions that make torchgeo's models, and the settings that stand in their source."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Builder", "builders"]

Setting = int | float | str


@dataclass(frozen=True, slots=True)
class Builder:
    """One function, such as ``resnet18``.

    Attributes:
        name: Its name.
        weights: Name of the class of weights it takes; empty where it takes none.
        settings: The settings it makes the model with: the class's own, then the function's.
        attributes: Numbers that the class gives every model (``self.s1_channels = 2``).
    """

    name: str
    weights: str
    settings: Mapping[str, Setting] = field(default_factory=dict)
    attributes: Mapping[str, Setting] = field(default_factory=dict)

    def count(self, *names: str) -> int | None:
        """The first of some settings or attributes that is a positive whole number."""
        known = {**self.attributes, **self.settings}
        found = (known.get(name) for name in names)
        return next((value for value in found if type(value) is int and value > 0), None)


def builders(tree: ast.Module) -> list[Builder]:
    """Every public function of a module that returns a model."""
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    return [
        _builder(node, classes)
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and _makes(node)
    ]


def _makes(function: ast.FunctionDef) -> bool:
    named = {arg.arg for arg in (*function.args.args, *function.args.kwonlyargs)}
    return "weights" in named or function.args.kwarg is not None


def _builder(function: ast.FunctionDef, classes: Mapping[str, ast.ClassDef]) -> Builder:
    defaults: dict[str, Setting] = {}
    given: dict[str, Setting] = {}
    attributes: dict[str, Setting] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            made = classes.get(node.func.id)
            if made is not None:
                defaults |= _defaults(made)
                attributes |= _attributes(made)
                given |= _constants({word.arg: word.value for word in node.keywords if word.arg})
        elif isinstance(node, ast.AugAssign) and isinstance(node.value, ast.Dict):
            keys = zip(node.value.keys, node.value.values, strict=True)
            pairs = {key.value: value for key, value in keys if isinstance(key, ast.Constant)}
            given |= _constants({str(key): value for key, value in pairs.items()})
    return Builder(function.name, _weights(function), defaults | given, attributes)


def _weights(function: ast.FunctionDef) -> str:
    for arg in function.args.args:
        if arg.arg == "weights" and arg.annotation is not None:
            names = [node.id for node in ast.walk(arg.annotation) if isinstance(node, ast.Name)]
            return next((name for name in names if name.endswith("_Weights")), "")
    return ""


def _constants(nodes: Mapping[str, ast.expr]) -> dict[str, Setting]:
    return {
        name: node.value
        for name, node in nodes.items()
        if isinstance(node, ast.Constant) and type(node.value) in (int, float, str)
        if isinstance(node.value, (int, float, str))
    }


def _initialiser(made: ast.ClassDef) -> ast.FunctionDef | None:
    found = (node for node in made.body if isinstance(node, ast.FunctionDef))
    return next((node for node in found if node.name == "__init__"), None)


def _defaults(made: ast.ClassDef) -> dict[str, Setting]:
    function = _initialiser(made)
    if function is None:
        return {}
    names = [arg.arg for arg in function.args.args]
    pairs = zip(reversed(names), reversed(function.args.defaults), strict=False)
    return _constants(dict(pairs))


def _attributes(made: ast.ClassDef) -> dict[str, Setting]:
    function = _initialiser(made)
    found: dict[str, ast.expr] = {}
    for node in function.body if function else ():
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
            if isinstance(target, ast.Attribute) and dotted_self(target):
                found[target.attr] = node.value
    return _constants(found)


def dotted_self(node: ast.Attribute) -> bool:
    """Whether an attribute is one of ``self``."""
    return isinstance(node.value, ast.Name) and node.value.id == "self"
