"""How things look in a notebook: plain HTML that needs no style sheet and no script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from geocairn.model import Model
from geocairn.run.colors import rgb

if TYPE_CHECKING:
    from geocairn.run.assess import Assessment
    from geocairn.run.result import Prediction

__all__ = ["assessment_html", "model_html", "prediction_html", "table"]

_BOX = "border:1px solid #8888;border-radius:6px;padding:.6em .9em;max-width:56em;margin:.3em 0"


def table(rows: Iterable[tuple[str, str]]) -> str:
    """Two columns: names as text, values as HTML."""
    cells = "".join(
        f'<tr><th style="text-align:left;vertical-align:top">{escape(name)}</th>'
        f'<td style="text-align:left">{value}</td></tr>'
        for name, value in rows
        if value
    )
    return f"<table>{cells}</table>"


def box(title: str, body: str) -> str:
    """A titled box."""
    return f'<div style="{_BOX}"><strong>{escape(title)}</strong>{body}</div>'


def swatch(color: str | None, *, index: int, name: str) -> str:
    """A class with its colour."""
    red, green, blue = rgb(color, index=index)
    style = f"display:inline-block;width:.8em;height:.8em;background:rgb({red},{green},{blue})"
    return f'<span style="white-space:nowrap"><span style="{style}"></span> {escape(name)}</span>'


def model_html(item: Mapping[str, Any], *, runtime: str = "") -> str:
    """A model."""
    model = Model(item)
    inputs = "<br>".join(
        escape(
            f"{one.name}: {', '.join(one.bands) or 'no bands'}, {list(one.shape)} "
            f"({', '.join(one.dim_order)}), {one.data_type}"
        )
        for one in model.inputs
    )
    classes = " ".join(
        swatch(one.color, index=index, name=one.name or str(one.value))
        for index, one in enumerate(model.classes)
    )
    return box(
        model.title or "",
        table(
            (
                ("id", f"<code>{escape(model.id or '')}</code>"),
                ("tasks", escape(", ".join(model.tasks))),
                ("architecture", escape(model.architecture or "")),
                ("inputs", inputs),
                ("classes", classes),
                ("resolution", f"{model.gsd:g} m" if model.gsd else ""),
                ("licence", escape(model.license or "")),
                ("runs on", escape(runtime)),
            )
        ),
    )


def prediction_html(result: Prediction) -> str:
    """A result, with a picture where it is a raster and matplotlib is there."""
    classes = " ".join(
        swatch(one.color, index=index, name=f"{one.name}: {result.counts.get(one.value or 0, 0):,}")
        for index, one in enumerate(result.classes)
    )
    total = result.seconds.get("total", 0.0)
    rows = (
        ("file", f"<code>{escape(str(result.path))}</code>"),
        ("model", escape(result.model)),
        ("holds", escape(f"{result.kind} as {result.format}")),
        ("counts", classes),
        ("time", f"{total:.1f} s, {result.windows:,} windows"),
        ("lineage", f"<code>{escape(str(result.lineage))}</code>"),
        ("note", escape(result.note)),
    )
    return box("Prediction", _picture(result) + table(rows))


def _picture(result: Prediction) -> str:
    if result.format != "cog":
        return ""
    try:
        from geocairn.run.plotting import picture
    except ImportError:
        return ""
    style = "max-width:20em;display:block;margin:.4em 0"
    return f'<img alt="The result" style="{style}" src="data:image/png;base64,{picture(result)}">'


def assessment_html(found: Assessment) -> str:
    """Whether a model runs on a scene, and why."""
    signs = {True: "✓", False: "✗", None: "?"}
    reasons = "".join(
        f"<li>{signs[reason.good]} {escape(reason.text)}</li>" for reason in found.reasons
    )
    told = f"runs, suits to {found.score:.0%}" if found.runs else "does not run"
    body = f'<ul style="list-style:none;padding-left:0">{reasons}</ul>'
    return box(f"{found.title or found.model} on {found.scene}: {told}", body)
