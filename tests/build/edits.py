"""A catalog folder that is edited at random, the same way for the same seed."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.items import collection, model, square

Files = dict[str, bytes]


class Catalog:
    """A catalog folder that is edited at random.

    Attributes:
        files: What is in it, by path.
        log: The edits so far.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.files: Files = {}
        self.log: list[str] = []
        self._count = 0
        for _ in range(12):
            self.add()
        self.log.clear()

    def sync(self, folder: Path) -> None:
        """Write what differs."""
        have = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
        for name in have.keys() - self.files.keys():
            have[name].unlink()
            for parent in have[name].relative_to(folder).parents[:-1]:
                if not any((folder / parent).iterdir()):
                    (folder / parent).rmdir()
        for name, data in self.files.items():
            path = folder / name
            if name not in have or path.read_bytes() != data:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)

    def edit(self) -> None:
        edits: list[Callable[[], None]] = [
            self.add,
            self.add_version,
            self.remove,
            self.change,
            self.move_footprint,
            self.rename,
            self.move,
            self.asset,
            self.asset,
            self.card,
            self.describe,
            self.repeat,
            self.break_and_heal,
        ]
        for _ in range(self.random.choice([1, 1, 2, 4])):
            self.random.choice(edits)()

    def _items(self) -> list[str]:
        return sorted(name for name in self.files if name.endswith("/item.json"))

    def _pick(self) -> tuple[str, dict[str, Any]] | None:
        sound = [name for name in self._items() if self.files[name][:1] == b"{"]
        if not sound:
            return None
        name = self.random.choice(sound)
        return name, json.loads(self.files[name])

    def _put(self, item: dict[str, Any], place: str | None = None) -> None:
        stem, version = item["id"].rsplit("-", 1)
        place = place or f"{item['collection']}/{stem}/{version}/item.json"
        self.files[place] = json.dumps(item).encode()

    def add(self) -> None:
        self._count += 1
        name = f"model-{self._count}"
        where = square(self.random.uniform(-170, 170), self.random.uniform(-80, 80))
        group = f"c{self.random.randrange(3)}"
        self._put(model(name, collection=group, geometry=where, version="1.0"))
        self.log.append(f"add {name}")

    def add_version(self) -> None:
        if picked := self._pick():
            _, item = picked
            version = f"{self.random.randrange(1, 4)}.{self.random.randrange(3)}"
            item["id"] = f"{item['id'].rsplit('-', 1)[0]}-{version}"
            item["properties"]["version"] = version
            self._put(item)
            self.log.append(f"version {item['id']}")

    def remove(self) -> None:
        if picked := self._pick():
            folder = picked[0].rpartition("/")[0]
            self.files = {k: v for k, v in self.files.items() if not k.startswith(folder + "/")}
            self.log.append(f"remove {folder}")

    def change(self) -> None:
        if picked := self._pick():
            name, item = picked
            item["properties"]["mlm:hyperparameters"]["epochs"] = self.random.randrange(9)
            if self.random.random() < 0.5:
                item["properties"]["title"] = self.random.choice(["Alpha", "Beta", "Gamma"])
            self._put(item, name)
            self.log.append(f"change {name}")

    def move_footprint(self) -> None:
        if picked := self._pick():
            name, item = picked
            box = square(self.random.uniform(-160, 100), self.random.uniform(-80, 10), 40)
            west, south = box["coordinates"][0][0]
            item |= {"geometry": box, "bbox": [west, south, west + 40, south + 40]}
            self._put(item, name)
            self.log.append(f"footprint {name}")

    def rename(self) -> None:
        if picked := self._pick():
            name, item = picked
            del self.files[name]
            self._count += 1
            item["id"] = f"renamed-{self._count}-{item['properties']['version']}"
            self._put(item)
            self.log.append(f"rename {name} to {item['id']}")

    def move(self) -> None:
        if picked := self._pick():
            name, item = picked
            del self.files[name]
            item["collection"] = f"c{self.random.randrange(4)}"
            self._put(item)
            self.log.append(f"move {name} to {item['collection']}")

    def asset(self) -> None:
        if picked := self._pick():
            name, item = picked
            folder = name.rpartition("/")[0]
            for old in [k for k in self.files if k.startswith(f"{folder}/data")]:
                del self.files[old]
            item["assets"].pop("local", None)
            href = self.random.choice(["", "data", "data/one.txt", "data/deep/two.txt"])
            if href:
                asset = {"href": f"./{href}", "type": "text/plain", "roles": ["data"]}
                item["assets"]["local"] = asset
                self.files[f"{folder}/{href}"] = self.random.randbytes(self.random.choice([3, 900]))
            self._put(item, name)
            self.log.append(f"asset {name}: {href}")

    def card(self) -> None:
        if picked := self._pick():
            folder = picked[0].split("/item.json")[0].rpartition("/")[0]
            words = self.random.sample(["river", "forest", "coast", "desert", "ice"], 2)
            self.files[f"{folder}/README.md"] = " ".join(words).encode()
            self.log.append(f"card {folder}")

    def describe(self) -> None:
        group = f"c{self.random.randrange(4)}"
        name = f"{group}/collection.json"
        if name in self.files and self.random.random() < 0.3:
            del self.files[name]
        else:
            described = collection(group, description=f"Edition {self.random.randrange(5)}.")
            self.files[name] = json.dumps(described).encode()
        self.log.append(f"describe {name}")

    def repeat(self) -> None:
        """The same id a second time, elsewhere, or not any more."""
        if picked := self._pick():
            name, item = picked
            item["properties"]["description"] = f"A twin, {self.random.randrange(9)}."
            place = f"{self.random.choice('az')}-twins/{item['id']}/1/item.json"
            if place in self.files:
                del self.files[place]
            else:
                self._put(item, place)
            self.log.append(f"repeat {name} as {place}")

    def break_and_heal(self) -> None:
        names = self._items()
        if names:
            name = self.random.choice(names)
            data = self.files[name]
            self.files[name] = data[1:] if data[:1] == b" " else b" " + data[:-1] + data[-1:] * 2
            if data[:1] == b" ":
                self.files[name] = data[1:-1]
            self.log.append(f"break or heal {name}")
