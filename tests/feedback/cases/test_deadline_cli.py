from __future__ import annotations

import json
from datetime import date

import pytest
from click.testing import CliRunner

from feedback.cases.deadline_cli import deadline_command
from feedback.city.models import Holiday, HolidayKind
from feedback.city.reading import Reader
from feedback.db import db


def run(*lines: object, args=()):
    text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    return CliRunner().invoke(deadline_command, list(args), input=text)


def answers(result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_one_object_in_one_object_out():
    result = run(
        {"id": "a", "rule": "KN-ACC", "start": "2017-04-20T10:00:00+07:00"},
        {"id": 7, "rule": "1022-FWD", "start": "2020-06-01T23:58:00+07:00"},
    )
    assert result.exit_code == 0
    first, second = answers(result)
    assert set(first) == {"id", "due", "steps", "legal_basis"}
    assert (first["id"], first["due"], first["legal_basis"]) == ("a", "2017-05-03T23:59:59+07:00", "Luật Khiếu nại 2011, Điều 27")
    assert first["steps"][-1] == "Hạn cuối: hết thứ Tư 03/05/2017."
    assert (second["id"], second["due"]) == (7, "2020-06-02T00:03:00+07:00")
    assert "thứ" in result.stdout, "Vietnamese is written as it is, not escaped"


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-03-02T09:00:00+07:00", "2026-03-09"),
        ("2026-03-02T17:30:00Z", "2026-03-10"),
        ("2026-03-02T09:00:00", "2026-03-09"),
        ("2026-03-02", "2026-03-09"),
        (" 2026-03-02 09:00 ", "2026-03-09"),
    ],
)
def test_an_instant_without_an_offset_is_meant_on_the_citys_clock(start, due):
    (answer,) = answers(run({"id": 1, "rule": "TC18-NTF", "start": start}))
    assert answer["due"] == f"{due}T23:59:59+07:00"


def test_pauses_and_extensions_are_counted():
    asked = {"id": 1, "rule": "TC18-END", "start": "2019-03-04T09:00:00+07:00", "extensions": ["TC18-END-COMPLEX"]}
    paused = {**asked, "pauses": [["2019-03-05T09:00:00+07:00", "2019-03-15T09:00:00+07:00"]]}
    plain, longer = answers(run(asked, paused))
    assert plain["due"] == "2019-05-03T23:59:59+07:00"
    assert longer["due"] == "2019-05-13T23:59:59+07:00"


def test_the_version_of_the_rule_follows_the_start():
    pause = [["2026-06-02T09:00:00+07:00", "2026-06-12T09:00:00+07:00"]]
    old, new = answers(
        run(
            {"id": 1, "rule": "KN-1", "start": "2026-06-01", "pauses": pause},
            {"id": 2, "rule": "KN-1", "start": "2026-07-01", "pauses": [["2026-07-02", "2026-07-12"]]},
        )
    )
    assert old["due"].startswith("2026-07-01"), "the law of 2011 knows no pause"
    assert new["due"].startswith("2026-08-10"), "since 1/7/2026 it does: 30 + 10 days, Monday"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nonsense", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[1]", 'wanted an object with "id"'),
        ({"rule": "KN-1", "start": "2026-03-02"}, 'wanted an object with "id"'),
        ({"id": 1, "rule": "NO-SUCH", "start": "2026-03-02"}, "there is no rule 'NO-SUCH'"),
        ({"id": 1, "start": "2026-03-02"}, "rule must name a rule"),
        ({"id": 1, "rule": 5, "start": "2026-03-02"}, "rule must name a rule"),
        ({"id": 1, "rule": "KN-1"}, "start must be an ISO instant"),
        ({"id": 1, "rule": "KN-1", "start": "tomorrow"}, "start must be an ISO instant"),
        ({"id": 1, "rule": "KN-1", "start": 20260302}, "start must be an ISO instant"),
        ({"id": 1, "rule": "KN-1", "start": "9999-12-30"}, "past the end of the calendar"),
        ({"id": 1, "rule": "TC18-SUS", "start": "2026-03-02"}, "TC18-SUS sets no period"),
        ({"id": 1, "rule": "KN-1", "start": "2026-03-02", "extensions": "KN-2"}, "extensions must be a list"),
        ({"id": 1, "rule": "KN-1", "start": "2026-03-02", "extensions": ["NO-SUCH"]}, "there is no rule 'NO-SUCH'"),
        ({"id": 1, "rule": "KN-1", "start": "2026-03-02", "extensions": ["1022-FWD"]}, "cannot be added"),
        ({"id": 1, "rule": "KN-1", "start": "2026-03-02", "pauses": "x"}, "pauses must be a list"),
        ({"id": 1, "rule": "KN-1", "start": "2026-03-02", "pauses": [["2026-03-03"]]}, "list of [from, to]"),
        ({"id": 1, "rule": "KN-1", "start": "2026-03-02", "pauses": [["2026-03-03", None]]}, "the end of a pause must be"),
        ({"id": 1, "rule": "KN-1", "start": "2026-03-02", "pauses": [["2026-03-05", "2026-03-03"]]}, "before it begins"),
    ],
)
def test_a_bad_line_is_named_by_its_number_and_the_rest_goes_on(line, said):
    good = {"id": "good", "rule": "KN-1", "start": "2026-03-02"}
    result = run(good, "", line, good)
    assert result.exit_code == 1
    assert [answer["id"] for answer in answers(result)] == ["good", "good"]
    assert result.stderr.startswith("line 3: ")
    assert said in result.stderr


def test_bytes_that_are_not_utf_8_are_a_bad_line():
    result = CliRunner().invoke(deadline_command, input=b'{"id":"\xff\xfe\xfa"}\n')
    assert result.exit_code == 1
    assert "line 1: not JSON" in result.stderr


def test_bad_usage_is_told_apart_from_bad_lines():
    assert run(args=["--nonsense"]).exit_code == 2
    assert run(args=["extra"]).exit_code == 2


def test_no_lines_are_no_error():
    result = run()
    assert (result.exit_code, result.stdout) == (0, "")


LISTED = {
    *("PAKN-FWD", "PAKN-ANS", "PAKN-UPD", "1022-FWD", "1022-ANS", "KN-ACC", "KN-1", "KN-2", "KN-BAR", "KN-BAR2"),
    *("TC11-ACC", "TC11-END", "TC18-ACC", "TC18-NTF", "TC18-END", "TC18-OVR", "DON-SORT", "TCD-NTF"),
}


def test_every_rule_of_the_facts_can_be_asked_for():
    result = run(*({"id": code, "rule": code, "start": "2018-03-05"} for code in LISTED))
    assert result.exit_code == 0
    assert {answer["id"] for answer in answers(result)} == LISTED
    assert {row.code for row in Reader().rules().rows} >= {*LISTED, "TC18-SUS", "TTHC-LATE"}


def test_the_tables_of_the_database_can_be_used_instead(app):
    db.session.add(Holiday(day=date(2026, 3, 9), kind=HolidayKind.OFF, name="Thử", source="Thử"))
    db.session.commit()
    asked = {"id": 1, "rule": "TC18-NTF", "start": "2026-03-02"}
    (plain,) = answers(run(asked))
    (edited,) = answers(run(asked, args=["--database"]))
    assert plain["due"].startswith("2026-03-09")
    assert edited["due"].startswith("2026-03-10")
