"""How long looking at a pull request takes, by the size of the hub.

    python benchmarks/submission.py [--models 1000 10000 100000]

One model of the hub changes its licence, and its owner proposes that; and somebody proposes a new
model, whose name is compared with all others. Measured is the command, as a workflow calls it, but
without running the model. Beside each figure stands its ratio to that of the smallest hub.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import orjson

from generate import items
from geocairn.checks.examples import COLLECTION

LIMIT = 5.0
OLD, NEW = "model-000000", "tidal-flats"
PROPOSALS = {"change": "licence", "new": "new model"}
"""The proposals, and a word of what is said of each."""


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("_build/bench"))
    parser.add_argument("--models", type=int, nargs="+", default=[1000, 10_000, 100_000])
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    smallest: dict[str, float] = {}
    for count in sorted(options.models):
        folder = options.work / f"submission-{count}"
        if not (folder / ".done").exists():
            make(folder, count)
        for head in PROPOSALS:
            spent = [look(folder, head) for _ in range(options.runs)]
            median = statistics.median(spent)
            ratio = median / smallest.setdefault(head, median)
            print(
                f"{count:,} models, {head}: {median:.2f} s, {ratio:.2f} times the smallest hub's, "
                f"at most {max(spent):.2f} s (limit {LIMIT:.0f} s)"
            )


def git(folder: Path, *arguments: str, given: bytes | None = None) -> None:
    """Run git quietly."""
    who = ("-c", "user.name=b", "-c", "user.email=b@example.org", "-c", "gc.auto=0")
    subprocess.run(["git", *who, *arguments], cwd=folder, input=given, check=True)


def make(folder: Path, count: int) -> None:
    """Make a repository of so many models, straight into git: files would take long to write."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    stream = [b"commit refs/heads/main\ncommitter b <b@example.org> 0 +0000\ndata 0\n"]
    for name, document in files(count):
        stream.append(
            b"M 100644 inline %s\ndata %d\n%s\n" % (name.encode(), len(document), document)
        )
    git(folder, "fast-import", "--quiet", given=b"".join(stream))
    place, document = next(entry for entry in files(1) if entry[0].endswith("item.json"))
    item = orjson.loads(document)
    item["properties"]["license"] = "CC-BY-4.0"
    item["properties"]["mlm:hyperparameters"] = {"epochs": 7}
    propose(folder, "change", {place: orjson.dumps(item)})
    # A word that is no other's, whatever letters are taken for each other.
    added = [entry for entry in files(1) if "/model-000000/" in entry[0]]
    propose(
        folder,
        "new",
        {k.replace(OLD, NEW): v.replace(OLD.encode(), NEW.encode()) for k, v in added},
    )
    (folder / ".done").touch()


def propose(folder: Path, branch: str, changed: dict[str, bytes]) -> None:
    """Make a branch that writes some files."""
    stream = [b"commit refs/heads/%s\n" % branch.encode()]
    stream.append(b"committer b <b@example.org> 0 +0000\ndata 0\nfrom refs/heads/main\n")
    for name, data in changed.items():
        stream.append(b"M 100644 inline %s\ndata %d\n%s\n" % (name.encode(), len(data), data))
    git(folder, "fast-import", "--quiet", given=b"".join(stream))


def files(count: int) -> list[tuple[str, bytes]]:
    """Every file of a catalog of so many models, in ten collections."""
    owners = b'owners = [{ login = "octocat", id = 583231 }]\n'
    found = []
    for number in range(min(count, 10)):
        described = orjson.dumps(COLLECTION | {"id": f"c{number}"})
        found.append((f"catalog/c{number}/collection.json", described))
    for number, item in enumerate(items(count)):
        model, collection = f"model-{number:06}", f"c{number % 10}"
        item |= {"id": f"{model}-1.0.0", "collection": collection}
        place = f"catalog/{collection}/{model}"
        found.append((f"{place}/1.0.0/item.json", orjson.dumps(item)))
        found.append((f"{place}/owners.toml", owners))
        found.append((f"{place}/README.md", b"# A model\n"))
    return found


def look(folder: Path, head: str) -> float:
    """Seconds of one look."""
    command = [sys.executable, "-m", "geocairn", "submission", "check", "--no-verify"]
    command += ["--repository", str(folder), "--base", "main", "--head", head]
    command += ["--author-id", "583231", "--format", "markdown"]
    begun = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    spent = time.perf_counter() - begun
    if PROPOSALS[head] not in done.stdout:
        raise SystemExit(f"that was no look:\n{done.stdout}\n{done.stderr}")
    return spent


if __name__ == "__main__":
    main()
