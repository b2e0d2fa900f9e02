"""``geocairn new``: an entry drafted from a model's file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geocairn.cli.check import told
from geocairn.cli.options import catalog_folder, schema_options, store_of

if TYPE_CHECKING:
    from geocairn.checks.schemas import SchemaStore
    from geocairn.drafting import Answers, Facts, Field, Written

__all__ = ["command"]

_NAMES = ("collection", "model", "version")
_OF_INPUT = ("bands", "input_shape", "input_order")


@schema_options
@click.command("new")
@click.argument("model", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@catalog_folder()
@click.option(
    "--answers",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="TOML file of answers, by the names that --fields lists.",
)
@click.option(
    "--card",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Model card (.md) whose facts and text are taken over.",
)
@click.option("--ask/--no-ask", default=None, help="Ask for the rest; by default on a terminal.")
@click.option("--no-sample", is_flag=True, help="Do not run the model for a sample.")
@click.option(
    "--fields",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda ctx, _, value: _list_fields(ctx) if value else None,
    help="List what can be answered, and exit.",
)
def command(
    *,
    model: Path,
    catalog: Path,
    answers: Path | None,
    card: Path | None,
    ask: bool | None,
    no_sample: bool,
    schemas: Path | None,
    offline: bool,
) -> None:
    """Draft an entry from MODEL: .onnx, .safetensors, .ckpt, .pth, .pt, .dlpk or a card (.md).

    What the file tells is written: inputs and outputs, sizes, hashes, parameters. The rest is
    asked on a terminal, or read from a file of answers; what nobody answers is left out. A model
    in ONNX is run once, in a sandbox, for a sample of its input and output. Files with pickles are
    looked at, and never loaded.

    \b
    Examples:
      geocairn new model.onnx
      geocairn new weights.safetensors -o catalog --answers answers.toml
      geocairn new model.onnx --card README.md
    """
    from geocairn.drafting import (
        compose,
        inspect,
        read_answers,
        refuse_taken,
        with_card,
        write_entry,
    )
    from geocairn.drafting.samples import MadeSample, make_sample

    facts = inspect(model)
    if card:
        facts = with_card(facts, inspect(card))
    _introduce(facts)
    known = read_answers(answers) if answers else {}
    if sys.stdin.isatty() if ask is None else ask:
        known |= _asked(facts, known, catalog=catalog)
    draft = compose(facts, known)
    refuse_taken(catalog / draft.place)
    _remark(known)
    wanted = draft.file and not no_sample
    sample = make_sample(facts) if wanted else MadeSample({}, "")
    if wanted and not sample.files:
        click.echo(f"There is no sample: {sample.reason}.")
    written = write_entry(catalog, draft, facts=facts, sample=sample)
    _conclude(written, catalog, store=store_of(schemas, offline=offline))


def _list_fields(ctx: click.Context) -> None:
    from geocairn.drafting import FIELDS

    for field in FIELDS.values():
        click.echo(f"{field.key:<18}{field.help}")
        click.echo(f"{'':<18}such as: {field.example}")
    ctx.exit()


def _introduce(facts: Facts) -> None:
    from geocairn._io import human_size
    from geocairn.findings import printable

    click.echo(f"{facts.path}: {facts.kind}, {human_size(facts.size)}")
    for name, tensors in (("input", facts.inputs), ("output", facts.outputs)):
        for tensor in tensors:
            sizes = " x ".join(str(size or "?") for size in tensor.shape or ("?",))
            click.echo(f"  {name} {printable(tensor.name)}: {tensor.dtype} {printable(sizes)}")
    for key, value in facts.answers.items():
        shown = ", ".join(map(str, value)) if isinstance(value, tuple) else value
        click.echo(f"  {key}: {printable(str(shown))}")
    for remark in facts.remarks:
        click.secho(f"  {printable(remark)}", fg="yellow")


def _asked(facts: Facts, known: Answers, *, catalog: Path) -> Answers:
    """Ask for what is not known; an empty answer leaves it out."""
    from geocairn.drafting import FIELDS, inputs_of, refuse_taken

    # What cannot be is said before anything is asked: nobody shall answer in vain.
    inputs_of(facts, known)
    click.echo("An empty answer leaves a field out; ? tells more.")
    found: Answers = {}
    for key, field in FIELDS.items():
        if key not in _NAMES and all(name in {**known, **found} for name in _NAMES):
            refuse_taken(catalog.joinpath(*({**known, **found}[name] for name in _NAMES)))
        if key in known or key in facts.answers or not _needed(key, facts, {**known, **found}):
            continue
        answer = _ask(field, {**facts.answers, **known, **found}, facts=facts)
        if answer is not None:
            found[key] = answer
    return found


def _needed(key: str, facts: Facts, known: Answers) -> bool:
    from geocairn.sources import LARGEST

    if key == "url":
        return facts.kind == "card" or facts.size > LARGEST
    if key in ("input_shape", "input_order"):
        return not facts.inputs and (key == "input_shape" or "input_shape" in known)
    if key in ("output_shape", "output_order"):
        return not facts.outputs and (key == "output_shape" or "output_shape" in known)
    return key != "producer_url" or "producer" in known


def _ask(field: Field, known: Answers, *, facts: Facts) -> Any:
    from geocairn.drafting import FieldError, inputs_of, parse_answer
    from geocairn.errors import InputError

    while True:
        given = click.prompt(field.label, default="", show_default=False)
        if given.strip() == "?":
            click.echo(f"  {field.help}\n  Such as: {field.example}")
            if choices := _choices(field, known):
                click.echo(f"  Choose from: {', '.join(choices)}")
            continue
        try:
            answer = parse_answer(field, given)
            if field.key in _OF_INPUT:
                inputs_of(facts, known if answer is None else {**known, field.key: answer})
        except FieldError as error:
            click.secho(f"  That {error}.", fg="red")
            continue
        except InputError as error:
            said = error.message[:1].upper() + error.message[1:]
            click.secho(f"  {said}. {error.remedy}", fg="red")
            continue
        if answer is None and field.key in _NAMES:
            click.secho("  The entry's folder is named after it; it cannot be left out.", fg="red")
            continue
        return answer


def _choices(field: Field, known: Answers) -> tuple[str, ...]:
    from geocairn.drafting.answers import CHOICES, places
    from geocairn.sensors import SENSORS

    if field.choices == "bands":
        sensor = SENSORS.get(known.get("sensor", ""))
        return tuple(band.name for band in sensor.bands) if sensor else ()
    return tuple(places()) if field.choices == "places" else CHOICES.get(field.choices, ())


def _remark(known: Answers) -> None:
    """Say which bands are not the sensor's: of them nothing is known but the name."""
    from geocairn.findings import printable
    from geocairn.sensors import SENSORS

    sensor = SENSORS.get(known.get("sensor", ""))
    strange = [name for name in known.get("bands", ()) if sensor and not sensor.band(name)]
    if strange:
        told = f"{known['sensor']} has no band {', '.join(strange)}: only its name is written."
        click.secho(f"  {printable(told)}", fg="yellow")


def _conclude(written: Written, catalog: Path, *, store: SchemaStore) -> None:
    """Say what was written, and what is still missing."""
    from geocairn.cli._checking import Session

    click.echo("\nWritten:")
    for path in written.files:
        click.echo(f"  {catalog / path}")
    click.echo()
    with Session(store=store, select=(), ignore=(), fix=False, opinion=False) as session:
        session.run([str(written.folder.parent)])
    click.echo(told(session, "text"))
    if advice := session.advice():
        click.echo("\nWhat would raise the score:")
        for line in advice:
            click.echo(f"  {line}")
    card = written.folder.parent / "README.md"
    if "<!--" in card.read_text(encoding="utf-8"):
        click.echo(f"\nTell of use, limits, data and metrics in {card}.")
    if written.collection:
        click.echo(
            f"\nThe collection is new: describe it in {written.folder.parents[1]}/collection.json."
        )
