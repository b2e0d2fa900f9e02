"""``geocairn import``: catalog entries from other projects."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from geocairn.cli.options import catalog_folder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geocairn.sources.importers.mlflow import Imported as Registered
    from geocairn.sources.importers.torchgeo import Imported

__all__ = ["command"]


@click.group("import")
def command() -> None:
    """Write catalog entries for models that other projects publish.

    An importer reads what a project says about its models, reports what it gets wrong, and leaves
    out what it does not know.
    """


@command.command("torchgeo")
@click.option(
    "--package",
    type=click.Path(exists=True, path_type=Path),
    help="The package's folder, the folder that holds it, or its wheel. "
    "Default: the installed package.",
)
@catalog_folder("entries go into its folder torchgeo")
def torchgeo(package: Path | None, catalog: Path) -> None:
    """Write an entry for every weight that a torchgeo package declares.

    The package's source is only read: neither torchgeo nor PyTorch is imported or run. Entries
    whose owners.toml names owners are left alone.

    \b
    Examples:
      geocairn import torchgeo
      pip download --no-deps torchgeo
      geocairn import torchgeo --package torchgeo-0.8.1-py3-none-any.whl -o catalog/
    """
    from geocairn.sources.importers.torchgeo import import_package

    click.echo(_summary(import_package(catalog, package=package)))


@command.command("mlflow")
@click.option(
    "--tracking-uri",
    envvar="MLFLOW_TRACKING_URI",
    show_envvar=True,
    required=True,
    help="MLflow's server or database, such as http://host:5000 or sqlite:///runs/mlflow.db.",
)
@click.option("--model", required=True, help="Name under which the model is registered.")
@click.option(
    "--version",
    type=click.IntRange(min=1),
    help="Number that the registry gave it. Default: the highest.",
)
@catalog_folder("the entry goes into <collection>/<model>/<version>")
def mlflow(tracking_uri: str, model: str, version: int | None, catalog: Path) -> None:
    """Write the entry of a model that geocairn-train has registered in MLflow.

    The item, its card and its small files are copied and compared with their checksums; nothing in
    them is loaded or run. An entry that is there already is never changed.

    \b
    Examples:
      geocairn import mlflow --tracking-uri http://localhost:5000 --model buildings
      geocairn import mlflow --tracking-uri sqlite:///runs/mlflow.db --model buildings --version 3
    """
    from geocairn.sources.importers.mlflow import import_model

    number = None if version is None else str(version)
    click.echo(_told(import_model(catalog, uri=tracking_uri, model=model, version=number)))


def _told(result: Registered) -> str:
    from geocairn._io import human_size

    size = sum(result.files.values())
    return (
        f"{result.version.model} version {result.version.number}: {result.folder}, "
        f"{len(result.files)} files of {human_size(size)} ({len(result.written)} written)"
    )


def _summary(result: Imported) -> str:
    release = f"torchgeo {result.release}" if result.release else "torchgeo"
    total = len(result.written) + len(result.unchanged)
    lines = [
        f"{release}: {total} entries in {result.folder} "
        f"({len(result.written)} written, {len(result.unchanged)} unchanged)"
    ]
    if result.left_out:
        lines += ["", f"{len(result.left_out)} left out:"]
        lines += [f"  {name}: {reason}" for name, reason in result.left_out.items()]
    if result.gone:
        lines += ["", f"{len(result.gone)} no longer declared, kept as they are:"]
        lines += [f"  {name}" for name in result.gone]
    if result.faults:
        lines += ["", f"{len(result.faults)} facts of {release} not copied as they stand:"]
        lines += _faults(result)
    return "\n".join(lines)


def _faults(result: Imported) -> Iterable[str]:
    alike: dict[tuple[str, str, str, str], list[str]] = {}
    for fault in result.faults:
        key = (fault.field, fault.found, fault.problem, fault.remedy)
        alike.setdefault(key, []).append(fault.weight)
    for (field, found, problem, remedy), weights in alike.items():
        value = f" = {found}" if found else ""
        yield f"  {field}{value}: {problem}; {remedy}"
        yield from (f"    {weight}" for weight in weights)
