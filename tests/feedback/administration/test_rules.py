"""Categories, procedures and reminders from a day on, as an administrator changes them and others see it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from feedback.administration import steps, tables, texts
from feedback.administration.changes import When, mark_of
from feedback.administration.models import Change
from feedback.answers.services import load_templates
from feedback.city import queries as city
from feedback.city.loader import load_city
from feedback.city.models import Procedure
from feedback.db import db, now
from feedback.errors import Conflict, Invalid
from feedback.escalation.models import EscalationStep
from feedback.escalation.services import load_ladder
from feedback.imports.touched import touched_by_people
from feedback.localtime import local_day
from feedback.timetable import services as timetable
from tests.feedback.officers import Office, case_of, send

HOME, CHANGES = "/can-bo/quan-tri", "/can-bo/quan-tri/thay-doi"


def typed(page: str, **other: object) -> dict[str, object]:
    """Day, reason and mark of the form on a page, and what is typed."""
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    assert seen is not None
    return {"day": local_day(now()).isoformat(), "reason": "Quyết định 4", "seen": seen[1], **other}


def test_a_category_is_renamed_and_no_longer_offered(office: Office, admin: FlaskClient) -> None:
    path = f"{HOME}/linh-vuc/health"
    page = admin.get(path).text
    names = {"name_vi": "Y tế, dược", "name_en": "Health", "hint_vi": "Bệnh viện, thuốc.", "hint_en": "Hospitals.", "position": "3"}
    missing = send(admin, path, path, **typed(page, **{**names, "name_en": " "}))
    assert (missing.status_code, "Y tế, dược" in missing.text) == (422, True)
    assert "Chưa có gì được lưu" in send(admin, path, path, **typed(page, **names)).text
    assert send(admin, path, path, **typed(page, **names, luu="1")).location == CHANGES
    db.session.expire_all()
    row = city.category("health")
    assert (row.name_vi, row.position, row.active) == ("Y tế, dược", 3, False)
    assert "Không cho chọn" in admin.get(f"{HOME}/linh-vuc").text
    offered = admin.get("/open311/v2/services.json").text
    assert '"health"' not in offered
    assert '"education"' in offered
    late = send(admin, path, path, **typed(page, **{**names, "name_vi": "Khác"}, luu="1"))
    assert (late.status_code, "Khác" in late.text) == (409, True)
    with pytest.raises(Invalid, match="luôn phải có"):
        tables.draft_category("other", {**tables.category_values("other"), "active": False})


def test_a_procedure_begins_changes_and_ends_and_cases_keep_theirs(office: Office, admin: FlaskClient) -> None:
    path = f"{HOME}/thu-tuc/moi"
    new = {
        "name": "Cấp giấy phép thử nghiệm", "code": "", "category_code": "health", "level": "city", "limit_text": "5 ngày làm việc",
        "online_level": "TP", "active": "y",
    }  # fmt: skip
    assert send(admin, path, path, **typed(admin.get(path).text, **{**new, "name": city.procedures()[0].name})).status_code == 422
    assert send(admin, path, path, **typed(admin.get(path).text, **new, luu="1")).location == CHANGES
    made = next(row for row in city.procedures() if row.name == new["name"])
    edit = f"{HOME}/thu-tuc/{made.id}"
    again = send(admin, edit, edit, **typed(admin.get(edit).text, **{**new, "online_level": "MP"}, luu="1"))
    assert (again.status_code, "có hiệu lực hôm nay" in again.text) == (422, True), "two versions cannot begin on one day"
    made.valid_from -= timedelta(days=30)
    db.session.commit()
    assert send(admin, edit, edit, **typed(admin.get(edit).text, **{**new, "online_level": "MP"}, luu="1")).location == CHANGES
    versions = select(Procedure.id, Procedure.online_level, Procedure.valid_to).where(Procedure.name == new["name"]).order_by(Procedure.id)
    first, second = db.session.execute(versions).all()
    assert (first.id, first.online_level, first.valid_to) == (made.id, "TP", local_day(now()) - timedelta(days=1))
    assert (second.online_level, second.valid_to) == ("MP", None)
    assert admin.get(edit).status_code == 404, "the past is not changed"
    assert "Cấp giấy phép thử nghiệm" in admin.get(f"{HOME}/thu-tuc?tim=giay phep thu").text
    assert "Không tìm thấy thủ tục nào" in admin.get(f"{HOME}/thu-tuc?tim=zzz").text
    db.session.get_one(Procedure, second.id).valid_from -= timedelta(days=9)
    db.session.commit()
    mark = mark_of(tables.procedure_values(second.id))
    values = {**tables.procedure_values(second.id), "active": False}
    tables.save_procedure(office.admin.actor, second.id, values, When(local_day(now()), "Bãi bỏ", mark))
    assert new["name"] not in {row.name for row in city.procedures()}


def test_a_step_of_the_ladder_shows_whom_it_would_have_told(office: Office, admin: FlaskClient) -> None:
    assert "Chưa có bước nhắc hạn nào" in admin.get(f"{HOME}/nhac-han").text
    load_ladder()
    late, answered = office.accepted(), office.accepted()
    day = now() - timedelta(days=10)
    db.session.execute(text("UPDATE cases SET due_at = :day, received_at = :before"), {"day": day, "before": day - timedelta(days=20)})
    ended = {"at": day + timedelta(hours=1), "id": case_of(answered).id}
    db.session.execute(text("UPDATE cases SET state = 'answered', answered_at = :at WHERE id = :id"), ended)
    db.session.commit()
    assert case_of(late).due_at == day
    path = f"{HOME}/nhac-han/late-5-leadership"
    page = admin.get(path).text
    shown = send(admin, path, path, **typed(page, working_days="-1", rung="head", active="y"))
    assert "Bước này nhắc về 2 hồ sơ; như hiện nay là 1 hồ sơ." in shown.text
    off = send(admin, path, path, **typed(page, working_days="5", rung="leadership"))
    assert "Bước này nhắc về 0 hồ sơ; như hiện nay là 1 hồ sơ." in off.text
    wrong = send(admin, path, path, **typed(page, working_days="99", rung="head", active="y"))
    assert (wrong.status_code, "Quyết định 4" in wrong.text) == (422, True)
    assert send(admin, path, path, **typed(page, working_days="4", rung="head", active="y", luu="1")).location == CHANGES
    step = db.session.scalars(select(EscalationStep).where(EscalationStep.code == "late-5-leadership")).one()
    assert (step.working_days, step.rung.value, step.active) == (4, "head", True)
    assert "4 ngày làm việc sau hạn" in admin.get(f"{HOME}/nhac-han").text
    with pytest.raises(Conflict):
        steps.save(office.admin.actor, "due-head", {**steps.values("due-head"), "active": False}, When(local_day(now()), "x", "old page"))
    assert len(db.session.scalars(select(Change)).all()) == 1


def test_an_area_gets_another_name(office: Office, admin: FlaskClient) -> None:
    ward, other = city.wards()[:2]
    path = f"{HOME}/dia-ban/{ward.id}"
    page = admin.get(path).text
    taken = send(admin, path, path, **typed(page, name=other.name, kind_label="Phường"))
    assert (taken.status_code, "mang tên này" in taken.text) == (422, True)
    assert send(admin, path, path, **typed(page, name="Phường Hoa Thử", kind_label="Phường", luu="1")).location == CHANGES
    assert "Phường Hoa Thử" in {name for _key, name in city.ward_names()}
    assert "Phường Hoa Thử" in admin.get(f"{HOME}/dia-ban?tim=hoa thu").text
    assert "Không tìm thấy địa bàn nào" in admin.get(f"{HOME}/dia-ban?tim=zzz").text
    late = send(admin, path, path, **typed(page, name="Phường Khác", kind_label="Phường", luu="1"))
    assert (late.status_code, "Phường Khác" in late.text) == (409, True)
    gone = timetable.days(2026)[0].day
    timetable.save_day(office.admin.actor, timetable.DayChange(gone, None))
    assert load_city("2025", touched=touched_by_people()) == 2, "what people have changed stays as they left it"
    assert "Phường Hoa Thử" in {name for _key, name in city.ward_names()}
    assert gone not in [day.day for day in timetable.days(2026)]


def test_a_prepared_answer_gets_other_words(office: Office, admin: FlaskClient) -> None:
    assert "Chưa có văn bản mẫu nào" in admin.get(f"{HOME}/van-ban-mau").text
    load_templates()
    row = texts.templates()[0]
    path = f"{HOME}/van-ban-mau/{row.code}"
    page = admin.get(path).text
    words = {"title": "Đã xong", "legal_reference": "", "position": "1", "active": "y"}
    torn = send(admin, path, path, **typed(page, **words, text="Đã xong ngày [[ngày."))
    assert (torn.status_code, "Đã xong ngày [[ngày." in torn.text) == (422, True)
    assert send(admin, path, path, **typed(page, **words, text="Đã xong ngày [[ngày xong]].", luu="1")).location == CHANGES
    db.session.expire_all()
    assert texts.text_values(row.code)["text"] == "Đã xong ngày [[ngày xong]]."
    assert "Đã xong" in admin.get(f"{HOME}/van-ban-mau").text
    late = send(admin, path, path, **typed(page, **words, text="Khác.", luu="1"))
    assert (late.status_code, "Khác." in late.text) == (409, True)
