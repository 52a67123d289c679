"""`flask audit verify`: one JSON object, words for people on the side, and an exit code for scripts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from feedback.audit.heads import newest_heads
from feedback.db import db
from tests.feedback.audit.records import FIRST, ROWS, SECOND, tamper, write_record


def run(app: Flask, *words: str) -> tuple[Result, dict[str, Any]]:
    """The command's result and its object, if it got so far."""
    db.session.remove()
    result = app.test_cli_runner().invoke(args=["audit", "verify", *words])
    return result, json.loads(result.stdout) if result.stdout else {}


def test_an_empty_record_is_whole(app: Flask) -> None:
    result, said = run(app)
    assert result.exit_code == 0
    assert said["ok"] is True
    assert (said["rows"], said["heads"], said["last_day"], said["last_head"]) == (0, 0, None, None)


def test_a_whole_record_says_how_far_it_goes(app: Flask) -> None:
    write_record()
    head = newest_heads(1)[0].head.hex()
    result, said = run(app)
    assert (result.exit_code, result.stderr) == (0, "")
    assert said == {
        "ok": True,
        "rows": ROWS,
        "chains": 4,
        "heads": 2,
        "rows_after_last_head": 2,
        "last_day": SECOND.isoformat(),
        "last_head": head,
        "first_bad_row": None,
        "first_bad_day": None,
        "wrong": [],
    }


def test_a_changed_row_is_named_in_words_and_for_scripts(app: Flask) -> None:
    write_record()
    tamper("UPDATE audit_entry SET action = 'thing.never' WHERE seq IN (4, 7)", "DELETE FROM audit_entry WHERE seq = 6")
    result, said = run(app)
    assert result.exit_code == 1
    assert said["ok"] is False
    assert (said["first_bad_row"]["seq"], said["first_bad_row"]["subject"], said["first_bad_row"]["number"]) == (4, "thing a", 3)
    assert said["first_bad_day"] == SECOND.isoformat()
    assert result.stderr.splitlines() == said["wrong"]
    assert said["wrong"][0].startswith("Row 4 (number 3 of thing a, ")
    assert "was changed after it was written" in said["wrong"][0]
    assert said["wrong"][1] == "Day 2026-11-24: this day was sealed with 2 rows, 1 are there: rows were removed or put in."


def test_a_copy_kept_elsewhere_is_held_against_the_record(app: Flask, tmp_path: Path) -> None:
    write_record()
    kept = tmp_path / "so-cai.csv"
    kept.write_text(
        "\ufeffday,head,key_id,signature\n" + "".join(f"{row.day},{row.head.hex()},x,y\n" for row in newest_heads()), encoding="utf-8"
    )
    assert run(app, "--heads", str(kept))[0].exit_code == 0
    kept.write_text(f"day,head\n{FIRST},{bytes(32).hex()}\n", encoding="utf-8")
    result, said = run(app, "--heads", str(kept))
    assert (result.exit_code, said["first_bad_day"]) == (1, FIRST.isoformat())


@pytest.mark.parametrize(
    "content", ["", "day,head\n2026-11-24\n", "day,head\nyesterday,00\n", "day,head\n2026-11-24,zz\n", "Ngày;Dấu\n1;2\n"]
)
def test_a_file_that_is_no_copy_is_bad_usage(app: Flask, tmp_path: Path, content: str) -> None:
    kept = tmp_path / "copy.csv"
    kept.write_text(content, encoding="utf-8")
    result, said = run(app, "--heads", str(kept))
    assert result.exit_code == 2
    assert "is not a copy of /so-cai.csv" in result.stderr
    assert said == {}


def test_a_file_that_is_not_there_is_bad_usage(app: Flask) -> None:
    assert run(app, "--heads", "/nowhere/heads.csv")[0].exit_code == 2
