"""What the front desk and the inspectorate's triage do with a case before an agency has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm.attributes import flag_modified

from feedback.audit.services import record
from feedback.cases import learning
from feedback.cases.access import Actor
from feedback.cases.clock import set_clock
from feedback.cases.clock_models import DueCause
from feedback.cases.learning_models import Way
from feedback.cases.models import Case, Channel, Contact, Suggestion
from feedback.cases.sorting import CONDUCT, set_category
from feedback.cases.stages import PETITIONS
from feedback.cases.transfers import send
from feedback.cases.workflow import Move
from feedback.cases.writing import apply, hide_hour, lock_visible, seal, unseal
from feedback.city import queries as city
from feedback.city.models import Track
from feedback.db import atomic, db, now
from feedback.errors import Invalid


@dataclass(frozen=True)
class Decision:
    """What the desk decided: the field, the agency that is to act, the procedure when one is meant, the ward when it is known."""

    category_code: str
    agency_id: int
    procedure_id: int | None = None
    note: str = ""
    #: None leaves the ward as the case has it.
    area_id: int | None = None


@atomic
def forward(actor: Actor, public_id: str, version: int, decision: Decision, bulk_id: str | None = None) -> Case:
    """Chuyển: send a sorted case to the agency that is to act. The desk stays responsible until it is accepted.

    Raises Invalid for an agency that is not in force, and for a matter of conduct, which only the inspectorate may have.
    """
    case = lock_visible(actor, public_id, version)
    _refuse_conduct(decision.category_code)
    at = now()
    set_category(case, decision.category_code, at)
    case.procedure_id = decision.procedure_id
    if decision.area_id is not None and decision.area_id != case.area_id:
        _set_area(case, actor, decision.area_id)
    case.forwarded_at = at
    send(case, actor, Move.FORWARD, decision.agency_id, decision.note, at, bulk_id)
    learning.note(case, actor, Way.FORWARD, decision.category_code, at)
    suggestion = db.session.get(Suggestion, case.id)
    if suggestion is not None:
        suggestion.decided_category_code = decision.category_code
        suggestion.decided_agency_id = decision.agency_id
        suggestion.decided_by_id = actor.user_id
        suggestion.decided_at = at
    return case


def _set_area(case: Case, actor: Actor, area_id: int) -> None:
    """The ward a case is counted under, as the desk has found it in the text or by asking."""
    before = city.area_by_id(case.area_id).code if case.area_id is not None else ""
    after = city.area_by_id(area_id).code
    record("case.set_area", actor=actor, subject_kind="case", subject_id=case.public_id, before=before, after=after)
    case.area_id = area_id


@atomic
def set_petition(actor: Actor, public_id: str, version: int, track: Track) -> None:
    """The desk finds a signed petition to be a complaint or a denunciation, by its content and not by its title (TT 05/2021/TT-TTCP).

    Only what came on paper or was handed in at the counter under a name can be one: the web takes no formal petition
    (Luật Tố cáo 2018 Art 22). A denunciation is sealed at once and goes to the inspectorate. Raises Invalid otherwise.
    """
    if track not in PETITIONS:
        raise Invalid(_("Xin chọn khiếu nại hoặc tố cáo."))
    case = lock_visible(actor, public_id, version)
    if not may_be_petition(case):
        raise Invalid(_("Chỉ đơn giấy hoặc đơn nộp tại quầy, có họ tên người gửi, mới được xử lý theo trình tự khiếu nại, tố cáo."))
    at = now()
    case.track = track
    if track is Track.DENUNCIATION:
        _to_inspectorate(case, actor, str(_("Đơn tố cáo")), at)
        return
    flag_modified(case, "track")
    set_clock(case, city.category(case.category_code).rule_code, at, DueCause.CATEGORY)
    record("case.set_petition", actor=actor, subject_kind="case", subject_id=case.public_id, track=track.value)


def may_be_petition(case: Case) -> bool:
    """Whether the case came as a paper under a name, which a complaint or a denunciation must be."""
    if case.channel not in (Channel.PAPER, Channel.COUNTER):
        return False
    contact = db.session.get(Contact, case.id)
    return contact is not None and contact.name_sealed is not None


@atomic
def send_to_inspectorate(actor: Actor, public_id: str, version: int, reason: str) -> None:
    """The desk sees that a report is about an official's conduct: it is sealed at once and leaves the desk."""
    case = lock_visible(actor, public_id, version)
    case.track = Track.CONDUCT
    _to_inspectorate(case, actor, reason, now())


def _to_inspectorate(case: Case, actor: Actor, reason: str, at: datetime) -> None:
    apply(case, Move.SEAL, actor, to_agency_id=city.triage_agency().id, reason=reason, at=at)
    seal(case)
    hide_hour(case)
    set_category(case, CONDUCT, at)
    learning.note(case, actor, Way.SEAL, CONDUCT, at)


@atomic
def release(actor: Actor, public_id: str, version: int, category_code: str, reason: str) -> None:
    """The inspectorate finds that nobody's conduct is meant: the case opens and goes to the front desk."""
    case = lock_visible(actor, public_id, version)
    _refuse_conduct(category_code)
    at = now()
    apply(case, Move.RELEASE, actor, to_agency_id=city.desk_agency().id, reason=reason, at=at)
    unseal(at, case)
    case.track = Track.FEEDBACK
    set_category(case, category_code, at)
    learning.note(case, actor, Way.RELEASE, category_code, at)


@atomic
def take_up(actor: Actor, public_id: str, version: int) -> None:
    """Thụ lý: the inspectorate handles the report itself; it stays sealed."""
    case = lock_visible(actor, public_id, version)
    at = now()
    case.accepted_at = at
    case.handler_id = actor.user_id
    apply(case, Move.TAKE_UP, actor, at=at)
    set_clock(case, city.category(case.category_code).rule_code, at, DueCause.ACCEPTED)


def _refuse_conduct(category_code: str) -> None:
    if category_code == CONDUCT:
        raise Invalid(_("Phản ánh về thái độ, hành vi của cán bộ do Thanh tra xem xét, không chuyển cho cơ quan khác."))
