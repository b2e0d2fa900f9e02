"""A model that is loaded: what users hold in their hands."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from geocairn.model import Model
from geocairn.progress import Progress
from geocairn.run.assess import Assessment
from geocairn.run.loading import Loaded, load_network
from geocairn.run.options import Options
from geocairn.run.spec import ModelSpec

__all__ = ["RunnableModel", "load_item"]


class RunnableModel:
    """A model that runs.

    Attributes:
        item: Its STAC Item.
        href: Where that was read; empty where it is nowhere.
    """

    def __init__(self, item: Mapping[str, Any], loaded: Loaded, *, href: str = "") -> None:
        self.item = item
        self.href = href
        self._loaded = loaded

    @property
    def id(self) -> str:
        """Id of its item."""
        return self._loaded.spec.id

    @property
    def spec(self) -> ModelSpec:
        """What its item says of inputs and outputs."""
        return self._loaded.spec

    @property
    def loaded(self) -> Loaded:
        """Its file and network."""
        return self._loaded

    def predict(
        self,
        scene: Any,
        output: str | os.PathLike[str] | None = None,
        *,
        progress: Progress | None = None,
        **options: Any,
    ) -> Any:
        """Run it on a scene.

        Args:
            scene: A path or URL of a raster or STAC Item, a rasterio dataset, an xarray, a STAC
                Item, or a list of band files; a dictionary by the name of the input where there
                are several; a list of scenes where the model takes several times.
            output: File to write: .tif, .parquet, .gpkg or .geojson; None for a passing one.
            progress: Is told how far it is.
            **options: See `geocairn.run.options.Options`.

        Returns:
            A `geocairn.run.result.Prediction`.

        Raises:
            InputError: If the model cannot be run on the scene; the message says why.
            OutputError: If the result cannot be written; nothing is left under its name.
        """
        from geocairn.run.predict import predict

        made = Options(**options)
        return predict(self._loaded, scene, output, options=made, href=self.href, progress=progress)

    def predict_many(
        self,
        scenes: Sequence[Any],
        folder: str | os.PathLike[str],
        *,
        workers: int = 1,
        executor: Any = None,
        progress: Progress | None = None,
        **options: Any,
    ) -> list[Any]:
        """Run it on several scenes, into one folder; results that are there already are kept.

        Args:
            scenes: What `predict` takes; with several processes, paths, URLs or items.
            folder: Folder for the results, named after the scenes.
            workers: Processes.
            executor: A `concurrent.futures` executor to use instead, such as Dask's
                ``client.get_executor()``.
            progress: Is told how many scenes are done.
            **options: See `geocairn.run.options.Options`.

        Returns:
            The files, in the order of the scenes.
        """
        from geocairn.run.many import predict_many

        return predict_many(
            self, scenes, folder, workers=workers, executor=executor, progress=progress, **options
        )

    def explain(self, scene: Any, *, bands: Mapping[str, int | str] | None = None) -> Assessment:
        """Say whether it runs on a scene, band by band, and how well it suits it.

        Args:
            scene: As for `predict`.
            bands: The scene's bands, by the name of the model's.
        """
        from geocairn.run.explaining import explain

        return explain(self.item, self.spec, scene, bands=bands)

    def __repr__(self) -> str:
        tasks = ", ".join(Model(self.item).tasks)
        return f"<RunnableModel {self.id} ({tasks}) on {self._loaded.network.runtime}>"

    def _repr_html_(self) -> str:
        from geocairn.run.html import model_html

        return model_html(self.item, runtime=self._loaded.network.runtime)


def load_item(
    item: Mapping[str, Any],
    *,
    href: str = "",
    asset: str | None = None,
    trust: bool | str = False,
    verify: bool = True,
    threads: int = 0,
    progress: Progress | None = None,
) -> RunnableModel:
    """Load a model from its item, whose hrefs are absolute.

    Args:
        item: The item.
        href: Where it was read.
        asset: Key of the asset to run; None for ONNX.
        trust: Whether formats that are code may be opened: True, or the file's multihash.
        verify: Whether the file's checksum and size are compared with the item's.
        threads: Threads to run it with; 0 for as many as there are processors.
        progress: Is told how far the download is.

    Raises:
        InputError: If the item says too little, or has no file that can be run.
        ArtifactError: If the file is damaged, refused, or not the one that the item describes.
        GeocairnError: If a package that it takes is not installed, or code is not trusted.
    """
    loaded = load_network(
        item, asset=asset, trust=trust, verify=verify, threads=threads, progress=progress
    )
    return RunnableModel(item, loaded, href=href)
