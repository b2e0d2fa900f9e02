"""Drawing results with matplotlib."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

import matplotlib.figure
import numpy as np
from numpy.typing import NDArray

from geocairn.run.colors import rgb
from geocairn.run.extras import need

if TYPE_CHECKING:
    from geocairn.run.result import Prediction

__all__ = ["picture", "plot_prediction"]

_OPACITY = 0.6


def plot_prediction(result: Prediction, *, scene: Any, ax: Any, size: int) -> Any:
    """See `Prediction.plot`."""
    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots(figsize=(7, 7))
    if result.format != "cog":
        _draw_features(result, ax)
        return ax
    values, extent = _thinned(result.path, size)
    opacity = 1.0
    if scene is not None:
        image, around = _image(scene, size)
        ax.imshow(image, extent=around)
        opacity = _OPACITY
    if result.kind == "segmentation":
        ax.imshow(_colored(result, values[0], opacity), extent=extent)
        _legend(result, ax)
    else:
        shown = ax.imshow(values[0], extent=extent, alpha=opacity)
        ax.figure.colorbar(shown, ax=ax, shrink=0.7)
    ax.set_title(result.model)
    return ax


def _thinned(path: Any, size: int) -> tuple[NDArray[Any], tuple[float, float, float, float]]:
    from geocairn.run.scenes.rasters import open_raster

    with open_raster(str(path)) as dataset:
        factor = min(1.0, size / max(dataset.height, dataset.width))
        shape = [max(1, round(side * factor)) for side in (dataset.height, dataset.width)]
        values = dataset.read(out_shape=(dataset.count, *shape), masked=True)
        left, bottom, right, top = dataset.bounds
    return values, (left, right, bottom, top)


def _image(scene: Any, size: int) -> tuple[NDArray[Any], tuple[float, float, float, float]]:
    values, extent = _thinned(scene, size)
    chosen = values[:3] if len(values) >= 3 else values[[0, 0, 0]]
    image = np.ma.filled(chosen.astype(float), np.nan).transpose(1, 2, 0)
    low, high = np.nanpercentile(image, (2, 98))
    return np.nan_to_num(np.clip((image - low) / max(high - low, 1e-9), 0, 1)), extent


def _colored(result: Prediction, values: Any, opacity: float) -> NDArray[Any]:
    image = np.zeros((*values.shape, 4))
    filled = np.ma.filled(values, -1) if values.dtype.kind == "i" else values.filled()
    for index, one in enumerate(result.classes):
        alpha = 0.0 if one.value == result.background and opacity < 1 else opacity
        here = filled == one.value
        image[here & ~np.ma.getmaskarray(values)] = (
            *_share(one.color, index),
            alpha,
        )
    return image


def _share(color: str | None, index: int) -> tuple[float, float, float]:
    red, green, blue = (part / 255 for part in rgb(color, index=index))
    return red, green, blue


def _legend(result: Prediction, ax: Any) -> None:
    from matplotlib.patches import Patch

    shown = [
        Patch(color=_share(one.color, index), label=one.name)
        for index, one in enumerate(result.classes)
        if result.counts.get(one.value or 0)
    ]
    if shown:
        ax.legend(handles=shown, loc="lower right")


def _draw_features(result: Prediction, ax: Any) -> None:
    """Outlines of the features, in their file's coordinates."""
    import shapely

    if result.format == "parquet":
        import pyarrow.parquet as pq

        geometries = shapely.from_wkb(pq.read_table(result.path)["geometry"].to_pylist())
    else:
        vectors = need("pyogrio", purpose="draw features")
        _, table = vectors.read_arrow(result.path)
        geometries = shapely.from_wkb(table.column(table.num_columns - 1).to_pylist())
    for one in geometries:
        for part in getattr(one, "geoms", [one]):
            x, y = part.exterior.xy
            ax.plot(x, y, linewidth=0.8)
    ax.set_aspect("equal")
    ax.set_title(result.model)


def picture(result: Prediction, *, size: int = 320) -> str:
    """A small PNG of a raster, in base64."""
    figure = matplotlib.figure.Figure(figsize=(size / 80, size / 80), dpi=80)
    ax = figure.add_axes((0, 0, 1, 1))
    plot_prediction(result, scene=None, ax=ax, size=size)
    ax.set_axis_off()
    out = io.BytesIO()
    figure.savefig(out, format="png")
    return base64.b64encode(out.getvalue()).decode()
