"""`flask demo` and `flask demo-sign-ins`: in demo mode only, on an empty database only, and what they print opens."""

from __future__ import annotations

import re

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import text

from analytics.demo.staff import PASSWORD
from feedback.db import db
from tests.analytics.demo.wobbly import WobblyClassifier
from tests.feedback.officers import Browser, send

CODE = re.compile(r"\b(?:[0-9A-Z]{5}-){4}[0-9A-Z]{5}\b")
DEMO = pytest.mark.settings(demo=True)


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=list(words))


def count(table: str) -> int:
    return int(db.session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


@DEMO
def test_it_fills_an_empty_database_and_shows_how_far_it_is(app: Flask, wobbly: WobblyClassifier) -> None:
    result = run(app, "demo", "--cases", "60", "--seed", "5")
    assert result.exit_code == 0
    assert "60 cases" in result.stdout
    assert "100%" in result.stderr
    assert "60/60" in result.stderr
    assert count("cases") == 60


@DEMO
def test_it_refuses_a_database_that_holds_cases(app: Flask, wobbly: WobblyClassifier) -> None:
    run(app, "demo", "--cases", "5")
    result = run(app, "demo", "--cases", "7")
    assert (result.exit_code, count("cases")) == (1, 5)
    assert "already holds cases" in result.stderr


@DEMO
def test_if_empty_leaves_such_a_database_alone_in_silence(app: Flask, wobbly: WobblyClassifier) -> None:
    assert run(app, "demo", "--if-empty", "--cases", "5").exit_code == 0
    result = run(app, "demo", "--if-empty", "--cases", "7")
    assert (result.exit_code, result.output, count("cases")) == (0, "", 5)


@DEMO
def test_an_account_in_the_way_is_named(app: Flask, wobbly: WobblyClassifier) -> None:
    assert run(app, "account", "add", "quantri1", "--full-name", "Người Khác", "--agency", "VP-UBND").exit_code == 0
    result = run(app, "demo", "--cases", "5")
    assert (result.exit_code, count("cases")) == (1, 0)
    assert "quantri1" in result.stderr


@pytest.mark.parametrize("words", [("demo", "--cases", "5"), ("demo", "--if-empty"), ("demo-sign-ins",)])
def test_outside_demo_mode_nothing_is_done_and_nothing_told(app: Flask, wobbly: WobblyClassifier, words: tuple[str, ...]) -> None:
    result = run(app, *words)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "demo mode only" in result.stderr
    assert (count("cases"), count("staff_user")) == (0, 0)


@DEMO
@pytest.mark.parametrize("words", [("--units", "2021"), ("--cases", "-1"), ("--cases", "many"), ("--seed", "x")])
def test_bad_usage_is_told_apart(app: Flask, words: tuple[str, ...]) -> None:
    assert run(app, "demo", *words).exit_code == 2


@DEMO
def test_sign_ins_are_printed_in_both_languages_and_the_codes_open(app: Flask, wobbly: WobblyClassifier) -> None:
    run(app, "demo", "--cases", "300", "--seed", "3")
    result = run(app, "demo-sign-ins")
    assert result.exit_code == 0
    for words in ("tiepnhan1", "chuyenvien1.", "thutruong.", "thanhtra1", "lanhdao1", "quantri1", "Lãnh đạo Thành phố / Leadership"):
        line = next(line for line in result.stdout.splitlines() if words in line)
        assert PASSWORD in line
    codes = CODE.findall(result.stdout)
    assert len(codes) == len(set(codes)) == 3
    for code in codes:
        citizen = Browser(app, app.response_class, use_cookies=True)
        opened = send(citizen, "/tra-cuu", "/tra-cuu", code=code)
        assert (opened.status_code, opened.location) == (302, "/tra-cuu/ho-so")
        assert citizen.get("/tra-cuu/ho-so").status_code == 200


@DEMO
def test_without_a_demo_city_it_says_so(app: Flask) -> None:
    result = run(app, "demo-sign-ins")
    assert result.exit_code == 0
    assert "no demo city" in result.stdout
