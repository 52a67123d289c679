"""Corrections are learnt beside the corpus and never judged."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from analytics.classify import artefact
from analytics.classify.cli import model_group
from analytics.classify.corpus import FOLDER, Example, load_examples
from analytics.classify.corrections import WEIGHT, load_corrections
from analytics.classify.model import CATEGORIES

training = pytest.importorskip("analytics.classify.training")


def line(text: str, **changed: Any) -> str:
    row = {"text": text, "category": "health", "misconduct": False, "urgency": "normal", "spam": False, "insult": False, "style": "office"}
    return json.dumps({**row, **changed}, ensure_ascii=False) + "\n"


def written(folder: Path, *lines: str) -> Path:
    path = folder / "corrections.jsonl"
    path.write_text("".join(lines), encoding="utf-8")
    return path


def example(text: str, category: str, run: int = 0) -> Example:
    """A text of the corpus; every second run shows all signs, so that there is something to learn of each."""
    return Example(text, category, *[bool(run % 2)] * 4, "plain", "file", run)


def test_a_correction_counts_as_several_texts(tmp_path: Path) -> None:
    found = load_corrections(written(tmp_path, line("Trạm y tế đóng cửa sớm"), line("Hết thuốc", urgency="urgent")), [])
    assert [(one.text, one.urgency) for one in found] == [("Trạm y tế đóng cửa sớm", False)] * WEIGHT + [("Hết thuốc", True)] * WEIGHT
    assert WEIGHT == 2


def test_texts_of_the_corpus_masked_or_not_are_left_out(tmp_path: Path) -> None:
    corpus = [example("Gọi số 0900000123 không ai nghe máy", "other"), example("Rác đầy hẻm", "other")]
    lines = (line("Gọi số [ĐIỆN THOẠI] không ai nghe máy"), line("rac  day HEM"), line("Rác đầy hẻm nữa"))
    from analytics.redact import redact

    lines = (line(redact(corpus[0].text).text), *lines[1:])
    assert {one.text for one in load_corrections(written(tmp_path, *lines), corpus)} == {"Rác đầy hẻm nữa"}


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ("not json\n", "Expecting value"),
        (line("a", category="weather"), "weather"),
        ('{"text": "a"}\n', "no labelled text"),
        ("[1]\n", "no labelled"),
    ],
)
def test_a_broken_file_is_refused(tmp_path: Path, app: Flask, broken: str, message: str) -> None:
    path = written(tmp_path, line("Trạm y tế đóng cửa"), broken)
    with pytest.raises(ValueError, match=message):
        load_corrections(path, [])


def test_the_command_refuses_a_broken_file_and_leaves_the_old_model(tmp_path: Path, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "load_examples", lambda _folder: [])
    folder = tmp_path / "model"
    shutil.copytree(artefact.FOLDER, folder)
    result = app.test_cli_runner().invoke(model_group, ["train", "--folder", str(folder), "--with", str(written(tmp_path, "no\n"))])
    assert result.exit_code == 1
    assert "Expecting value" in result.stderr
    assert artefact.load(folder).settings.version == artefact.load().settings.version


def test_corrections_are_learnt_in_every_part_and_never_judged() -> None:
    """A word that only corrections hold is known in every part; the judged texts are those of the corpus."""
    examples = [
        example(f"{word} {at} chung", CATEGORIES[run % 2], run)
        for run, word in enumerate(["một", "hai", "ba", "bốn", "năm", "sáu"])
        for at in range(9)
    ]
    examples.append(example("xoài xoài", "education", 99))
    plain = training.features_of([one.text for one in examples])
    more = [example("xoài xoài", "education")] * 6
    beside = training.Beside(more, training.features_of([one.text for one in more]), training.features_of(["xoai xoai"] * 6))
    alone, helped = training.held_out(examples, plain, plain), training.held_out(examples, plain, plain, beside)
    assert helped.examples == alone.examples == tuple(examples)
    last = len(examples) - 1
    assert not alone.right[last]
    assert helped.right[last]


@pytest.mark.slow
def test_a_model_trained_with_corrections_says_so_and_keeps_its_test_texts(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for path in sorted(FOLDER.glob("*.jsonl"))[:6]:
        (corpus / path.name).write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[::9]), encoding="utf-8")
    first = load_examples(corpus)[0]
    extra = written(tmp_path, line("Trạm y tế xã không còn thuốc hạ sốt cho trẻ"), line(first.text))
    one = training.train(tmp_path / "one", corpus)
    two = training.train(tmp_path / "two", corpus, extra)
    assert one.version != two.version
    data = artefact.load_manifest(tmp_path / "two")["data"]
    assert data["corrections"]["texts"] == 1, "the other one is a text of the corpus"
    assert len(data["corrections"]["sha256"]) == 64
    assert "corrections" not in artefact.load_manifest(tmp_path / "one")["data"]
    assert artefact.load_verdicts(tmp_path / "one").keys() == artefact.load_verdicts(tmp_path / "two").keys()
