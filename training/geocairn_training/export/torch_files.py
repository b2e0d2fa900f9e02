"""The files that PyTorch reads: TorchScript, state dict and safetensors."""

from __future__ import annotations

import warnings
from pathlib import Path

import torch
from torch import Tensor, nn

from geocairn_training.recipe import KEY, Recipe

__all__ = ["write_safetensors", "write_state_dict", "write_torchscript"]


def write_torchscript(network: nn.Module, path: Path, *, recipe: Recipe) -> None:
    """Write a traced network for any batch, height and width, with the recipe inside.

    Args:
        network: On the CPU.
        path: The file to write.
        recipe: How the network is used; it becomes an extra file of the archive.
    """
    training = network.training
    example = torch.zeros(1, len(recipe.bands), 2 * recipe.multiple, 3 * recipe.multiple)
    try:
        with warnings.catch_warnings(), torch.inference_mode():
            # TorchScript is deprecated, but is what C++ and older installations read.
            warnings.simplefilter("ignore")
            traced = torch.jit.trace(network.eval(), example)  # type: ignore[no-untyped-call]
            torch.jit.save(traced, str(path), _extra_files={KEY: recipe.to_json()})
    finally:
        network.train(training)


def _tensors(network: nn.Module) -> dict[str, Tensor]:
    return {
        name: tensor.detach().cpu().contiguous() for name, tensor in network.state_dict().items()
    }


def write_state_dict(network: nn.Module, path: Path) -> None:
    """Write the weights alone, for ``network.load_state_dict(torch.load(path))``."""
    torch.save(_tensors(network), path)


def write_safetensors(network: nn.Module, path: Path, *, recipe: Recipe) -> None:
    """Write the weights as safetensors, with the recipe in the metadata.

    Args:
        network: The network.
        path: The file to write.
        recipe: How the network is used.
    """
    from safetensors.torch import save

    # One entry only: the library writes several in an order that changes from file to file.
    path.write_bytes(save(_tensors(network), metadata={KEY: recipe.to_json()}))
