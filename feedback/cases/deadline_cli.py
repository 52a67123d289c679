"""`flask deadline`: computes deadlines, one JSON object per line in and out, from the tables in the project's CSV files.

Needs no database, so that it answers at once and the same everywhere; `--database` takes the tables as the administrator left them.
"""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO

import click

from feedback.cases.deadlines import Deadline, DeadlineError, Pause, due
from feedback.city.reading import CityDataError, Reader
from feedback.city.rules import Rule, UnknownRule, calendar_of, rule_on
from feedback.localtime import CITY_TIME, local_day
from feedback.workdays import Calendar


class BadLine(ValueError):
    """A line that cannot be answered; the message says why."""


@dataclass(frozen=True)
class Tables:
    """Where rules and working days come from."""

    rule: Callable[[str, date], Rule]
    calendar: Calendar


@click.command("deadline")
@click.option("--database", is_flag=True, help="Use the rules and holidays in the database instead of the project's files.")
def deadline_command(*, database: bool) -> None:
    """Compute deadlines: {"id","rule","start","pauses","extensions"} per line in, {"id","due","steps","legal_basis"} out."""
    if database:
        from feedback.cli import needs_database

        failed = needs_database(lambda: _answer_all(_from_database()))()
    else:
        failed = _answer_all(_from_files())
    if failed:
        raise click.exceptions.Exit(1)


def _from_files() -> Tables:
    reader = Reader()
    rules, holidays = reader.rules().rows, reader.holidays().rows
    if reader.problems:
        raise click.ClickException(str(CityDataError(reader.problems)))
    return Tables(functools.partial(rule_on, rules), calendar_of((row.day, row.kind) for row in holidays))


def _from_database() -> Tables:
    from feedback.city import queries as city

    return Tables(city.rule, city.calendar())


def _answer_all(tables: Tables) -> int:
    """Answer standard input on standard output; the number of lines that could not be answered."""
    failed = 0
    out = sys.stdout.buffer
    for number, line in _lines(sys.stdin.buffer):
        try:
            answer = _answer(line, tables)
        except BadLine as bad:
            failed += 1
            click.echo(f"line {number}: {bad}", err=True)
        else:
            out.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
    out.flush()
    return failed


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(stream, start=1):
        if line.strip():
            yield number, line


def _answer(line: bytes, tables: Tables) -> dict[str, object]:
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError) as bad:
        raise BadLine(f"not JSON in UTF-8 ({bad})") from bad
    if not isinstance(asked, dict) or "id" not in asked:
        raise BadLine('wanted an object with "id", "rule" and "start"')
    result = _deadline(asked, tables)
    return {
        "id": asked["id"],
        "due": result.due.isoformat(),
        "steps": [step.text() for step in result.steps],
        "legal_basis": result.legal_basis,
    }


def _deadline(asked: dict[str, object], tables: Tables) -> Deadline:
    try:
        start = _instant(asked.get("start"), "start")
        day = local_day(start)
        rule = tables.rule(_code(asked.get("rule"), "rule"), day)
        extensions = [tables.rule(_code(code, "extensions"), day) for code in _list(asked.get("extensions"), "extensions")]
        return due(rule, start, tables.calendar, list(_pauses(asked.get("pauses"))), extensions)
    except UnknownRule as unknown:
        raise BadLine(f"there is no rule {unknown.args[0]!r}; the rules are listed in docs/DATA.md") from unknown
    except DeadlineError as impossible:
        raise BadLine(str(impossible)) from impossible
    except OverflowError as far:
        raise BadLine("the dates run past the end of the calendar") from far


def _pauses(given: object) -> Iterable[Pause]:
    for pause in _list(given, "pauses"):
        if not isinstance(pause, list) or len(pause) != 2:
            raise BadLine("pauses must be a list of [from, to]")
        yield _instant(pause[0], "the beginning of a pause"), _instant(pause[1], "the end of a pause")


def _list(given: object, name: str) -> Sequence[object]:
    if given is None:
        return ()
    if not isinstance(given, list):
        raise BadLine(f"{name} must be a list")
    return given


def _code(given: object, name: str) -> str:
    if not isinstance(given, str) or not given.strip():
        raise BadLine(f"{name} must name a rule, like PAKN-ANS")
    return given.strip()


def _instant(given: object, name: str) -> datetime:
    """An ISO instant; without an offset it is meant on the city's clock."""
    if isinstance(given, str):
        try:
            instant = datetime.fromisoformat(given.strip())
        except ValueError:
            pass
        else:
            return instant if instant.tzinfo else instant.replace(tzinfo=CITY_TIME)
    raise BadLine(f"{name} must be an ISO instant, like 2026-02-12T09:30:00+07:00, not {given!r}")
