"""From a model and whatever a user gives to readers, a plan and an output: all but the running."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geocairn.errors import InputError
from geocairn.run.agreement import paired
from geocairn.run.assess import imagery
from geocairn.run.dense import as_images
from geocairn.run.inputs import InputReader, open_input
from geocairn.run.items import is_item
from geocairn.run.loading import Loaded
from geocairn.run.options import Options
from geocairn.run.ownsizes import own_sizes
from geocairn.run.planning import Plan
from geocairn.run.plausible import check_values
from geocairn.run.postprocess import PostProcess, post_process
from geocairn.run.scenes import Scene, open_scene
from geocairn.run.scenes.arrays import is_xarray
from geocairn.run.scenes.opening import open_series
from geocairn.run.spec import InputSpec, ModelSpec, OutputSpec
from geocairn.run.tiles import Runner

__all__ = ["Prepared", "arranged", "prepare"]

_DENSE = ("segmentation", "values")
_WIDEST = 1 << 17
"""Numbers in a row of results, above which windows are not made higher: those of a whole row of
windows are held at once, 512 MiB where they are 1024 pixels high."""


@dataclass(frozen=True)
class Prepared:
    """All that a run needs.

    Attributes:
        scenes: Those of every input, each once.
        runner: Readers and network.
        plan: The windows.
        output: What the item says of the output that is taken.
        outputs: Of all that the network gives, in its order, as far as the item speaks of them.
        place: Which of the network's outputs is taken.
        channels: Of a dense output.
        post: What is done with it.
        note: Something that the user should know; empty where there is nothing.
    """

    scenes: tuple[Scene, ...]
    runner: Runner
    plan: Plan
    output: OutputSpec
    outputs: tuple[OutputSpec, ...]
    place: int
    channels: int
    post: PostProcess
    note: str


def arranged(
    spec: ModelSpec, given: Any, *, times: bool | None = None
) -> tuple[dict[str, list[Scene]], dict[str, NDArray[Any]]]:
    """Which scenes and which numbers go into which input.

    Args:
        spec: The model.
        given: One scene for all inputs, or one for each by its name; a list of scenes for each
            time, where the model takes several.
        times: See `Options.times`.

    Returns:
        Scenes by the input's name, and arrays for the inputs that are no imagery.

    Raises:
        InputError: If an input is left without, or a name is of none.
    """
    pictures = [one for one in spec.inputs if imagery(one)]
    # Datasets of xarray are mappings, too.
    several = isinstance(given, Mapping) and not is_item(given) and not is_xarray(given)
    parts: dict[str, Any] = dict(given) if several else {one.name: given for one in pictures}
    names = {one.name for one in spec.inputs}
    if unknown := [name for name in parts if name not in names]:
        raise InputError(
            f"has no input {unknown[0]!r}",
            where=spec.id,
            remedy=f"Its inputs are: {', '.join(sorted(names))}.",
        )
    scenes: dict[str, list[Scene]] = {}
    arrays: dict[str, NDArray[Any]] = {}
    for one in spec.inputs:
        if one.name not in parts:
            raise InputError(
                f"takes an input {one.name!r}, which is not given",
                where=spec.id,
                remedy=f"Give a dictionary with: {', '.join(sorted(names))}.",
            )
        if imagery(one):
            scenes[one.name] = _scenes(one, parts[one.name], times)
        else:
            arrays[one.name] = _array(one, parts[one.name], where=spec.id)
    return scenes, arrays


def _scenes(spec: InputSpec, given: Any, times: bool | None) -> list[Scene]:
    names = [band.name for band in spec.bands]
    repeated = len(set(names)) < len(names)
    listed = isinstance(given, Sequence) and not isinstance(given, (str, bytes))
    dated = is_xarray(given) and any(str(one).lower() == "time" for one in given.dims)
    wanted = spec.size("time") is not None or repeated
    if (listed or dated) and (wanted if times is None else times):
        return open_series(given)
    return [open_scene(given)]


def _array(spec: InputSpec, given: Any, *, where: str) -> NDArray[Any]:
    """Numbers of an input, without a batch."""
    sizes = [size for size, name in zip(spec.shape, spec.order, strict=True) if name != "batch"]
    array = np.asarray(given, spec.dtype)
    if array.ndim == 0 and all(size > 0 for size in sizes):
        array = np.full(sizes, array)
    fits = len(sizes) == array.ndim and all(
        size in (-1, have) for size, have in zip(sizes, array.shape, strict=True)
    )
    if not fits:
        raise InputError(
            f"takes {sizes} for {spec.name!r}, and is given {list(array.shape)}",
            where=where,
            remedy="Give an array of this shape, without the batch.",
        )
    return array


def prepare(loaded: Loaded, given: Any, options: Options) -> Prepared:
    """Open what a run needs, and see what the network gives.

    Raises:
        InputError: If the model cannot be run on what is given; the message says why.
    """
    spec = loaded.spec
    scenes, arrays = arranged(spec, given, times=options.times)
    tensors = {one.name: tensor for one, tensor in paired(spec.inputs, loaded.network.inputs)}
    with ExitStack() as undo:
        readers: dict[str, InputReader] = {}
        place = None
        for one in spec.inputs:
            if one.name not in scenes:
                continue
            reader = open_input(
                one,
                scenes[one.name],
                given=options.bands if place is None or len(scenes) == 1 else None,
                place=place,
                nodata=spec.nodata if options.nodata is None else options.nodata,
                where=spec.id,
            )
            undo.callback(reader.close)
            if options.check:
                check_values(reader, where=scenes[one.name][0].name)
            place = reader.place
            readers[tensors[one.name].name] = reader
        if place is None:
            raise InputError(
                "takes no imagery", where=spec.id, remedy="Run its network with ONNX Runtime."
            )
        axes = {
            tensors[one.name].name: one.order.index("batch") if "batch" in one.order else None
            for one in spec.inputs
        }
        runner = Runner(
            loaded.network,
            readers,
            {tensors[name].name: array for name, array in arrays.items()},
            axes,
            _fixed_batch(loaded, axes),
            own_sizes([(one, tensors[one.name]) for one in spec.inputs if one.name in scenes]),
        )
        made = _made(loaded, runner, scenes, options)
        undo.pop_all()
        return made


def _fixed_batch(loaded: Loaded, axes: Mapping[str, int | None]) -> int | None:
    for tensor in loaded.network.inputs:
        axis = axes.get(tensor.name)
        if axis is None:
            return 1
        if tensor.shape and isinstance(tensor.shape[axis], int):
            return int(tensor.shape[axis])
    return None


def _made(
    loaded: Loaded, runner: Runner, scenes: Mapping[str, Sequence[Scene]], options: Options
) -> Prepared:
    spec, network = loaded.spec, loaded.network
    output = _chosen_output(spec, options.output_name)
    outputs = {tensor.name: one for one, tensor in paired(spec.outputs, network.outputs)}
    names = [tensor.name for tensor in network.outputs]
    place = next(n for n, name in enumerate(names) if outputs.get(name) is output)
    note, post = "", PostProcess("none", "none")
    if not options.raw:
        in_graph = network.activations.get(names[place], "")
        post = post_process(output, in_graph=in_graph, where=spec.id)
        note = post.note
    dense = output.kind in _DENSE
    plan = _plan(loaded, runner, options, output=output)
    channels = 0
    if dense:
        images = as_images(runner([runner.zeros(plan)])[place], output)
        size = (int(images.shape[-2]), int(images.shape[-1]))
        plan = plan.with_cell(plan.tile if plan.size != plan.tile else size)
        channels = int(images.shape[1])
        if channels == 1 and (images.dtype.kind in "iu" or post.scores == "argmax"):
            channels = len(output.classes) or 2
    return Prepared(
        tuple({id(one): one for part in scenes.values() for one in part}.values()),
        runner,
        plan,
        output,
        tuple(outputs[name] for name in names if name in outputs),
        place,
        channels,
        post,
        note,
    )


def _chosen_output(spec: ModelSpec, name: str | None) -> OutputSpec:
    if name is None:
        return spec.outputs[0]
    for one in spec.outputs:
        if one.name == name:
            return one
    names = ", ".join(one.name for one in spec.outputs)
    raise InputError(f"has no output {name!r}", where=spec.id, remedy=f"It has: {names}.")


def _plan(loaded: Loaded, runner: Runner, options: Options, *, output: OutputSpec) -> Plan:
    dense = output.kind in _DENSE
    reader = next(iter(runner.readers.values()))
    tensor = next(
        tensor
        for one, tensor in paired(loaded.spec.inputs, loaded.network.inputs)
        if one is reader.spec
    )
    sizes = dict(zip(reader.spec.order, tensor.shape or (), strict=False))
    usual = (reader.spec.size("height") or -1, reader.spec.size("width") or -1)
    height, width = sizes.get("height"), sizes.get("width")
    fixed = (height, width) if isinstance(height, int) and isinstance(width, int) else None
    detecting = loaded.spec.outputs[0].kind == "detection"
    batch = runner.fixed_batch or options.batch or loaded.spec.batch
    return Plan.make(
        reader.place,
        fixed=fixed,
        usual=usual if min(usual) > 0 else None,
        tile=options.tile,
        overlap=options.overlap,
        batch=batch,
        shared=dense or detecting,
        local=dense and loaded.network.local and _held(output) * reader.place.width <= _WIDEST,
    )


def _held(output: OutputSpec) -> int:
    """Channels of an output, as far as its item tells."""
    places = ("batch", "height", "width")
    sizes = zip(output.order, output.shape, strict=True)
    return max(len(output.classes), math.prod(max(1, n) for name, n in sizes if name not in places))
