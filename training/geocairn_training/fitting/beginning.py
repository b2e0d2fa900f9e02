"""Begin with the weights of an earlier run in place of random ones."""

from __future__ import annotations

from pathlib import Path

from geocairn_training.errors import RunError
from geocairn_training.facts import RunFacts
from geocairn_training.models.task import SegmentationTask, load

__all__ = ["begin", "source"]


def begin(task: SegmentationTask, checkpoint: Path) -> None:
    """Take over the weights of another task with the same network.

    Args:
        task: Not trained yet; its scaling will be that of its own data.
        checkpoint: ``checkpoint.ckpt`` of a finished run.

    Raises:
        RunError: If there is none, or it is of another network.
    """
    other = load(checkpoint)
    try:
        task.network.load_state_dict(other.network.state_dict())
    except RuntimeError:
        raise RunError(
            "the weights to begin with are of a network of another size",
            where=str(checkpoint),
            remedy="Give model.width, depth, widest, patch and norm, bands and classes of that "
            "run, or leave run.start out.",
        ) from None


def source(checkpoint: Path) -> str:
    """What the run was that made a checkpoint, in words.

    Raises:
        RunError: If the checkpoint is not in the folder of a finished run.
    """
    facts = RunFacts.read(checkpoint.parent)
    data = "; ".join(dict.fromkeys(one.title for one in facts.data if one.title))
    return f"Weights of the run {facts.name}" + (f", trained on {data}" if data else "")
