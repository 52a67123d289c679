"""A line about an old case as a checked value. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from feedback.cases.steps import N_
from feedback.city.cells import BadCell, Cells
from feedback.imports.judged import Key
from feedback.intake.people import is_email, is_phone, tidy_phone
from feedback.localtime import CITY_TIME
from feedback.text import clean

NUMBER_LIMIT, PLACE_LIMIT, SHORTEST, TEXT_LIMIT, ANSWER_LIMIT, NAME_LIMIT = 60, 300, 10, 5000, 10_000, 120
_FORMS = ("%Y-%m-%d", "%d/%m/%Y", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M:%S")
FUTURE = N_("Ngày này ở tương lai. Xin kiểm tra lại.")
BEFORE = N_("Ngày trả lời trước ngày tiếp nhận. Xin kiểm tra lại.")
NEEDED = N_("Hồ sơ đã trả lời hoặc đã đóng cần có ô này. Xin điền.")
OPEN = N_("Hồ sơ đang xử lý thì chưa có trả lời. Xin để trống, hoặc sửa cột state.")


class OldState(StrEnum):
    """How far the other system had come."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class OldOutcome(StrEnum):
    """What the answer said of the matter."""

    SOLVED = "solved"
    PARTLY = "partly"
    EXPLAINED = "explained"
    UNFOUNDED = "unfounded"


class BadDate(BadCell):
    """A cell that is wrong beside another one or the calendar; the sentence says how."""

    def __init__(self, column: str, sentence: str) -> None:
        self.column, self.sentence = column, sentence
        super().__init__(f"{column}: {sentence}")


@dataclass(frozen=True)
class OldCase:
    """What is known of a case from another system."""

    number: str
    received: datetime
    text: str
    state: OldState
    category: str
    area_code: str
    place: str
    agency_code: str
    answered: datetime | None
    answer: str
    outcome: OldOutcome
    misconduct: bool
    name: str
    phone: str
    email: str


def key_of(cells: Mapping[str, str]) -> Key:
    """What tells old cases apart."""
    return (clean(cells.get("number", ""), NUMBER_LIMIT),)


def read_case(cells: Mapping[str, str], at: datetime) -> OldCase:
    """A line as a checked value. Raises BadCell, whose message names the column first."""
    row = Cells({name: cells.get(name, "") for name in _OPTIONAL} | dict(cells))
    row.text("number", NUMBER_LIMIT)
    (number,), received = key_of(cells), _moment(row, "received", at)
    if not number or received is None:
        raise BadCell("received is empty" if number else "number is empty")
    state = row.choice("state", OldState)
    answered, answer = _moment(row, "answered", at), _words(row, "answer", ANSWER_LIMIT)
    _check_answer(state, received, answered, answer)
    email, phone = row.row["contact_email"].strip(), tidy_phone(row.row["contact_phone"])
    if email and not is_email(email):
        raise BadCell("contact_email is no address")
    if phone and not is_phone(phone):
        raise BadCell("contact_phone is no number")
    return OldCase(
        number=number,
        received=received,
        text=_text(row),
        state=state,
        category=row.optional("category", 40),
        area_code=row.optional("area_code", 10),
        place=_words(row, "place", PLACE_LIMIT),
        agency_code=row.optional("agency_code", 30),
        answered=answered,
        answer=answer,
        outcome=row.maybe("outcome", lambda column: row.choice(column, OldOutcome)) or OldOutcome.EXPLAINED,
        misconduct=bool(row.maybe("misconduct", row.yes)),
        name=_words(row, "contact_name", NAME_LIMIT),
        phone=phone,
        email=email,
    )


_OPTIONAL = (
    *("number", "received", "text", "state", "category", "area_code", "place", "agency_code", "answered", "answer", "outcome"),
    *("misconduct", "contact_name", "contact_phone", "contact_email"),
)


def _text(row: Cells) -> str:
    text = _words(row, "text", TEXT_LIMIT)
    if len(text) < SHORTEST:
        raise BadCell("text is too short")
    return text


def _words(row: Cells, column: str, limit: int) -> str:
    words = clean(row.row[column])
    if len(words) > limit:
        raise BadCell(f"{column} is too long")
    return words


def _check_answer(state: OldState, received: datetime, answered: datetime | None, answer: str) -> None:
    if state is OldState.OPEN:
        for column, given in (("answered", answered), ("answer", answer)):
            if given:
                raise BadDate(column, OPEN)
        return
    if not answer:
        raise BadDate("answer", NEEDED)
    if answered is None:
        raise BadDate("answered", NEEDED)
    # A day without an hour begins at midnight; answered on the day of receipt is no contradiction.
    if answered.date() < received.date():
        raise BadDate("answered", BEFORE)


def _moment(row: Cells, column: str, at: datetime) -> datetime | None:
    """An instant on the city's clock; a day alone is its first instant."""
    written = row.row[column].strip()
    if not written:
        return None
    for form in _FORMS:
        try:
            moment = datetime.strptime(written, form).replace(tzinfo=CITY_TIME)
        except ValueError:
            continue
        if moment > at:
            raise BadDate(column, FUTURE)
        if moment.year >= 1990:
            return moment
    raise BadCell(f"{column} is {written!r}")
