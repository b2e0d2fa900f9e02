"""The sandbox, attacked: by jobs that really try, in a child that really runs."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from geocairn import sandbox
from geocairn.errors import GeocairnError, InputError
from geocairn.sandbox import Limits, Outcome, seccomp, syscalls

pytestmark = pytest.mark.skipif(
    not sandbox.can_isolate(), reason="isolation needs Linux on x86-64 or ARM 64"
)
SMALL = Limits(memory=256 << 20, processor=20, wall=60)


def run(name: str, payload: Any = None, *, limits: Limits = SMALL, **more: Any) -> Outcome:
    return sandbox.run(
        f"tests.sandbox.jobs:{name}", payload, files=more.pop("files", {}), limits=limits, **more
    )


def test_an_honest_job_gives_its_result() -> None:
    outcome = run("add", [1, 2, 3.5])
    assert (outcome.result, outcome.failure) == (6.5, "")
    assert outcome.layers[0] == "seccomp"
    assert outcome.layers[-1] == "limits"
    assert 0 < outcome.processor <= outcome.seconds * (os.cpu_count() or 1)
    assert outcome.peak_memory > 1 << 20


def test_files_are_copied_into_a_folder_that_goes_away(tmp_path: Path) -> None:
    (tmp_path / "given").write_text("text")
    files = {"model": tmp_path / "given"}
    assert run("folder", files=files).result == ["model"]
    assert run("read", "model", files=files).result == "text"
    with pytest.raises(InputError, match="No such file"):
        run("folder", files={"model": tmp_path / "absent"})


def test_the_environment_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "x")
    found = run("environment").result
    assert "SECRET_TOKEN" not in found
    assert found["PATH"] == ""
    assert "geocairn-sandbox-" in found["HOME"]


@pytest.fixture(scope="module")
def attempts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What came of every attempt, against a server that listens and a file that is there."""
    outside = tmp_path_factory.mktemp("outside") / "file"
    outside.write_text("mine")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        targets = {"port": server.getsockname()[1], "outside": str(outside)}
        outcome = run("attempts", targets)
        assert outcome.failure == ""
        with pytest.raises(TimeoutError):
            server.accept()
    assert outside.read_text() == "mine"
    assert outside.stat().st_mode & 0o777 != 0o777
    found: dict[str, str] = outcome.result
    return found


def test_nothing_that_was_tried_was_done(attempts: dict[str, str]) -> None:
    assert len(attempts) >= 36
    assert [name for name, came in attempts.items() if came == "DONE"] == []


@pytest.mark.parametrize("name", ["tcp socket", "unix socket", "fork", "thread", "exec"])
def test_it_is_the_filter_that_refuses(attempts: dict[str, str], name: str) -> None:
    assert attempts[name].startswith(("PermissionError", "RuntimeError: can't start new thread"))


def test_the_same_jobs_reach_everything_without_the_sandbox(tmp_path: Path) -> None:
    """The attempts are real: unlocked, they come through."""
    from tests.sandbox import jobs

    outside = tmp_path / "file"
    outside.write_text("mine")
    assert jobs._refused(lambda: outside.write_text("x")) == "DONE"
    assert jobs._refused(lambda: socket.socket(socket.AF_UNIX).close()) == "DONE"
    assert jobs._refused(lambda: subprocess.run(["/bin/true"], check=True)) == "DONE"


def test_calls_by_other_numbers_end_the_child() -> None:
    assert "SIGSYS" in run("foreign_call").failure


def test_secrets_of_the_user_are_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "id_ed25519"
    secret.write_text("key")
    outcome = run("read", str(secret))
    if "landlock" not in outcome.layers:
        pytest.skip("this kernel has no Landlock")
    assert outcome.failure.startswith("PermissionError")


def test_a_loop_is_ended_by_its_processor_time() -> None:
    outcome = run("loop", limits=Limits(processor=2, wall=120))
    assert outcome.failure == "used more than 2 s of processor time"
    assert outcome.result is None


def test_sleep_is_ended_by_the_clock() -> None:
    outcome = run("sleep", limits=Limits(processor=20, wall=3))
    assert outcome.failure == "took longer than 3 s"


def test_memory_without_end_is_ended() -> None:
    outcome = run("allocate")
    assert outcome.failure == "needs more memory than the 0.25 GiB that it may use"
    assert outcome.peak_memory < 1 << 30


def test_answers_without_end_are_not_read() -> None:
    assert run("talk", limits=Limits()).failure == "gave more output than any job does"
    assert run("chatter").result == "done"


def test_a_crash_is_told_of() -> None:
    assert "SIGSEGV" in run("crash").failure
    assert "ended with code 7" in run("leave").failure


def test_an_error_is_told_in_one_line() -> None:
    assert run("fail").failure == "ValueError: \x1b[31mred"


def test_an_answer_that_is_no_answer_is_none() -> None:
    """A child that takes the answer's channel can lie in its result, and gains nothing by it."""
    assert run("answer", '{"result": "lie", "layers": 5}').result == "lie"
    for text in ("", "{", "[]", '{"failed": "x"}', '"' + "x" * 100, "[" * 100_000):
        outcome = run("answer", text)
        assert outcome.result is None
        assert outcome.failure


def test_a_kernel_that_does_not_take_the_lock_is_an_error() -> None:
    with pytest.raises(GeocairnError, match=r"cannot be isolated on this system \(no filters\)"):
        run("answer", '{"failed": "isolation", "message": "no filters"}')


def test_children_do_not_stay() -> None:
    def children() -> set[int]:
        return {child.pid for child in psutil.Process().children(recursive=True)}

    before = children()
    run("sleep", limits=Limits(wall=1.5))
    assert children() <= before


def test_without_means_it_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "sparc")
    assert not sandbox.can_isolate()
    with pytest.raises(GeocairnError, match="cannot be isolated") as caught:
        run("add", [1])
    assert "--no-isolation" in str(caught.value.remedy)
    outcome = run("add", [1], isolated=False)
    assert (outcome.result, outcome.layers) == (1, ("limits",))


@pytest.mark.parametrize("name", ["x86_64", "aarch64"])
def test_the_filter_decides_as_its_tables_say(name: str) -> None:
    """The program, run by an interpreter of our own over every number there may be."""
    machine = syscalls._MACHINES[name]
    program = seccomp.program(machine, process=4711)
    column = machine.column
    allowed = {numbers[column] for numbers in syscalls.ALLOWED.values()} - {-1}
    refused = {numbers[column] for numbers in syscalls.REFUSED.values()} - {-1}
    special = {
        numbers[column] for numbers, _ in (*syscalls.OPENING.values(), *syscalls.OWN.values())
    }
    assert not allowed & refused
    assert not special & (allowed | refused)
    for number in range(600):
        if number in special:
            continue
        wanted = "allow" if number in allowed else "EPERM" if number in refused else "ENOSYS"
        assert _decide(program, machine.audit, number) == wanted
    assert _decide(program, machine.audit, 0x40000001) == "kill"
    assert _decide(program, 0x40000003, 0) == "kill"
    opening = syscalls.OPENING["openat"][0][column]
    for flags in (os.O_RDONLY, os.O_CLOEXEC | os.O_DIRECTORY, os.O_NOFOLLOW):
        assert _decide(program, machine.audit, opening, (0, 0, flags)) == "allow"
    for flags in (os.O_WRONLY, os.O_RDWR, os.O_CREAT, os.O_TRUNC, os.O_APPEND, os.O_TMPFILE):
        if name == "x86_64":
            assert _decide(program, machine.audit, opening, (0, 0, flags)) == "EPERM"
    limits = syscalls.OWN["prlimit64"][0][column]
    assert _decide(program, machine.audit, limits, (0,)) == "allow"
    assert _decide(program, machine.audit, limits, (4711,)) == "allow"
    assert _decide(program, machine.audit, limits, (1,)) == "EPERM"


def _decide(
    program: list[seccomp.Instruction], audit: int, number: int, arguments: tuple[int, ...] = ()
) -> str:
    """What the kernel would do: the few instructions that the filter has."""
    data = {0: number, 4: audit} | {16 + 8 * n: value for n, value in enumerate(arguments)}
    place = accumulator = 0
    while True:
        code, yes, no, operand = program[place]
        if code == seccomp._RETURN:
            kind, fault = operand & 0xFFFF0000, operand & 0xFFFF
            names = {0x7FFF0000: "allow", 0x80000000: "kill"}
            return names.get(kind) or {1: "EPERM", 38: "ENOSYS"}[fault]
        if code == seccomp._LOAD:
            accumulator = data.get(operand, 0)
            place += 1
            continue
        true = {
            seccomp._JUMP_EQUAL: accumulator == operand,
            seccomp._JUMP_ABOVE: accumulator >= operand,
            seccomp._JUMP_BITS: bool(accumulator & operand),
        }[code]
        place += 1 + (yes if true else no)


def test_numbers_are_those_of_this_kernel() -> None:
    """Against the headers of the kernel, where they are installed."""
    header = Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")
    if not header.is_file() or sys.maxsize < 1 << 40:
        pytest.skip("needs the kernel's headers")
    known = {}
    for line in header.read_text().splitlines():
        if line.startswith("#define __NR_"):
            _, name, number = line.split()
            known[name.removeprefix("__NR_")] = int(number)
    tables = {**syscalls.ALLOWED, **syscalls.REFUSED}
    tables |= {name: numbers for name, (numbers, _) in (syscalls.OPENING | syscalls.OWN).items()}
    for name, numbers in tables.items():
        assert numbers[0] == known[name], name
