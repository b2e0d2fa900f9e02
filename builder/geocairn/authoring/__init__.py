"""From what is known of a model to its STAC item: STAC 1.1.0 with MLM v1.5.2.

None, the empty text and the empty tuple mean *unknown* and are left out of the item. Where the
specification gives an explicit null a meaning of its own, `UNKNOWN` leaves the field out and None
writes null: `ModelMetadata.pretrained_source` (null: trained from scratch) and
`ModelInput.value_scaling` (null: no scaling applies).

The item is a source, as people write it by hand: without the links, collection and file sizes
that a build derives.
"""

from geocairn.authoring.metadata import (
    UNKNOWN,
    Asset,
    ClassObject,
    Link,
    ModelInput,
    ModelMetadata,
    ModelOutput,
    Provider,
    Unknown,
)
from geocairn.authoring.stac import MLM, STAC_VERSION, box_geometry, is_path_safe, item

__all__ = [
    "MLM",
    "STAC_VERSION",
    "UNKNOWN",
    "Asset",
    "ClassObject",
    "Link",
    "ModelInput",
    "ModelMetadata",
    "ModelOutput",
    "Provider",
    "Unknown",
    "box_geometry",
    "is_path_safe",
    "item",
]
