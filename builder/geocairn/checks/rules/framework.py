"""Rules on the framework, on model files and on what is claimed of them."""

from __future__ import annotations

import re
from typing import Any

from geocairn.checks import parts
from geocairn.checks.context import Context
from geocairn.checks.rule import Rule

__all__ = ["FRAMEWORKS", "RULES", "check"]

FRAMEWORKS = (
    "PyTorch",
    "TensorFlow",
    "scikit-learn",
    "Hugging Face",
    "Keras",
    "ONNX",
    "rgee",
    "spatialRF",
    "JAX",
    "Flax",
    "MXNet",
    "Caffe",
    "PyMC",
    "Weka",
    "Paddle",
)
"""Framework names as the extension writes them."""

_USUAL = {re.sub(r"[\s_.-]", "", name).lower(): name for name in FRAMEWORKS} | {
    "torch": "PyTorch",
    "sklearn": "scikit-learn",
    "tf": "TensorFlow",
    "paddlepaddle": "Paddle",
}
# Which frameworks read what a method writes. Methods that are not listed fit any framework.
_MAKERS: dict[str, frozenset[str]] = {
    "torch": frozenset({"PyTorch", "Hugging Face"}),
    "tf": frozenset({"TensorFlow", "Keras", "Hugging Face"}),
    "safetensors.torch": frozenset({"PyTorch", "Hugging Face"}),
    "safetensors.tensorflow": frozenset({"TensorFlow", "Keras", "Hugging Face"}),
    "safetensors.flax": frozenset({"JAX", "Flax", "Hugging Face"}),
    "safetensors.paddle": frozenset({"Paddle"}),
}
_PICKLES = frozenset({"pt", "pth", "bin", "ckpt", "pkl", "pickle", "tar", "model", "torch"})
_SCRIPTS = frozenset({"pt", "pth", "ts", "jit", "torchscript", "zip"})
_ENDINGS: dict[str, frozenset[str]] = {
    "torch.save": _PICKLES,
    "torch.jit.save": _SCRIPTS,
    "torch.jit.script": _SCRIPTS,
    "torch.jit.trace": _SCRIPTS,
    "torch.export": frozenset({"pt2"}),
    "torch.export.save": frozenset({"pt2"}),
    "onnx": frozenset({"onnx"}),
    "tf.keras.Model.save": frozenset({"keras", "h5", "hdf5", "tf"}),
    "tf.keras.Model.save_weights": frozenset({"h5", "hdf5", "tf", "ckpt", "index"}),
    "safetensors": frozenset({"safetensors"}),
}
# Endings that say plainly what a file is. Others (bin, zip, model) may hold anything.
_TELLING = frozenset().union(*_ENDINGS.values()) - {"bin", "zip", "model", "tar", "tf", "index"}
_PACKED = frozenset(("gz", "xz", "bz2", "zst", "zip"))
_MEDIA = {"pytorch": "torch", "torch": "torch", "tensorflow": "tf", "keras": "tf", "onnx": "onnx"}
_AHEAD = ("torch.export", "torch.compile", "tf.keras.Model.export", "onnx", "tensorrt", "aot")
_JUST_IN_TIME = ("torch.jit", "torch.compile", "torchscript", "jax", "onnx")
_MODULE = re.compile(r"[a-z_]\w*(?:\.\w+){2,}\Z")

CASING = Rule(
    code="MLM070",
    title="Framework in an unusual spelling",
    severity="warning",
    why="""Search and facets compare names as they are written. The extension spells out the usual
names of frameworks; `pytorch` and `PyTorch` would be two frameworks.""",
    remedy="Write the usual name; `--fix` does.",
    failing={"/properties/mlm:framework": "pytorch"},
    fix=lambda item: _usual_framework(item),
)
MODULE_PATH = Rule(
    code="MLM071",
    title="Module path instead of a name",
    severity="advice",
    kind="spec",
    why="""The specification asks for the common name of a framework and the name of an
architecture as the literature has it. A path into a Python package is neither; it belongs into
`mlm:entrypoint` of the source code asset. The schema cannot tell the two apart.""",
    remedy="Write the common name, such as PyTorch or U-Net.",
    failing={
        "/properties/mlm:architecture": "segmentation_models_pytorch.decoders.unet.model.Unet"
    },
)
FOREIGN = Rule(
    code="MLM072",
    title="Model file of another framework",
    severity="warning",
    why="""`mlm:artifact_type` names the method that wrote the file, which belongs to a framework.
A file that another framework wrote cannot be loaded by the one declared. ONNX files fit any.""",
    remedy="Correct mlm:framework or mlm:artifact_type.",
    failing={
        "/assets/weights/mlm:artifact_type": "tf.keras.Model.save_weights",
        "/assets/weights/href": "https://models.example.org/delta-flood-unet/1.2.0/weights.index",
        "/assets/weights/type": "application/octet-stream",
    },
    passing={
        "/assets/weights/mlm:artifact_type": "onnx",
        "/assets/weights/href": "https://models.example.org/delta-flood-unet/1.2.0/model.onnx",
        "/assets/weights/type": "application/octet-stream; framework=onnx",
    },
)
ENDING = Rule(
    code="MLM073",
    title="File ending does not fit the artifact type",
    severity="warning",
    why="""Programs choose how to load a file by its ending as much as by `mlm:artifact_type`.
Where the two disagree one of them is wrong, and loading fails.""",
    remedy="Correct mlm:artifact_type, or point to the right file.",
    failing={
        "/assets/weights/href": "https://models.example.org/delta-flood-unet/1.2.0/weights.onnx"
    },
)
MEDIA_TYPE = Rule(
    code="MLM074",
    title="Media type does not fit a model file",
    severity="warning",
    why="""The media type tells a client what it will get. A web page (`text/html`) is no model,
and a `framework=` parameter that names another framework than `mlm:artifact_type` contradicts
it.""",
    remedy="Write application/octet-stream with framework=..., and point to the file itself.",
    failing={"/assets/weights/type": "text/html"},
)
COMPILED = Rule(
    code="MLM075",
    title="Compile method does not fit the artifact type",
    severity="warning",
    why="""`mlm:compile_method` says how the file was compiled: ahead of time (`aot`) or just in
time (`jit`). A file of plain weights (`torch.save`, `safetensors`) is not compiled at all, and
TorchScript is not compiled ahead of time.""",
    remedy="Correct or leave out mlm:compile_method.",
    failing={"/assets/weights/mlm:compile_method": "aot"},
)
ACTIVATED_TWICE = Rule(
    code="MLM080",
    title="Final activation twice",
    severity="error",
    why="""A sigmoid or softmax belongs at the end either of the model or of the postprocessing.
Twice applied, a sigmoid gives values between 0.5 and 0.73 only, so that every place, or none, is
detected. The item declares one inside the model (a hyperparameter such as
`final_activation`) and another in `post_processing_function`, or two in the latter.""",
    remedy="Take the activation out of one of the two places.",
    failing={"/properties/mlm:hyperparameters/final_activation": "softmax"},
)
RULES = (
    CASING,
    MODULE_PATH,
    FOREIGN,
    ENDING,
    MEDIA_TYPE,
    COMPILED,
    ACTIVATED_TWICE,
)


def _usual(name: str) -> str | None:
    return _USUAL.get(re.sub(r"[\s_.-]", "", name).lower())


_KNOWN = frozenset(FRAMEWORKS)


def _usual_framework(item: dict[str, Any]) -> None:
    for holder in parts.holders(item):
        name = holder.get("mlm:framework")
        if isinstance(name, str) and (usual := _usual(name)):
            holder["mlm:framework"] = usual


def check(context: Context) -> None:
    """Look at the framework, at every model asset and at the last activation."""
    framework = context.properties.get("mlm:framework")
    if isinstance(framework, str) and framework not in _KNOWN:
        _framework(context, ("properties", "mlm:framework"), framework)
    architecture = context.properties.get("mlm:architecture")
    if isinstance(architecture, str) and "." in architecture and _MODULE.match(architecture):
        message = "is a path into a Python package, not the name of an architecture"
        path = ("properties", "mlm:architecture")
        context.found(MODULE_PATH, path, message, value=architecture)
    for key in context.models:
        asset = context.assets[key]
        own = asset.get("mlm:framework", framework)
        if own is not framework and isinstance(own, str) and own not in _KNOWN:
            _framework(context, ("assets", key, "mlm:framework"), own)
        artifact = asset.get("mlm:artifact_type")
        if isinstance(artifact, str):
            _artifact(context, key, asset, artifact, own)
    _activation(context)


def _framework(context: Context, path: tuple[str | int, ...], name: str) -> None:
    usual = _usual(name)
    if usual:
        context.found(CASING, path, f"is usually written {usual}", value=name)
    elif "." in name and _MODULE.match(name):
        message = "is a path into a Python package, not the name of a framework"
        context.found(MODULE_PATH, path, message, value=name)


def _artifact(
    context: Context, key: str, asset: dict[str, Any], artifact: str, framework: Any
) -> None:
    maker = artifact.partition(".")[0]
    if maker == "safetensors":
        maker = ".".join(artifact.split(".")[:2])
    makers = _MAKERS.get(maker)
    place = ("assets", key, "mlm:artifact_type")
    usual = _usual(framework) if isinstance(framework, str) else None
    if makers and usual and usual not in makers and usual != "ONNX":
        message = f"is written by another framework than {framework}"
        context.found(FOREIGN, place, message, value=artifact)
    href = asset.get("href")
    if isinstance(href, str):
        ending = _ending(href)
        allowed = _ENDINGS.get("safetensors" if maker.startswith("safetensors") else artifact)
        if allowed and ending in _TELLING and ending not in allowed:
            message = f"ends in .{ending}, but {artifact} writes .{', .'.join(sorted(allowed))}"
            context.found(ENDING, ("assets", key, "href"), message, value=href)
    media = asset.get("type")
    if isinstance(media, str):
        _media(context, key, media.lower(), artifact)
    method = asset.get("mlm:compile_method")
    if isinstance(method, str):
        _method(context, key, method, artifact)


def _ending(href: str) -> str:
    # By hand, for it runs once an asset: without query and fragment, and without the host.
    path = href.partition("#")[0].partition("?")[0]
    if "://" in path:
        path = path.partition("://")[2].partition("/")[2]
    name = path.rpartition("/")[2].lower()
    stem, dot, ending = name.rpartition(".")
    if dot and ending in _PACKED:
        stem, dot, ending = stem.rpartition(".")
    return ending if stem and dot else ""


def _media(context: Context, key: str, media: str, artifact: str) -> None:
    place = ("assets", key, "type")
    if media.startswith("text/html"):
        context.found(MEDIA_TYPE, place, "is a web page, not a model file", value=media)
        return
    for parameter in media.split(";")[1:]:
        name, _, value = parameter.strip().partition("=")
        maker = _MEDIA.get(value.strip('"')) if name in ("framework", "application") else None
        if maker and _family(artifact) not in (maker, ""):
            message = f"names another framework than {artifact}"
            context.found(MEDIA_TYPE, place, message, value=media)


def _family(artifact: str) -> str:
    """Which framework's files an artifact type stands for; empty where that is open."""
    if artifact.startswith(("torch.", "safetensors.torch")):
        return "torch"
    if artifact.startswith(("tf.", "safetensors.tensorflow")):
        return "tf"
    return "onnx" if artifact.startswith("onnx") else ""


def _method(context: Context, key: str, method: str, artifact: str) -> None:
    fitting = {"aot": _AHEAD, "jit": _JUST_IN_TIME}.get(method)
    if fitting is None or (artifact not in _ENDINGS and not artifact.startswith("safetensors")):
        return  # Methods and types of one's own cannot be judged.
    if not artifact.startswith(fitting):
        message = f"does not fit {artifact}"
        place = ("assets", key, "mlm:compile_method")
        context.found(COMPILED, place, message, value=method)


_ACTIVATION = re.compile(r"(?<![a-z])(?:log_?)?(sigmoid|softmax|expit)(?![a-z])", re.IGNORECASE)
_LAST = re.compile(r"(?:final|last|output|head)[_.-]?(?:layer[_.-]?)?activation\Z", re.IGNORECASE)


def _activation(context: Context) -> None:
    hyperparameters = context.properties.get("mlm:hyperparameters")
    inside = None
    if isinstance(hyperparameters, dict):
        for key, value in hyperparameters.items():
            if isinstance(value, str) and _LAST.search(key) and _ACTIVATION.search(value):
                inside = key
    for index, entry in context.outputs:
        function = entry.get("post_processing_function")
        if not function:
            continue
        steps = function if isinstance(function, list) else [function]
        applied = [step for step in steps if _applies(step)]
        path = ("properties", "mlm:output", index, "post_processing_function")
        if applied and inside is not None:
            message = f"applies an activation that mlm:hyperparameters.{inside} applied already"
            context.found(ACTIVATED_TWICE, path, message, value=function)
        elif len(applied) > 1:
            context.found(ACTIVATED_TWICE, path, "applies two activations", value=function)


def _applies(step: Any) -> bool:
    expression = step.get("expression") if isinstance(step, dict) else None
    return isinstance(expression, str) and _ACTIVATION.search(expression) is not None
