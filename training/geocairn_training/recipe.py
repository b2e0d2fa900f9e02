"""How a trained network is used: from raw pixels to classes.

A recipe travels inside every exported file, so that a file can be run without the item, and it is
the only place from which inference, the ArcGIS package and the item take scaling, activation and
classes.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from geocairn_training.decoding import decode
from geocairn_training.errors import RunError

if TYPE_CHECKING:
    from geocairn_training.facts import RunFacts

__all__ = ["KEY", "Activation", "Class", "Recipe"]

KEY = "geocairn.recipe"
"""Name under which files carry the recipe in their metadata."""

Activation = Literal["sigmoid", "softmax", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """One class.

    Attributes:
        value: Its number in masks.
        name: Its short name.
        title: Its name for people.
        color: Six hexadecimal digits, RGB; empty where none was chosen.
    """

    value: int
    name: str
    title: str = ""
    color: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What one has to know to run a network.

    Attributes:
        name: Of the model.
        version: Of the model; empty while it has none.
        bands: Names of the bands, in the order of the channels.
        mean: Of each band in the training data, in its raw units.
        std: Standard deviation of each band, likewise; the network takes ``(raw - mean) / std``.
        classes: By channel; a network with one channel gives the score of the last one.
        channels: Of the network's output: one for each class, or 1.
        activation: What turns the network's output into probabilities. It is applied once, by
            `probabilities`; the network itself has none.
        threshold: Probability from which on a sigmoid's class is told.
        tile: Height and width of the training chips, in pixels.
        multiple: Height and width must be multiples of this.
        gsd: Ground sample distance of the training data in metres; None where it is unknown.
        nodata: Raw value that meant *no data* in training; None where there was none.
    """

    name: str
    bands: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    classes: tuple[Class, ...]
    channels: int
    activation: Activation
    tile: tuple[int, int]
    multiple: int
    version: str = ""
    threshold: float = 0.5
    gsd: float | None = None
    nodata: float | None = None

    @property
    def unclassified(self) -> int:
        """A value for pixels without a class: the highest that fits and no class has."""
        taken = {one.value for one in self.classes}
        return next(value for value in range(255, -1, -1) if value not in taken)

    @property
    def background(self) -> int:
        """The value of pixels that are of no class of interest.

        Where one channel decides between two classes it is the first one's value, else 0.
        """
        return self.classes[0].value if self.channels == 1 and len(self.classes) == 2 else 0

    def scale(self, raw: NDArray[Any], *, valid: NDArray[np.bool_] | None = None) -> Any:
        """Turn raw pixels into what the network takes.

        Args:
            raw: (..., bands, height, width), of any type.
            valid: (..., height, width); what is not valid becomes 0, the mean of its band.

        Returns:
            float32, of the shape of `raw`.
        """
        mean = np.asarray(self.mean, np.float32)[:, None, None]
        inverse = np.asarray(1 / np.asarray(self.std, np.float64), np.float32)[:, None, None]
        scaled = raw.astype(np.float32)
        scaled -= mean
        scaled *= inverse
        if valid is not None and not valid.all():
            scaled = np.where(valid[..., None, :, :], scaled, np.float32(0))
        return scaled

    def probabilities(self, output: NDArray[np.float32]) -> NDArray[np.float32]:
        """Apply the activation.

        Args:
            output: float32 (n, channels, height, width), as the network gives it.

        Returns:
            Of the same shape; with the activation ``none`` the output itself.
        """
        if self.activation == "sigmoid":
            # tanh saturates where exp would overflow: sigmoid(x) = (1 + tanh(x / 2)) / 2.
            result: NDArray[np.float32] = np.tanh(output * np.float32(0.5))
            result += np.float32(1)
            result *= np.float32(0.5)
            return result
        if self.activation == "softmax":
            powers: NDArray[np.float32] = np.exp(output - output.max(axis=1, keepdims=True))
            powers /= powers.sum(axis=1, keepdims=True)
            return powers
        return output

    def decide(
        self, scores: NDArray[np.float32], *, threshold: float | None = None
    ) -> NDArray[np.uint8]:
        """Tell the class of every pixel.

        Args:
            scores: float32 (channels, height, width), as `probabilities` gives them.
            threshold: In place of the recipe's; of no account with softmax.

        Returns:
            uint8 (height, width): the value of the class with the best score, or `background`
            where no sigmoid reaches the threshold.
        """
        least = self.threshold if threshold is None else threshold
        values = np.array([one.value for one in self.classes], np.uint8)
        if self.channels == 1:
            chosen = np.where(scores[0] >= least, values[-1], self.background)
            return chosen.astype(np.uint8)
        chosen = values[scores.argmax(axis=0)]
        if self.activation == "sigmoid":
            chosen = np.where(scores.max(axis=0) >= least, chosen, self.background)
        return chosen.astype(np.uint8)

    @classmethod
    def of_run(cls, facts: RunFacts, *, name: str = "", version: str = "") -> Recipe:
        """The recipe of what a training run made.

        Args:
            facts: Of the run.
            name: Of the model; empty for the run's.
            version: Of the model.
        """
        return cls(
            name=name or facts.name,
            version=version,
            bands=tuple(band.name for band in facts.bands),
            mean=facts.statistics.mean,
            std=facts.statistics.std,
            classes=tuple(
                Class(value=one.value, name=one.name, title=one.title, color=one.color)
                for one in facts.classes
            ),
            channels=facts.architecture.classes,
            activation=facts.activation,
            threshold=facts.threshold,
            tile=(facts.chip.height, facts.chip.width),
            multiple=facts.architecture.multiple,
            gsd=facts.gsd,
            nodata=facts.nodata,
        )

    def to_json(self) -> str:
        """Write it as JSON text."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str, *, where: str) -> Recipe:
        """Read what `to_json` wrote.

        Args:
            text: The JSON.
            where: Where it stands, for messages.

        Raises:
            RunError: If it is none, or its parts do not fit together.
        """
        try:
            value = json.loads(text)
        except ValueError as error:
            raise _unfit(f"its recipe is not JSON: {error}", where) from error
        recipe: Recipe = decode(cls, value, "$", where)
        counts = {len(recipe.bands), len(recipe.mean), len(recipe.std)}
        if len(counts) != 1 or not recipe.bands or not recipe.classes:
            raise _unfit("bands, means and deviations differ in number, or there are none", where)
        if min(recipe.std) <= 0 or recipe.multiple < 1 or min(recipe.tile) < 1:
            raise _unfit("deviations, tile and multiple must be positive", where)
        if recipe.channels not in (1, len(recipe.classes)):
            raise _unfit("there is neither one channel nor one for each class", where)
        if not all(0 <= one.value <= 255 for one in recipe.classes):
            raise _unfit("values of classes must lie between 0 and 255", where)
        return recipe


def _unfit(message: str, where: str) -> RunError:
    return RunError(
        message, where=where, remedy="Export the model again with geocairn-train export."
    )
