"""The city's own data out and back in: unchanged when nothing was touched, checked together when something was."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from feedback.answers.services import load_templates
from feedback.audit.models import AuditEntry
from feedback.city import queries as city
from feedback.city.models import Area, Holiday
from feedback.db import db, now
from feedback.escalation.services import load_ladder
from feedback.imports.columns import OUTGOING, Kind
from feedback.imports.judged import Outcome
from feedback.localtime import local_day
from feedback.retention.models import RetentionPeriod
from tests.feedback.imports.files import START, at_work, brought, carried_through, press, table
from tests.feedback.officers import Office


@pytest.fixture(scope="module", autouse=True)
def ladder_and_texts(app: Flask) -> None:
    """What `flask city load` brings beside the city's own files."""
    load_ladder()
    load_templates()


def test_what_goes_out_comes_back_unchanged(app: Flask, admin: FlaskClient) -> None:
    for kind in OUTGOING:
        import_id = brought(admin, kind, admin.get(f"{START}/xuat/{kind}").data)
        counts = at_work(app, import_id)
        assert counts[Outcome.UNCHANGED] == sum(counts.values()) > 3, kind
        assert '/nhap"' not in admin.get(f"{START}/{import_id}").text, "nothing to write, no button"


def test_every_kind_goes_out_and_it_is_noted(admin: FlaskClient) -> None:
    for kind in OUTGOING:
        answer = admin.get(f"{START}/xuat/{kind}")
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{kind}.csv"'
    assert "'@ward" in admin.get(f"{START}/xuat/routing").text, "no cell becomes a formula"
    assert admin.get(f"{START}/xuat/cases").status_code == 404, "no administrator takes cases out"
    noted = select(AuditEntry.subject_id).where(AuditEntry.action == "export.made")
    assert set(db.session.scalars(noted)) >= set(OUTGOING)


def test_the_example_of_each_template_is_good(app: Flask, admin: FlaskClient) -> None:
    for kind in Kind:
        import_id = brought(admin, kind, admin.get(f"{START}/tep-mau/{kind}").data, source="Hệ thống cũ")
        counts = at_work(app, import_id)
        assert (counts[Outcome.REFUSED], sum(counts.values())) == (0, 1), kind
        assert admin.get(f"{START}/cach-ghi/{kind}").status_code == 200


def test_new_bodies_may_stand_below_each_other_in_any_order(app: Flask, admin: FlaskClient) -> None:
    data = table(Kind.AGENCIES, {"code": "TT-A", "superior": "SO-A"}, {"code": "SO-A"}, {"code": "TT-B", "superior": "SO-B"})
    import_id, counts = carried_through(app, admin, Kind.AGENCIES, data)
    assert (counts[Outcome.NEW], counts[Outcome.REFUSED]) == (2, 1)
    page = admin.get(f"{START}/{import_id}").text
    assert "<code>superior</code> «SO-B»: Không có mã này" in page
    part, whole = city.agency_by_code("TT-A"), city.agency_by_code("SO-A")
    assert part.superior_id == whole.id
    noted = select(AuditEntry.subject_id).where(AuditEntry.action == "agencies.imported")
    assert set(db.session.scalars(noted)) >= {"TT-A", "SO-A"}


def test_what_hangs_on_a_refused_line_is_refused_with_it(app: Flask, admin: FlaskClient) -> None:
    data = table(Kind.AGENCIES, {"code": "SO-X", "superior": "KHONG-CO"}, {"code": "TT-X", "superior": "SO-X"}, {"code": "SO-Y"})
    counts = at_work(app, brought(admin, Kind.AGENCIES, data))
    assert (counts[Outcome.NEW], counts[Outcome.REFUSED]) == (1, 2)


def test_the_desk_stays_the_desk_and_who_stands_above_whom_takes_two(app: Flask, admin: FlaskClient) -> None:
    lines = admin.get(f"{START}/xuat/agencies").text.replace("other,desk,,2025-07-01,", "other,,,2025-07-01,")
    lines = re.sub(r"^(SO-XD,.*,department,city),UBND-TP,", r"\1,TTR-TP,", lines, flags=re.MULTILINE)
    import_id = brought(admin, Kind.AGENCIES, lines.encode())
    assert at_work(app, import_id)[Outcome.REFUSED] == 2
    page = admin.get(f"{START}/{import_id}").text
    assert "không đổi được bằng tệp" in page
    assert "«TTR-TP»: Cơ quan cấp trên chỉ đổi được khi có hai quản trị viên" in page


def edited(admin: FlaskClient, kind: Kind, *edits: tuple[str, str]) -> bytes:
    """What stands there, with one line or cell otherwise for each edit."""
    lines = admin.get(f"{START}/xuat/{kind}").text
    for pattern, instead in edits:
        lines, found = re.subn(pattern, instead, lines, count=1, flags=re.MULTILINE)
        assert found, pattern
    return lines.encode()


def test_rules_of_the_city_are_changed_by_files_within_what_the_pages_allow(app: Flask, admin: FlaskClient) -> None:
    today = local_day(now()).isoformat()
    edits = {
        Kind.CATEGORIES: [
            (r"^(other,)[^,]*", r"\1Việc khác hẳn"),
            (r"^(urban_environment.*),service_desk,", r"\1,conduct,"),
            (r"^(staff_conduct.*)yes", r"\1no"),
        ],
        Kind.ROUTING: [(r"^(staff_conduct,city),TTR-TP", r"\1,SO-XD"), (r"^(other,city,.*),(\r?)$", rf"\1,{today}\2")],
        Kind.RULES: [(r"^(1022-ANS,[^,]*,)5", r"\g<1>6"), (r"^(1022-FWD,[^,]*,5,)minute", r"\1day")],
        Kind.STEPS: [(r"^(due-handler,)0", r"\g<1>-1"), (r"^(due-head,)0", r"\g<1>99")],
        Kind.TEXTS: [(r"\]\]", "")],
        Kind.PERIODS: [(r"^(spam,)[0-9]+", r"\g<1>7"), (r"^(refused,)[0-9]+", r"\g<1>0")],
    }
    refused = {Kind.CATEGORIES: 2, Kind.ROUTING: 2}
    for kind, wanted in edits.items():
        import_id, counts = carried_through(app, admin, kind, edited(admin, kind, *wanted))
        assert (counts[Outcome.REFUSED], counts[Outcome.CHANGED]) == (refused.get(kind, 1), len(wanted) - refused.get(kind, 1)), kind
        noted = select(AuditEntry.facts).where(AuditEntry.action == f"{kind}.imported", AuditEntry.subject_kind == kind.value)
        assert sum(facts["import_id"] == import_id for facts in db.session.scalars(noted)) == counts[Outcome.CHANGED]
    assert city.category("other").name_vi == "Việc khác hẳn"
    assert db.session.scalar(select(RetentionPeriod.months).where(RetentionPeriod.code == "spam")) == 7
    moved = select(AuditEntry.actor_user_id).where(AuditEntry.action == "rule.changed", AuditEntry.subject_id == "1022-ANS")
    assert db.session.scalars(moved).all(), "due dates follow, as on the page"
    wrong = {"valid_from": "2020-01-01"}, {"target": "@ward", "position": "8"}, {"target": "TTR-TP", "position": "7"}
    for kind, data in {Kind.CATEGORIES: table(Kind.CATEGORIES, {"code": "moi_tinh"}), Kind.ROUTING: table(Kind.ROUTING, *wrong)}.items():
        counts = at_work(app, brought(admin, kind, data))
        assert counts[Outcome.REFUSED] == sum(counts.values()), kind


def test_a_changed_cell_is_shown_before_and_after(app: Flask, admin: FlaskClient) -> None:
    kept = db.session.scalars(select(Area.id).where(Area.code == "760")).one()
    lines = admin.get(f"{START}/xuat/areas").text.replace("142625", "150000")
    import_id = brought(admin, Kind.AREAS, lines.encode())
    assert at_work(app, import_id)[Outcome.CHANGED] == 1
    assert "<code>population</code>: 142625 → 150000" in admin.get(f"{START}/{import_id}?xem=changed").text
    press(admin, import_id, "nhap")
    at_work(app, import_id)
    db.session.expire_all()
    assert db.session.get_one(Area, kept).population == 150000


def test_days_off_go_through_the_calendar_that_moves_due_dates(app: Flask, office: Office, admin: FlaskClient) -> None:
    year = max(city.calendar().years_known)
    data = table(Kind.HOLIDAYS, {"day": f"{year}-06-01", "kind": "made_up"}, {"day": "2001-06-01"}, {"day": _monday(year)}, {"day": "mai"})
    import_id, counts = carried_through(app, admin, Kind.HOLIDAYS, data)
    assert counts[Outcome.NEW] + counts[Outcome.REFUSED] == 4
    assert db.session.get_one(Holiday, date.fromisoformat(_monday(year))).name == "Tết Dương lịch"
    assert "các năm mà lịch làm việc đang có" in admin.get(f"{START}/{import_id}").text
    changed = select(AuditEntry.subject_id).where(AuditEntry.action == "calendar.changed")
    assert _monday(year) in set(db.session.scalars(changed))


def _monday(year: int) -> str:
    """A Monday of June that is no holiday."""
    return next(day.isoformat() for n in range(8, 16) if (day := date(year, 6, n)).weekday() == 0)
