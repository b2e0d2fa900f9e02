"""What took how long."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Seconds"]


@dataclass(slots=True)
class Seconds:
    """Wall time of the parts of a run; reading goes on beside the network.

    Attributes:
        reading: Reading and scaling.
        network: The network and its activation.
        blending: Weighting, adding up and deciding.
        writing: Results, and what is derived from them.
    """

    reading: float = 0.0
    network: float = 0.0
    blending: float = 0.0
    writing: float = 0.0
