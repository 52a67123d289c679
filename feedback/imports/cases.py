"""Old cases from a file become cases: with their true times, the due date of the rules of their time, and the seal wherever one is due.

What is still open and named no agency, or says anything about an official, goes the way of every new report: received, sealed, read by
the machine, to the desk or to the inspectorate. What an agency has or had goes there, unless the machine sees signs of misconduct in it,
or cannot read at all: then the inspectorate has it and nobody else, the agency that answered it least of all.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from feedback import jobs
from feedback.accounts.models import User
from feedback.audit.services import record
from feedback.cases import contacts
from feedback.cases.access import Actor
from feedback.cases.deadlines import IN_DAYS, due
from feedback.cases.imported_models import ImportedCase
from feedback.cases.intake import FIRST_CATEGORY
from feedback.cases.models import REFERENCE_NUMBERS, Answer, AnswerState, Case, CaseEvent, Channel
from feedback.cases.models import Outcome as Result
from feedback.cases.ports import Labels
from feedback.cases.sorting import CONDUCT, read
from feedback.cases.stages import promised
from feedback.cases.workflow import Move, State
from feedback.city import queries as city
from feedback.city.cells import BadCell
from feedback.city.models import Area, Track
from feedback.city.rules import Rule, rule_on
from feedback.codes import new_public_id, unknown_code_hmac
from feedback.db import db, now
from feedback.imports.city_data import wrong_cell
from feedback.imports.columns import Kind
from feedback.imports.judged import DOUBLE, UNKNOWN, Key, Outcome, Problem, Verdict
from feedback.imports.old_cases import BadDate, OldCase, OldState, key_of, read_case
from feedback.imports.reading import Line
from feedback.localtime import day_start, local, local_day
from feedback.sealing import key_ring
from feedback.text import fold

SEALED_TRACKS = frozenset({Track.CONDUCT, Track.DENUNCIATION})


class Clock:
    """When limits end by the rules in force on the day they began, with rules and calendar read once."""

    def __init__(self) -> None:
        versions, self.calendar = city.rules(), city.calendar()
        self._rule = functools.cache(lambda code, day: rule_on(versions, code, day))
        self._by_day: dict[tuple[str, date], datetime] = {}

    def due(self, code: str, start: datetime) -> datetime:
        """The due instant. Raises UnknownRule."""
        key = code, local_day(start)
        rule: Rule = self._rule(*key)
        if rule.unit not in IN_DAYS or rule.cutoff is not None:
            return due(rule, start, self.calendar).due
        if key not in self._by_day:  # the hour of the day makes no difference
            self._by_day[key] = due(rule, start, self.calendar).due
        return self._by_day[key]


class CaseImporter:
    """Judges and writes lines about old cases."""

    batch: int | None = 200

    def __init__(self, by: User, import_id: str, row_id: int, source: str, firsts: Mapping[Key, int]) -> None:
        self.by, self.actor, self.import_id, self.row_id = by, Actor.of(by), import_id, row_id
        self.source, self.firsts, self.at = source, firsts, now()
        self.agencies = {agency.code: agency.id for agency in city.agencies()}
        self.desk, self.triage = city.desk_agency().id, city.triage_agency().id
        self.categories = {row.code: row for row in city.categories()}
        self.clock = Clock()

    def judge(self, lines: Sequence[Line]) -> list[Verdict]:
        """What each line does. Two queries."""
        origins = {line.number: self._origin(key_of(line.cells)[0]) for line in lines}
        known = self._known(origins.values())
        areas = self._areas(lines)
        return [self._judge(line, areas, seen=origins[line.number] in known) for line in lines]

    def _known(self, origins: Collection[bytes]) -> set[bytes]:
        return set(db.session.scalars(select(ImportedCase.origin_hmac).where(ImportedCase.origin_hmac.in_(origins))))

    def _origin(self, number: str) -> bytes:
        """Under a key that stays when the secret changes, as that of the tracking codes does: numbers are few and easily tried."""
        return hmac.new(key_ring().pepper, f"old-case|{self.source}|{number}".encode(), hashlib.sha256).digest()

    def _areas(self, lines: Sequence[Line]) -> dict[str, list[Area]]:
        codes = {line.cells.get("area_code", "").strip() for line in lines} - {""}
        found: dict[str, list[Area]] = {}
        for area in db.session.scalars(select(Area).where(Area.code.in_(codes)).order_by(Area.valid_from.desc())):
            found.setdefault(area.code, []).append(area)
        return found

    def _judge(self, line: Line, areas: Mapping[str, list[Area]], *, seen: bool) -> Verdict:
        first = self.firsts.get(key_of(line.cells), line.number)
        if first != line.number:
            return Verdict.refused(line, Problem.of("number", DOUBLE, line=first))
        try:
            old = read_case(line.cells, self.at)
        except BadDate as bad:
            return Verdict.refused(line, Problem.of(bad.column, bad.sentence))
        except BadCell as bad:
            return Verdict.refused(line, wrong_cell(Kind.CASES, line, str(bad)))
        if seen:
            return Verdict(line, Outcome.UNCHANGED)
        area = _area_of(old, areas)
        for column, code, there in (
            ("category", old.category, old.category in self.categories),
            ("area_code", old.area_code, area is not None),
            ("agency_code", old.agency_code, old.agency_code in self.agencies),
        ):
            if code and not there:
                return Verdict.refused(line, Problem.of(column, UNKNOWN))
        if old.state is not OldState.OPEN and not old.agency_code:
            return Verdict.refused(line, wrong_cell(Kind.CASES, line, "agency_code is empty"))
        return Verdict(line, Outcome.NEW, row=(old, area))

    def write(self, verdicts: Sequence[Verdict]) -> None:
        """Make the cases with everything that belongs to them."""
        olds: list[tuple[OldCase, Area | None]] = [verdict.row for verdict in verdicts]
        # Rows of one shape stand together and go in by one statement; sealed ones carry keys of their own.
        made = sorted(((old, self._case(old, area)) for old, area in olds), key=lambda pair: pair[1].sealed)
        self._number([case for _old, case in made if not case.sealed])
        db.session.add_all([case for _old, case in made])
        db.session.flush()
        with db.session.no_autoflush:  # everything that belongs to the cases is written together, table by table
            for old, case in made:
                contacts.keep(case, old.name, old.phone, old.email)
                self._tell(old, case)
                number = ImportedCase(case_id=case.id, import_id=self.row_id, origin_hmac=self._origin(old.number), number=old.number)
                db.session.add(number)
        db.session.flush()

    def _number(self, opened: Sequence[Case]) -> None:
        """References as `unseal` gives them, drawn all at once."""
        series = func.generate_series(1, len(opened)).alias()
        drawn = db.session.scalars(select(REFERENCE_NUMBERS.next_value()).select_from(series)).all()
        for case, number in zip(opened, drawn, strict=True):
            case.reference = f"PA-{local(self.at).year}-{number:06d}"

    def _case(self, old: OldCase, area: Area | None) -> Case:
        labels = read(old.text)
        conduct = old.misconduct or labels is None or labels.misconduct
        conduct = conduct or any(self._is_sealed(code) for code in (old.category, labels.category if labels else ""))
        conduct = conduct or self.agencies.get(old.agency_code) == self.triage
        sort_anew = old.state is OldState.OPEN and (conduct or self.agencies.get(old.agency_code, self.desk) == self.desk)
        received = day_start(old.received) if conduct and not (old.name or old.phone or old.email) else old.received
        case = Case(
            public_id=new_public_id(),
            code_hmac=unknown_code_hmac(),
            text=old.text,
            text_folded=fold(old.text),
            place=old.place,
            area_id=area.id if area else None,
            channel=Channel.IMPORT,
            anonymous=not (old.name or old.phone or old.email),
            received_at=received,
            clock_from=received,
            sealed=conduct or sort_anew,
            urgent=False,
            guidance="",
            key=None,  # it has none yet: nobody needs to ask the database
        )
        if sort_anew:
            self._as_received(case, old, conduct=conduct)
        else:
            self._as_kept(case, old, labels, conduct=conduct)
        return case

    def _is_sealed(self, code: str) -> bool:
        """Whether matters of this field are for the inspectorate alone."""
        return code in self.categories and self.categories[code].track in SEALED_TRACKS

    def _as_received(self, case: Case, old: OldCase, *, conduct: bool) -> None:
        """Like a new report: the machine reads it once more and sends it on."""
        first = self.categories[FIRST_CATEGORY]
        case.state, case.track, case.agency_id, case.at_desk = State.RECEIVED, Track.FEEDBACK, self.desk, True
        case.category_code, case.citizen_category_code = first.code, CONDUCT if conduct else old.category or None
        case.rule_code, case.due_at = first.rule_code, self.clock.due(first.rule_code, case.received_at)

    def _as_kept(self, case: Case, old: OldCase, labels: Labels | None, *, conduct: bool) -> None:
        """As the other system had it: with the agency that works on it or has answered, or with the inspectorate."""
        category = self.categories[CONDUCT if conduct else old.category or (labels.category if labels else FIRST_CATEGORY)]
        case.track, case.category_code, case.at_desk = category.track, category.code, False
        case.agency_id = self.triage if conduct else self.agencies[old.agency_code]
        case.accepted_at = case.received_at
        case.rule_code, case.clock_from = promised(case.track, category.rule_code, case.received_at, case.accepted_at)
        case.due_at = self.clock.due(case.rule_code, case.clock_from)
        case.state = {OldState.OPEN: State.IN_PROGRESS, OldState.ANSWERED: State.ANSWERED, OldState.CLOSED: State.CLOSED}[old.state]
        if old.state is OldState.OPEN:
            case.urgent = labels is not None and labels.urgent
        elif old.answered is not None:
            case.answered_at = max(old.answered, case.received_at)
            case.closed_at = case.answered_at if old.state is OldState.CLOSED else None

    def _tell(self, old: OldCase, case: Case) -> None:
        """The history at its true times, the answer, and one row of the record, at the time it was brought in."""
        where = f"Hồ sơ số {old.number} của hệ thống «{self.source}»."
        self._event(case, Move.SUBMIT, case.received_at, None, State.RECEIVED, where)
        if case.state is State.RECEIVED:
            jobs.defer("cases.classify", case_id=case.id)
        else:
            self._event(case, Move.ACCEPT, case.received_at, State.RECEIVED, State.IN_PROGRESS)
        if case.answered_at is not None:
            self._event(case, Move.APPROVE, case.answered_at, State.IN_PROGRESS, case.state)
            db.session.add(
                Answer(
                    case_id=case.id, state=AnswerState.PUBLISHED, outcome=Result(old.outcome.value), text=old.answer, comment="",
                    author_id=self.by.id, written_at=case.answered_at, decided_by_id=self.by.id, decided_at=case.answered_at,
                )
            )  # fmt: skip
        facts: dict[str, Any] = {"to_state": case.state.value, "to_agency": case.agency_id, "import_id": self.import_id}
        record("case.imported", actor=self.actor, subject_kind="case", subject_id=case.public_id, **facts)

    def _event(self, case: Case, move: Move, at: datetime, before: State | None, after: State, reason: str = "") -> None:
        event = CaseEvent(
            case_id=case.id, at=at, move=move.value, from_state=before.value if before else None, to_state=after.value,
            who=self.actor.who, actor_id=self.by.id, to_agency_id=case.agency_id, reason=reason,
        )  # fmt: skip
        event.from_agency_id = None if before is None else case.agency_id
        db.session.add(event)


def _area_of(old: OldCase, areas: Mapping[str, list[Area]]) -> Area | None:
    """The area that bore this code when the report came in; where none did, the newest one that does."""
    found, day = areas.get(old.area_code, []), old.received.date()
    then = [area for area in found if area.valid_from <= day and (area.valid_to is None or day <= area.valid_to)]
    return next(iter([*then, *found]), None)
