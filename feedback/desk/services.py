"""Several cases in one go: forward what the machine is sure of, and take it all back within ten minutes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _

from feedback.cases import desk, transfers
from feedback.cases.access import Actor
from feedback.cases.models import Case, Suggestion
from feedback.cases.workflow import State
from feedback.cases.writing import lock_visible
from feedback.db import atomic, db, now
from feedback.desk import queries
from feedback.errors import Conflict, Invalid, OfficeError

#: How long a bulk can be taken back as a whole.
UNDO = timedelta(minutes=10)


@dataclass(frozen=True)
class Undone:
    """References of what was taken back, and of what an agency had accepted or returned before that."""

    recalled: list[str]
    left: list[str]


def doubt(case: Case, thought: Suggestion | None) -> str:
    """Why a case wants a look of its own instead of going along with others; empty when the suggestion can be followed."""
    if case.state is not State.SORTING:
        return str(_("Hồ sơ không còn chờ phân loại."))
    if case.returns:
        return str(_("Đã có cơ quan trả lại, nên đề xuất cũ không còn dùng được."))
    if thought is None or not thought.worked:
        return str(_("Máy chưa đọc được phản ánh này."))
    if thought.misconduct:
        return str(_("Có thể nói về thái độ, hành vi của cán bộ."))
    if thought.spam:
        return str(_("Có thể là quảng cáo hoặc nội dung thử."))
    if thought.abstain:
        return str(_("Máy chưa đủ chắc chắn."))
    return "" if thought.agency_id is not None else str(_("Chưa có cơ quan đề xuất."))


def send_many(actor: Actor, bulk_id: str, chosen: Sequence[tuple[str, int]]) -> list[str]:
    """Forward each chosen case (public id, version) to the agency proposed, all marked as one bulk.

    Each case is a transaction of its own, so that one that somebody else has changed does not hold up the others; gives the
    public ids of those that were not sent. The same bulk sent twice does nothing the second time.
    """
    left_out = []
    for public_id, version in chosen:
        try:
            _send_one(actor, bulk_id, public_id, version)
        except OfficeError:
            left_out.append(public_id)
    return left_out


@atomic
def _send_one(actor: Actor, bulk_id: str, public_id: str, version: int) -> None:
    case = lock_visible(actor, public_id, version)
    thought = db.session.get(Suggestion, case.id)
    reason = doubt(case, thought)
    if reason or thought is None or thought.agency_id is None:
        raise Invalid(reason)
    desk.forward(actor, public_id, version, desk.Decision(case.category_code, thought.agency_id, case.procedure_id), bulk_id)


def undo(actor: Actor, bulk_id: str) -> Undone:
    """Recall every case of a bulk that is still under way. Raises NotFound for somebody else's bulk, Conflict after ten minutes."""
    sent = queries.bulk(actor, bulk_id)
    if now() > queries.sent_at(sent) + UNDO:
        raise Conflict(_("Đã quá 10 phút nên không thu hồi cả đợt được nữa. Xin thu hồi từng hồ sơ còn đang chuyển."))
    made = Undone([], [])
    for public_id, reference in [(one.public_id, one.reference) for one in sent]:
        (made.recalled if _recall_one(actor, bulk_id, public_id) else made.left).append(reference)
    return made


@atomic
def _recall_one(actor: Actor, bulk_id: str, public_id: str) -> bool:
    """Whether the case was still under way in this bulk and could be taken back."""
    try:
        case = lock_visible(actor, public_id)
    except OfficeError:
        return False
    transfer = transfers.under_way(case.id)
    if transfer is None or transfer.bulk_id != bulk_id:
        return False
    transfers.take_back(case, actor, str(_("Thu hồi cả đợt chuyển.")), now())
    return True
