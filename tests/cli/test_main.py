"""What every command shares: names, help, versions, completion, interrupts and progress."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from tests.items import models, write_lines
from tests.running import COMMAND, call

from geocairn.cli import COMMANDS, cli, main
from geocairn.errors import FindingsError, InputError
from geocairn.version import __version__

Capture = pytest.CaptureFixture[str]


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command and subcommand, by its words."""
    context = click.Context(cli)
    waiting: list[tuple[str, click.Command]] = [
        (name, command) for name in COMMANDS if (command := cli.get_command(context, name))
    ]
    while waiting:
        words, command = waiting.pop()
        yield words, command
        if isinstance(command, click.Group):
            waiting += [(f"{words} {name}", sub) for name, sub in command.commands.items()]


NAMES = dict(commands())


@pytest.mark.parametrize("words", sorted(NAMES))
def test_every_command_explains_itself(words: str, capfd: Capture) -> None:
    ran = call(capfd, *words.split(), "--help")
    assert ran.code == 0
    command = NAMES[words]
    assert (command.help or "").strip()
    assert f"Usage: geocairn {words}" in ran.out
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{words}: {parameter.name} says nothing"
            assert parameter.opts[0] in ran.out
    if not isinstance(command, click.Group):
        assert "Examples:" in ran.out
        assert f"geocairn {words}" in ran.out.partition("Examples:")[2]


def test_help_lists_every_command_with_its_own_first_line(capfd: Capture) -> None:
    for arguments in ([], ["--help"], ["-h"]):
        ran = call(capfd, *arguments)
        text = ran.out + ran.err
        for name, (_, line) in COMMANDS.items():
            assert re.search(rf"^  {name} +{re.escape(line)}$", text, re.MULTILINE)
    assert "Exit codes: 0 clean, 1 findings, 2 wrong usage" in " ".join(text.split())


def test_the_version(capfd: Capture) -> None:
    assert call(capfd, "--version").out == f"geocairn {__version__}\n"


@pytest.mark.parametrize(
    ("typed", "meant"), [("bild", "build"), ("serch", "search"), ("chek", "check"), ("xyz", None)]
)
def test_unknown_commands_suggest(typed: str, meant: str | None, capfd: Capture) -> None:
    ran = call(capfd, typed)
    assert ran.code == 2
    hint = f" Did you mean '{meant}'?" if meant else ""
    assert f"Error: There is no command '{typed}'.{hint}\n" in ran.err


def test_unknown_options_suggest(capfd: Capture) -> None:
    ran = call(capfd, "build", "--strikt")
    assert ran.code == 2
    assert (
        "No such option '--strikt'. (Did you mean one of: '--site', '--status', '--strict'?)"
        in ran.err
    )


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        (InputError("is bad", where="x:1", remedy="Mend it."), 2, "Error: x:1: is bad\n  Mend it."),
        (FindingsError("were found"), 1, "Error: were found"),
        (KeyboardInterrupt(), 130, "Interrupted; every file is as it was, or new and whole."),
    ],
)
def test_errors_are_one_message_and_a_code(
    raised: BaseException, code: int, said: str, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr(NAMES["build"], "callback", fail)
    ran = call(capfd, "build")
    assert ran.code == code
    assert ran.err.strip() == said


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    with subprocess.Popen(
        [*COMMAND, "build", "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_the_command_is_installed() -> None:
    script = Path(sys.executable).with_name("geocairn")
    if not script.exists():
        pytest.skip("the package is not installed as a command")
    for command in ([script], COMMAND):
        done = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)
        assert done.stdout == f"geocairn {__version__}\n"


def complete(shell: str, words: str, current: str) -> list[str]:
    """What a shell's completion function asks for, and gets."""
    environment = os.environ | {
        "_GEOCAIRN_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": f"{words} {current}" if shell == "bash" else words,
        "COMP_CWORD": str(len(words.split())) if shell == "bash" else current,
    }
    if shell == "zsh":
        environment |= {"COMP_WORDS": f"{words} {current}", "COMP_CWORD": str(len(words.split()))}
    done = subprocess.run(COMMAND, env=environment, capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    if shell == "bash":
        return [line.partition(",")[2] for line in lines]
    if shell == "fish":
        return [line.partition(",")[2].partition("\t")[0] for line in lines]
    return lines[1::3]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_of_commands_and_options(shell: str) -> None:
    assert complete(shell, "geocairn", "b") == ["build"]
    assert set(complete(shell, "geocairn", "")) == set(COMMANDS)
    options = complete(shell, "geocairn build", "--s")
    assert set(options) == {"--strict", "--select", "--schemas", "--site", "--status"}
    assert complete(shell, "geocairn check --format", "mark") == ["markdown"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_are_valid(shell: str, capfd: Capture, tmp_path: Path) -> None:
    ran = call(capfd, "completion", shell)
    assert ran.code == 0
    assert f"_GEOCAIRN_COMPLETE={shell}_complete" in ran.out
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed here")
    script = tmp_path / "completion"
    script.write_text(ran.out)
    check = [shell, "--no-execute" if shell == "fish" else "-n", str(script)]
    subprocess.run(check, check=True, capture_output=True)


def test_bash_completes_what_is_typed(capfd: Capture, tmp_path: Path) -> None:
    """The script in a real shell, with the real command."""
    if not shutil.which("bash"):
        pytest.skip("bash is not installed here")
    place = tmp_path / "bin"
    place.mkdir()
    command = place / "geocairn"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m geocairn "$@"\n')
    command.chmod(0o755)
    script = call(capfd, "completion", "bash").out
    text = f"""{script}
        COMP_WORDS=(geocairn sea); COMP_CWORD=1
        _geocairn_completion geocairn sea geocairn
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    environment = os.environ | {"PATH": f"{place}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", text], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["search"]


def on_a_terminal(arguments: list[str], *, cwd: Path, env: dict[str, str]) -> tuple[int, str]:
    """Run a command with a terminal for standard error; gives its exit code and what came."""
    import pty

    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, *arguments], cwd=cwd, env=env, stdout=subprocess.DEVNULL, stderr=theirs
    ) as process:
        os.close(theirs)
        said = b""
        while True:
            try:
                block = os.read(ours, 4096)
            except OSError:  # the other end is closed
                break
            if not block:
                break
            said += block
    os.close(ours)
    return process.returncode, said.decode()


@pytest.mark.skipif(os.name != "posix", reason="terminals are POSIX's")
def test_progress_on_a_terminal_and_none_elsewhere(tmp_path: Path, schemas: Path) -> None:
    write_lines(tmp_path / "some.ndjson", models(300, collections=1))
    (tmp_path / "c0").mkdir()
    environment = os.environ | {
        "GEOCAIRN_SCHEMAS": str(schemas),
        "TERM": "xterm-256color",
        "COLUMNS": "120",
    }
    arguments = ["build", "some.ndjson", "-j1", "-o"]
    code, said = on_a_terminal([*arguments, "hub"], cwd=tmp_path, env=environment)
    assert code == 0
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", said)
    for step in ("Checking items", "Ordering items", "Writing GeoParquet", "Publishing"):
        assert step in plain
    # How much of how much, how fast, and for how long.
    assert re.search(r"Checking items .*1\.\d MiB/1\.\d MiB .*MiB/s +\d\d:\d\d", plain)
    assert re.search(r"Writing GeoParquet .*300/300 .*/s +\d\d:\d\d", plain)
    quiet, said = on_a_terminal([*arguments, "quiet", "-q"], cwd=tmp_path, env=environment)
    assert (quiet, said) == (0, "")
    piped = subprocess.run(
        [*COMMAND, *arguments, "piped"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Checking" not in piped.stderr
    assert "\x1b" not in piped.stderr


def test_time_left_is_shown_on_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    from rich.console import Console

    from geocairn.cli import _drawnbar, progress

    screen = io.StringIO()
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    console = Console(file=screen, force_terminal=True, width=120)
    monkeypatch.setattr(_drawnbar, "Console", lambda **_: console)
    with progress.Bar() as bar:
        bar.step("Checking items", total=1000, unit="items")
        for _ in range(6):
            time.sleep(0.15)
            bar.advance(100)
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen.getvalue())
    assert re.search(r"Checking items .*[2-5]00/1,000 \d+/s +00:0\d", shown), shown


def test_main_is_what_the_script_calls() -> None:
    assert main.__module__ == "geocairn.cli"
