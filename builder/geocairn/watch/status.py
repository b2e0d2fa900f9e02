"""What is known of a hub's models over time, in one file."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_args

from geocairn import _io
from geocairn.errors import InputError
from geocairn.watch.asking import Known, Outcome

__all__ = ["Event", "Model", "State", "Status", "load_status", "save_status"]

State = Literal["fine", "unsure", "rots", "changed", "vanished", "removed"]
"""``unsure``: something failed for the first time; ``rots``: something is gone; ``changed``: a file
or a licence is another one; ``vanished``: the model itself is gone; ``removed``: the hub has no
such model any more."""

_MOST_EVENTS = 20
_LARGEST = 256 << 20


@dataclass(frozen=True, slots=True)
class Event:
    """A change of a model's state.

    Attributes:
        at: When it was noticed, UTC, as RFC 3339 writes it.
        state: The state since then.
        told: Why, in words; empty where it is fine.
    """

    at: str
    state: State
    told: str = ""


@dataclass(slots=True)
class Model:
    """What is known of one model.

    Attributes:
        title: Its title, which stays known when the model goes.
        history: Changes of its state, the newest last; at most 20.
        links: What is known of each address.
    """

    title: str = ""
    history: list[Event] = field(default_factory=list)
    links: dict[str, Known] = field(default_factory=dict)

    @property
    def state(self) -> State:
        """Its state now."""
        return self.history[-1].state if self.history else "fine"

    def note(self, state: State, told: str, *, at: str) -> bool:
        """Note a state; gives whether it is another one, or for another reason."""
        last = self.history[-1] if self.history else None
        if last and (last.state, last.told) == (state, told):
            return False
        self.history = [*self.history, Event(at, state, told)][-_MOST_EVENTS:]
        return True


@dataclass(slots=True)
class Status:
    """What is known of a hub.

    Attributes:
        checked: When it was looked at last; empty before the first time.
        models: What is known of each model, by ``<collection>/<id>``.
    """

    checked: str = ""
    models: dict[str, Model] = field(default_factory=dict)


def save_status(path: Path, status: Status) -> None:
    """Write what is known, in the order of names.

    Raises:
        OutputError: If it cannot be written.
    """
    models = {
        name: {
            "title": model.title,
            "history": [asdict(event) for event in model.history],
            "links": {url: _short(known) for url, known in sorted(model.links.items())},
        }
        for name, model in sorted(status.models.items())
    }
    document = {"geocairn_status": 1, "checked": status.checked, "models": models}
    _io.write_atomic(path, _io.dumps(document, indent=True) + b"\n")


def _short(known: Known) -> dict[str, Any]:
    """Without what says nothing."""
    return {key: value for key, value in asdict(known).items() if value and value != "fine"}


def load_status(path: Path) -> Status:
    """Read what is known; nothing where there is no such file yet.

    Raises:
        InputError: If it cannot be read, or is something else.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise _not_one(path)
        document = _io.loads(path.read_bytes(), where=str(path))
    except FileNotFoundError:
        return Status()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from error
    if document == {}:
        return Status()
    try:
        if document["geocairn_status"] != 1:
            raise ValueError
        models = {str(name): _model(part) for name, part in document["models"].items()}
        return Status(_text(document["checked"]), models)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise _not_one(path) from error


def _not_one(path: Path) -> InputError:
    return InputError(
        "is no file of `geocairn watch`",
        where=str(path),
        remedy="Give the file that it wrote, or remove it to begin anew.",
    )


def _model(part: dict[str, Any]) -> Model:
    history = [
        Event(_text(e["at"]), _one(e["state"], State), _text(e["told"])) for e in part["history"]
    ]
    links = {str(url): _known(known) for url, known in part["links"].items()}
    return Model(_text(part["title"]), history[-_MOST_EVENTS:], links)


def _known(part: dict[str, Any]) -> Known:
    found: dict[str, Any] = {}
    for one in fields(Known):
        if one.name not in part:
            continue
        value = part[one.name]
        if one.name == "outcome":
            found[one.name] = _one(value, Outcome)
        elif one.name == "failures":
            found[one.name] = int(value)
        else:
            found[one.name] = _text(value)
    return Known(**found)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value[:500]


def _one(value: Any, choices: Any) -> Any:
    if value not in get_args(choices):
        raise ValueError
    return value
