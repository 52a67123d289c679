"""What officers' programs send and get, in JSON."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, fields, validate

from feedback.api.shapes import Asked, Given, Moment, one_of, sentence, told
from feedback.cases.handling import ANSWER_LIMIT
from feedback.cases.handover_models import ReturnReason
from feedback.cases.models import Outcome
from feedback.cases.queries import PAGE_SIZE
from feedback.cases.workflow import State
from feedback.cases.writing import REASON_LIMIT
from feedback.inbox.lists import EVERYTHING, FIRST

CURSOR_LIMIT, LARGEST_PAGE = 100, 100
_A_PAGE = validate.Range(1, LARGEST_PAGE, error=_l("Mỗi trang từ 1 đến 100 hồ sơ."))
_IN_RANGE = validate.Range(0, 999_999_999, error=_l("Số phiên bản chưa đúng."))
#: The tabs of the inbox by the names they have here.
LISTS = {
    "open": FIRST,
    "overdue": "qua-han",
    "today": "hom-nay",
    "incoming": "chua-nhan",
    "in-progress": "dang-xu-ly",
    "helping": "phoi-hop",
    "to-approve": "cho-duyet",
    "sent-on": "da-chuyen",
    "answered": "da-tra-loi",
    "all": EVERYTHING,
}


class CaseLine(Schema):
    """A case in a list."""

    id = fields.String(required=True)
    reference = fields.String(required=True, allow_none=True)
    excerpt = fields.String(required=True)
    category = fields.String(required=True)
    area = fields.String(required=True)
    agency = fields.String(required=True)
    handler = fields.String(required=True)
    state = fields.String(required=True, validate=one_of(State))
    urgent = fields.Boolean(required=True)
    received_at = Moment(required=True)
    due_at = Moment(required=True)
    answered_at = Moment(required=True, allow_none=True)


class CaseLines(Schema):
    """One page, what is due first on top; lists of what is done, the last one first."""

    items = fields.List(fields.Nested(CaseLine), required=True)
    next_cursor = fields.String(required=True, allow_none=True, **told("Give it as `cursor` for the next page; null at the end."))


class Transfer(Schema):
    """A hand-over that nobody has accepted yet."""

    sender = fields.String(required=True)
    receiver = fields.String(required=True)
    note = fields.String(required=True)
    sent_at = Moment(required=True)


class WrittenAnswer(Schema):
    """One version of an answer."""

    state = fields.String(required=True)
    outcome = fields.String(required=True)
    text = fields.String(required=True)
    written_at = Moment(required=True)


class OfficeCase(Schema):
    """A case as the officer's page shows it, without the sender's contact data and without files."""

    id = fields.String(required=True)
    version = fields.Integer(required=True, **told("Send it back with an act: a case that has changed meanwhile is not acted on."))
    reference = fields.String(required=True, allow_none=True)
    state = fields.String(required=True, validate=one_of(State))
    text = fields.String(required=True)
    place = fields.String(required=True)
    area = fields.String(required=True, allow_none=True)
    category = fields.String(required=True)
    track = fields.String(required=True)
    channel = fields.String(required=True)
    agency = fields.String(required=True)
    handler = fields.String(required=True, allow_none=True)
    urgent = fields.Boolean(required=True)
    anonymous = fields.Boolean(required=True)
    received_at = Moment(required=True)
    due_at = Moment(required=True)
    answered_at = Moment(required=True, allow_none=True)
    transfer = fields.Nested(Transfer, required=True, allow_none=True)
    answers = fields.List(fields.Nested(WrittenAnswer), required=True)
    acts = fields.List(fields.String(), required=True, **told("What of this API can be done with it now: accept, return, hand-on, answer."))


class CasesAsked(Asked):
    """Which of the officer's lists."""

    list = fields.String(load_default="open", validate=one_of(LISTS), **told("The tab of the inbox."))
    size = fields.Integer(load_default=PAGE_SIZE, validate=_A_PAGE, **told("How many on a page."))
    cursor = sentence("`next_cursor` of the page before.", CURSOR_LIMIT, load_default="")


class Acted(Schema):
    """Where the case stands now; state and version are null when it has left the officer's sight."""

    id = fields.String(required=True)
    state = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True, allow_none=True)


_VERSION = told("The version of the case this act was decided on.")


class Act(Given):
    """An act that needs no words."""

    version = fields.Integer(
        required=True, strict=True, validate=validate.Range(0, 999_999_999, error=_l("Số phiên bản chưa đúng.")), **_VERSION
    )


class Return(Act):
    """Why a transfer goes back."""

    code = fields.String(required=True, validate=one_of(ReturnReason))
    reason = sentence("Why, for whoever gets the case.", REASON_LIMIT, least=1, required=True)


class HandOn(Act):
    """Which other agency is competent."""

    agency = fields.String(required=True, **told("Code of the agency."))
    reason = sentence("Why, for whoever gets the case.", REASON_LIMIT, least=1, required=True)


class Answer(Act):
    """The answer, handed in for approval: the citizen reads it when the head has approved it on his page."""

    outcome = fields.String(required=True, validate=one_of(Outcome))
    text = sentence("What the citizen will read.", ANSWER_LIMIT, least=1, required=True)
