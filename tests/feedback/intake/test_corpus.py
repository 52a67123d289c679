"""Whatever people write goes in: a sample of the texts the classifier learns from, and texts nobody should send."""

from __future__ import annotations

import json
import random
import unicodedata
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text as sql

from feedback.cases import queries
from feedback.cases.models import Case
from feedback.cases.sorting import CONDUCT
from feedback.cases.workflow import State
from feedback.codes import read_code
from feedback.config import ROOT, Config
from feedback.db import db
from feedback.intake.drafts import hmac_of
from feedback.text import clean

CORPUS = sorted((ROOT / "analytics/classify/corpus").glob("*.jsonl"))
TAKEN = 16
NFD = unicodedata.normalize("NFD", "Đường Nguyễn Trãi ngập nước mỗi khi trời mưa lớn.")
ODD = {
    "one letter": "x",
    "digits only": "0909 000 000",
    "no letters": "!!! ??? ...",
    "as long as allowed": "Rác chưa ai gom. " * 294,
    "one word as long as allowed": "a" * 5000,
    "dots that slow tokenizers": "a." * 2499 + "@",
    "marks apart from letters": NFD,
    "stacked marks": "a" + "\u0301" * 300 + " đường ngập",
    "pictures": "🚧🚧 Ổ gà to quá 😡 👨‍👩‍👧‍👦",
    "from right to left": "\u202eRác ở hẻm\u202c שלום مرحبا",
    "invisible letters": "R\u200bá\u200dc \ufeffđầy đường\u00ad",
    "controls": "Rác\x00\x07\x1b[31m đầy\r\n\tđường\x85",
    "half a pair": "Rác \ud83d đầy đường",
    "full width": "＜script＞alert(1)＜/script＞",
    "markup": "<script>alert('x')</script><img src=x onerror=alert(1)>{{ 7*7 }}{% raw %}",
    "statements": "'); DROP TABLE cases; --  %s %(x)s \\ %",
    "JSON": '{"text": "một phản ánh trong một phản ánh"}',
    "another language": "The drain in front of my house has been blocked for 3 weeks. 下水道堵了。",
    "line ends": "một\u2028hai\u2029ba\x0bbốn\x0cnăm",
    "noncharacters": "Rác \ufffe\uffff\U0010ffff đầy đường",
}


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    """The application with its own classifier."""
    from wsgi import create_app

    app = create_app(config)
    yield app
    with app.app_context():
        db.engine.dispose()


def sample() -> list[str]:
    """Some texts of every file of the corpus, the same on every run, and the odd ones."""
    draw = random.Random(20)
    files = [[json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()] for path in CORPUS]
    return [text for texts in files for text in draw.sample(texts, TAKEN)] + list(ODD.values())


def test_no_text_is_lost_and_none_breaks_the_intake(app: Flask) -> None:
    texts = sample()
    assert len(texts) >= 150
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    result = app.test_cli_runner().invoke(args=["intake"], input=lines)
    assert result.exit_code == 0, result.stderr
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(answers) == len(texts)
    with app.app_context():
        for text, answer in zip(texts, answers, strict=True):
            case = queries.case_of_code(hmac_of(read_code(answer["code"]) or ""))
            assert case is not None, text
            assert case.text == clean(text)
            suggestion = queries.suggestion(case.id)
            assert suggestion is not None, text
            assert suggestion.worked, text
            conduct = suggestion.misconduct or suggestion.category_code == CONDUCT
            assert (case.state, case.sealed) == ((State.TRIAGE, True) if conduct else (State.SORTING, False)), text
        assert db.session.query(Case).count() == len(texts)
        for rows in ("case_event WHERE move = 'submit'", "audit_entry WHERE action = 'case.submit'"):
            assert db.session.scalar(sql(f"SELECT count(*) FROM {rows}")) == len(texts)
