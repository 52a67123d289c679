"""The labelled texts the model learns from, and the digest that names them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).with_name("corpus")
#: Writers wrote in runs: neighbours resemble each other, so a run is held out as a whole.
_RUN = 20


@dataclass(frozen=True)
class Example:
    """One labelled text. `file` and `run` say where it stands: neighbours are never split between learning and judging."""

    text: str
    category: str
    misconduct: bool
    urgency: bool
    spam: bool
    insult: bool
    style: str
    file: str
    run: int
    #: Other fields a reader may rightly choose.
    also: tuple[str, ...] = ()

    @property
    def accepted(self) -> frozenset[str]:
        """Every field that counts as right."""
        return frozenset((self.category, *self.also))


def load_examples(folder: Path = FOLDER) -> list[Example]:
    """All texts, files by name and lines in order."""
    return [example for path in sorted(folder.glob("*.jsonl")) for example in read_file(path)]


def read_file(path: Path) -> Iterator[Example]:
    """The labelled texts of one file. Raises ValueError for a line that is no JSON, KeyError for one without a label."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(filter(str.strip, lines)):
            row = json.loads(line)
            flags = (row["misconduct"], row["urgency"] == "urgent", row["spam"], row["insult"])
            yield Example(row["text"], row["category"], *flags, row["style"], path.stem, number // _RUN, tuple(row.get("also", ())))


def whole_files(examples: Sequence[Example], fields: Sequence[str]) -> list[str]:
    """Names of the files that hold every field: only these can be held out whole, as the texts of a writer never seen."""
    held: dict[str, set[str]] = {}
    for example in examples:
        held.setdefault(example.file, set()).add(example.category)
    return sorted(name for name, categories in held.items() if categories >= set(fields))


def parts(examples: Sequence[Example], fields: Sequence[str], count: int) -> list[int]:
    """The part each text is held out with: files with every field in turn, runs of the others by the hash of their name."""
    whole = {name: at % count for at, name in enumerate(whole_files(examples, fields))}
    return [whole.get(e.file, hashlib.sha256(f"{e.file}/{e.run}".encode()).digest()[0] % count) for e in examples]


def digest(folder: Path = FOLDER) -> str:
    """SHA-256 over names and contents of all files, in order."""
    whole = hashlib.sha256()
    for path in sorted(folder.glob("*.jsonl")):
        whole.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return whole.hexdigest()
