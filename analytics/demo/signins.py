"""Who can sign in to the demo city, and codes of cases to follow, as lines to print in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from flask import current_app, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from analytics.demo.codes import demo_code
from analytics.demo.staff import PASSWORD, name_of
from feedback.accounts.models import Role, User
from feedback.accounts.passwords import verify
from feedback.cases.access import SYSTEM, visible_cases
from feedback.cases.models import Case
from feedback.cases.workflow import OPEN_STATES, State
from feedback.city.models import Agency
from feedback.codes import show_code
from feedback.config import Config
from feedback.db import db
from feedback.intake.drafts import hmac_of

ROLES = {
    Role.FRONT_DESK: "Bộ phận tiếp nhận / Front desk",
    Role.HANDLER: "Chuyên viên / Handler",
    Role.AGENCY_HEAD: "Thủ trưởng cơ quan / Agency head",
    Role.INSPECTORATE: "Thanh tra / Inspectorate",
    Role.LEADERSHIP: "Lãnh đạo Thành phố / Leadership",
    Role.ADMINISTRATOR: "Quản trị / Administrator",
}
HEADINGS = ("Vai trò / Role", "Tên đăng nhập / Name", "Mật khẩu / Password", "Cơ quan / Agency")
#: States worth a look from the citizen's side, the best first; so many are shown.
STATES = {
    State.ANSWERED: "Đã trả lời, chờ đánh giá / Answered, to be rated",
    State.IN_PROGRESS: "Đang xử lý / In progress",
    State.TRIAGE: "Thanh tra đang xem xét / At the inspectorate",
    State.CLOSED: "Đã đóng / Closed",
}
CODES_SHOWN = 3


@dataclass(frozen=True)
class SignIn:
    """One account to try; `password` is empty when somebody has changed it."""

    role: Role
    name: str
    password: str
    agency: str


def sign_ins() -> list[SignIn]:
    """One account of each role; handler and head are those of the agency where most cases are open."""
    busiest = _busiest()
    names = [name_of(role, agency_code=busiest) for role in ROLES]
    users = db.session.scalars(select(User).where(User.sign_in_name.in_(names), User.active).options(joinedload(User.agency)))
    by_name = {user.sign_in_name: user for user in users}
    return [
        SignIn(user.role, name, PASSWORD if verify(user.password_hash, PASSWORD) else "", user.agency.name)
        for name in names
        if (user := by_name.get(name)) is not None
    ]


def _busiest() -> str:
    """Code of the agency with most open cases, the front desk's own office left out."""
    waiting = (
        visible_cases(SYSTEM)
        .join(Agency, Agency.id == Case.agency_id)
        .where(Case.state.in_(OPEN_STATES), Agency.is_desk.is_(False), Agency.is_triage.is_(False))
        .with_only_columns(Agency.code)
        .group_by(Agency.code)
        .order_by(func.count().desc(), Agency.code)
        .limit(1)
    )
    return db.session.scalar(waiting) or ""


def codes() -> dict[State, str]:
    """Tracking codes, as people see codes, of the newest demo case in each of the first states that have one."""
    found = ((state, _newest(state)) for state in STATES)
    return dict(islice(((state, code) for state, code in found if code), CODES_SHOWN))


def _newest(state: State) -> str | None:
    """A case whose code is the one derived for it; a report somebody has sent in himself has another, which nobody but he knows."""
    secret = current_app.config["SECRET_KEY"]
    sealed = state is State.TRIAGE
    query = visible_cases(SYSTEM).where(Case.state == state, Case.sealed.is_(sealed)).order_by(Case.received_at.desc())
    for public_id, code_hmac in db.session.execute(query.with_only_columns(Case.public_id, Case.code_hmac)):
        code = demo_code(secret, public_id)
        if hmac_of(code) == code_hmac:
            return show_code(code)
    return None


def lines() -> Iterator[str]:
    """What is printed."""
    accounts = sign_ins()
    if not accounts:
        yield "Cơ sở dữ liệu này không có thành phố mẫu. / There is no demo city in this database."
        return
    config: Config = current_app.extensions["config"]
    with current_app.test_request_context():
        sign_in_url, track_url = url_for("accounts.sign_in_page"), url_for("tracking.ask")
    yield f"Đăng nhập / Sign in: {config.public_url}{sign_in_url}"
    rows = [(ROLES[row.role], row.name, row.password or "(đã đổi / changed)", row.agency) for row in accounts]
    yield from _table([HEADINGS, *rows])
    yield "Cơ quan nào cũng có / Every agency has: chuyenvien1.<mã cơ quan / agency code>, thutruong.<mã cơ quan / agency code>"
    yield "Bản chạy thử chỉ đòi mật khẩu, không đòi mã xác thực. / Demo mode asks for the password only, for no second factor."
    yield f"Tra cứu / Track a case: {config.public_url}{track_url}"
    yield from _table([(STATES[state], code) for state, code in codes().items()])


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  " + "   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
