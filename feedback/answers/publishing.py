"""Công khai: a masked report and its answer become readable for everybody, when the sender agreed and an officer has read every mark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from flask_babel import gettext as _
from sqlalchemy.orm.attributes import flag_modified

from feedback.answers.queries import SHOWN_STATES
from feedback.audit.services import record
from feedback.cases.access import AGENCY, Actor
from feedback.cases.message_models import Publication
from feedback.cases.models import Case
from feedback.cases.ports import Redactor, Span
from feedback.cases.queries import published_answer, visible_case
from feedback.cases.writing import lock_visible
from feedback.db import atomic, db, now
from feedback.errors import Conflict, Invalid, NotFound
from feedback.text import clean, fold

TEXT_LIMIT, ANSWER_LIMIT = 5000, 10000


@dataclass(frozen=True)
class Looked:
    """One text with what was found in it."""

    text: str
    masked: str
    found: tuple[Span, ...]

    def pieces(self) -> Iterator[tuple[str, bool]]:
        """The text in pieces, each with whether it is personal data."""
        at = 0
        for span in self.found:
            yield self.text[at : span.start], False
            yield self.text[span.start : span.end], True
            at = span.end
        yield self.text[at:], False


def look(redactor: Redactor, text: str) -> Looked:
    """Read one text for personal data."""
    masked, found = redactor.mask(text)
    return Looked(text, masked, tuple(found))


def seal_of(text: str, answer: str) -> str:
    """What the form carries to say which two texts the officer has had before him with their marks."""
    return sha256(f"{len(text)}\0{text}\0{answer}".encode()).hexdigest()


def may_publish(actor: Actor, case: Case) -> bool:
    """Head and handler of the agency that answered; the sender agreed; never while sealed."""
    own = actor.who in AGENCY and case.agency_id == actor.agency_id and not case.at_desk
    return own and case.wants_public and not case.sealed and case.state in SHOWN_STATES


def current(case: Case) -> Publication | None:
    """What is public of a case now; a publication older than the last answer counts no more."""
    found = db.session.get(Publication, case.id)
    return found if found is not None and case.answered_at is not None and found.published_at >= case.answered_at else None


def publishable(actor: Actor, public_id: str) -> tuple[Case, str]:
    """A case this officer may publish, with the answer its sender got. Raises NotFound."""
    case = visible_case(actor, public_id)
    answer = published_answer(case.id)
    if not may_publish(actor, case) or answer is None:
        raise NotFound
    return case, answer.text


class Unseen(Invalid):
    """The texts hold what looks like personal data, and the officer has not had these very texts before him with their marks."""


@atomic
def publish(redactor: Redactor, actor: Actor, public_id: str, version: int, text: str, answer: str, seen: str) -> None:
    """Let the two texts out as the officer left them. The same texts again are a double click.

    Raises NotFound for whoever may not, Invalid for an empty text, Unseen when something found in them was not shown to the officer,
    Conflict when the case has changed.
    """
    case = lock_visible(actor, public_id)
    if not may_publish(actor, case) or published_answer(case.id) is None:
        raise NotFound
    text, answer = clean(text, TEXT_LIMIT), clean(answer, ANSWER_LIMIT)
    if not text or not answer:
        raise Invalid(_("Xin viết cả nội dung phản ánh và câu trả lời được công khai."))
    marks = len(look(redactor, text).found) + len(look(redactor, answer).found)
    if marks and seen != seal_of(text, answer):
        raise Unseen(
            _("Nội dung dưới đây còn chỗ giống thông tin cá nhân, được đánh dấu. Xin che hoặc xác nhận đã xem rồi công khai lần nữa.")
        )
    known = current(case)
    if known is not None and (known.text, known.answer) == (text, answer):
        return
    if case.version != version:
        raise Conflict(_("Hồ sơ này vừa được người khác cập nhật. Nội dung Ông/Bà đã nhập vẫn còn ở dưới; xin xem lại rồi gửi lần nữa."))
    row = db.session.get(Publication, case.id) or Publication(case_id=case.id, followers=0)
    row.text, row.text_folded, row.answer = text, fold(f"{text} {answer}"), answer
    row.published_at, row.published_by_id = now(), actor.user_id or 0
    db.session.add(row)
    flag_modified(case, "state")  # whoever holds the page from before is told so
    record("case.publish", actor=actor, subject_kind="case", subject_id=case.public_id, left_in=marks)


@atomic
def withdraw(actor: Actor, public_id: str, version: int) -> None:
    """Thôi công khai: the case disappears from the public pages at once. Does nothing when it is not there."""
    case = lock_visible(actor, public_id)
    if not may_publish(actor, case):
        raise NotFound
    row = db.session.get(Publication, case.id)
    if row is None:
        return
    if case.version != version:
        raise Conflict(_("Hồ sơ này vừa được người khác cập nhật. Xin xem lại rồi thử lần nữa."))
    db.session.delete(row)
    flag_modified(case, "state")
    record("case.withdraw_publication", actor=actor, subject_kind="case", subject_id=case.public_id)
