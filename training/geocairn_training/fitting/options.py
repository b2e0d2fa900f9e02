"""What a run needs to be told besides network, data and trainer."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from geocairn_training.facts import DataSource, Interval
from geocairn_training.tracking.store import RUNS

__all__ = ["RunOptions"]


@dataclass(kw_only=True)
class RunOptions:
    """One run.

    Attributes:
        folder: Folder of all runs.
        name: Folder of this run inside it; empty for one made from the time.
        title: Of the model, for people.
        resume: Go on with a run that was stopped or killed, from its last whole epoch.
        start: ``checkpoint.ckpt`` of a finished run whose weights to begin with; empty for random
            ones.
        monitor: Measure that decides which epoch is kept; empty for ``validation/iou``, or
            ``train/loss`` where there is no validation split.
        patience: Epochs without a better measure before training stops; 0 never stops early.
        find_lr: Search for a learning rate before training, and use what is found.
        tune_threshold: Choose the threshold of the kept epoch where the intersection over union
            of the validation split is highest, in place of model.threshold.
        sources: Of imagery and labels, with licences; empty for what ``dataset.json`` beside the
            chips says.
        interval: When the imagery was taken; the same holds.
        publication: TOML file of what people say of the model, see
            `geocairn_training.describe.Publication`; empty for nothing.
        tracking: Whether MLflow follows the run.
        tracking_uri: MLflow's store or server; empty for MLFLOW_TRACKING_URI, or else a SQLite
            file in the folder of runs.
        experiment: MLflow's name for runs that belong together.
        register: Name under which MLflow registers the model; empty for not at all.
    """

    folder: Path = RUNS
    name: str = ""
    title: str = ""
    resume: bool = False
    start: str = ""
    monitor: str = ""
    patience: int = 0
    find_lr: bool = False
    tune_threshold: bool = False
    sources: list[DataSource] = field(default_factory=list)
    interval: Interval = field(default_factory=Interval)
    publication: str = ""
    tracking: bool = True
    tracking_uri: str = ""
    experiment: str = "geocairn"
    register: str = ""
