"""A report about an official leaves nothing that anybody but the inspectorate could notice (security, control 2).

Everything an officer can open is read twice, before and after a report about his own agency comes in, and compared to the byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from analytics.rollup.services import take_up
from feedback.accounts.models import Role, User
from feedback.acting import as_system
from feedback.cases import desk, transfers
from feedback.cases.access import CITIZEN
from feedback.cases.intake import Report, ReportContact, submit_report
from feedback.cases.models import Case
from feedback.cases.sorting import classify_case
from feedback.city import queries as city
from feedback.codes import new_code
from feedback.db import db
from feedback.intake.drafts import hmac_of
from feedback.web import ALWAYS_PUBLIC
from tests.feedback.access.town import ROLE, Town
from tests.feedback.citizen import BRIBE, TEXT
from tests.feedback.officers import case_by_key, version_of

#: Whoever could be warned: the accused agency's own people, another agency, leadership, the administrator, the front desk.
READERS = ("handler", "head", "stranger", "leader", "admin", "desk")
#: What pages are asked for besides their bare address.
QUESTIONS = {
    "inbox.list_cases": ("?the=tat-ca", "?the=chua-nhan", "?tim=vòi tiền", "?tim=can+bo"),
    "desk.queue": ("?the=tat-ca", "?tim=vòi tiền"),
    "dashboard.overview": ("?theo=linh-vuc",),
    "notices.list_notices": ("?trang-thai=waiting",),
}
COUNTS = ("tiep-nhan", "da-tra-loi", "chua-tra-loi", "tre-han")
#: A form's token is new with every page.
TOKEN = re.compile(rb'name="csrf_token"[^>]*value="[^"]*"|<meta name="csrf-token"[^>]*>')


@pytest.fixture
def morning(town: Town) -> Iterator[Town]:
    """The town at one instant, so that no clock on a page moves; its officers have addresses and get post."""
    with town.app.app_context():
        for user in db.session.scalars(select(User).where(User.email.is_(None))):
            user.email = f"{user.sign_in_name}@example.vn"
        db.session.commit()
    with time_machine.travel(datetime.now(UTC), tick=False):
        yield town


def paths(town: Town, name: str) -> Iterator[str]:
    """Every page an officer may read that is about no one case, with questions; and the pages of all cases there were."""
    for rule in town.app.url_map.iter_rules():
        view = town.app.view_functions[rule.endpoint]
        if rule.endpoint in ALWAYS_PUBLIC or "GET" not in (rule.methods or ()) or Role(ROLE[name]) not in getattr(view, "roles", ()):
            continue
        if not rule.arguments:
            yield from (rule.rule + question for question in ("", *QUESTIONS.get(rule.endpoint, ())))
        elif rule.arguments == {"so_lieu"}:
            yield from (rule.rule.replace("<so_lieu>", count) for count in COUNTS)


def everything(town: Town, readers: tuple[str, ...] = READERS) -> dict[tuple[str, str], tuple[object, ...]]:
    """What each reader is answered on each page: status, headers, bytes. Figures are brought up to date first, as the worker would."""
    with town.app.app_context(), as_system("figures"):
        take_up()
        db.session.remove()
    return {(name, path): seen(town.browsers[name].get(path)) for name in readers for path in paths(town, name)}


def seen(answer: TestResponse) -> tuple[object, ...]:
    headers = {name: value for name, value in answer.headers if name not in ("Set-Cookie", "Content-Length")}
    return answer.status_code, headers, TOKEN.sub(b"", answer.data)


def reference_of(town: Town) -> int:
    """The number of the next open case."""
    with town.app.app_context():
        key = submit_report(Report(TEXT), hmac_of(new_code()), CITIZEN).case_id
        classify_case(key)
        return int((case_by_key(key).reference or "").rpartition("-")[2])


WORDS = st.text("abc đếớ ỷ.,!?", max_size=60)


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """Something about an official, from somebody who may leave his name, in any ward and under any heading he likes."""
    contact = ReportContact(phone="0900000123") if draw(st.booleans()) else ReportContact()
    return Report(
        text=f"{draw(WORDS)} {BRIBE} {draw(WORDS)}",
        contact=contact,
        wants_public=draw(st.booleans()),
        category_code=draw(st.sampled_from([None, "urban_environment", "staff_conduct"])),
    )


def test_nobody_notices_a_report_about_an_official(morning: Town) -> None:
    number, before = reference_of(morning), everything(morning)
    assert {path.partition("?")[0] for name, path in before if name == "handler"} >= {"/can-bo/ho-so", "/can-bo/ho-so/bo-loc"}
    assert {path.partition("?")[0] for name, path in before if name == "leader"} >= {"/dieu-hanh/", "/dieu-hanh/luan-chuyen"}
    sealed = []

    @settings(max_examples=2, suppress_health_check=list(HealthCheck))
    @given(reports())
    def comes_in(report: Report) -> None:
        with morning.app.app_context():
            key = submit_report(report, hmac_of(new_code()), CITIZEN).case_id
            classify_case(key)
            assert case_by_key(key).sealed
            sealed.append(key)
        differs(everything(morning), before)

    comes_in()
    assert sealed
    assert reference_of(morning) == number + 1, "no gap in the numbers"


def test_nobody_notices_that_a_case_he_had_became_one_about_him(morning: Town) -> None:
    """On its way to the agency, taken back, sealed: as if it had never been. The desk officer who did it knows, of course."""
    before, office = everything(morning), morning.office
    with morning.app.app_context():
        public_id = office.forwarded()
        transfers.recall(office.desk.actor, public_id, version_of(public_id), "Gửi nhầm.")
        desk.send_to_inspectorate(office.desk.actor, public_id, version_of(public_id), "Nói về cán bộ của cơ quan này.")
    assert db_notices(morning) > 0, "letters were written, and are hidden now"
    differs(everything(morning), before)


def db_notices(town: Town) -> int:
    from feedback.notices.models import Notice

    with town.app.app_context():
        sealed = select(Case.public_id).where(Case.sealed, Case.agency_id == city.triage_agency().id)
        return db.session.scalar(select(func.count()).where(Notice.case_public_id.in_(sealed))) or 0


def test_an_open_case_is_noticed(morning: Town) -> None:
    """That the comparison can fail."""
    readers = ("handler", "leader", "admin")
    before = everything(morning, readers)
    with morning.app.app_context():
        morning.office.accepted()
    assert {name for (name, path), answer in everything(morning, readers).items() if answer != before[name, path]} == set(readers)


def differs(after: dict[tuple[str, str], tuple[object, ...]], before: dict[tuple[str, str], tuple[object, ...]]) -> None:
    assert [key for key in before if after[key] != before[key]] == []
