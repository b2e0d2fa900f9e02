"""Running a trained network, whatever file it comes in, on raw pixels."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geocairn.artifacts.files import checksum
from geocairn.artifacts.onnx.model import TensorInfo
from geocairn.errors import InputError
from geocairn.run.network import onnx_session
from geocairn_training.inference.spec import INPUT, OUTPUT
from geocairn_training.recipe import KEY, Recipe

__all__ = ["Predictor", "load"]

Network = Callable[[NDArray[np.float32]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Predictor:
    """A network with its recipe; geocairn runs it, see `geocairn.run.network.Network`.

    Attributes:
        recipe: How the network is used.
        network: float32 (n, bands, height, width), scaled, to float32 (n, channels, height,
            width), without activation.
        path: The file it was read from; None where it was not.
        runtime: What runs it, with its version.
    """

    recipe: Recipe
    network: Network
    path: Path | None = None
    runtime: str = ""

    @property
    def inputs(self) -> Sequence[TensorInfo]:
        """What it takes, of any size."""
        return (TensorInfo(INPUT, "float32", None),)

    @property
    def outputs(self) -> Sequence[TensorInfo]:
        """What it gives."""
        return (TensorInfo(OUTPUT, "float32", None),)

    @property
    def activations(self) -> Mapping[str, str]:
        """None: the recipe says which one is applied."""
        return {}

    @property
    def local(self) -> bool:
        """Whether it looks at what is near a place only, as U-Nets do, which recipes are for."""
        return True

    def __call__(self, given: Mapping[str, NDArray[Any]]) -> list[NDArray[Any]]:
        """Run the network; see `logits`."""
        return [self.logits(given[INPUT])]

    def logits(self, scaled: NDArray[np.float32]) -> NDArray[np.float32]:
        """What the network gives for scaled windows of any size.

        Args:
            scaled: float32 (n, bands, height, width), from `Recipe.scale`. Where height and width
                are no multiples of the recipe's, the windows are mirrored at their lower and
                right edge for the network, and the result is cut back.

        Returns:
            float32 (n, channels, height, width), without activation.
        """
        height, width = scaled.shape[-2:]
        multiple = self.recipe.multiple
        below, beside = -height % multiple, -width % multiple
        if below or beside:
            mirror = below < height and beside < width
            scaled = np.pad(
                scaled,
                ((0, 0), (0, 0), (0, below), (0, beside)),
                mode="reflect" if mirror else "edge",
            )
        return self.network(scaled)[..., :height, :width]

    def scores(self, scaled: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probabilities of scaled windows of any size; otherwise as `logits`."""
        return self.recipe.probabilities(self.logits(scaled))

    def checksum(self) -> str:
        """SHA-256 of the model's file as a multihash; empty where there is no file."""
        return "" if self.path is None else checksum(self.path)


def load(path: Path, *, threads: int = 0) -> Predictor:
    """Read a model.

    Args:
        path: A run's folder, an ONNX file (``.onnx``), a TorchScript file (``.pt``) or a Lightning
            checkpoint (``.ckpt``).
        threads: Threads to run it with; 0 for as many as the machine has cores.

    Raises:
        InputError: If there is none, or it cannot be read.
    """
    if path.is_dir():
        path = path / "model.onnx"
    _check_is_file(path)
    readers = {".onnx": _onnx, ".pt": _torchscript, ".ckpt": _checkpoint}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise InputError(
            f"models of type {path.suffix or 'none'!r} cannot be run",
            where=str(path),
            remedy="Give an .onnx, .pt or .ckpt file.",
        )
    return reader(path, threads)


def _check_is_file(path: Path) -> None:
    if not path.is_file():
        raise InputError(
            "there is no such model",
            where=str(path),
            remedy="Give an .onnx, .pt or .ckpt file, or the folder of a training run.",
        )


def _unreadable(path: Path, error: Exception) -> InputError:
    lines = str(error).strip().splitlines()
    # The first sentence tells what is wrong; PyTorch's further ones guess why.
    told = lines[0].split(". ")[0] if lines else type(error).__name__
    return InputError(
        f"the model cannot be read: {told}",
        where=str(path),
        remedy="Check that the file is whole, or export it again with geocairn-train export.",
    )


def _recipe(text: str | None, path: Path) -> Recipe:
    if not text:
        raise InputError(
            "holds a network, but does not say how to use it",
            where=str(path),
            remedy="Use a file written by geocairn-train export.",
        )
    return Recipe.from_json(text, where=str(path))


def _onnx(path: Path, threads: int) -> Predictor:
    import onnxruntime

    _check_is_file(path)
    try:
        session = onnx_session(path, threads=threads)
    except Exception as error:
        raise _unreadable(path, error) from error
    recipe = _recipe(session.get_modelmeta().custom_metadata_map.get(KEY), path)
    source, target = session.get_inputs()[0].name, session.get_outputs()[0].name

    def network(scaled: NDArray[np.float32]) -> NDArray[np.float32]:
        result: NDArray[np.float32] = session.run([target], {source: scaled})[0]
        return result

    return Predictor(recipe, network, path, f"onnxruntime {onnxruntime.__version__}")


def _torchscript(path: Path, threads: int) -> Predictor:
    import torch

    extra: dict[str, Any] = {KEY: ""}
    with warnings.catch_warnings():
        # PyTorch says that TorchScript is deprecated; this reads the files that there are.
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            module = torch.jit.load(str(path), map_location="cpu", _extra_files=extra)  # type: ignore[no-untyped-call]
        except RuntimeError as error:
            raise _unreadable(path, error) from error
    text = extra[KEY]
    recipe = _recipe(text.decode() if isinstance(text, bytes) else text, path)
    return Predictor(recipe, _module(module, threads), path, f"torch {torch.__version__}")


def _checkpoint(path: Path, threads: int) -> Predictor:
    import torch

    from geocairn_training.facts import RunFacts
    from geocairn_training.models.task import load as load_task

    task = load_task(path)
    recipe = Recipe.of_run(RunFacts.read(path.parent))
    return Predictor(recipe, _module(task.network, threads), path, f"torch {torch.__version__}")


def _module(module: Any, threads: int) -> Network:
    """Run a PyTorch module on the CPU, or a graphics processor where there is one."""
    import torch

    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    module = module.eval().to(device)
    if threads:
        torch.set_num_threads(threads)

    def network(scaled: NDArray[np.float32]) -> NDArray[np.float32]:
        with torch.inference_mode():
            output = module(torch.from_numpy(np.ascontiguousarray(scaled)).to(device))
        result: NDArray[np.float32] = output.float().cpu().numpy()
        return result

    return network
