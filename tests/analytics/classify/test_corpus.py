from __future__ import annotations

import json
from pathlib import Path

import pytest

from analytics.classify.corpus import FOLDER, Example, digest, load_examples, parts, whole_files
from analytics.classify.model import CATEGORIES

STYLES = {"plain", "formal", "operator", "petition", "press", "dialect", "nodiac", "noisy", "caps", "short", "mixed"}


def example(file: str, run: int, category: str) -> Example:
    return Example("text", category, False, False, False, False, "plain", file, run)


def test_every_label_is_known_and_every_text_stands_once() -> None:
    examples = load_examples()
    assert {example.category for example in examples} == set(CATEGORIES)
    assert {name for example in examples for name in example.also} <= set(CATEGORIES)
    assert {example.style for example in examples} <= STYLES
    assert all(example.misconduct for example in examples if example.category == "staff_conduct")
    assert all(example.category == "other" for example in examples if example.spam)
    assert len({example.text for example in examples}) == len(examples)


def test_names_in_the_files_stand_once() -> None:
    names = [json.loads(line)["id"] for path in FOLDER.glob("*.jsonl") for line in path.read_text(encoding="utf-8").splitlines() if line]
    assert len(set(names)) == len(names)


def test_second_fields_are_read_and_count_as_right(tmp_path: Path) -> None:
    row = {"text": "a", "category": "health", "misconduct": False, "urgency": "urgent", "spam": False, "insult": False, "style": "plain"}
    (tmp_path / "a.jsonl").write_text(json.dumps(row) + "\n\n" + json.dumps({**row, "also": ["other", "education"]}) + "\n")
    first, second = load_examples(tmp_path)
    assert first.accepted == {"health"}
    assert second.accepted == {"health", "other", "education"}
    assert first.urgency


def test_runs_of_twenty_are_held_out_together(tmp_path: Path) -> None:
    row = {"text": "a", "category": "health", "misconduct": False, "urgency": "normal", "spam": False, "insult": False, "style": "plain"}
    (tmp_path / "a.jsonl").write_text((json.dumps(row) + "\n") * 41)
    assert [example.run for example in load_examples(tmp_path)] == [0] * 20 + [1] * 20 + [2]


def test_a_file_with_every_field_is_held_out_whole_and_other_files_by_runs() -> None:
    whole = [example(file, run, field) for file in ("p", "q") for run, field in enumerate(("land", "health"))]
    partial = [example("r", run, "land") for run in range(40)]
    assert whole_files([*whole, *partial], ("land", "health")) == ["p", "q"]
    dealt = parts([*whole, *partial], ("land", "health"), 2)
    assert dealt[:4] == [0, 0, 1, 1]
    assert set(dealt[4:]) == {0, 1}
    assert dealt == parts([*whole, *partial], ("land", "health"), 2)


def test_the_digest_names_texts_and_files(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("x")
    before = digest(tmp_path)
    (tmp_path / "a.jsonl").rename(tmp_path / "b.jsonl")
    renamed = digest(tmp_path)
    (tmp_path / "b.jsonl").write_text("y")
    assert len({before, renamed, digest(tmp_path)}) == 3


@pytest.mark.parametrize("field", CATEGORIES)
def test_every_field_has_enough_texts_of_many_styles(field: str) -> None:
    own = [example for example in load_examples() if example.category == field]
    assert len(own) >= 200
    assert len({example.style for example in own}) >= 9
