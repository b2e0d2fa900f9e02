"""How lines are cut into chunks, and what a chunk knows."""

from __future__ import annotations

import json
import pickle
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.items import models, write_lines
from tests.sources.reading import contents

from geocairn.errors import InputError, OutputError
from geocairn.sources.lines import LineNumbers, LinesChunk, LinesSource, spool_lines


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geocairn.sources.lines._SMALLEST", 4000)
    monkeypatch.setattr("geocairn.sources.lines._ODDS", 2)


def documents(count: int, *, seed: int = 1) -> list[str]:
    rng = random.Random(seed)
    return [json.dumps({"n": n, "pad": "x" * rng.randrange(900)}) for n in range(count)]


def write(path: Path, lines: list[str]) -> LinesSource:
    path.write_text("\n".join(lines) + "\n")
    return LinesSource(path)


@pytest.mark.usefixtures("small_chunks")
def test_chunks_are_the_whole_file_in_order(tmp_path: Path) -> None:
    lines = documents(200)
    source = write(tmp_path / "some.ndjson", lines)
    chunks = list(source.chunks())
    assert len(chunks) > 10
    assert sum(chunk.size for chunk in chunks) == (tmp_path / "some.ndjson").stat().st_size
    found = [raw.data.decode() for chunk in chunks for raw in chunk.items()]
    assert found == lines
    origins = [chunk.origin(raw.index) for chunk in chunks for raw in chunk.items()]
    assert origins == [f"{tmp_path}/some.ndjson:{n}" for n in range(1, 201)]


@pytest.mark.usefixtures("small_chunks")
def test_an_edit_changes_the_chunk_it_is_in_and_few_others(tmp_path: Path) -> None:
    lines = documents(200)
    before = {chunk.digest() for chunk in write(tmp_path / "some.ndjson", lines).chunks()}
    for edited in (
        lines[:100] + documents(1, seed=9) + lines[100:],
        lines[:100] + lines[101:],
        [*lines[:100], lines[100].replace("x", "y"), *lines[101:]],
    ):
        after = {chunk.digest() for chunk in write(tmp_path / "some.ndjson", edited).chunks()}
        assert len(after - before) <= 2


@pytest.mark.usefixtures("small_chunks")
def test_cutting_holds_no_more_than_a_chunk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = write(tmp_path / "some.ndjson", documents(400))
    opened = Path.open
    largest = 0

    class Watched:
        def __init__(self, file: object) -> None:
            self._file = file

        def __enter__(self) -> Watched:
            return self

        def __exit__(self, *_: object) -> None:
            self._file.close()

        def __getattr__(self, name: str) -> object:
            return getattr(self._file, name)

        def read(self, size: int = -1) -> bytes:
            nonlocal largest
            data = self._file.read(size)
            largest = max(largest, len(data))
            return data

    monkeypatch.setattr(Path, "open", lambda *a, **k: Watched(opened(*a, **k)))
    for chunk in source.chunks():
        for _ in chunk.items():
            pass
    assert 4000 <= largest < 20_000


def test_a_last_line_without_an_end_and_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "some.ndjson"
    path.write_text('{"n": 1}\n{"n": 2}')
    assert [item["n"] for _, item in contents(LinesSource(path))] == [1, 2]
    path.write_text("")
    assert list(LinesSource(path).chunks()) == []


def test_a_chunk_is_read_in_another_process_and_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_lines(Path("some.ndjson"), models(2))
    [chunk] = LinesSource(Path("some.ndjson")).chunks()
    monkeypatch.chdir("/")
    again = pickle.loads(pickle.dumps(chunk))
    assert [json.loads(raw.data) for raw in again.items()] == models(2)
    assert again.origin(1) == "some.ndjson:2"


@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4], [4, 2, 3, 2, 0], [2, 4, 2, 1]])
def test_lines_are_counted_when_someone_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, order: list[int]
) -> None:
    monkeypatch.setattr("geocairn.sources.lines._BLOCK", 7)
    lines = [b"x" * size + b"\n" for size in (3, 0, 12, 7, 1)]
    (tmp_path / "some").write_bytes(b"".join(lines))
    starts = [sum(map(len, lines[:number])) for number in range(5)]
    numbers = LineNumbers(str(tmp_path / "some"))
    assert [numbers.before(starts[number]) for number in order] == order
    assert numbers.known == sorted({(0, 0), *((starts[number], number) for number in order)})


def test_a_file_that_goes_away_is_named(tmp_path: Path) -> None:
    path = tmp_path / "some.ndjson"
    chunk = LinesChunk(str(path), "some.ndjson", 20, 10, LineNumbers(str(path)))
    for use in (lambda: list(chunk.items()), lambda: chunk.origin(0)):
        with pytest.raises(InputError, match=r"some.ndjson: cannot be read: No such file"):
            use()
    with pytest.raises(InputError, match="cannot be read: No such file"):
        list(LinesSource(path).chunks())


@pytest.mark.usefixtures("small_chunks")
def test_spooled_documents_keep_their_origins(tmp_path: Path) -> None:
    lines = documents(150)

    def arriving() -> Iterator[tuple[bytes, str]]:
        for number, line in enumerate(lines):
            yield line.encode(), f"https://example.org/{number}\n.json"

    source = spool_lines(arriving(), tmp_path / "spool", label="https://example.org/")
    assert len(list(source.chunks())) > 5
    origins = [f"https://example.org/{number} .json" for number in range(150)]
    assert contents(source) == list(zip(origins, map(json.loads, lines), strict=True))


def test_a_spool_that_cannot_be_written_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot write"):
        spool_lines([], tmp_path / "file" / "spool", label="x")
