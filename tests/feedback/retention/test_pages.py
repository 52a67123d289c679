"""What the administrator, the office and the sender see of keeping, and what they may do."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text, update

from feedback.accounts.models import User
from feedback.audit.models import AuditEntry
from feedback.cases import ending, handling
from feedback.cases.access import CITIZEN
from feedback.cases.intake import Report, ReportContact, submit_report
from feedback.cases.sorting import classify_case
from feedback.codes import new_code, show_code
from feedback.db import db, now
from feedback.intake import drafts
from feedback.localtime import local_day
from feedback.notices.models import Notice, NoticeKind
from feedback.retention.models import Deletion, DeletionState, Hold, RetentionPeriod
from feedback.retention.nightly import nightly
from feedback.retention.queries import day_of
from tests.feedback.citizen import BRIBE, TEXT, post, text_of
from tests.feedback.officers import Browser, Office, case_by_key, case_of, counted, send, version_of

PERIODS, KEPT, MINE = "/can-bo/quan-tri/luu-giu", "/can-bo/luu-giu", "/tra-cuu/du-lieu"


@pytest.fixture
def office(app: Flask) -> Office:
    office = Office(app)
    db.session.execute(update(User).values(email=User.sign_in_name + "@agency.example"))
    db.session.commit()
    return office


def sender(app: Flask, words: str = TEXT, **parts: object) -> tuple[FlaskClient, str]:
    """A citizen who has sent a report and follows it in his browser; and its public id."""
    code = new_code()
    case_id = submit_report(Report(text=words, **parts), drafts.hmac_of(code), CITIZEN).case_id  # type: ignore[arg-type]
    classify_case(case_id)
    client = Browser(app, app.response_class, use_cookies=True)
    post(client, "/tra-cuu", code=show_code(code))
    return client, case_by_key(case_id).public_id


def end(office: Office, public_id: str) -> None:
    office.submitted(public_id)
    handling.approve(office.head.actor, public_id, version_of(public_id))


def test_a_period_is_changed_after_its_effect_was_shown(office: Office) -> None:
    for _n in range(2):
        end(office, office.report())
    db.session.execute(
        text("UPDATE cases SET answered_at = answered_at - interval '400 days', received_at = received_at - interval '400 days'")
    )
    db.session.commit()
    admin = office.browser(office.admin)
    assert "36" in text_of(admin.get(PERIODS))
    page = f"{PERIODS}/feedback"
    empty = send(admin, page, page, months="", reason="")
    assert empty.status_code == 422
    assert "Xin ghi lý do" in empty.text
    shown = send(admin, page, page, months="12", reason="Quyết định mới của Sở Nội vụ.")
    assert "Từ 36 thành 12 tháng?" in text_of(shown)
    assert "2 hồ sơ sẽ được ẩn danh trong 30 ngày tới" in text_of(shown)
    assert db.session.scalar(select(RetentionPeriod.months).where(RetentionPeriod.code == "feedback")) == 36, "looking changes nothing"
    assert send(admin, page, page, months="12", reason="Quyết định mới của Sở Nội vụ.", luu="1").location == PERIODS
    db.session.expire_all()
    period = db.session.scalars(select(RetentionPeriod).where(RetentionPeriod.code == "feedback")).one()
    assert (period.months, period.reason) == (12, "Quyết định mới của Sở Nội vụ.")
    facts = db.session.scalars(select(AuditEntry.facts).where(AuditEntry.action == "retention.changed")).one()
    assert facts == {"before": 36, "after": 12}
    assert admin.get(f"{PERIODS}/none").status_code == 404


def test_a_head_holds_a_case_and_lets_it_go(office: Office) -> None:
    public_id = office.report()
    end(office, public_id)
    db.session.execute(
        text("UPDATE cases SET answered_at = answered_at - interval '1090 days', received_at = received_at - interval '1090 days'")
    )
    db.session.commit()
    head, page = office.browser(office.head), f"{KEPT}/{public_id}"
    assert "Không có hồ sơ nào sắp ẩn danh" in text_of(head.get(KEPT)), "the night's work has warned nobody yet"
    nightly()
    assert case_of(public_id).reference in text_of(head.get(KEPT))
    assert "Phản ánh, kiến nghị đã trả lời" in text_of(head.get(page))
    refused = send(head, f"{page}/giu", page, reason=" ")
    assert (refused.status_code, "Xin ghi lý do giữ hồ sơ." in refused.text) == (422, True)
    assert send(head, f"{page}/giu", page, reason="Tòa án đang xem xét.").location == page
    assert "Tòa án đang xem xét." in head.get(page).text
    nightly()  # which takes back its warning of what is held
    assert "Đang được giữ lại" in text_of(head.get(KEPT))
    again = send(head, f"{page}/giu", KEPT + "/" + public_id, reason="Lần nữa")
    assert (again.status_code, "đang được giữ rồi" in again.text) == (422, True)
    assert send(head, f"{page}/thoi-giu", page).location == page
    assert send(head, f"{page}/thoi-giu", page).location == page, "letting go twice is no error"
    assert [hold.lifted_by_id for hold in db.session.scalars(select(Hold))] == [office.head.actor.user_id]
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("retention."))).all()
    assert actions == ["retention.held", "retention.released"]


def test_others_know_of_no_such_page(office: Office) -> None:
    public_id, sealed = office.report(), office.sealed()
    end(office, public_id)
    token_page = "/can-bo/doi-mat-khau"
    for officer, place in ((office.strange_head, public_id), (office.head, sealed), (office.desk, sealed), (office.inspector, public_id)):
        client = office.browser(officer)
        assert client.get(f"{KEPT}/{place}").status_code == 404
        assert send(client, f"{KEPT}/{place}/giu", token_page, reason="x").status_code == 404
    for officer in (office.handler, office.leader, office.admin):
        assert office.browser(officer).get(KEPT).status_code == 404
    assert office.browser(office.head).get(PERIODS).status_code == 404
    assert db.session.scalars(select(Hold)).all() == []
    assert "niêm phong" in text_of(office.browser(office.inspector).get(f"{KEPT}/{sealed}"))
    assert db.session.scalar(select(AuditEntry.action).where(AuditEntry.action == "case.opened_sealed")), "no silent reading here either"


def test_the_sender_reads_all_that_is_held_about_him(app: Flask, office: Office) -> None:
    contact = ReportContact(name="Nguyễn Thị Thử", phone="0900000123", email="thu@example.com")
    client, public_id = sender(app, contact=contact, place="12 Hoa Sữa")
    office.accepted(public_id)
    assert post(client, "/tra-cuu/ho-so/gui-them", "/tra-cuu/ho-so", more="Hôm nay vẫn còn rác.").status_code == 302
    page = text_of(client.get(MINE))
    for held in ("Nguyễn Thị Thử", "0900000123", "thu@example.com", TEXT, "12 Hoa Sữa", "Hôm nay vẫn còn rác.", "Không có tệp nào."):
        assert held in page
    assert "Thời hạn lưu giữ bắt đầu khi hồ sơ kết thúc" in page
    assert db.session.scalar(select(AuditEntry.actor_role).where(AuditEntry.action == "case.own_data_read")) == "citizen"
    end_day = local_day(now())
    office_head = office.head.actor
    handling.submit_answer(office.handler.actor, public_id, version_of(public_id), handling.Outcome.SOLVED, "Đã gom.")
    handling.approve(office_head, public_id, version_of(public_id))
    kept = day_of(case_of(public_id).id)
    assert kept is not None
    assert kept[1] > end_day
    assert f"{kept[1]:%d/%m/%Y}" in text_of(client.get(MINE))
    stranger = Browser(app, app.response_class, use_cookies=True)
    assert stranger.get(MINE).location == "/tra-cuu"


def test_an_anonymous_sender_reads_that_nothing_names_him(app: Flask, office: Office) -> None:
    client, _public_id = sender(app, BRIBE)
    page = text_of(client.get(MINE))
    assert "Không có tên, số điện thoại hay thư điện tử nào." in page
    assert BRIBE in page


def test_deletion_is_asked_declined_asked_again_granted_and_done(app: Flask, office: Office) -> None:
    client, public_id = sender(app, contact=ReportContact(name="Nguyễn Thị Thử", phone="0900000123"))
    office.accepted(public_id)
    for _twice in range(2):
        assert post(client, f"{MINE}/xoa", "/tra-cuu", words="Tôi đổi số điện thoại.").location == MINE
    assert "Đang chờ cơ quan trả lời" in text_of(client.get(MINE))
    assert len(db.session.scalars(select(Deletion)).all()) == 1
    assert db.session.scalars(select(Notice.user_id).where(Notice.kind == NoticeKind.DELETION_ASKED)).all() == [office.head.actor.user_id]
    head, page = office.browser(office.head), f"{KEPT}/{public_id}"
    assert "Người gửi yêu cầu xóa dữ liệu" in text_of(head.get(KEPT))
    assert "Tôi đổi số điện thoại." in head.get(page).text
    silent = send(head, f"{page}/tra-loi", page, answer="", **{"quyet-dinh": "giu"})
    assert (silent.status_code, "Xin ghi lý do" in silent.text) == (422, True)
    assert send(head, f"{page}/tra-loi", page, answer="Hồ sơ còn đang giải quyết.", **{"quyet-dinh": "giu"}).location == page
    assert "Hồ sơ còn đang giải quyết." in text_of(client.get(MINE))
    assert send(head, f"{page}/tra-loi", page, answer="x", **{"quyet-dinh": "giu"}).status_code == 422, "answered once is answered"
    post(client, f"{MINE}/xoa", MINE, words="")
    assert send(head, f"{page}/giu", page, reason="Đang kiểm tra.").location == page
    kept = send(head, f"{page}/tra-loi", page, answer="", **{"quyet-dinh": "xoa"})
    assert (kept.status_code, "Hồ sơ đang được giữ." in kept.text) == (422, True)
    send(head, f"{page}/thoi-giu", page)
    assert send(head, f"{page}/tra-loi", page, answer="", **{"quyet-dinh": "xoa"}).location == page
    nightly()
    assert case_of(public_id).text == TEXT, "a case that is still worked on stays whole"
    handling.submit_answer(office.handler.actor, public_id, version_of(public_id), handling.Outcome.SOLVED, "Đã gom.")
    handling.approve(office.head.actor, public_id, version_of(public_id))
    assert case_of(public_id).reference in text_of(head.get(KEPT)), "it goes tonight, without a warning"
    nightly()
    assert case_of(public_id).text != TEXT
    assert "Không có hồ sơ nào sắp ẩn danh" in text_of(head.get(KEPT))
    assert client.get(MINE).location == "/tra-cuu", "the code opens nothing any more"
    states = db.session.scalars(select(Deletion.state).order_by(Deletion.id)).all()
    assert states == [DeletionState.DECLINED, DeletionState.GRANTED]


def test_every_matter_of_a_report_that_was_split_is_asked_about(app: Flask, office: Office) -> None:
    client, public_id = sender(app, contact=ReportContact(name="Nguyễn Thị Thử", phone="0900000123"))
    ending.split(office.desk.actor, public_id, version_of(public_id), ["Rác ở đầu hẻm Hoa Sữa.", "Đèn đường hỏng ba đêm."])
    post(client, f"{MINE}/xoa", MINE, words="")
    asked = db.session.scalars(select(Deletion.case_id)).all()
    assert len(asked) == len(set(asked)) >= 2
    page = text_of(client.get(MINE))
    assert page.count("Đang chờ cơ quan trả lời") == len(asked)
    assert "Đèn đường hỏng ba đêm." in page


def test_lists_ask_no_more_for_more_cases(office: Office) -> None:
    head = office.browser(office.head)
    counts = []
    for _n in range(2):
        end(office, office.report())
        db.session.execute(text("UPDATE cases SET answered_at = now() - interval '1090 days', received_at = now() - interval '1100 days'"))
        db.session.commit()
        nightly()
        with counted() as seen:
            assert head.get(KEPT).text.count("/can-bo/luu-giu/") == _n + 1
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 8
