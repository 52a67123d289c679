"""What must hold before a case changes hands or ends; raised in words the officer can act on."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import func, select

from feedback.cases.handover_models import PARTNER_OPEN, Partner
from feedback.cases.models import Case
from feedback.city import queries as city
from feedback.db import db
from feedback.errors import Invalid


def check_receiver(case: Case, to_agency_id: int) -> None:
    """Raises Invalid unless the agency is in force and can take this case, or a part of it, from its holder."""
    if to_agency_id == case.agency_id and not case.at_desk:
        raise Invalid(_("Hồ sơ đang ở cơ quan này. Xin chọn một cơ quan khác."))
    check_in_force(to_agency_id)


def check_in_force(agency_id: int) -> None:
    """Raises Invalid unless the agency is in force and not the inspectorate, which open cases never go to."""
    if not city.hold_in_force(agency_id):
        raise Invalid(_("Xin chọn một cơ quan đang hoạt động trong danh sách."))


def still_at_work(case_id: int) -> int:
    """How many co-agencies have not ended their part."""
    open_parts = select(func.count()).select_from(Partner).where(Partner.case_id == case_id, Partner.state.in_(PARTNER_OPEN))
    return db.session.scalar(open_parts) or 0


def check_no_partner_at_work(case_id: int) -> None:
    """Raises Invalid while a co-agency has not ended its part: the lead cannot answer, hand on or refuse over its head."""
    if still_at_work(case_id):
        raise Invalid(_("Còn cơ quan phối hợp chưa xong. Xin chờ kết quả hoặc thôi đề nghị phối hợp trước."))
