"""`flask intake`: good lines become cases in order, bad lines are named and lose nothing."""

from __future__ import annotations

import io
import json
import os
import sys
import threading
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from feedback.cases import contacts, queries
from feedback.cases.models import Case, Channel
from feedback.city import queries as city
from feedback.codes import read_code
from feedback.db import db
from feedback.intake.cli import READ_AHEAD, Intake
from feedback.intake.drafts import hmac_of
from feedback.intake.places import Places
from tests.feedback.citizen import BRIBE, TEXT, BrokenClassifier


def take_in(app: Flask, *lines: object) -> tuple[Result, list[dict[str, str]]]:
    data = b"".join((line if isinstance(line, bytes) else json.dumps(line, ensure_ascii=False).encode()) + b"\n" for line in lines)
    result = app.test_cli_runner().invoke(args=["intake"], input=data)
    return result, [json.loads(line) for line in result.stdout.splitlines()]


def case_of(answer: dict[str, str]) -> Case:
    case = queries.case_of_code(hmac_of(read_code(answer["code"]) or ""))
    assert case is not None
    return case


class BrokenReader:
    def read_place(self, text: str, units: str) -> None:
        raise RuntimeError(text)


def test_a_reader_that_breaks_says_nothing_between_the_answers(app: Flask) -> None:
    app.extensions["place_reader"] = BrokenReader()
    result, answers = take_in(app, {"text": TEXT}, {"text": TEXT + " Lần hai."})
    assert result.exit_code == 0
    assert [set(answer) for answer in answers] == [{"code", "category", "agency", "due"}] * 2


def test_every_good_line_opens_a_case_in_order(app: Flask) -> None:
    with app.app_context():
        ward = city.wards()[30]
        committee = city.place_of(ward).ward_agency or ""
        agency, triage, code = city.agency_by_code(committee).name, city.triage_agency().name, ward.code
    result, (first, second, third) = take_in(
        app,
        {"text": TEXT, "area": code, "category": "health", "id": 7, "contact": "0900 000 123"},
        {"text": BRIBE, "area": None},
        {"text": TEXT + " Lần hai.", "contact": {"name": "Người Thử", "email": "thu@example.com"}},
    )
    assert result.exit_code == 0
    assert "3 reports taken in, 0 lines refused" in result.stderr
    assert (first["category"], first["agency"]) == ("urban_environment", agency)
    assert (second["category"], second["agency"]) == ("staff_conduct", triage)
    assert all(set(answer) == {"code", "category", "agency", "due"} for answer in (first, second, third))
    assert first["due"].endswith("T23:59:59+07:00")
    with app.app_context():
        case = case_of(first)
        assert (case.text, case.channel, case.citizen_category_code, case.sealed) == (TEXT, Channel.IMPORT, None, False)
        assert contacts.opened(case.id) == {"phone": "0900000123"}
        assert case_of(second).sealed
        assert contacts.opened(case_of(third).id) == {"name": "Người Thử", "email": "thu@example.com"}


def test_an_area_by_its_name_with_or_without_marks(app: Flask) -> None:
    with app.app_context():
        ward = next(ward for ward in city.wards() if ward.name == "Phường Sài Gòn")
        wanted = ward.id
    result, answers = take_in(app, *({"text": TEXT, "area": name} for name in ("Phường Sài Gòn", "sai gon", "P. Sài Gòn")))
    assert result.exit_code == 0
    with app.app_context():
        assert [case_of(answer).area_id for answer in answers] == [wanted] * 3


def test_bad_lines_are_named_and_do_not_stop_the_rest(app: Flask) -> None:
    result, answers = take_in(
        app,
        {"text": TEXT},
        b"{not json",
        b"\xff\xfe",
        b"",
        ["text"],
        {"text": " \u200b "},
        {"text": "a" * 5001},
        {"text": TEXT, "area": "Thành phố Mây"},
        {"text": TEXT, "area": ["1"]},
        {"text": TEXT, "contact": "12345"},
        {"text": TEXT, "contact": "a@b"},
        {"text": TEXT, "contact": {"phone": 5}},
        {"text": TEXT, "contact": [1]},
        b"[" * 100_000,
        {"text": TEXT + "\x00 cuối"},
    )
    assert result.exit_code == 1
    assert len(answers) == 2
    numbers = [line.split(":")[0] for line in result.stderr.splitlines() if line.startswith("line ")]
    assert numbers == [f"line {number}" for number in (2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)]
    assert "2 reports taken in, 12 lines refused" in result.stderr
    assert TEXT not in result.stderr
    with app.app_context():
        assert case_of(answers[1]).text == TEXT + " cuối"


def test_a_broken_classifier_loses_no_line(app: Flask) -> None:
    app.extensions["classifier"] = BrokenClassifier()
    result, answers = take_in(app, {"text": TEXT}, {"text": BRIBE})
    assert result.exit_code == 0
    with app.app_context():
        assert all(case_of(answer).sealed for answer in answers)
        assert {answer["agency"] for answer in answers} == {city.triage_agency().name}
        db.session.remove()


class NobodyReads(io.RawIOBase):
    """An output whose reader has gone away after some answers."""

    def __init__(self, answers: int) -> None:
        self.left = answers

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        if self.left == 0:
            raise BrokenPipeError
        self.left -= 1
        return len(data)


def test_when_nobody_reads_the_answers_no_more_is_taken_in(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = iter([json.dumps({"text": TEXT}).encode()] * 100)
    reader = NobodyReads(3)
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BufferedWriter(reader)))
    with pytest.raises(BrokenPipeError):
        Intake(app, Places([])).take_all(lines)
    reader.left = -1  # the output is flushed once more when it is thrown away
    assert len(list(lines)) >= 100 - 3 - 1 - READ_AHEAD
    with app.app_context():
        assert db.session.query(Case).count() <= 3 + 1 + READ_AHEAD


def test_one_may_write_a_line_and_wait_for_its_answer(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    answers, said = os.pipe()
    with os.fdopen(reading, "rb") as lines, os.fdopen(said, "w") as out, os.fdopen(answers, "rb") as heard:
        monkeypatch.setattr(sys, "stdout", out)
        worker = threading.Thread(target=Intake(app, Places([])).take_all, args=(lines,))
        worker.start()
        with os.fdopen(writing, "wb", buffering=0) as asking:
            for _question in range(2):
                asking.write(json.dumps({"text": TEXT}).encode() + b"\n")
                assert set(json.loads(heard.readline())) == {"code", "category", "agency", "due"}
        worker.join()
