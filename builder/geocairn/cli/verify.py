"""``geocairn verify``: whether models give what their samples say, found out in a sandbox."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from geocairn.packaged import usual_source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geocairn.sandbox import Limits
    from geocairn.verification import Verdict

__all__ = ["command"]

# A catalog has many entries that nothing is to be run of; their number says it.
_SHOWN = 10
_SIGNS = {"reproduced": ("ok", "green"), "failed": ("FAILED", "red"), "not verified": ("-", None)}


@click.command("verify")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--evidence",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write what is found into this folder, for geocairn build to publish.",
)
@click.option(
    "--missing",
    is_flag=True,
    help="Pass over models for whose very files the folder has evidence already.",
)
@click.option(
    "--memory",
    type=click.FloatRange(0.1, 1024),
    default=4.0,
    show_default=True,
    help="GiB that a run may use.",
)
@click.option(
    "--seconds",
    type=click.IntRange(1, 86_400),
    default=300,
    show_default=True,
    help="Processor time that a run may use; it ends after twice that in any case.",
)
@click.option(
    "--no-isolation",
    is_flag=True,
    help="Run models with your own rights: where the system cannot isolate, and you trust them.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to tell: for people or programs.",
)
@click.option("-q", "--quiet", is_flag=True, help="Tell only of those that fail.")
@click.pass_context
def command(
    ctx: click.Context,
    *,
    paths: tuple[str, ...],
    evidence: Path | None,
    missing: bool,
    memory: float,
    seconds: int,
    no_isolation: bool,
    form: str,
    quiet: bool,
) -> None:
    """Run models on the samples that they ship, and compare with the output expected.

    PATH is an item.json or a folder of them; by default the folder catalog. A model takes part if
    it is in ONNX, beside its item, with assets of the roles sample-input and sample-output. It
    runs in a process that can reach no network, no other process and no file to write, in bounded
    memory and time.

    Exits 0 when none fails, 1 when one does, 2 when something cannot be read or isolated.

    \b
    Examples:
      geocairn verify
      geocairn verify catalog/floods/delta-unet --seconds 60
      geocairn verify --evidence evidence --missing
    """
    from geocairn.cli.progress import Bar
    from geocairn.sandbox import Limits

    limits = Limits(memory=int(memory * (1 << 30)), processor=seconds, wall=2.0 * seconds)
    found: list[tuple[str, Verdict]] = []
    folders = list(_folders(paths or (usual_source(),)))
    with Bar(quiet=quiet or form == "json") as bar:
        bar.step("Running models", total=len(folders))
        for folder in folders:
            place = _place(folder, evidence) if evidence else None
            if not (missing and place and _holds(place, folder)):
                verdict = _verify(folder, limits=limits, isolated=not no_isolation)
                found.append((str(folder), verdict))
                _keep(verdict, place)
            bar.advance(1)
    click.echo(_json(found) if form == "json" else _text(found, quiet=quiet, total=len(folders)))
    ctx.exit(1 if any(verdict.state == "failed" for _, verdict in found) else 0)


def _folders(paths: tuple[str, ...]) -> Iterator[Path]:
    """Folders of items, each once."""
    from geocairn.errors import InputError

    seen: set[Path] = set()
    for name in paths:
        path = Path(name)
        if path.name == "item.json" and path.is_file():
            path = path.parent
        if not path.is_dir():
            raise InputError(
                "is no folder of items",
                where=name,
                remedy="Give an item.json, or a folder with some below it.",
            )
        for file in sorted(path.rglob("item.json")):
            if file.parent not in seen and not file.is_symlink():
                seen.add(file.parent)
                yield file.parent


def _verify(folder: Path, *, limits: Limits, isolated: bool) -> Verdict:
    from geocairn.errors import MalformedJSONError
    from geocairn.verification import Verdict, verify_folder

    try:
        return verify_folder(folder, limits=limits, isolated=isolated)
    except MalformedJSONError as error:
        return Verdict("failed", f"item.json: {error.message}")


def _place(folder: Path, evidence: Path) -> Path:
    from geocairn.sources import evidence_path

    return evidence / evidence_path(folder)


def _holds(place: Path, folder: Path) -> bool:
    """Whether there is evidence for the very files that are there now."""
    from geocairn.errors import GeocairnError
    from geocairn.verification import is_current, read_evidence

    try:
        told = read_evidence(place)
        return told is not None and is_current(told, folder=folder)
    except GeocairnError:
        return False


def _keep(verdict: Verdict, place: Path | None) -> None:
    """Write what was found, also that a model failed: then an older success is no longer told."""
    from geocairn import _io

    if place is None:
        return
    if verdict.evidence is not None:
        _io.write_atomic(place, verdict.evidence.to_json())
    elif place.exists():
        place.unlink()


def _text(found: list[tuple[str, Verdict]], *, quiet: bool, total: int) -> str:
    from geocairn.findings import printable

    lines = []
    idle = sum(1 for _, verdict in found if verdict.state == "not verified")
    for folder, verdict in found:
        if verdict.state != "failed" and (quiet or (verdict.evidence is None and idle > _SHOWN)):
            continue
        sign, color = _SIGNS[verdict.state]
        lines.append(click.style(f"{sign:>6}", fg=color) + f" {folder}: {printable(verdict.told)}")
        lines += [f"       remark: {printable(remark)}" for remark in verdict.remarks]
    counts = {state: sum(1 for _, verdict in found if verdict.state == state) for state in _SIGNS}
    told = [f"{counts['reproduced']:,} reproduced", f"{counts['failed']:,} failed"]
    if counts["not verified"]:
        told.append(f"{counts['not verified']:,} with nothing to run")
    if total > len(found):
        told.append(f"{total - len(found):,} verified before")
    return "\n".join([*lines, ", ".join(told)])


def _json(found: list[tuple[str, Verdict]]) -> str:
    import json

    return json.dumps(
        [
            {
                "folder": folder,
                "state": verdict.state,
                "told": verdict.told,
                "remarks": verdict.remarks,
                "evidence": verdict.evidence and json.loads(verdict.evidence.to_json()),
            }
            for folder, verdict in found
        ],
        indent=2,
        ensure_ascii=False,
    )
