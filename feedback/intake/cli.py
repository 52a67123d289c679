"""`flask intake`: reports as JSON lines through the same service as the web form."""

from __future__ import annotations

import json
import sys
import time
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from feedback.cases import queries
from feedback.cases.access import SYSTEM
from feedback.cases.intake import TEXT_LIMIT, Report, ReportContact, submit_report
from feedback.cases.models import Channel
from feedback.cases.sorting import classify_case
from feedback.city import queries as city
from feedback.city.models import Agency, Area
from feedback.cli import needs_database
from feedback.codes import new_code, show_code
from feedback.db import db
from feedback.errors import OfficeError
from feedback.intake.drafts import hmac_of
from feedback.intake.people import is_email, is_phone, tidy_phone
from feedback.intake.places import Named, Places, UnknownPlace
from feedback.localtime import local
from feedback.text import clean

#: Lines in work at a time: while one waits for the disk, another is read by the machine.
AT_ONCE = 4
READ_AHEAD = 2 * AT_ONCE


class BadLine(ValueError):
    """A line that cannot become a report; the message says why."""


@click.command("intake")
@with_appcontext
@needs_database
def intake_command() -> None:
    """Take in reports: {"text", "area"?, "contact"?} per line in, {"code","category","agency","due"} per line out, in order."""
    began = time.monotonic()
    intake = Intake(current_app._get_current_object(), _places())  # type: ignore[attr-defined]
    intake.take_all(sys.stdin.buffer)
    seconds = time.monotonic() - began
    click.echo(f"{intake.done} reports taken in, {intake.failed} lines refused, {intake.done / seconds:.0f} reports/s", err=True)
    if intake.failed:
        raise click.exceptions.Exit(1)


@dataclass
class Intake:
    """Works at several lines at once; each answer is written as soon as those before it are, so that one may write a line and wait."""

    app: Flask
    places: Places
    done: int = 0
    failed: int = 0

    def take_all(self, lines: Iterable[bytes]) -> None:
        """Read to the end. When answers can no longer be written it stops with the error, at most READ_AHEAD lines later."""
        waiting: deque[Future[None]] = deque()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for number, line in enumerate(lines, start=1):
                if not line.strip():
                    continue
                if len(waiting) == READ_AHEAD:
                    waiting.popleft().result()
                before = waiting[-1] if waiting else None
                waiting.append(pool.submit(self._take, number, line, before))
            for taken in waiting:
                taken.result()

    def _take(self, number: int, line: bytes, before: Future[None] | None) -> None:
        """Save one line and answer it in its turn; whatever is wrong with it, the next one is read."""
        with self.app.app_context():
            answer, why = _answer(line, self.places)
        if before is not None:
            before.result()
        if answer is None:
            self.failed += 1
            click.echo(f"line {number}: {why}", err=True)
        else:
            self.done += 1
            sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
            sys.stdout.buffer.flush()


def _places() -> Places:
    """Wards and districts in force, by all their names."""
    wards = city.wards()
    inside = [Named(area.id, area.code, area.name, area.kind_label, _district_of(area)) for area in wards]
    return Places([*inside, *(Named(area.id, area.code, area.name, area.kind_label) for area in city.districts())])


def _district_of(ward: Area) -> str:
    return ward.district_area.name if ward.district_area else ""


def _answer(line: bytes, places: Places) -> tuple[dict[str, str] | None, str]:
    """What became of a line, or why nothing did."""
    try:
        return _submitted(_report(line, places)), ""
    except (BadLine, OfficeError) as bad:
        return None, str(bad)
    except Exception as error:  # a line that breaks something must not lose the ones after it
        return None, f"could not be saved ({type(error).__name__})"


def _report(line: bytes, places: Places) -> Report:
    try:
        given = json.loads(line)
    except (ValueError, RecursionError) as bad:
        raise BadLine("not JSON in UTF-8") from bad
    if not isinstance(given, dict):
        raise BadLine('wanted an object with "text"')
    text = given.get("text")
    if not isinstance(text, str) or not clean(text):
        raise BadLine('"text" is missing or empty')
    if len(clean(text)) > TEXT_LIMIT:
        raise BadLine(f'"text" has more than {TEXT_LIMIT} characters')
    return Report(text=text, area_id=_area(given.get("area"), places), contact=_contact(given.get("contact")), channel=Channel.IMPORT)


def _area(given: object, places: Places) -> int | None:
    if given is None or given == "":
        return None
    if isinstance(given, int) and not isinstance(given, bool):
        given = str(given)
    if not isinstance(given, str):
        raise BadLine('"area" must be the code or the name of a ward or district')
    try:
        return places.find(given)
    except UnknownPlace as unknown:
        raise BadLine(f'"area": {unknown}') from unknown


def _contact(given: object) -> ReportContact:
    """A telephone number or an address of mail, or an object with name, phone and email."""
    if given is None or given == "":
        return ReportContact()
    if isinstance(given, str):
        given = {"email" if "@" in given else "phone": given}
    if not isinstance(given, dict):
        raise BadLine('"contact" must be a phone number, an e-mail address or an object')
    parts = {key: given.get(key) or "" for key in ("name", "phone", "email")}
    if not all(isinstance(part, str) for part in parts.values()):
        raise BadLine('"contact": name, phone and email must be text')
    phone, email = tidy_phone(parts["phone"]), parts["email"].strip()
    if phone and not is_phone(phone):
        raise BadLine('"contact": not a Vietnamese phone number')
    if email and not is_email(email):
        raise BadLine('"contact": not an e-mail address')
    return ReportContact(clean(parts["name"]), phone, email)


def _submitted(report: Report) -> dict[str, str]:
    """Save, classify, and say what the system made of it. The agency is the one proposed to act; a sealed case's is who reads it first."""
    code = new_code()
    submitted = submit_report(report, hmac_of(code), SYSTEM)
    classify_case(submitted.case_id)
    case = queries.case_of_code(hmac_of(code))
    assert case is not None
    suggestion = queries.suggestion(case.id)
    proposed = db.session.get(Agency, suggestion.agency_id) if suggestion and suggestion.agency_id and not case.sealed else None
    return {
        "code": show_code(code),
        "category": case.category_code,
        "agency": (proposed or case.agency).name,
        "due": local(case.due_at).isoformat(),
    }
